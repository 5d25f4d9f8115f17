//! A sweep's plan: which protocols, at which places, how often; and what came of a place.

use std::collections::BTreeMap;

use super::super::choices::Choices;
use super::super::command::Given;
use super::super::failure::Failure;
use super::super::values;
use crate::campaign;
use crate::execution::Initiators;
use crate::protocol::{AnyProtocol, InitiatorRule};
use crate::sweep::{Places, Summary};

/// The options that say what to do with the numbers, not how they come about.
const ABOUT_OUTPUT: [&str; 7] = ["force", "csv", "plot", "log", "threads", "json", "measure"];

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
    /// The options that the numbers depend on, as they stand on the command line.
    pub(super) conditions: Vec<(String, Option<String>)>,
}

/// A protocol at a place.
pub(super) struct Task {
    pub(super) protocol: String,
    /// The variables' values.
    pub(super) values: Vec<String>,
    pub(super) choices: Choices,
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
    const ALL: [Measure; 4] = [Measure::Messages, Measure::Bytes, Measure::Time, Measure::Causal];

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
    pub(super) protocol: String,
    pub(super) values: Vec<String>,
    /// Runs that ended well; the numbers are theirs.
    pub(super) runs: u64,
    pub(super) failed: u64,
    /// The mean of n.
    pub(super) nodes: f64,
    /// The mean of m.
    pub(super) edges: f64,
    /// By name: `messages`, `messages_Forth`, `bytes`, ..
    pub(super) costs: BTreeMap<String, Summary>,
}

impl Cell {
    pub(super) fn cost(&self, measure: Measure) -> Option<&Summary> {
        self.costs.get(measure.name())
    }
}

/// What came of a sweep.
#[derive(Debug, Default)]
pub(super) struct Swept {
    /// In the plan's order; those that are done.
    pub(super) cells: Vec<Cell>,
    /// The first failed runs of each cell.
    pub(super) failures: Vec<campaign::Failure>,
    /// How many cells are not done.
    pub(super) missing: usize,
    /// How many cells were there already.
    pub(super) kept: usize,
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
        let of_output = |name: &str| ABOUT_OUTPUT.contains(&name);
        let conditions = given.options().into_iter().filter(|(name, _)| !of_output(name));
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
        let mut tasks = Vec::new();
        for (protocol, name) in protocols.into_iter().zip(&plan.protocols) {
            for place in &places {
                let choices = choices_at(given, place, protocol)?;
                // What cannot be run is refused before anything is.
                check(&choices, plan.seed).map_err(|failure| match failure {
                    Failure::Wrong(why) => {
                        let at = plan.grid.variables.iter().zip(place).map(|(of, value)| format!(", {} = {value}", of.name));
                        Failure::Wrong(format!("{name}{}: {why}", at.collect::<String>()))
                    }
                    failed => failed,
                })?;
                let values = place.iter().map(|value| (*value).to_owned()).collect();
                tasks.push(Task { protocol: name.clone(), values, choices });
            }
        }
        plan.tasks = tasks;
        Ok(plan)
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

/// Refuses what a run with that seed would refuse, without making it.
fn check(choices: &Choices, seed: u64) -> Result<(), Failure> {
    choices.run()?.seed(seed).prepare()?;
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
