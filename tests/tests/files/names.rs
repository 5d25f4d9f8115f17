//! Names of outputs that cannot be: said before anything runs, and nothing is made.

use std::fs;
use std::os::unix::fs::symlink;

use super::{command, ends, folder, names, stderr};

#[test]
fn an_empty_name_is_none() {
    let folder = folder("names-empty");
    let before = names(&folder);
    for (line, option) in [
        ("simulate flooding --seed 1 --trace", "trace"),
        ("run flooding --topology ring:3 --trace", "trace"),
        ("simulate flooding --seed 1 --logs", "logs"),
        ("run flooding --topology ring:3 --logs", "logs"),
        ("trace a.trace --to csv --output", "output"),
        ("view a.trace --output", "output"),
        ("sweep flooding --topology ring:{n} --n 3,4 --csv", "csv"),
        ("sweep flooding --topology ring:{n} --n 3,4 --csv-runs", "csv-runs"),
        ("sweep flooding --topology ring:{n} --n 3,4 --plot", "plot"),
    ] {
        let output = command(&folder, line).arg("").output().expect("the program starts");
        assert_eq!(output.status.code(), Some(2), "{line}: {}", stderr(&output));
        assert!(stderr(&output).starts_with(&format!("error: --{option}: the name is empty")), "{line}: {}", stderr(&output));
        assert_eq!(names(&folder), before, "{line}");
    }
}

#[test]
fn what_cannot_be_made_is_told_before_anything_runs() {
    let folder = folder("names-impossible");
    symlink("missing/there.trace", folder.join("dangling")).expect("there are links");
    symlink("loop", folder.join("loop")).expect("there are links");
    let before = names(&folder);
    // 255 bytes are the most that a name has; what stands beside has some more.
    let (most, more) = ("n".repeat(255), "n".repeat(251));
    for (name, says) in [
        ("missing/x.trace".to_owned(), "there is no folder missing; make it first"),
        ("missing/er/x.trace".to_owned(), "there is no folder missing/er; make it first"),
        ("dangling".to_owned(), "there is no folder ./missing; make it first"),
        ("missing/".to_owned(), "names a folder; name a file"),
        ("temporary/".to_owned(), "names a folder; name a file"),
        ("loop".to_owned(), "links"),
        (".".to_owned(), "is a folder"),
        ("temporary".to_owned(), "is a folder"),
        ("note.txt/x".to_owned(), "cannot be written"),
        (most, "File name too long"),
        (more.clone(), ".part, which cannot be made: File name too long"),
    ] {
        for line in ["simulate flooding --seed 1 --trace", "run flooding --topology ring:3 --seed 1 --trace", "view a.trace -o"]
        {
            ends(&folder, &format!("{line} {name}"), 2, says);
            assert_eq!(names(&folder), before, "{line} {name}");
        }
    }
    // The folder of the parts has a longer name than what is written.
    let line = format!("run flooding --topology ring:3 --seed 1 --trace {}", &more[..250]);
    ends(&folder, &line, 1, ".parts cannot be made: File name too long");
    assert_eq!(names(&folder), before);
    ends(&folder, &format!("simulate flooding --seed 1 --trace {}", &more[..250]), 0, "");
}

#[test]
fn where_no_temporary_file_can_be_made_the_folder_is_told() {
    let folder = folder("names-temporary");
    for line in [
        "run flooding --topology ring:3 --seed 1 --diagram",
        "run flooding --topology ring:3 --seed 1 --live",
        "simulate flooding --seed 1 --live",
        "run flooding --topology ring:3 --seed 1 --crash 1@1ms --recover 1@9ms",
    ] {
        for missing in ["missing", "note.txt"] {
            let output = command(&folder, line).env("TMPDIR", folder.join(missing)).output().expect("the program starts");
            assert_eq!(output.status.code(), Some(1), "{line}: {}", stderr(&output));
            for says in [missing, "set TMPDIR"] {
                assert!(stderr(&output).contains(says), "{line}: {}", stderr(&output));
            }
        }
    }
}

#[test]
fn a_name_is_a_name_whatever_is_in_it() {
    let folder = folder("names-odd");
    for name in ["two\nlines.trace", "\u{1b}[2J.trace", " blank .trace", "--x.trace", "K\u{f6}ln \u{202e}.trace", "{n}.trace"] {
        let run = |words: &[&str]| command(&folder, "").args(words).output().expect("the program starts");
        let trace = format!("--trace={name}");
        for engine in ["simulate", "run"] {
            let ended = run(&[engine, "flooding", "--topology", "ring:3", "--seed", "1", &trace]);
            assert_eq!(ended.status.code(), Some(0), "{engine} {name:?}: {}", stderr(&ended));
        }
        assert!(folder.join(name).is_file(), "{name:?}");
        let page = run(&["view", &format!("./{name}"), "-o", &format!("./{name}.html")]);
        assert_eq!(page.status.code(), Some(0), "{name:?}: {}", stderr(&page));
        let told = String::from_utf8_lossy(&page.stdout).into_owned();
        assert!(told.lines().count() == 1 && !told.trim_end().contains(char::is_control), "{told:?}");
        assert!(folder.join(format!("{name}.html")).is_file(), "{name:?}");
    }
    let left = fs::read_dir(&*folder).expect("it is there").flatten();
    assert_eq!(left.filter(|file| file.file_name().to_string_lossy().contains(".part")).count(), 0);
}
