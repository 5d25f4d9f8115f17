//! As root, whom no mode of a file stops: what is not ours stays all the same.  In a user namespace, whose root has no power over
//! the files of other users.

use std::fs::{self, DirBuilder};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown, symlink};
use std::process::{Command, Stdio};

use super::{PROGRAM, folder, names, stderr};

/// A user who is not in the namespace.
const STRANGER: u32 = 12345;

#[test]
fn as_root_too_what_is_not_ours_stays() {
    let namespace = || {
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "bash", "-c"]).stdin(Stdio::null());
        command
    };
    let tried = namespace().arg("id -u").output();
    if !tried.as_ref().is_ok_and(|tried| tried.stdout == b"0\n") {
        eprintln!("skipped: no user namespace can be made here: {:?}", tried.map(|tried| stderr(&tried)));
        return;
    }
    let folder = folder("root");
    let at = |name: &str| folder.join(name);
    fs::set_permissions(at("temporary"), PermissionsExt::from_mode(0o1777)).expect("it is ours");
    for (name, file) in [
        ("temporary/nodes-0123456789abcdef", "node-0"),
        ("temporary/nodes-00000000000000aa", "node-0"),
        ("theirs", "file"),
        ("theirs.trace.parts", "node-0.part"),
    ] {
        DirBuilder::new().mode(0o700).create(at(name)).expect("there is room");
        fs::write(at(name).join(file), "text").expect("there is room");
    }
    fs::copy(at("a.trace"), at("foreign.trace")).expect("there is room");
    fs::copy(at("a.trace"), at("other.trace.part")).expect("there is room");
    let foreign = ["temporary/nodes-00000000000000aa", "theirs", "theirs.trace.parts", "foreign.trace", "other.trace.part"];
    let are_foreign = foreign.iter().all(|name| chown(at(name), Some(STRANGER), Some(STRANGER)).is_ok());
    if !are_foreign {
        eprintln!("skipped in part: only root can make files of other users");
    }
    // The same files as before, with the same content.
    let seen = || {
        let of =
            |name: &str| fs::metadata(at(name)).map(|found| (found.ino(), found.size(), found.mtime(), found.mtime_nsec()));
        foreign.map(|name| of(name).expect("it is there"))
    };
    let before = seen();
    let run = |script: &str| {
        let output = namespace().arg(script).current_dir(&*folder).env("TMPDIR", at("temporary")).output();
        output.expect("it could be made before")
    };

    // The name that parts had once could be known before: a stranger lays links there.
    let planted = "mkdir temporary/nodes-$$.parts && \
                   for part in header.trace node-0.part node-1.part node-2.part; do ln -s ../../note.txt temporary/nodes-$$.parts/$part; done";
    let ended = run(&format!("{planted} && exec {PROGRAM} run flooding --topology ring:3 --seed 1 --diagram"));
    assert_eq!(ended.status.code(), Some(0), "{}", stderr(&ended));
    assert_eq!(fs::read(at("note.txt")).expect("it is there"), b"mine\n");
    let left = names(&at("temporary"));
    assert!(left.iter().any(|name| name.ends_with(".parts")), "{left:?}");
    assert!(!left.contains(&"nodes-0123456789abcdef".to_owned()), "what was left of ours is swept: {left:?}");
    if !are_foreign {
        return;
    }
    assert!(left.contains(&"nodes-00000000000000aa".to_owned()), "and of others is not: {left:?}");
    symlink("foreign.trace", at("link.trace")).expect("there are links");
    let before_all = names(&folder);
    let denied = "Permission denied";
    for (line, status, says) in [
        ("simulate flooding --seed 1 --trace foreign.trace --force", 2, denied),
        ("simulate flooding --seed 1 --trace link.trace --force", 2, denied),
        ("simulate flooding --seed 1 --trace other.trace --force", 2, denied),
        ("simulate flooding --seed 1 --trace theirs/x.trace", 2, denied),
        ("run flooding --topology ring:3 --seed 1 --trace theirs.trace --force", 1, "theirs.trace.parts is there"),
        ("view a.trace -o theirs/x.html", 2, denied),
        ("sweep flooding --topology ring:{n} --n 3,4 --csv theirs/f.csv", 2, denied),
        ("simulate flooding --topology ring:3 --seed 1 --logs theirs", 1, denied),
    ] {
        let ended = run(&format!("exec {PROGRAM} {line}"));
        assert_eq!(ended.status.code(), Some(status), "{line}: {}", stderr(&ended));
        let errors = stderr(&ended);
        assert!(errors.starts_with("error: ") && errors.contains(says), "{line}: {errors}");
        assert_eq!((seen(), names(&folder)), (before, before_all.clone()), "{line}");
    }
    assert_eq!(names(&at("theirs")), ["file"]);
}
