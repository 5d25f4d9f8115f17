//! No module of `nodes` uses one above it.
//!
//! The library is one crate, so the compiler lets every module name every other.  This test holds the order that
//! `table.rs` lists and explains: it reads all files of `nodes/src`, follows the tree of modules, and looks where each path
//! leads, be it written in a `use`, a type, a body, an attribute or among the arguments of a macro.  Comments may name
//! everything, and so may what stands under `#[cfg(test)]`.
//!
//! - `tree`: which file is which module.
//! - `cfg`: what exists in tests only.
//! - `names`: where a path leads, through renames, re-exports and `*`.
//! - `paths`: the paths that are written in a module.
//! - `table`: the floors, and what is against their order.

use std::fs;
use std::path::Path;

use table::{FLOORS, Floor, check};
use tree::Sources;

mod cfg;
mod names;
mod paths;
mod table;
mod tree;

#[test]
fn no_module_of_nodes_uses_one_above_it() {
    let mut sources = Sources::new();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../nodes/src");
    read(&source, &source, &mut sources);
    assert!(sources.len() > 100, "nodes/src has {} files", sources.len());
    let errors = check(&sources, FLOORS);
    assert!(errors.is_empty(), "{} are against the order of the modules:\n\n{}\n", errors.len(), errors.join("\n\n"));
}

fn read(source: &Path, folder: &Path, sources: &mut Sources) {
    for entry in fs::read_dir(folder).expect("the sources of nodes lie beside the tests") {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            read(source, &path, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(source).expect("it lies in the folder").to_owned();
            sources.insert(name, fs::read_to_string(&path).expect("a source file is text"));
        }
    }
}

/// A house of three floors, with two engines.
const HOUSE: &[Floor] = &[
    Floor { name: "ground", modules: &["ground"], apart: false },
    Floor { name: "engines", modules: &["left", "right"], apart: true },
    Floor { name: "roof", modules: &["roof"], apart: false },
    Floor { name: "façade", modules: &["prelude"], apart: false },
];

const LIB: &str = "
    //! A crate.
    extern crate self as nodes;
    mod ground;
    mod left;
    mod right;
    mod roof;
    pub use roof::Roof;
    pub mod prelude {
        pub use crate::ground::Ground;
    }
    pub const fn seconds() {}
";

/// The errors of a crate in which these files stand in place of some that are right.
fn errors_with(files: &[(&str, &str)]) -> Vec<String> {
    let right = [
        ("lib.rs", LIB),
        ("ground.rs", "pub struct Ground; impl Ground { pub fn new() -> Self { Ground } } pub mod cellar { pub struct Wine; }"),
        ("left.rs", "use crate::ground::{self, cellar}; pub struct Left(ground::Ground, cellar::Wine);"),
        ("right.rs", "#[macro_export] macro_rules! right { () => { $crate::ground::Ground::new() } }"),
        ("roof.rs", "use super::{left::Left, right::*}; use nodes::ground; pub struct Roof(Left); pub use ground::Ground;"),
    ];
    let sources = right.iter().chain(files).map(|&(file, text)| (file.into(), text.to_owned())).collect();
    check(&sources, HOUSE)
}

/// Asserts that a file is wrong in one place alone, and that the message says all of this.
#[track_caller]
fn fails(files: &[(&str, &str)], says: &[&str]) {
    let errors = errors_with(files);
    let [error] = &errors[..] else { panic!("one error is expected, not these: {errors:#?}") };
    for part in says {
        assert!(error.contains(part), "`{part}` is not in: {error}");
    }
}

#[test]
fn a_house_in_order_passes() {
    assert_eq!(errors_with(&[]), [""; 0]);
}

#[test]
fn a_path_up_in_a_body_fails() {
    let text = "pub struct Ground;\n\nfn peek() {\n    let roof = crate::roof::Roof::default();\n}";
    fails(
        &[("ground.rs", text)],
        &[
            "nodes/src/ground.rs:4: `crate::roof::Roof::default` leads up",
            "from `ground` (floor 1, ground) to `roof` (floor 3, roof)",
            "What is below has to work without what is above it",
        ],
    );
}

#[test]
fn a_path_up_in_the_arguments_of_a_macro_fails() {
    let text = "pub struct Ground;\nfn peek() {\n    println!(\"{}\", 2 * (1 + crate::roof::height()));\n}";
    fails(&[("ground.rs", text)], &["nodes/src/ground.rs:3: `crate::roof::height` leads up"]);
    let text =
        "pub struct Ground;\nmacro_rules! peek {\n    ($x:ident) => {\n        use $crate::{left, ground::{$x}};\n    };\n}";
    fails(&[("ground.rs", text)], &["nodes/src/ground.rs:4: `crate::left` leads up"]);
}

#[test]
fn an_impl_of_a_type_from_below_fails() {
    let expected =
        ["is defined in `ground` (floor 1, ground), and extended in `left` (floor 2, engines)", "What a type can do"];
    for text in [
        "use crate::ground::Ground;\nimpl Ground {\n    fn fly(&self) {}\n}",
        "use crate::ground::*;\nimpl Ground {}",
        "use crate::ground::Ground as Land; type Mine = Land;\nimpl Mine {}",
        "type Ground = u8;\nimpl dyn crate::ground::Ground {}",
        "macro_rules! more { ($($name:ident)*) => {\nimpl crate::ground::Ground { $(fn $name() {})* } } }",
        "macro_rules! more { ($($name:ident)*) => { $(mod $name {})*\nimpl crate::ground::Ground {} } }",
    ] {
        fails(&[("left.rs", text)], &expected);
        fails(&[("left.rs", text)], &["nodes/src/left.rs:2: "]);
    }
    // A trait may be implemented for anything, and a type may be extended within its module.
    let text = "impl Fly for crate::ground::Ground { } fn all() -> impl Fly { } struct Left; mod deep { impl super::Left {} }";
    assert_eq!(errors_with(&[("left.rs", text)]), [""; 0]);
}

#[test]
fn engines_do_not_know_each_other() {
    let says =
        ["`crate::right::x` leads from `left` (floor 2, engines) to `right` (floor 2, engines)", "do not know each other"];
    fails(&[("left.rs", "pub struct Left; fn f() { crate::right::x() }")], &says);
}

#[test]
fn a_module_without_a_floor_fails() {
    let lib = format!("{LIB} mod attic;");
    fails(&[("lib.rs", &lib), ("attic.rs", "")], &["nodes/src/attic.rs:1: `attic` has no floor", "table.rs"]);
}

#[test]
fn a_floor_without_a_module_fails() {
    let lib = LIB.replace("pub mod prelude", "#[cfg(all(test, feature = \"x\"))] pub mod prelude");
    fails(&[("lib.rs", &lib)], &["`prelude` has a floor, but lib.rs declares no such module"]);
}

#[test]
fn a_file_that_is_in_no_module_fails() {
    fails(&[("ground/lost.rs", "use crate::roof::Roof;")], &["nodes/src/ground/lost.rs:1: no `mod` leads to this file"]);
    // Unless it is a text.
    let takes_it_in = ("left.rs", "const TEXT: &str = include_str!(\"ground/lost.rs\");");
    assert_eq!(errors_with(&[("ground/lost.rs", "use crate::roof::Roof;"), takes_it_in]), [""; 0]);
}

/// All of these stand in `ground`, and lead to `roof`.
#[test]
fn no_path_hides() {
    for text in [
        // Plainly, and in all the places of a `use`.
        "use crate::roof::Roof;",
        "use crate::{left_alone, roof::{self, Roof}};",
        "use super::roof;",
        "use nodes::roof as attic;",
        "use ::nodes::roof::*;",
        "use self::super::roof::Roof;",
        "mod deep { use super::super::roof::Roof; }",
        "mod deep { fn f() { super::super::roof::f() } }",
        // Through another name of the root, or a `*`.
        "use crate as root; fn f() { root::roof::f() }",
        "use crate::{self as root}; fn f() { root::roof::f() }",
        "use super::*; fn f() { roof::f() }",
        "mod deep { pub use crate as root; } mod other { use super::deep::*; fn f() { root::roof::f() } }",
        "fn f() { use crate as root; { root::roof::f() } }",
        "fn f() { use crate::roof::f; f() }",
        // Through the root's own re-exports.
        "use crate::Roof;",
        "use crate::*; struct Ground { roof: Roof }",
        // Other places.
        "struct Ground(Vec<Option<crate::roof::Roof>>);",
        "fn f<T: crate::roof::High>() {}",
        "fn f() { <u8 as crate::roof::High>::f() }",
        "fn f() { match x { crate::roof::Roof { .. } => {} } }",
        "impl crate::roof::High for Ground {}",
        "#[derive(crate::roof::High)] struct Ground;",
        "#[serde(with = \"crate::roof::text\")] struct Ground;",
        "struct Ground { #[serde(default = \"crate::roof::text\")] text: u8 }",
        "macro_rules! m { () => { #[serde(with = \"crate::roof::text\")] struct Ground; } }",
        "fn f() { vec![..crate::roof::Roof::new()]; }",
        "fn f() { vec![::nodes::roof::Roof::new()]; }",
        "const _: () = assert!(<crate::roof::Roof>::HIGH);",
        "pub(in crate::roof) struct Ground;",
        // Conditions that also hold in other builds.
        "#[cfg(not(test))] use crate::roof::Roof;",
        "#[cfg(any(test, unix))] use crate::roof::Roof;",
    ] {
        let errors = errors_with(&[("ground.rs", text), ("left.rs", "")]);
        let up = |error: &&String| error.contains("from `ground` (floor 1, ground) to `roof` (floor 3, roof)");
        assert!(errors.iter().any(|error| up(&error)), "`{text}` passes: {errors:?}");
    }
}

#[test]
fn what_the_root_puts_together_is_for_users_alone() {
    fails(
        &[("roof.rs", "use crate::prelude::*; pub struct Roof;")],
        &["from `roof` (floor 3, roof) to `prelude` (floor 4, façade)"],
    );
    fails(&[("roof.rs", "pub struct Roof; fn f() { crate::seconds() }")], &["to `lib.rs` (floor 4, façade)"]);
    fails(&[("left.rs", "fn f() { crate::right!() }")], &["`crate::right` leads from `left`"]);
}

#[test]
fn comments_and_tests_may_name_everything() {
    let text = "
        //! Under [`crate::roof`].
        /// See [`Roof`](crate::roof::Roof).
        pub struct Ground { #[cfg(test)] roof: crate::roof::Roof }
        /* crate::roof */
        #[cfg(test)] use crate::roof::Roof;
        #[cfg(all(test, feature = \"x\"))] fn f() { crate::roof::f() }
        fn g() { #[cfg(test)] let x = crate::roof::f(); let roof = \"crate::roof::Roof\"; }
        impl Ground { pub fn new() {} #[cfg(test)] fn f() { crate::roof::f() } }
        #[cfg(test)] mod tests;
        mod other;
        pub mod cellar { pub struct Wine; #[test] fn f() { crate::roof::f() } }
    ";
    let files = [
        ("ground.rs", text),
        ("ground/tests.rs", "mod deep; use crate::roof::Roof;"),
        ("ground/tests/deep.rs", "use crate::roof::Roof;"),
        ("ground/other.rs", "#![cfg(test)] use crate::roof::Roof;"),
    ];
    assert_eq!(errors_with(&files), [""; 0]);
}

#[test]
fn modules_are_found_where_they_are() {
    let lib = LIB.replace("mod ground;", "#[path = \"deep/down.rs\"] mod ground;");
    let files = [
        ("lib.rs", lib.as_str()),
        ("deep/down.rs", "mod beside; pub struct Ground; pub mod cellar { pub struct Wine; mod corner; }"),
        ("deep/beside.rs", "#[path = \"../else/where.rs\"] mod elsewhere;"),
        ("deep/cellar/corner/mod.rs", "use crate::roof::Roof;"),
        ("else/where.rs", "pub struct Here;"),
    ];
    let mut sources = files.to_vec();
    sources.push(("ground.rs", ""));
    let errors = errors_with(&sources);
    assert_eq!(errors.len(), 2, "{errors:#?}");
    assert!(errors[0].starts_with("nodes/src/ground.rs:1: no `mod` leads to this file"), "{errors:#?}");
    assert!(errors[1].starts_with("nodes/src/deep/cellar/corner/mod.rs:1: `crate::roof::Roof` leads up"), "{errors:#?}");
}
