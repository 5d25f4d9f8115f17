//! Which command is meant.

use std::ffi::OsString;
use std::process::ExitCode;

use super::catalogue::Catalogue;
use super::command::{Command, Given, Word};
use super::failure::Failure;
use super::terminal::{Terminal, print};
use super::{check, describe, list, new, output, run, simulate, sweep, topology, trace, view, wrap, wrong};
use crate::nearest::nearest;
use crate::protocol::AnyProtocol;
use crate::sweep::Places;

/// Every command, in the order of help.
pub(super) const COMMANDS: &[Command] = &[
    run::COMMAND,
    simulate::COMMAND,
    check::COMMAND,
    sweep::COMMAND,
    view::COMMAND,
    list::COMMAND,
    describe::COMMAND,
    trace::COMMAND,
    topology::COMMAND,
    new::COMMAND,
];

/// Does what the arguments say.
pub(super) fn dispatch(catalogue: &Catalogue<'_>, arguments: &[OsString]) -> Result<ExitCode, Failure> {
    let mut words = Vec::new();
    for argument in arguments {
        words.push(argument.to_str().ok_or_else(|| {
            Failure::wrong(format!("`{}` is not UTF-8; write for example `run --topology ring:8`", argument.to_string_lossy()))
        })?);
    }
    match words.as_slice() {
        [] if catalogue.single().is_none() => overview(catalogue),
        // What a newcomer sees first.
        [] => command(catalogue, &run::COMMAND, &["--diagram"]),
        ["-h" | "--help"] | ["help"] => overview(catalogue),
        ["-V" | "--version"] => {
            print(&format!("nodes {}\n", env!("CARGO_PKG_VERSION")))?;
            Ok(ExitCode::SUCCESS)
        }
        ["help", name, ..] => command(catalogue, named(catalogue, name)?, &["--help"]),
        [flag, ..] if flag.starts_with('-') => match catalogue.single() {
            // The main job, with options.
            Some(_) => command(catalogue, &run::COMMAND, &words),
            None => Err(Failure::wrong(format!(
                "`{flag}` stands before any command; write for example `run {} --topology ring:8`",
                catalogue.some_name()
            ))),
        },
        [name, rest @ ..] => command(catalogue, named(catalogue, name)?, rest),
    }
}

/// The command of that name.
pub(super) fn named(catalogue: &Catalogue<'_>, name: &str) -> Result<&'static Command, Failure> {
    if let Some(command) = COMMANDS.iter().find(|command| command.name == name) {
        return Ok(command);
    }
    if catalogue.find(name).is_some() {
        return Err(Failure::wrong(format!("`{name}` is a protocol, not a command; write `run {name}`")));
    }
    let names = || COMMANDS.iter().map(|command| command.name);
    Err(Failure::wrong(match nearest(name, &mut names()) {
        Some(near) => format!("there is no command `{name}`; did you mean `{near}`?"),
        None => format!("there is no command `{name}`; write one of {}", names().collect::<Vec<_>>().join(", ")),
    }))
}

fn command(catalogue: &Catalogue<'_>, command: &'static Command, words: &[&str]) -> Result<ExitCode, Failure> {
    let options = command.all_options(catalogue)?;
    let (words, grid) = match command.word {
        Some(Word::Protocols) => sweep::variables(words, &options)?,
        _ => (words.iter().map(|word| (*word).to_owned()).collect(), Places::default()),
    };
    let only = match command.word {
        // One protocol's flags are not all that may be meant.
        Some(Word::Protocols) => catalogue.single(),
        _ => catalogue.single().or_else(|| words.iter().find_map(|word| catalogue.find(word))),
    };
    let parsed = command.parser(catalogue, &options, only).try_get_matches_from(&words);
    match parsed {
        Ok(matches) => {
            let given = Given::new(catalogue, command, matches, words, grid);
            output::check(&[&given])?;
            (command.run)(catalogue, &given)
        }
        Err(error) => wrong::answer(COMMANDS, command, &options, &error),
    }
}

/// Help for the whole tool.
fn overview(catalogue: &Catalogue<'_>) -> Result<ExitCode, Failure> {
    let mut parser = clap::Command::new("nodes")
        .bin_name(catalogue.invocation.clone())
        .version(env!("CARGO_PKG_VERSION"))
        .disable_help_subcommand(true)
        .override_usage(format!("{} [COMMAND] [OPTIONS]", catalogue.invocation));
    let about = match catalogue.single().map(AnyProtocol::description) {
        Some(only) => {
            let problem = if only.problem.is_empty() { String::new() } else { format!(" ({})", only.problem) };
            format!("{}{problem}: a distributed algorithm, run as real processes over UDP", only.name)
        }
        None => format!("{} distributed algorithms, run as real processes over UDP", catalogue.count()),
    };
    parser = parser.about(about);
    for command in COMMANDS {
        parser = parser.subcommand(clap::Command::new(command.name).about(command.about));
    }
    let run = match catalogue.single() {
        Some(_) => "Without a command it runs: the same as `run`.".to_owned(),
        None => format!("For example `run {}`; `list` shows all protocols.", catalogue.some_name()),
    };
    let parser = parser.after_help(format!("{run}\n`help COMMAND` explains a command."));
    let text = wrap::fit(parser, Terminal::stdout().help_width()).render_help();
    print(&if Terminal::stdout().colour { text.ansi().to_string() } else { text.to_string() })?;
    Ok(ExitCode::SUCCESS)
}
