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
    let form = given.text("to").unwrap_or("table");
    let protocol = given.protocol()?;
    let description = protocol.description();
    let transitions = || Transitions::of(&description, &lint::initial_states(protocol));
    let text = match form {
        "table" => page::page(protocol, &description, Terminal::stdout()),
        "dot" => dot::dot(&description, &transitions()),
        "mermaid" => mermaid::mermaid(&description, &transitions()),
        "svg" => svg::svg(&description, &transitions()),
        other => {
            let forms = ["table", "dot", "svg", "mermaid"];
            return Err(keyword("to", other, &forms, "write `table`, `dot`, `svg` or `mermaid`"));
        }
    };
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}
