//! `new`: a crate with a first protocol of its own, and a test that runs it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::catalogue::Catalogue;
use super::command::{Command, Given, Word};
use super::failure::Failure;
use super::option::Opt;
use super::output::{self, Use};
use super::terminal::{Terminal, print};

pub(super) const COMMAND: Command = Command {
    name: "new",
    about: "Make a new crate: a first protocol of your own, and its test",
    more: "",
    word: Some(Word::Other {
        name: "NAME",
        help: "The crate's name, such as `my_echo`; the protocol is called MyEcho",
        example: "my_echo",
        uses: Use::None,
    }),
    options: || {
        vec![
            Opt::valued("path", "DIR", "The folder to make", "algorithms/my_echo").usually("the crate's name"),
            Opt::valued(
                "nodes",
                "WHERE",
                "Where `nodes` is: the path of a checkout, or the URL of a Git repository",
                "../nodes",
            )
            .usually("where this program was built from"),
        ]
    },
    configured: false,
    examples: &[("my_echo", "a folder `my_echo`"), ("my_echo --path ~/algorithms/echo", "elsewhere")],
    run: new,
};

/// What the folder holds: where, and from which template.
const FILES: [(&str, &str); 5] = [
    ("Cargo.toml", include_str!("new/Cargo.toml.in")),
    ("README.md", include_str!("new/README.md.in")),
    ("src/main.rs", include_str!("new/protocol.rs")),
    ("tests/run.rs", include_str!("new/test.rs")),
    (".gitignore", "/target\n"),
];

/// Names that a crate cannot have: Rust's words, crates that are always there, and ours.
const TAKEN: &str = "abstract alloc as async await become box break const continue core crate do dyn else enum extern false final fn \
                     for gen if impl in let loop macro match mod move mut nodes override priv proc_macro pub ref return self std \
                     static struct super test trait true try type typeof unsafe unsized use virtual where while yield build deps \
                     examples incremental";

fn new(_: &Catalogue<'_>, given: &Given<'_>) -> Result<ExitCode, Failure> {
    let name = given.word().ok_or_else(|| Failure::wrong("new: which name? write `new my_echo`"))?;
    check(name)?;
    let folder = given.text("path").map_or_else(|| PathBuf::from(name), PathBuf::from);
    let source = source(given.text("nodes"))?;
    if fs::symlink_metadata(&folder).is_ok() {
        return Err(Failure::wrong(format!(
            "new: {} is there already, and stays as it is; write for example `new {name} --path {}_2`",
            folder.display(),
            folder.display()
        )));
    }
    output::make_folder(&folder, |folder| write(folder, name, &source))
        .map_err(|cause| Failure::failed(format!("new: {}: {cause}", folder.display())))?;
    let terminal = Terminal::stdout();
    let mut text = format!("{} {}\n", terminal.good("made"), folder.display());
    for (path, meaning) in [("src/main.rs", "the algorithm"), ("tests/run.rs", "its test"), ("README.md", "what to try")] {
        text.push_str(&format!("  {path:<14}{}\n", terminal.quiet(meaning)));
    }
    text.push_str(&format!("\n  cd {}\n  cargo run\n", quoted(&folder)));
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn check(name: &str) -> Result<(), Failure> {
    let wrong = |why: &str| {
        let letters = name.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '_' });
        let mended = letters.collect::<String>();
        let mended = mended.trim_matches(|letter: char| letter == '_' || letter.is_ascii_digit());
        let mended = if mended.is_empty() || TAKEN.split(' ').any(|taken| taken == mended) {
            format!("my_{}", if mended.is_empty() { "echo" } else { mended })
        } else {
            mended.to_owned()
        };
        Failure::wrong(format!("new: `{name}` {why}; write for example `new {mended}`"))
    };
    if !name.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || "_-".contains(letter)) {
        return Err(wrong("is not a crate's name, which has small letters, digits, `_` and `-` only"));
    }
    if !name.starts_with(|letter: char| letter.is_ascii_lowercase()) {
        return Err(wrong("is not a crate's name, which begins with a letter"));
    }
    if TAKEN.split(' ').any(|taken| taken == name.replace('-', "_")) {
        return Err(wrong("means something else to Rust or Cargo"));
    }
    if name.len() > 64 {
        return Err(Failure::wrong(format!(
            "new: a name of {} letters is too long; write for example `new my_echo`",
            name.len()
        )));
    }
    Ok(())
}

/// Where the new crate finds `nodes`, as Cargo.toml has it.
fn source(given: Option<&str>) -> Result<String, Failure> {
    let path_of = |folder: &Path| -> Option<String> {
        // A checkout is a workspace whose member is the crate; its folder may be named, or the crate's.
        let found = [folder.to_path_buf(), folder.join("nodes")].into_iter().find(|folder| {
            fs::read_to_string(folder.join("Cargo.toml")).is_ok_and(|text| text.lines().any(|line| line == "name = \"nodes\""))
        })?;
        Some(format!("path = {:?}", found.canonicalize().ok()?.display().to_string()))
    };
    if let Some(given) = given {
        if given.contains("://") || given.starts_with("git@") {
            return Ok(format!("git = {given:?}"));
        }
        return path_of(Path::new(given)).ok_or_else(|| {
            Failure::wrong(format!(
                "--nodes: there is no checkout of nodes in {given}; write the path of one such as `--nodes ../nodes`"
            ))
        });
    }
    let repository = env!("CARGO_PKG_REPOSITORY");
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    // Cargo's own checkouts come and go.
    let lasting = !own.components().any(|part| part.as_os_str() == "checkouts");
    match path_of(own).filter(|_| lasting) {
        Some(path) => Ok(path),
        None if !repository.is_empty() => Ok(format!("git = {repository:?}")),
        None => Err(Failure::wrong("new: where is nodes? write the path of a checkout such as `new my_echo --nodes ../nodes`")),
    }
}

fn write(folder: &Path, name: &str, source: &str) -> std::io::Result<()> {
    for (path, template) in FILES {
        let text = template
            .replace("nodes-source", source)
            .replace("crate-name", name)
            .replace("crate_name", name)
            .replace("First", &type_name(name));
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, text)?;
    }
    Ok(())
}

/// `my_echo` as a type: `MyEcho`.
fn type_name(name: &str) -> String {
    let parts = name.split(['_', '-']).filter(|part| !part.is_empty());
    let name = parts.map(|part| part[..1].to_ascii_uppercase() + &part[1..]).collect::<String>();
    // These stand in the file already.
    if ["Rumour", "State", "Unaware", "Aware", "Net", "Port", "World", "Node", "Trial", "Proof", "Self"]
        .contains(&name.as_str())
    {
        return format!("{name}Protocol");
    }
    name
}

fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    if text.contains(char::is_whitespace) { format!("'{text}'") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_types() {
        assert_eq!(type_name("my_echo"), "MyEcho");
        assert_eq!(type_name("two-phase"), "TwoPhase");
        assert_eq!(type_name("state"), "StateProtocol");
    }

    #[test]
    fn names_that_cargo_would_refuse_are_refused() {
        for name in ["my_echo", "a", "raft2", "two-phase"] {
            assert_eq!(check(name), Ok(()), "{name}");
        }
        for name in ["", "MyEcho", "my echo", "2pc", "_x", "match", "nodes", "test", "../up", "a/b", "é"] {
            assert!(check(name).is_err(), "{name}");
        }
    }
}
