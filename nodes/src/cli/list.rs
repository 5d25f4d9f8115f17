//! `list`: the protocols.

use std::process::ExitCode;

use serde::Serialize;

use super::catalogue::Catalogue;
use super::command::{Command, Given};
use super::failure::Failure;
use super::option::Opt;
use super::sheet::{Cell, Sheet};
use super::terminal::{Terminal, print, print_json};
use crate::protocol::{Description, InitiatorRule, Links};
use crate::sorting;

pub(super) const COMMAND: Command = Command {
    name: "list",
    about: "Show all protocols: what each solves, on what, at what cost",
    more: "",
    word: None,
    options: || vec![Opt::switch("json", "One JSON document on standard output, and nothing else")],
    configured: false,
    examples: &[("", "a table"), ("--json", "the same for programs")],
    run: list,
};

/// A protocol, as `--json` has it.
#[derive(Serialize)]
struct Listed<'a> {
    name: String,
    r#type: &'a str,
    problem: &'a str,
    topology: &'a str,
    links: Links,
    initiators: InitiatorRule,
    cost: &'a str,
    source: &'a str,
    /// The type of what a node stores, and knows again after a crash.
    stored: Option<&'a str>,
}

impl<'a> Listed<'a> {
    fn of(description: &'a Description) -> Self {
        Listed {
            name: description.snake_name(),
            r#type: &description.name,
            problem: &description.problem,
            topology: &description.topology.name,
            links: description.links,
            initiators: description.initiators,
            cost: &description.cost,
            source: &description.source,
            stored: description.recovery.as_ref().map(|recovery| recovery.stored.as_str()),
        }
    }
}

fn list(catalogue: &Catalogue<'_>, given: &Given<'_>) -> Result<ExitCode, Failure> {
    let listed = catalogue.protocols().map(|(_, description)| Listed::of(description)).collect::<Vec<_>>();
    if given.is_set("json") {
        let text = serde_json::to_string(&listed).map_err(|cause| Failure::failed(format!("list: {cause}")))?;
        print_json(&format!("{text}\n"))?;
    } else {
        print(&table(&listed, Terminal::stdout(), &catalogue.invocation))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn table(listed: &[Listed<'_>], terminal: Terminal, invocation: &str) -> String {
    let wide = terminal.width >= 110;
    let mut sheet = Sheet::new(terminal);
    let mut head = vec!["  protocol", "topology", "cost"];
    if wide {
        head.extend(["links", "starts", "source"]);
    }
    sheet.head(&head);
    let mut by_problem = listed.iter().collect::<Vec<_>>();
    // Where a problem comes first, all its protocols follow.
    sorting::by_key(&mut by_problem, |protocol| listed.iter().position(|first| first.problem == protocol.problem));
    let mut problem = None;
    for protocol in by_problem {
        if problem != Some(protocol.problem) {
            problem = Some(protocol.problem);
            let title = if protocol.problem.is_empty() { "other" } else { protocol.problem };
            sheet.group(title);
        }
        let starts = match protocol.initiators {
            InitiatorRule::Any => "any",
            InitiatorRule::One => "one",
            InitiatorRule::All => "all",
        };
        let mut row = vec![sheet.name(&format!("  {}", protocol.name)), Cell::new(protocol.topology), Cell::new(protocol.cost)];
        if wide {
            row.extend([protocol.links.name(), starts, protocol.source].map(Cell::new));
        }
        sheet.row(row);
    }
    let some = listed.first().map(|first| first.name.as_str()).unwrap_or_default();
    format!(
        "{}\n  {invocation} describe {some}  {}\n  {invocation} run {some}       {}\n",
        sheet.text(),
        terminal.quiet("what it does"),
        terminal.quiet("as real processes")
    )
}
