//! Writes each algorithm again with all its mutants in it: one compilation for all of them, and a [switch] that says which one is
//! alive.
//!
//! `NODES_MUTANTS` names the algorithms, or is `all`.
//!
//! [switch]: the library's `switch`

mod mutate;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use mutate::{Mutant, Mutated};

/// What is judged unless `NODES_MUTANTS` says otherwise: two small ones.
const USUAL: &str = "chang_roberts,flooding";

fn main() {
    println!("cargo:rerun-if-env-changed=NODES_MUTANTS");
    println!("cargo:rerun-if-changed=build");
    let wanted = env::var("NODES_MUTANTS").unwrap_or_else(|_| USUAL.to_owned());
    let wanted = wanted.split(',').map(str::trim).collect::<Vec<_>>();
    let examples = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("../../examples");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let (mut modules, mut list, mut first) = (String::new(), String::new(), 1);
    for file in algorithms(&examples) {
        let name = file.file_stem().and_then(|name| name.to_str()).expect("a file of the catalogue");
        if wanted != ["all"] && !wanted.contains(&name) {
            continue;
        }
        println!("cargo:rerun-if-changed={}", file.display());
        let source = fs::read_to_string(&file).unwrap_or_else(|why| panic!("{}: {why}", file.display()));
        let Mutated { text, protocol, mutants } = mutate::all(&source, first);
        let written = out.join(format!("{name}.rs"));
        fs::write(&written, text).expect("the build's directory can be written");
        writeln!(modules, "#[path = {written:?}]\npub mod {name};").expect("a text can be written");
        let reads_ids = source.contains("net.id");
        write!(list, "Algorithm {{ name: {name:?}, protocol: AnyProtocol::of::<{name}::{protocol}>(), reads_ids: {reads_ids}, mutants: &[")
            .expect("as above");
        for (number, mutant) in (first..).zip(&mutants) {
            let Mutant { line, function, what } = mutant;
            let code = source.lines().nth(line - 1).unwrap_or_default().trim();
            write!(
                list,
                "Mutant {{ number: {number}, line: {line}, function: {function:?}, what: {what:?}, code: {code:?} }}, "
            )
            .expect("as above");
        }
        list += "] },\n";
        first += mutants.len() as u32;
    }
    assert!(!list.is_empty(), "NODES_MUTANTS names no algorithm of the catalogue: {wanted:?}");
    let all = format!("{modules}\n/// All of them.\npub const ALL: &[Algorithm] = &[\n{list}];\n");
    fs::write(out.join("all.rs"), all).expect("the build's directory can be written");
}

/// The files of the catalogue: those in the folders beside it, in order.
fn algorithms(examples: &Path) -> Vec<PathBuf> {
    let read = |folder: &Path| fs::read_dir(folder).unwrap_or_else(|why| panic!("{}: {why}", folder.display()));
    let folders = read(examples).filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.is_dir());
    let files = folders.flat_map(|folder| read(&folder).filter_map(|entry| Some(entry.ok()?.path())).collect::<Vec<_>>());
    let mut files = files.filter(|file| file.extension().is_some_and(|extension| extension == "rs")).collect::<Vec<_>>();
    files.sort();
    files
}
