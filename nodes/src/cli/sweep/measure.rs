//! The runs of a sweep.

use core::ops::{ControlFlow, Range};
use core::time::Duration;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};

use super::super::failure::Failure;
use super::super::spinner::Spinner;
use super::super::stop::{Stop, not_handled};
use super::cell::{Cell, Plan, Swept, Task};
use super::ledger::{Measured, Runs};
use super::store::Store;
use crate::campaign::{self, batch_of, in_order_by_name, threads_for};
use crate::execution::content;
use crate::process::{Interrupt, Processes};
use crate::simulator::Simulation;

/// `--precision` makes so many runs of a protocol at a place at most.
pub(super) const MOST_RUNS: u64 = 10_000;
/// So many failed runs of a protocol at a place are told of; the others are counted.
const TOLD: usize = 3;

/// How far a protocol at a place is.
enum Progress {
    Done(Cell),
    Open(Open),
}

/// A protocol at a place, while its runs are made.
struct Open {
    task: usize,
    /// How many runs it needs, as far as those that are there tell.
    wanted: u64,
    /// How many of them are not there.
    left: u64,
}

/// Runs that are to be made, with consecutive numbers.
struct Stretch {
    /// Which piece of work the first one is.
    piece: u64,
    /// Whose runs they are, among those that are open.
    open: usize,
    task: usize,
    /// The number of the first one.
    number: u64,
}

impl Plan {
    /// Makes the runs that are not in the store yet, and keeps what they told there.
    pub(super) fn run(&self, store: &mut Store, stop: &Stop) -> Result<Swept, Failure> {
        let (mut swept, mut done, mut opened) = (Swept::default(), vec![None; self.tasks.len()], Vec::new());
        for (task, of) in self.tasks.iter().enumerate() {
            match self.progress(task, store.runs(&of.row), self.seeds) {
                Progress::Open(open) => opened.push(open),
                Progress::Done(cell) => done[task] = Some(cell),
            }
        }
        swept.kept = done.iter().flatten().count();
        swept.kept_runs = opened.iter().map(|open| open.wanted - open.left).sum();
        let bar = Spinner::bar(opened.iter().map(|open| open.left).sum(), "runs");
        let mut runs_made = 0;
        let mut made = Ok(());
        // With a precision, what is not exact enough is run more often, in rounds: so the numbers do not depend on which
        // run was the first to end.
        while made.is_ok() && !opened.is_empty() && !stop.is_asked() {
            made = self.round(&mut opened, store, stop, |store, open, number, measured| {
                let row = &self.tasks[open.task].row;
                store.put(row, number, measured);
                runs_made += 1;
                bar.at(runs_made);
                open.left -= 1;
                if open.left == 0 {
                    match self.progress(open.task, store.runs(row), open.wanted) {
                        Progress::Open(further) => *open = further,
                        Progress::Done(cell) => {
                            swept.failures.extend(failures(store.runs(row)));
                            store.is_done_with(row);
                            done[open.task] = Some(cell);
                        }
                    }
                }
                store.keep_now_and_then(self, &done)
            });
            opened.retain(|open| done[open.task].is_none());
        }
        // What failed before the sweep was interrupted is told all the same.
        opened.iter().for_each(|open| swept.failures.extend(failures(store.runs(&self.tasks[open.task].row))));
        made.and(store.keep(self, &done, opened.is_empty()))?;
        swept.missing = opened.len();
        swept.imprecise = done.iter().flatten().filter(|cell| self.is_imprecise(cell)).count();
        swept.cells = done.into_iter().flatten().collect();
        Ok(swept)
    }

    /// What the runs of a task make, if they are enough; `wanted` of them are at least.
    fn progress(&self, task: usize, runs: &Runs, mut wanted: u64) -> Progress {
        loop {
            let left = runs.missing(wanted).into_iter().map(|range| range.end - range.start).sum();
            if left > 0 {
                return Progress::Open(Open { task, wanted, left });
            }
            let cell = Cell::of(&self.tasks[task].row, runs, wanted);
            let further = self.runs_for(&cell).max(wanted);
            if further == wanted {
                return Progress::Done(cell);
            }
            wanted = further;
        }
    }

    fn round(
        &self,
        opened: &mut [Open],
        store: &mut Store,
        stop: &Stop,
        mut taken: impl FnMut(&mut Store, &mut Open, u64, Measured) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let (mut stretches, mut pieces) = (Vec::new(), 0);
        for (place, open) in opened.iter().enumerate() {
            for numbers in store.runs(&self.tasks[open.task].row).missing(open.wanted) {
                stretches.push(Stretch { piece: pieces, open: place, task: open.task, number: numbers.start });
                pieces += numbers.end - numbers.start;
            }
        }
        let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        // Processes have the machine for themselves.
        let mut threads = if self.processes { 1 } else { self.threads.unwrap_or(cores) };
        for task in &self.tasks {
            threads = threads.min(threads_for(task.choices.protocol(), threads));
        }
        let over = AtomicBool::new(false);
        let is_over = || stop.is_asked() || over.load(Ordering::Relaxed);
        let work = |piece: u64| {
            let stretch = &stretches[stretches.partition_point(|stretch| stretch.piece <= piece) - 1];
            let number = stretch.number + (piece - stretch.piece);
            (stretch.open, number, self.measure(&self.tasks[stretch.task], self.seed.wrapping_add(number), stop))
        };
        let mut error = None;
        let name = |pieces: Range<u64>| {
            let piece = pieces.start;
            let stretch = &stretches[stretches.partition_point(|stretch| stretch.piece <= piece) - 1];
            let protocol = self.tasks[stretch.task].choices.protocol().description().snake_name();
            let seed = self.seed.wrapping_add(stretch.number + (piece - stretch.piece));
            match pieces.end - pieces.start {
                1 => format!("{protocol} seed {seed}"),
                runs => format!("{protocol} seed {seed} and the next {} runs", runs - 1),
            }
        };
        in_order_by_name(pieces, batch_of(pieces), threads, &name, &is_over, &work, &mut |(open, number, made)| {
            let put = made.and_then(|measured| match measured {
                Some(measured) => taken(store, &mut opened[open], number, measured),
                None => Ok(()),
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
            let interrupt = Interrupt::on_signals().map_err(not_handled)?;
            run.by(Processes::new().interrupt(interrupt))?
        } else {
            let mut watch =
                |_: u64, _: Duration| if stop.is_asked() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
            let simulation = Simulation::new().properties(self.properties).most_finals(0).watch(&mut watch);
            campaign::simulate(&run, simulation)?
        };
        // The run read them, some time before now.
        if let Some(file) = content::changed_since(&task.files, &task.row.files)? {
            let file = file.display();
            return Err(Failure::failed(format!("{file} changed while it was measured; the same command measures it again")));
        }
        Ok((!stop.is_asked()).then(|| Measured::of(&finished.document, finished.explanation)))
    }

    /// How many runs would make the interval as narrow as is asked for.
    fn runs_for(&self, cell: &Cell) -> u64 {
        if !self.is_imprecise(cell) {
            return 0;
        }
        let (Some(precision), Some(cost)) = (self.precision, cell.cost(self.measure)) else { return 0 };
        let relative = cost.margin().unwrap_or(f64::INFINITY) / cost.mean;
        let estimate = cell.runs as f64 * (relative / precision).powi(2) * 1.05;
        // The spread itself is an estimate: not much further at a time than what is known carries.
        (estimate.ceil() as u64).clamp(cell.runs + 1, 4 * cell.runs).min(MOST_RUNS)
    }

    fn is_imprecise(&self, cell: &Cell) -> bool {
        let (Some(precision), Some(cost)) = (self.precision, cell.cost(self.measure)) else { return false };
        // More runs do not mend what fails.
        cell.failed == 0 && cost.margin().is_some_and(|margin| margin > precision * cost.mean)
    }
}

fn failures(runs: &Runs) -> impl Iterator<Item = campaign::Failure> {
    runs.iter().filter_map(|(_, run)| run.failure.as_deref().cloned()).take(TOLD)
}
