//! `topology`: graphs, before anything runs on them.

use std::process::ExitCode;

use super::catalogue::Catalogue;
use super::changes;
use super::command::{Command, Given, Word};
use super::failure::Failure;
use super::option::Opt;
use super::output::Use;
use super::sheet::{Cell, Sheet};
use super::terminal::{Terminal, notice, print, print_document};
use super::values::{self, keyword};
use crate::topology::{Format, Graph, SPECS, Topology};

/// A node's neighbours are listed if there are so many nodes at most.
const FEW: usize = 24;

pub(super) const COMMAND: Command = Command {
    name: "topology",
    about: "Show, draw or convert a graph; without a SPEC, show all ways to specify one",
    more: "",
    word: Some(Word::Other {
        name: "SPEC",
        help: "Which graph, such as `ring:8`, `gnp:50,0.1` or `file:karate.gml`",
        example: "ring:8",
        uses: Use::ReadsBehindFile,
    }),
    options: || {
        let mut options = vec![
            Opt::valued("seed", "N", "The number that random graphs follow from", "7").short('s').usually("0"),
            Opt::valued("to", "FORMAT", "Write it in another form", "svg")
                .values(Format::ALL.map(|format| format!("  {:<9}{}", format.name(), format.about())).join("\n"))
                .usually("facts, and the neighbours of few nodes"),
        ];
        options.extend(changes::options());
        options
    },
    configured: false,
    examples: &[
        ("", "all specifications"),
        ("gnp:50,0.1 --seed 7", "facts of a random graph"),
        ("hypercube:4 --to svg > cube.svg", "a picture"),
    ],
    run: topology,
};

/// The specification of `--topology`.
pub(super) fn parse(text: &str) -> Result<Topology, Failure> {
    text.parse().map_err(|error: crate::topology::TopologyError| Failure::wrong(format!("--topology {error}")))
}

/// Every way to specify a topology, for help.
pub(super) fn specs_as_text() -> String {
    let examples = SPECS.iter().map(|family| family.example);
    let mut lines = vec!["  ".to_owned()];
    for example in examples {
        let last = lines.len() - 1;
        if lines[last].len() + example.len() > 66 {
            lines.push(format!("  {example}  "));
        } else {
            lines[last].push_str(&format!("{example}  "));
        }
    }
    lines.push("  `topology` explains them.".into());
    lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n")
}

fn topology(catalogue: &Catalogue<'_>, given: &Given<'_>) -> Result<ExitCode, Failure> {
    let terminal = Terminal::stdout();
    let Some(spec) = given.word() else {
        if let Some(option) = ["seed", "to"].into_iter().find(|option| given.text(option).is_some()) {
            return Err(Failure::wrong(format!("topology: --{option} of which graph? write `topology ring:8 --{option} ..`")));
        }
        print(&all(catalogue, terminal))?;
        return Ok(ExitCode::SUCCESS);
    };
    let seed = given.value("seed", values::seed)?.unwrap_or(0);
    let built = changes::read(given, spec.parse::<Topology>()?)?.build(seed)?;
    built.notices.iter().for_each(notice);
    match given.text("to") {
        None => print(&facts(spec, &built.graph, terminal))?,
        Some(name) => {
            let format = name
                .parse::<Format>()
                .map_err(|_| keyword("to", name, &Format::ALL.map(Format::name), &format!("write {}", Format::names())))?;
            if let Some(lost) = format.loses(&built.graph) {
                notice(lost);
            }
            print_document(&built.graph.write(format)?)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Every way to specify a graph.
fn all(catalogue: &Catalogue<'_>, terminal: Terminal) -> String {
    let mut sheet = Sheet::new(terminal);
    sheet.head(&["for example", "is"]);
    for family in SPECS {
        sheet.row(vec![sheet.name(family.example), Cell::new(family.meaning)]);
    }
    let example = |what: &str, does| format!("  {} topology {what:<23} {}\n", catalogue.invocation, terminal.quiet(does));
    format!("{}\n{}{}", sheet.text(), example("hypercube:4", "shows one"), example("hypercube:4 --to svg", "draws it"))
}

fn facts(spec: &str, graph: &Graph, terminal: Terminal) -> String {
    let facts = graph.statistics();
    let degrees = if facts.least_degree == facts.largest_degree {
        format!("{} each", facts.least_degree)
    } else {
        format!("{} to {}, {:.2} on average", facts.least_degree, facts.largest_degree, facts.mean_degree)
    };
    let distance = |distance: Option<u32>| distance.map_or_else(|| "unknown".to_owned(), |distance| distance.to_string());
    let mut text = format!("{}\n", terminal.title(spec));
    for (name, value) in [
        ("nodes", facts.nodes.to_string()),
        ("links", if facts.directed { format!("{}, one way", facts.links) } else { facts.links.to_string() }),
        ("degree", degrees),
        ("diameter", distance(facts.diameter)),
        ("radius", distance(facts.radius)),
        ("connected", if facts.connected { "yes" } else { "no" }.to_owned()),
        ("bipartite", if facts.bipartite { "yes" } else { "no" }.to_owned()),
    ] {
        text.push_str(&format!("  {}{value}\n", terminal.quiet(format!("{name:<12}"))));
    }
    if graph.node_count() <= FEW {
        text.push('\n');
        text.push_str(&neighbours(graph, terminal));
    }
    text
}

/// Who is linked to whom, by port.
fn neighbours(graph: &Graph, terminal: Terminal) -> String {
    let mut sheet = Sheet::new(terminal);
    sheet.head(&["node", "neighbours, by port"]);
    for node in graph.nodes() {
        let ends = graph.ends(node).map(|end| {
            let arrow = match (end.sends, end.receives) {
                (true, false) => "→",
                (false, true) => "←",
                _ => "",
            };
            let weight = if graph.is_weighted() { format!(" ({})", graph.link(end.link).weight) } else { String::new() };
            format!("{arrow}{}{weight}", graph.title(end.neighbour))
        });
        let ends = ends.collect::<Vec<_>>().join(", ");
        sheet.row(vec![sheet.name(&graph.title(node)), Cell::new(ends)]);
    }
    sheet.text()
}
