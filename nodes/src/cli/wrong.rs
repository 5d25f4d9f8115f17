//! What clap finds wrong, in one sentence with an example of what is right.

use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::command::{Command, Word};
use super::failure::Failure;
use super::option::Opt;
use super::terminal::{Terminal, print};
use crate::nearest::nearest;

/// Prints the help that was asked for, or says what is wrong.
pub(super) fn answer(
    commands: &[Command],
    command: &Command,
    options: &[Opt],
    error: &clap::Error,
) -> Result<ExitCode, Failure> {
    if error.kind() == ErrorKind::DisplayHelp {
        let text = error.render();
        print(&if Terminal::stdout().colour { text.ansi().to_string() } else { text.to_string() })?;
        return Ok(ExitCode::SUCCESS);
    }
    Err(Failure::Wrong(sentence(commands, command, options, error)))
}

/// What is wrong, in one sentence.
pub(super) fn sentence(commands: &[Command], command: &Command, options: &[Opt], error: &clap::Error) -> String {
    let name = command.name;
    let argument = text_of(error, ContextKind::InvalidArg);
    let value = text_of(error, ContextKind::InvalidValue);
    // As clap shows it: `--seed <N>`, or a word.
    let bare = argument.split([' ', '=']).next().unwrap_or_default().trim_start_matches('-').to_owned();
    let option = options.iter().find(|option| option.name == bare || option.alias.as_ref() == Some(&bare));
    match (error.kind(), option) {
        (ErrorKind::ArgumentConflict, Some(option)) => {
            format!("--{bare} is given twice; give it once, such as `{}`", option.example)
        }
        (ErrorKind::ArgumentConflict, None) => format!("`{argument}` is given twice; give it once"),
        (ErrorKind::InvalidValue | ErrorKind::NoEquals | ErrorKind::WrongNumberOfValues, Some(option)) => {
            format!("--{bare} needs a value, such as `{}`", option.example)
        }
        (ErrorKind::TooManyValues, Some(option)) => {
            format!("--{bare} takes no value, and `{value}` is one; write `{}`", option.example)
        }
        (ErrorKind::UnknownArgument, _) if argument.starts_with('-') => unknown(commands, command, options, &argument),
        (ErrorKind::UnknownArgument, _) => match command.word {
            Some(Word::Protocol) => format!(
                "{name}: `{argument}` is one word too many; options begin with dashes, such as `{}`",
                options.first().map_or_else(|| "--help".to_owned(), |option| option.example.clone())
            ),
            Some(Word::Protocols) => format!("{name}: `{argument}` is no protocol; `list` shows them"),
            Some(Word::Other { example, .. }) => {
                format!("{name}: `{argument}` is one word too many; write for example `{name} {example}`")
            }
            None => format!("{name}: takes no word, and `{argument}` is one; write `{name}`"),
        },
        // Clap has more kinds of mistakes than we have options for; its first line says the rest.
        _ => {
            let text = error.to_string();
            let first = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
            format!("{name}: {first}; `help {name}` explains it")
        }
    }
}

fn unknown(commands: &[Command], command: &Command, options: &[Opt], argument: &str) -> String {
    let name = command.name;
    let bare = argument.trim_start_matches('-').split('=').next().unwrap_or_default();
    let near = nearest(bare, &mut options.iter().map(|option| option.name.as_str()));
    if let Some(option) = near.and_then(|near| options.iter().find(|option| option.name == near)) {
        return format!("{name} has no option `{argument}`; did you mean `{}`?", option.example);
    }
    if matches!(command.word, Some(Word::Protocols)) && argument.starts_with("--") {
        return format!(
            "{name} has no option `{argument}`; if it is a variable, write `{{{bare}}}` where its values shall stand, such as \
             `--topology ring:{{{bare}}}`"
        );
    }
    let has = |command: &&Command| (command.options)().iter().any(|own| own.name == bare);
    match commands.iter().filter(has).map(|command| command.name).collect::<Vec<_>>().as_slice() {
        [] if argument.starts_with("--") || options.is_empty() => {
            format!("{name} has no option `{argument}`; `help {name}` shows what it has{}", such_as(options))
        }
        [] => format!("{name} has no option `{argument}`; long ones take two dashes{}", such_as(options)),
        others => {
            format!("{name} has no option `{argument}`, which is one of {}; `help {name}` shows its own", others.join(", "))
        }
    }
}

fn such_as(options: &[Opt]) -> String {
    options.first().map_or_else(String::new, |option| format!(", such as `{}`", option.example))
}

fn text_of(error: &clap::Error, kind: ContextKind) -> String {
    match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(" "),
        _ => String::new(),
    }
}
