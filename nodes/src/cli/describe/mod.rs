//! `describe`: all that is known of a protocol without running it.

mod dot;
mod layout;
mod matrix;
mod mermaid;
mod page;
mod svg;
mod transitions;

use std::process::ExitCode;

use super::catalogue::Catalogue;
use super::command::{Command, Given, Word};
use super::failure::Failure;
use super::option::Opt;
use super::terminal::{Terminal, print};
use super::values::keyword;
use crate::lint;
use crate::protocol::AnyProtocol;
use transitions::Transitions;

pub(super) const COMMAND: Command = Command {
    name: "describe",
    about: "Show a protocol: its assumptions, rules, properties and state diagram",
    more: "",
    word: Some(Word::Protocol),
    options: || {
        vec![
            Opt::valued("to", "FORM", "What comes out", "svg")
                .values(
                    "  table    all of it, as text\n  dot      the state diagram for Graphviz\n  svg      the state diagram as a \
                     picture\n  mermaid  the state diagram for Markdown",
                )
                .usually("table"),
        ]
    },
    configured: false,
    examples: &[("", "everything, as text"), ("--to svg > states.svg", "the state diagram")],
    run: describe,
};

fn describe(_: &Catalogue<'_>, given: &Given<'_>) -> Result<ExitCode, Failure> {
    print(&described(given.protocol()?, given.text("to").unwrap_or("table"), Terminal::stdout())?)?;
    Ok(ExitCode::SUCCESS)
}

/// The description in one of the forms that `--to` knows.
pub(super) fn described(protocol: &AnyProtocol, form: &str, terminal: Terminal) -> Result<String, Failure> {
    let description = protocol.description();
    let transitions = || Transitions::of(&description, &lint::initial_states(protocol));
    match form {
        "table" => Ok(page::page(protocol, &description, terminal)),
        "dot" => Ok(dot::dot(&description, &transitions())),
        "mermaid" => Ok(mermaid::mermaid(&description, &transitions())),
        "svg" => Ok(svg::svg(&description, &transitions())),
        other => {
            let forms = ["table", "dot", "svg", "mermaid"];
            Err(keyword("to", other, &forms, "write `table`, `dot`, `svg` or `mermaid`"))
        }
    }
}
