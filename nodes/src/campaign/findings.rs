//! What many runs told.

use core::fmt;
use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::Distribution;
use crate::execution::{Document, EngineKind, Outcome, Prepared, PropertyStatus, explain};

/// So many failed runs are told of, the first ones, and the first of each property; the others are counted.
const MOST_FAILURES: usize = 10;

/// A run that failed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Failure {
    /// The first property that does not hold, if that was it.
    pub property: Option<String>,
    /// What everything random in it followed from.
    pub seed: u64,
    /// The arguments that make this run again; `None` if inputs that have no text were given by a program.
    pub replay: Option<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// Why, line by line.
    pub explanation: Vec<String>,
}

impl Failure {
    /// What is to be told of a run, if it failed.
    pub fn of(document: &Document, explanation: Vec<String>) -> Option<Self> {
        (!document.outcome.is_well()).then(|| Failure {
            property: document.violated().map(str::to_owned),
            seed: document.seed,
            replay: document.replay.clone(),
            outcome: document.outcome,
            explanation,
        })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "seed {}: {}", self.seed, self.outcome.name())?;
        self.explanation.iter().try_for_each(|line| write!(f, "\n  {line}"))?;
        write!(f, "\n  again: {}", explain::again(self.replay.clone(), self.seed))
    }
}

/// What many runs told: what `--runs K --json` prints, field by field.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Findings {
    /// The version of `nodes`.
    pub version: String,
    /// The protocol's type.
    pub protocol: String,
    /// Of the protocol's names and fields, in hexadecimal.
    pub fingerprint: String,
    /// `simulator`.
    pub engine: String,
    /// As specified.
    pub topology: String,
    /// The options that all runs have in common, resolved.
    pub options: BTreeMap<String, Value>,
    /// The first run's seed; the others' follow it.
    pub seed: u64,
    /// The arguments that make all these runs again; `None` if inputs that have no text were given by a program.
    pub replay: Option<String>,
    /// How many runs were made, to their ends.
    pub runs: u64,
    /// Whether somebody ended the campaign early.
    pub interrupted: bool,
    /// How many ended how.
    #[serde(serialize_with = "outcomes")]
    pub outcomes: Vec<(Outcome, u64)>,
    /// How many messages were sent.
    pub messages: Distribution,
    /// The virtual time: units under unit delay, else seconds.
    pub time: Distribution,
    /// The longest chain of messages.
    pub causal: Distribution,
    /// In how many runs each property held.
    pub properties: BTreeMap<String, PropertyCounts>,
    /// The first runs that failed, by seed.
    #[serde(rename = "violations")]
    pub failures: Vec<Failure>,
    /// Seconds on the wall's clock.
    pub wall_s: f64,
}

/// In how many runs a property held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PropertyCounts {
    /// It was looked at whenever it must hold, and held.
    pub holds: u64,
    /// It did not hold.
    pub violated: u64,
    /// It was not looked at, because the run ended otherwise.
    pub unchecked: u64,
}

fn outcomes<S: serde::Serializer>(counts: &[(Outcome, u64)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(counts.iter().map(|(outcome, count)| (outcome.name(), count)))
}

/// What is kept of a run.
pub(super) struct Summary {
    outcome: Outcome,
    messages: u64,
    time: f64,
    causal: u64,
    properties: Vec<(String, PropertyStatus)>,
    failure: Option<Failure>,
}

impl Summary {
    pub(super) fn of(document: Document, explanation: Vec<String>) -> Self {
        let (outcome, failure) = (document.outcome, Failure::of(&document, explanation));
        Summary {
            outcome,
            messages: document.messages.total,
            time: document.time.virtual_time.unwrap_or_default(),
            causal: document.time.causal.unwrap_or_default(),
            properties: document.properties,
            failure,
        }
    }
}

impl Findings {
    /// Of no runs yet; `of` is what they all start from, but for the options that are varied.
    pub(super) fn new(mut of: Prepared, runs: u64, varied: &[&str]) -> Self {
        of.note_option("runs", runs.to_string());
        of.options.extend(varied.iter().map(|option| ((*option).to_owned(), "mixture".into())));
        Findings {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            protocol: of.description.name.clone(),
            fingerprint: of.description.fingerprint_text(),
            engine: EngineKind::Simulator.name().to_owned(),
            replay: of.replay(EngineKind::Simulator),
            seed: of.instance.seed(),
            topology: of.topology,
            options: of.options,
            runs: 0,
            interrupted: false,
            outcomes: Vec::new(),
            messages: Distribution::default(),
            time: Distribution::default(),
            causal: Distribution::default(),
            properties: BTreeMap::new(),
            failures: Vec::new(),
            wall_s: 0.0,
        }
    }

    pub(super) fn add(&mut self, summary: Summary) {
        self.runs += 1;
        match self.outcomes.iter_mut().find(|(outcome, _)| *outcome == summary.outcome) {
            Some((_, count)) => *count += 1,
            None => self.outcomes.push((summary.outcome, 1)),
        }
        self.messages.add(summary.messages as f64);
        self.time.add(summary.time);
        self.causal.add(summary.causal as f64);
        for (name, status) in summary.properties {
            let counts = self.properties.entry(name).or_default();
            match status {
                PropertyStatus::Holds | PropertyStatus::HeldAtEnd => counts.holds += 1,
                PropertyStatus::Violated => counts.violated += 1,
                PropertyStatus::Unchecked => counts.unchecked += 1,
            }
        }
        if let Some(failure) = summary.failure {
            let is_new = self.failures.iter().all(|known| known.property != failure.property);
            if is_new || self.failures.len() < MOST_FAILURES {
                self.failures.push(failure);
            }
        }
    }

    pub(super) fn finish(&mut self, wall_s: f64, interrupted: bool) {
        for distribution in [&mut self.messages, &mut self.time, &mut self.causal] {
            distribution.sort();
        }
        (self.wall_s, self.interrupted) = (wall_s, interrupted);
    }

    /// How many runs failed.
    pub fn failed(&self) -> u64 {
        self.outcomes.iter().filter(|(outcome, _)| !outcome.is_well()).map(|(_, count)| count).sum()
    }

    /// Whether none failed.
    pub fn is_well(&self) -> bool {
        self.failed() == 0
    }
}
