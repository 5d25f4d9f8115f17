//! What a sweep told, for people and for programs.

use serde::Serialize;
use serde_json::{Value, json};

use super::super::catalogue::Catalogue;
use super::super::report::counted;
use super::super::sheet::{Cell as Entry, Sheet};
use super::super::terminal::Terminal;
use super::cell::{Cell, Measure, Plan, Swept};
use super::measure::MOST_RUNS;
use super::theory::expected;
use crate::execution::explain;
use crate::sorting;
use crate::sweep::{Fit, Growth, Measured, Summary, Verdict};

/// How a protocol's cost grows.
#[derive(Debug, Serialize)]
pub(super) struct Grown {
    pub(super) protocol: String,
    #[serde(flatten)]
    growth: Growth,
    /// By quantity: which variable it is, or which size of the graph.
    #[serde(skip)]
    sources: Vec<Source>,
}

#[derive(Clone, Copy, Debug)]
enum Source {
    Variable(usize),
    Nodes,
    Edges,
}

impl Grown {
    /// The law that the measurements support.
    pub(super) fn supported(&self) -> Option<&Fit> {
        self.growth.fits.first().filter(|_| self.growth.verdict == Verdict::Supported)
    }

    /// What the law of this cell's cost is in.
    pub(super) fn quantities_of(&self, cell: &Cell) -> Vec<f64> {
        self.sources.iter().map(|source| quantity(cell, *source)).collect()
    }

    /// What follows from the measurements, in a line, and in more lines how sure that is.
    fn text(&self) -> Vec<String> {
        let percent = |share: f64| match (share * 100.0).round() {
            100.0 => "> 99 %".to_owned(),
            share => format!("{share} %"),
        };
        match (&self.growth.verdict, self.growth.fits.as_slice()) {
            (Verdict::Supported, [fit, ..]) => {
                let constant = if fit.law.name == "1" || fit.margin < 1e-6 * fit.constant {
                    String::new()
                } else {
                    format!("; constant {:.3} ± {:.2}", fit.constant, fit.margin)
                };
                let misses = if fit.misses < 5e-5 { "exact".to_owned() } else { format!("within {:.1} %", fit.misses * 100.0) };
                vec![format!("{:<10} {fit}", fit.law.name), format!("{misses}; evidence {}{constant}", percent(fit.evidence))]
            }
            (Verdict::Undecided(count), fits) => {
                let laws = fits.iter().take(*count).map(|fit| format!("{} ({})", fit.law.name, percent(fit.evidence)));
                vec![
                    "not decided".to_owned(),
                    format!("between {}", laws.collect::<Vec<_>>().join(", ")),
                    "more sizes, or a larger range, would tell".to_owned(),
                ]
            }
            (Verdict::TooFew(why), _) => vec!["not decided".to_owned(), why.clone()],
            _ => vec!["none of the laws describes it".to_owned()],
        }
    }
}

fn quantity(cell: &Cell, source: Source) -> f64 {
    match source {
        Source::Variable(place) => cell.row.values[place].parse().unwrap_or(0.0),
        Source::Nodes => cell.nodes,
        Source::Edges => cell.edges,
    }
}

/// Which law each protocol's cost follows.
pub(super) fn growth(plan: &Plan, swept: &Swept) -> Vec<Grown> {
    plan.protocols
        .iter()
        .filter_map(|protocol| {
            let cells = swept.cells.iter().filter(|cell| cell.row.protocol == *protocol && cell.cost(plan.measure).is_some());
            let cells = cells.collect::<Vec<_>>();
            let mut sources: Vec<(String, Source)> = Vec::new();
            for (place, variable) in plan.grid.variables.iter().enumerate() {
                if variable.values.iter().all(|value| value.parse::<f64>().is_ok_and(|value| value >= 0.0)) {
                    sources.push((variable.name.clone(), Source::Variable(place)));
                }
            }
            for (short, long, source) in [("n", "nodes", Source::Nodes), ("m", "edges", Source::Edges)] {
                let same = |other: Source| cells.iter().all(|cell| quantity(cell, other) == quantity(cell, source));
                if !sources.iter().any(|(_, other)| same(*other)) {
                    let taken = sources.iter().any(|(name, _)| name == short);
                    sources.push(((if taken { long } else { short }).to_owned(), source));
                }
            }
            let measured = cells.iter().filter_map(|cell| {
                let cost = cell.cost(plan.measure)?;
                let quantities = sources.iter().map(|(_, source)| quantity(cell, *source)).collect();
                Some(Measured { quantities, cost: cost.mean, error: cost.error() })
            });
            let measured = measured.collect::<Vec<_>>();
            let names = sources.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
            let sources = sources.into_iter().map(|(_, source)| source).collect();
            // One place alone was not meant to show growth.
            (plan.grid.places().len() > 1).then(|| Grown {
                protocol: protocol.clone(),
                growth: Growth::of(&names, &measured),
                sources,
            })
        })
        .collect()
}

/// The numbers, for people.
pub(super) fn table(catalogue: &Catalogue<'_>, plan: &Plan, swept: &Swept, growth: &[Grown], terminal: Terminal) -> String {
    let with_range = sheet(plan, swept, terminal, true);
    let sheet = if with_range.natural_width() <= terminal.width { with_range } else { sheet(plan, swept, terminal, false) };
    let mut text = sheet.text();
    if !growth.is_empty() && !swept.cells.is_empty() {
        text.push_str(&format!("\n  {}\n", terminal.quiet(format!("how {} grow", grows(plan.measure)))));
        let width = growth.iter().map(|grown| grown.protocol.len()).max().unwrap_or(0);
        for grown in growth {
            let mut lines = grown.text().into_iter();
            text.push_str(&format!("  {:<width$}  {}\n", grown.protocol, lines.next().unwrap_or_default()));
            let theories = expected(plan, &grown.protocol).into_iter().filter_map(|expected| {
                Some(format!("theory: {}; {}", expected.text(), expected.agreement(swept, &grown.protocol)?))
            });
            for line in lines.chain(theories) {
                text.push_str(&format!("      {}\n", terminal.quiet(line)));
            }
        }
        if plan.all_start() {
            text.push_str(&format!("  {}\n", terminal.quiet("every node starts that may; --initiators says otherwise")));
        }
    }
    text.push('\n');
    let failed = swept.cells.iter().map(|cell| cell.failed).sum::<u64>();
    for failure in &swept.failures {
        text.push_str(&format!("  {} seed {}\n", terminal.bad(failure.outcome.name()), failure.seed));
        for line in failure.explanation.iter().take(3) {
            text.push_str(&format!("    {line}\n"));
        }
        let again = failure.replay.as_ref().map(|line| format!("{} {line}", catalogue.invocation));
        text.push_str(&format!("    {}\n", explain::again(again, failure.seed)));
    }
    if failed > 0 {
        text.push_str(&format!(
            "  {}: they do not count in the means\n",
            terminal.bad(format!("{} failed", counted(failed, "run")))
        ));
    }
    if swept.missing > 0 {
        let missing = counted(swept.missing as u64, "row");
        text.push_str(&format!(
            "  {}: {missing} not measured; with --csv the same command continues\n",
            terminal.warning("interrupted")
        ));
    }
    if swept.imprecise > 0 {
        let rows = counted(swept.imprecise as u64, "row");
        let most = format!("{rows} not as precise as asked for, after {MOST_RUNS} runs");
        text.push_str(&format!("  {}\n", terminal.warning(most)));
    }
    let kept = [(swept.kept as u64, "row"), (swept.kept_runs, "run")].into_iter().filter(|(count, _)| *count > 0);
    let kept = kept.map(|(count, what)| counted(count, what)).collect::<Vec<_>>();
    if !kept.is_empty() {
        let name = terminal.quiet(format!("{:<12}", "kept"));
        text.push_str(&format!("  {name}{} measured before\n", kept.join(" and ")));
    }
    text
}

/// The rows; `range` adds the smallest, middle and largest number of messages.
fn sheet(plan: &Plan, swept: &Swept, terminal: Terminal, range: bool) -> Sheet {
    let mut sheet = Sheet::new(terminal);
    let variables = plan.grid.variables.iter().map(|variable| variable.name.as_str()).collect::<Vec<_>>();
    let wide = terminal.width >= 120;
    let shows_sizes = swept.cells.iter().any(|cell| !cell.row.values.contains(&cell.nodes.to_string()));
    let mut head = variables;
    if shows_sizes {
        head.extend(["nodes", "edges"]);
    }
    head.extend(["runs", "messages", "± 95 %", "deviation"]);
    if range {
        head.extend(["min", "median", "max"]);
    }
    head.extend(["bytes", "time", "causal"]);
    if wide {
        head.push("by type");
    }
    sheet.head(&head);
    let mut last = "";
    for cell in &swept.cells {
        let mean = |measure: Measure| cell.cost(measure).map_or_else(|| "-".into(), |cost| number(cost.mean));
        if last != cell.row.protocol {
            sheet.group(&cell.row.protocol);
            last = &cell.row.protocol;
        }
        let mut row = cell.row.values.iter().map(Entry::new).collect::<Vec<_>>();
        if shows_sizes {
            row.extend([number(cell.nodes), number(cell.edges)].map(Entry::new));
        }
        let messages = cell.cost(Measure::Messages);
        let margin = messages.and_then(Summary::margin);
        let of_messages = |part: fn(&Summary) -> f64| messages.map_or_else(|| "-".into(), |messages| number(part(messages)));
        row.extend(
            [
                cell.runs.to_string(),
                mean(Measure::Messages),
                margin.map_or_else(|| "-".into(), number),
                of_messages(|messages| messages.sd),
            ]
            .map(Entry::new),
        );
        if range {
            let parts: [fn(&Summary) -> f64; 3] =
                [|messages| messages.min, |messages| messages.median, |messages| messages.max];
            row.extend(parts.map(of_messages).map(Entry::new));
        }
        row.extend(
            [
                mean(Measure::Bytes),
                if plan.processes {
                    cell.cost(Measure::Time).map_or_else(|| "-".into(), |time| format!("{:.4}", time.mean))
                } else {
                    mean(Measure::Time)
                },
                mean(Measure::Causal),
            ]
            .map(Entry::new),
        );
        if wide {
            let types = cell.costs.iter().filter_map(|(name, cost)| Some((name.strip_prefix("messages_")?, cost)));
            let types = types.map(|(name, cost)| format!("{name} {}", number(cost.mean)));
            row.push(Entry::new(types.collect::<Vec<_>>().join(", ")));
        }
        sheet.row(row);
    }
    for column in 0..head.len() - usize::from(wide) {
        sheet.numbers(column);
    }
    sheet
}

fn grows(measure: Measure) -> &'static str {
    match measure {
        Measure::Messages => "messages",
        Measure::Bytes => "bytes",
        Measure::Time => "times",
        Measure::Causal => "chains of messages",
    }
}

fn number(value: f64) -> String {
    match value.abs() {
        _ if value.fract() == 0.0 => value.to_string(),
        small if small < 0.1 => format!("{value:.4}"),
        small if small < 10.0 => format!("{value:.2}"),
        _ => format!("{value:.1}"),
    }
}

/// The numbers, for programs.
pub(super) fn json(plan: &Plan, swept: &Swept, growth: &[Grown]) -> Value {
    let cell = |cell: &Cell| {
        let values = plan.grid.variables.iter().zip(&cell.row.values);
        let values = values.map(|(variable, value)| (variable.name.clone(), json!(value)));
        let costs = cell.costs.iter().map(|(name, cost)| {
            let margin = cost.margin();
            let interval = margin.map(|margin| [cost.mean - margin, cost.mean + margin]);
            let Summary { mean, sd, min, median, max, .. } = cost;
            (name.clone(), json!({ "mean": mean, "sd": sd, "interval": interval, "min": min, "median": median, "max": max }))
        });
        json!({
            "protocol": cell.row.protocol,
            "variables": sorting::map(values),
            "nodes": cell.nodes,
            "edges": cell.edges,
            "runs": cell.runs,
            "failed": cell.failed,
            "costs": sorting::map(costs),
        })
    };
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "engine": if plan.processes { "processes" } else { "simulator" },
        "seed": plan.seed,
        "seeds": plan.seeds,
        "measure": plan.measure.name(),
        "cells": swept.cells.iter().map(cell).collect::<Vec<_>>(),
        "growth": growth,
        "violations": swept.failures,
        "missing": swept.missing,
    })
}
