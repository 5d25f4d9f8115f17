//! The runs of a sweep.

use core::ops::ControlFlow;
use core::time::Duration;
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};

use super::super::failure::Failure;
use super::super::spinner::Spinner;
use super::super::stop::Stop;
use super::cell::{Cell, Plan, Swept, Task};
use super::store::Store;
use crate::campaign::{self, in_order};
use crate::execution::Document;
use crate::process::{Interrupt, Processes};
use crate::simulator::Simulation;
use crate::sweep::Summary;

/// `--precision` makes so many runs of a protocol at a place at most.
pub(super) const MOST_RUNS: u64 = 10_000;
/// So many failed runs of a protocol at a place are told of; the others are counted.
const TOLD: usize = 3;

/// What is kept of a run.
struct Measured {
    nodes: f64,
    edges: f64,
    costs: Vec<(String, f64)>,
    failure: Option<campaign::Failure>,
}

impl Measured {
    fn of(document: &Document, explanation: Vec<String>) -> Self {
        let mut costs = vec![
            ("messages".to_owned(), document.messages.total as f64),
            ("bytes".to_owned(), document.messages.bytes as f64),
            ("time".to_owned(), document.time.virtual_time.unwrap_or(document.time.wall_s)),
        ];
        costs.extend(document.time.causal.map(|causal| ("causal".to_owned(), causal as f64)));
        let by_type = document.messages.by_type.iter();
        costs.extend(by_type.map(|(name, count)| (format!("messages_{name}"), *count as f64)));
        let failure = campaign::Failure::of(document, explanation);
        Measured { nodes: document.nodes as f64, edges: document.edges as f64, costs, failure }
    }
}

/// A protocol at a place, while its runs are made.
struct Open {
    task: usize,
    /// By seed.
    runs: Vec<Option<Measured>>,
    wanted: usize,
}

impl Plan {
    /// Makes the runs that are not in the store yet, and keeps what they told there.
    pub(super) fn run(&self, store: &mut Store, stop: &Stop) -> Result<Swept, Failure> {
        let mut done: BTreeMap<usize, Cell> = BTreeMap::new();
        for (place, task) in self.tasks.iter().enumerate() {
            done.extend(store.take(&task.protocol, &task.values).map(|cell| (place, cell)));
        }
        let mut swept = Swept { kept: done.len(), ..Swept::default() };
        let is_open = |task: &usize| !done.contains_key(task);
        let open = |task| Open { task, runs: Vec::new(), wanted: self.seeds as usize };
        let mut opened = (0..self.tasks.len()).filter(is_open).map(open).collect::<Vec<_>>();
        let bar = Spinner::bar(opened.len() as u64 * self.seeds, "runs");
        let mut runs_made = 0;
        // With a precision, what is not exact enough is run more often, in rounds: so the numbers do not depend on which
        // run was the first to end.
        while !opened.is_empty() && !stop.is_asked() {
            self.round(&mut opened, stop, |open| {
                runs_made += 1;
                bar.at(runs_made);
                if open.runs.len() < open.wanted || open.runs.iter().any(Option::is_none) {
                    return Ok(());
                }
                let cell = self.cell(open);
                open.wanted = self.runs_for(&cell).max(open.runs.len());
                if open.wanted == open.runs.len() {
                    swept.failures.extend(failures(&open.runs));
                    swept.imprecise += usize::from(self.is_imprecise(&cell));
                    done.insert(open.task, cell);
                    store.keep(self, done.values(), false)?;
                }
                Ok(())
            })?;
            opened.retain(|open| !done.contains_key(&open.task));
        }
        // What failed before the sweep was interrupted is told all the same.
        opened.iter().for_each(|open| swept.failures.extend(failures(&open.runs)));
        swept.missing = opened.len();
        swept.cells = done.into_values().collect();
        store.keep(self, swept.cells.iter(), swept.missing == 0)?;
        Ok(swept)
    }

    fn round(
        &self,
        opened: &mut [Open],
        stop: &Stop,
        mut taken: impl FnMut(&mut Open) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut pieces = Vec::new();
        for (place, open) in opened.iter_mut().enumerate() {
            pieces.extend((open.runs.len()..open.wanted).map(|number| (place, open.task, number)));
        }
        let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        // Processes have the machine for themselves.
        let threads = if self.processes { 1 } else { self.threads.unwrap_or(cores) };
        let over = AtomicBool::new(false);
        let is_over = || stop.is_asked() || over.load(Ordering::Relaxed);
        let work = |piece: u64| {
            let (place, task, number) = pieces[piece as usize];
            (place, number, self.measure(&self.tasks[task], self.seed.wrapping_add(number as u64), stop))
        };
        let mut error = None;
        in_order(pieces.len() as u64, threads, &is_over, &work, &mut |(place, number, made)| {
            let open = &mut opened[place];
            let put = made.and_then(|measured| {
                open.runs.resize_with(open.runs.len().max(number + 1), || None);
                open.runs[number] = measured;
                taken(open)
            });
            match put {
                Ok(()) => ControlFlow::Continue(()),
                Err(failure) => {
                    error = Some(failure);
                    over.store(true, Ordering::Relaxed);
                    ControlFlow::Break(())
                }
            }
        });
        error.map_or(Ok(()), Err)
    }

    /// Makes a run; `None` if it was ended early, because half a run tells nothing.
    fn measure(&self, task: &Task, seed: u64, stop: &Stop) -> Result<Option<Measured>, Failure> {
        let run = task.choices.run()?.seed(seed);
        let finished = if self.processes {
            let interrupt =
                Interrupt::on_signals().map_err(|cause| Failure::failed(format!("Ctrl-C cannot be handled: {cause}")))?;
            run.by(Processes::new().interrupt(interrupt))?
        } else {
            let mut watch =
                |_: u64, _: Duration| if stop.is_asked() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
            let simulation = Simulation::new().properties(self.properties).most_finals(0).watch(&mut watch);
            campaign::simulate(&run, simulation)?
        };
        Ok((!stop.is_asked()).then(|| Measured::of(&finished.document, finished.explanation)))
    }

    fn cell(&self, open: &Open) -> Cell {
        let task = &self.tasks[open.task];
        let (well, failed): (Vec<_>, Vec<_>) = open.runs.iter().flatten().partition(|run| run.failure.is_none());
        let mean = |of: fn(&Measured) -> f64| {
            let all = open.runs.iter().flatten().map(of).collect::<Vec<_>>();
            Summary::of(&all).map_or(0.0, |summary| summary.mean)
        };
        let mut costs: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
        for (name, cost) in well.iter().flat_map(|run| &run.costs) {
            costs.entry(name).or_default().push(*cost);
        }
        let summary = |(name, values): (&str, Vec<f64>)| Some((name.to_owned(), Summary::of(&values)?));
        Cell {
            protocol: task.protocol.clone(),
            values: task.values.clone(),
            runs: well.len() as u64,
            failed: failed.len() as u64,
            nodes: mean(|run| run.nodes),
            edges: mean(|run| run.edges),
            costs: costs.into_iter().filter_map(summary).collect(),
        }
    }

    /// How many runs would make the interval as narrow as is asked for.
    fn runs_for(&self, cell: &Cell) -> usize {
        if !self.is_imprecise(cell) {
            return 0;
        }
        let (Some(precision), Some(cost)) = (self.precision, cell.cost(self.measure)) else { return 0 };
        let relative = cost.margin().unwrap_or(f64::INFINITY) / cost.mean;
        let estimate = cell.runs as f64 * (relative / precision).powi(2) * 1.05;
        // The spread itself is an estimate: not much further at a time than what is known carries.
        (estimate.ceil() as u64).clamp(cell.runs + 1, 4 * cell.runs).min(MOST_RUNS) as usize
    }

    fn is_imprecise(&self, cell: &Cell) -> bool {
        let (Some(precision), Some(cost)) = (self.precision, cell.cost(self.measure)) else { return false };
        // More runs do not mend what fails.
        cell.failed == 0 && cost.margin().is_some_and(|margin| margin > precision * cost.mean)
    }
}

fn failures(runs: &[Option<Measured>]) -> impl Iterator<Item = campaign::Failure> {
    runs.iter().flatten().filter_map(|run| run.failure.clone()).take(TOLD)
}
