//! A sweep's plan: which protocols, at which places, how often; and what came of a place.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::super::choices::Choices;
use super::super::command::Given;
use super::super::failure::Failure;
use super::super::values::{self, MOST_RUNS};
use super::ledger::{Measured, Row, Runs};
use crate::campaign::Failure as FailedRun;
use crate::execution::content::{self, Contents};
use crate::execution::{EngineKind, Initiators};
use crate::protocol::{AnyProtocol, InitiatorRule};
use crate::sorting;
use crate::sweep::{Places, Summary};

/// The options that do not change what a run tells: those about output, and those that say how many runs there are.
const NOT_OF_A_RUN: [&str; 10] =
    ["force", "csv", "csv-runs", "plot", "log", "threads", "json", "measure", "seeds", "precision"];

/// What is to be done.
pub(super) struct Plan {
    pub(super) grid: Places,
    /// The protocols' names.
    pub(super) protocols: Vec<String>,
    /// By protocol, then by place.
    pub(super) tasks: Vec<Task>,
    pub(super) processes: bool,
    pub(super) properties: bool,
    pub(super) seed: u64,
    pub(super) seeds: u64,
    /// As a share of the mean.
    pub(super) precision: Option<f64>,
    pub(super) measure: Measure,
    pub(super) threads: Option<usize>,
    /// The options that what a run tells depends on, as they stand on the command line.
    pub(super) conditions: Vec<(String, Option<String>)>,
}

/// A protocol at a place.
pub(super) struct Task {
    pub(super) row: Row,
    pub(super) choices: Choices,
    /// The files that its runs read.
    pub(super) files: Vec<PathBuf>,
}

/// What growth, picture and precision are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Measure {
    Messages,
    Bytes,
    Time,
    Causal,
}

impl Measure {
    pub(super) const ALL: [Measure; 4] = [Measure::Messages, Measure::Bytes, Measure::Time, Measure::Causal];

    /// As columns call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Measure::Messages => "messages",
            Measure::Bytes => "bytes",
            Measure::Time => "time",
            Measure::Causal => "causal",
        }
    }
}

/// What the runs of a protocol at a place told.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Cell {
    pub(super) row: Row,
    /// Runs that ended well; the numbers are theirs.
    pub(super) runs: u64,
    pub(super) failed: u64,
    /// The mean of n.
    pub(super) nodes: f64,
    /// The mean of m.
    pub(super) edges: f64,
    /// With their names, and in their order: `bytes`, `messages`, `messages_Forth`, ..
    pub(super) costs: Vec<(String, Summary)>,
}

impl Cell {
    /// Of the first so many runs of a row.
    pub(super) fn of(row: &Row, runs: &Runs, count: u64) -> Self {
        let (well, failed): (Vec<_>, Vec<_>) = runs.first(count).partition(|run| run.outcome.is_well());
        let mean = |of: fn(&Measured) -> u64| {
            let all = runs.first(count).map(|run| of(run) as f64).collect::<Vec<_>>();
            Summary::of(&all).map_or(0.0, |summary| summary.mean)
        };
        let mut costs: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
        for (name, cost) in well.iter().flat_map(|run| &run.costs) {
            costs.entry(&**name).or_default().push(*cost);
        }
        let summary = |(name, values): (&str, Vec<f64>)| Some((name.to_owned(), Summary::of(&values)?));
        Cell {
            row: row.clone(),
            runs: well.len() as u64,
            failed: failed.len() as u64,
            nodes: mean(|run| run.nodes),
            edges: mean(|run| run.edges),
            costs: costs.into_iter().filter_map(summary).collect(),
        }
    }

    pub(super) fn cost(&self, measure: Measure) -> Option<&Summary> {
        self.cost_named(measure.name())
    }

    pub(super) fn cost_named(&self, name: &str) -> Option<&Summary> {
        self.costs.iter().find(|(known, _)| known == name).map(|(_, cost)| cost)
    }
}

/// What came of a sweep.
#[derive(Debug, Default)]
pub(super) struct Swept {
    /// In the plan's order; those that are done.
    pub(super) cells: Vec<Cell>,
    /// The first failed runs of each cell.
    pub(super) failures: Vec<FailedRun>,
    /// How many cells are not done.
    pub(super) missing: usize,
    /// How many cells were there already.
    pub(super) kept: usize,
    /// How many runs of the other cells were there already.
    pub(super) kept_runs: u64,
    /// Cells that did not become as precise as was asked for.
    pub(super) imprecise: usize,
}

impl Plan {
    pub(super) fn read(given: &Given<'_>) -> Result<Self, Failure> {
        let protocols = given.protocols()?;
        let processes = match given.text("engine") {
            None | Some("simulator") => false,
            Some("processes") => true,
            Some(other) => {
                let example = "write `--engine simulator` or `--engine processes`";
                return Err(values::keyword("engine", other, &["simulator", "processes"], example));
            }
        };
        let measure = given.value("measure", |text| {
            let names = Measure::ALL.map(Measure::name);
            let found = Measure::ALL.into_iter().find(|measure| measure.name() == text);
            found.ok_or_else(|| values::keyword("measure", text, &names, &format!("write one of {}", names.join(", "))))
        })?;
        let of_a_run = |name: &str| !NOT_OF_A_RUN.contains(&name) && !["seed", "engine"].contains(&name);
        let conditions = given.options().into_iter().filter(|(name, _)| of_a_run(name));
        let mut plan = Plan {
            grid: given.grid.clone(),
            protocols: protocols.iter().map(|protocol| protocol.name()).collect(),
            tasks: Vec::new(),
            processes,
            properties: !given.is_set("no-properties"),
            seed: first_seed(given)?,
            seeds: given.value("seeds", |text| count("seeds", text))?.unwrap_or(20),
            precision: given.value("precision", precision)?,
            measure: measure.unwrap_or(Measure::Messages),
            threads: given.value("threads", |text| count("threads", text))?.map(|threads| threads as usize),
            conditions: conditions.map(|(name, value)| (name.to_owned(), value.map(str::to_owned))).collect(),
        };
        if plan.precision.is_some() && plan.seeds < 2 {
            return Err(Failure::wrong("--precision: one run does not tell how exact it is; write `--seeds 5` or more"));
        }
        let places = plan.grid.places();
        let rows = (places.len() * protocols.len()) as u64;
        if rows.saturating_mul(plan.seeds) > MOST_RUNS {
            let (seeds, most) = (plan.seeds, MOST_RUNS / rows);
            return Err(Failure::wrong(format!(
                "--seeds {seeds}: so many runs of each of {rows} rows are more than the {MOST_RUNS} that a sweep makes; write \
                 `--seeds {most}` or less"
            )));
        }
        let (mut tasks, mut contents) = (Vec::new(), Contents::default());
        for (protocol, name) in protocols.into_iter().zip(&plan.protocols) {
            for place in &places {
                let choices = choices_at(given, place, protocol)?;
                let files = choices.run()?.files();
                content::check_can_be_read_again(&files)?;
                // What cannot be run is refused before anything is.
                check(&choices, &plan).map_err(|failure| match failure {
                    Failure::Wrong(why) => {
                        let at = plan.grid.variables.iter().zip(place).map(|(of, value)| format!(", {} = {value}", of.name));
                        Failure::Wrong(format!("{name}{}: {why}", at.collect::<String>()))
                    }
                    failed => failed,
                })?;
                let row = Row {
                    protocol: name.clone(),
                    values: place.iter().map(|value| (*value).to_owned()).collect(),
                    files: contents.of(&files)?,
                };
                tasks.push(Task { row, choices, files });
            }
        }
        plan.tasks = tasks;
        Ok(plan)
    }

    /// What the numbers depend on.
    pub(super) fn all_conditions(&self) -> Value {
        let options = self.conditions.iter().map(|(name, value)| (name.clone(), json!(value)));
        json!({
            "options": sorting::map(options),
            "variables": self.variables(),
            "seed": self.seed,
            "engine": self.engine(),
        })
    }

    /// What else the manifest of a table with so many rows tells.
    pub(super) fn told(&self, rows: usize, complete: bool) -> Value {
        let fingerprint = |task: &Task| (task.row.protocol.clone(), task.choices.protocol().description().fingerprint_text());
        let variables = self.grid.variables.iter().map(|variable| (variable.name.clone(), json!(variable.values)));
        json!({
            "variables": sorting::map(variables),
            "engine": self.engine(),
            "seeds": { "first": self.seed, "each": self.seeds },
            "fingerprints": sorting::map(self.tasks.iter().map(fingerprint)),
            "cells": rows,
            "complete": complete,
        })
    }

    fn engine(&self) -> &'static str {
        if self.processes { EngineKind::Processes } else { EngineKind::Simulator }.name()
    }

    /// The variables' names.
    pub(super) fn variables(&self) -> Vec<String> {
        self.grid.variables.iter().map(|variable| variable.name.clone()).collect()
    }

    /// Whether every node starts that may, because nobody said otherwise.
    pub(super) fn all_start(&self) -> bool {
        let said = self.conditions.iter().any(|(name, _)| name == "initiators");
        !said && self.tasks.iter().any(|task| *task.choices.initiators() == Initiators::All)
    }
}

/// Reads a count above 0.
fn count(option: &str, text: &str) -> Result<u64, Failure> {
    let right = text.parse().ok().filter(|count| *count > 0);
    right.ok_or_else(|| {
        Failure::wrong(format!("--{option}: `{text}` is not a number above 0; write one such as `--{option} 20`"))
    })
}

/// What a run starts from at a place.  Every node starts that may, unless said otherwise: that is what costs in the literature
/// assume, and what makes them comparable.
fn choices_at(given: &Given<'_>, place: &[&str], protocol: &AnyProtocol) -> Result<Choices, Failure> {
    let choices = Choices::read(&given.at(place)?, protocol)?;
    let all_may = *choices.initiators() == Initiators::Declared && protocol.description().initiators == InitiatorRule::Any;
    Ok(if all_may { choices.with_initiators(Initiators::All) } else { choices })
}

/// Reads `--seed`.
fn first_seed(given: &Given<'_>) -> Result<u64, Failure> {
    Ok(given.value("seed", values::seed)?.unwrap_or(1))
}

/// Refuses what the first of these runs would refuse, without making it.
fn check(choices: &Choices, plan: &Plan) -> Result<(), Failure> {
    let prepared = choices.run()?.seed(plan.seed).prepare()?;
    if plan.processes {
        prepared.have_no_rates()?;
    }
    Ok(())
}

/// Reads `--precision`: 1% or 0.01.
fn precision(text: &str) -> Result<f64, Failure> {
    let read = |text: &str| text.trim().parse::<f64>().ok();
    let share = match text.strip_suffix('%') {
        Some(percent) => read(percent).map(|percent| percent / 100.0),
        None => read(text),
    };
    share.filter(|share| *share > 0.0 && *share < 1.0).ok_or_else(|| {
        Failure::wrong(format!("--precision: `{text}` is not a share of the mean; write for example `--precision 1%`"))
    })
}
