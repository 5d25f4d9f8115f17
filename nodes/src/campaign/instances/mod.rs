//! A check of many instances: all graphs of a few nodes, all orders of ids and ports, all sets of initiators, all inputs.
//!
//! Every instance has a number, and follows from it ([`plan`]).  Workers check them, those that differ only in their initiators one after
//! the other, since what is learned on one helps with the next.  Those that are the same but for the names of nodes are searched once
//! ([`twins`]).  What was found is put together in the order of numbers ([`tally`]): so it
//! does not depend on how many threads there are, and a check that was interrupted goes on from its tally.

#[cfg(test)]
mod idle;
mod plan;
mod shape;
mod tally;
mod twins;

use core::fmt;
use core::num::NonZeroUsize;
use core::ops::{ControlFlow, Range, RangeInclusive};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use super::workers::{batch_of, in_order_by_name, threads_for};
use crate::check::{Check, Checked, Lessons, Limit, Progress, Reach, Verdict, Watch, check_run};
use crate::execution::{AnyRun, RunError};
use crate::topology::NodeIndex;
pub(crate) use plan::Plan;
use tally::Found;
pub(crate) use tally::Tally;
use twins::{Alike, Proved, Twins, beginning};

/// The largest number of graphs with one instance each in one piece of work.
const MOST_AT_ONCE: u64 = 8;

/// Which instances are checked.
///
/// What is not varied is as the run says.  On the graphs of each size, those with few links come first; of the sets of initiators, the
/// small ones.
///
/// Instances that are the same but for the names of nodes and ports, as a ring that is turned, are searched once, and count as often as
/// they come.  That is proved of each of them: its handlers run for all that may happen on the one that was searched, and do the same;
/// and its properties say the same in all states in which they were looked at, so that they may look at a node by its number.  One that
/// differs is searched.  If a handler reads the clock, or only some draws are looked at, each one is.
///
/// ```no_run
/// # use nodes::run::{Run, RunError};
/// # fn run<Flooding: nodes::Protocol>() -> Result<(), RunError> {
/// use nodes::campaign::Instances;
/// use nodes::check::Check;
///
/// let every = Instances::new().every_graph(3..=5).every_initiators();
/// let checked = Run::<Flooding>::default().check_every(every, Check::new())?;
/// assert!(checked.holds());
/// assert_eq!(checked.instances, 4 * 7 + 38 * 15 + 728 * 31);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Instances {
    graphs: Option<Sizes>,
    ids: bool,
    ports: bool,
    initiators: bool,
    inputs: Option<Vec<String>>,
    threads: Option<NonZeroUsize>,
    one_by_one: bool,
}

/// How many nodes graphs have: `5`, or `3..=5`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sizes(RangeInclusive<usize>);

impl fmt::Display for Sizes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (least, most) = (self.0.start(), self.0.end());
        if least == most { write!(f, "{least}") } else { write!(f, "{least} to {most}") }
    }
}

impl From<usize> for Sizes {
    fn from(nodes: usize) -> Self {
        Sizes(nodes..=nodes)
    }
}

impl From<RangeInclusive<usize>> for Sizes {
    fn from(nodes: RangeInclusive<usize>) -> Self {
        Sizes(nodes)
    }
}

impl Instances {
    /// The run as it is: one instance.
    pub fn new() -> Self {
        Instances::default()
    }

    /// In place of the run's graph, every connected graph with that number of nodes: two are different if one has a link
    /// that the other has not.  Of those, the protocol takes the ones that are of its class.
    pub fn every_graph(mut self, nodes: impl Into<Sizes>) -> Self {
        self.graphs = Some(nodes.into());
        self
    }

    /// The ids `0..n` in every order.
    pub fn every_ids(mut self) -> Self {
        self.ids = true;
        self
    }

    /// The ports of each node in every order.
    pub fn every_ports(mut self) -> Self {
        self.ports = true;
        self
    }

    /// Every set of initiators that is not empty, as far as the protocol allows it.
    pub fn every_initiators(mut self) -> Self {
        self.initiators = true;
        self
    }

    /// At each node, each of these inputs, as text.
    pub fn every_input(mut self, inputs: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.inputs = Some(inputs.into_iter().map(Into::into).collect());
        self
    }

    /// The number of threads, at least one.  What is found does not depend on it.
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = NonZeroUsize::new(threads.max(1));
        self
    }

    /// Each one is searched, also if it is the same as another but for names: for tests.
    #[doc(hidden)]
    pub fn one_by_one(mut self) -> Self {
        self.one_by_one = true;
        self
    }

    /// Whether anything is varied: else it is the run as it is.
    pub fn vary(&self) -> bool {
        let Instances { graphs, ids, ports, initiators, inputs, threads: _, one_by_one: _ } = self;
        graphs.is_some() || *ids || *ports || *initiators || inputs.is_some()
    }

    /// Checks them all.  It ends with the first that is violated, or endless.
    ///
    /// # Errors
    /// If the options contradict the protocol, or each other, or such runs cannot be checked.
    pub fn check(&self, run: &AnyRun, how: Check<'_>) -> Result<Checked, RunError> {
        let (plan, mut tally) = (Plan::of(run, self)?, Tally::default());
        self.check_from(&plan, how, &mut tally, &mut |_| ControlFlow::Continue(()))
    }

    /// The same, and the first instance on which the worst was found.
    pub(crate) fn check_each(&self, run: &AnyRun, how: Check<'_>) -> Result<(Checked, AnyRun), RunError> {
        let (plan, mut tally) = (Plan::of(run, self)?, Tally::default());
        let checked = self.check_from(&plan, how, &mut tally, &mut |_| ControlFlow::Continue(()))?;
        Ok((checked, plan.run(tally.worst())))
    }

    /// Goes on from a tally; `keep` is shown what it has become, again and again, and may end it.
    pub(crate) fn check_from(
        &self,
        plan: &Plan,
        how: Check<'_>,
        tally: &mut Tally,
        keep: &mut dyn FnMut(&Tally) -> ControlFlow<()>,
    ) -> Result<Checked, RunError> {
        let cores = || std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let threads = threads_for(plan.protocol(), self.threads.map_or_else(cores, NonZeroUsize::get));
        let (reach, watch) = how.into_parts();
        let reach = reach.begin();
        let meter = Meter::new(watch, tally, plan.len());
        let first = tally.done();
        if tally.is_decided() || first == plan.len() {
            return plan.checked(tally, reach, &meter);
        }
        // What is found of an instance may depend on those before it in its group, also on those that were looked at in an earlier check.
        let (groups, begun) = (plan.groups(), plan.group_of(first));
        let twins = (groups > 1 && !self.one_by_one).then(|| Twins::new(plan));
        let worker = Worker { plan, twins, first, reach, meter: &meter };
        let work = |piece: u64| worker.group(begun + piece);
        let protocol = plan.name();
        let name = |pieces: Range<u64>| {
            let (from, to) = (plan.group(begun + pieces.start).start, plan.group(begun + pieces.end - 1).end - 1);
            format!("{protocol} instances {from} to {to}")
        };
        let mut refused = None;
        // The largest come last, and no thread is to have many of those.
        let batch = if groups < plan.len() { 1 } else { batch_of(groups - begun).min(MOST_AT_ONCE) };
        in_order_by_name(groups - begun, batch, threads, &name, &|| meter.is_over(), &work, &mut |group| {
            for (number, examined) in group {
                // What was begun when it was over has gaps before it.
                let examined = examined.map(|examined| examined.filter(|_| number == tally.done()));
                match examined {
                    Ok(Some(examined)) => {
                        match examined {
                            Examined::Searched { checked, seconds } => tally.add(plan, *checked, seconds),
                            Examined::Same(proved, found) => {
                                proved.found(&found).into_iter().for_each(|found| tally.add_twin(plan, found));
                            }
                        }
                        if !tally.is_decided() && keep(tally).is_continue() {
                            continue;
                        }
                    }
                    Ok(None) => {}
                    Err(why) => refused = Some(why),
                }
                meter.end();
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        });
        refused.map_or_else(|| plan.checked(tally, reach, &meter), Err)
    }
}

/// What is known of an instance.
enum Examined {
    Searched {
        checked: Box<Checked>,
        /// How long that took.
        seconds: f64,
    },
    /// It is the same as the one of those that look like it which these nodes begin.
    Same(Arc<Proved>, Vec<NodeIndex>),
}

/// The instances of a group, and what is known of them.
type Group = Vec<(u64, Result<Option<Examined>, RunError>)>;

/// A thread that checks groups of instances.
struct Worker<'a, 'm> {
    plan: &'a Plan,
    /// Those that are the same but for names, unless each is searched.
    twins: Option<Twins<'a>>,
    /// The first instance that was not looked at before.
    first: u64,
    reach: Reach,
    meter: &'a Meter<'m>,
}

impl Worker<'_, '_> {
    /// The instances of a group.
    fn group(&self, group: u64) -> Group {
        let is_over = || self.is_over();
        let Some(alike) = self.twins.as_ref().and_then(|twins| twins.of(group, &is_over)) else {
            return self.search(group, self.first, &mut self.lessons(group));
        };
        if alike.first != group {
            // Of an earlier check, only numbers are known.
            let proved = alike.proved(&is_over, || self.prove(&alike, u64::MAX).1);
            return self.twins_in(group, &proved).unwrap_or_else(|| self.search(group, self.first, &mut self.lessons(group)));
        }
        let mut searched = None;
        alike.proved(&is_over, || {
            let (group, proved) = self.prove(&alike, self.first);
            searched = Some(group);
            proved
        });
        // Another thread may have been earlier.
        searched.unwrap_or_else(|| self.search(group, self.first, &mut self.lessons(group)))
    }

    /// Whether it is over, also where nothing is searched.
    fn is_over(&self) -> bool {
        if self.reach.ended_by() == Limit::Timeout {
            self.meter.end();
        }
        self.meter.tell(&Progress::default()).is_break()
    }

    fn lessons(&self, group: u64) -> Lessons {
        Lessons::new(self.plan.group(group).count() > 1)
    }

    /// Searches the first of groups that look the same, and proves what is so for the others; gives the instances from that number on.
    fn prove(&self, alike: &Alike, from: u64) -> (Group, Proved) {
        let mut lessons = Lessons::with_a_story(self.plan.group(alike.first).count() > 1);
        let mut found = Some(BTreeMap::new());
        let group = self.search_each(alike.first, from, &mut lessons, &mut |number, checked| {
            let nodes = checked.filter(|checked| is_whole(checked)).and_then(|_| self.beginning(number));
            match (&mut found, checked, nodes) {
                (Some(found), Some(checked), Some(nodes)) => drop(found.insert(nodes, Found::of(checked))),
                _ => found = None,
            }
        });
        let proved =
            found.zip(lessons.into_story()).map(|(found, story)| alike.prove(self.plan, &story, found, &|| self.is_over()));
        (group, proved.unwrap_or_default())
    }

    fn beginning(&self, number: u64) -> Option<Vec<NodeIndex>> {
        self.plan.beginning(number).or_else(|| Some(beginning(&self.plan.run(number).prepare().ok()?)))
    }

    /// The instances of a group, if each is the same as one that was searched.
    fn twins_in(&self, group: u64, proved: &Arc<Proved>) -> Option<Group> {
        let numbers = self.plan.group(group).filter(|number| *number >= self.first);
        let twin = |number: u64| Some((number, proved.twin(group, &self.beginning(number)?)?));
        let twins = numbers.map(twin).collect::<Option<Vec<_>>>()?;
        self.meter.add_twins(twins.len() as u64);
        let same = |(number, nodes)| (number, Ok(Some(Examined::Same(Arc::clone(proved), nodes))));
        Some(twins.into_iter().map(same).collect())
    }

    fn search(&self, group: u64, from: u64, lessons: &mut Lessons) -> Group {
        self.search_each(group, from, lessons, &mut |_, _| {})
    }

    /// Searches the instances of a group, one after the other, with what is learned on the way, and shows what was found; gives those from
    /// that number on.  The last is one that was ended early, or decides everything.
    fn search_each(&self, group: u64, from: u64, lessons: &mut Lessons, show: &mut dyn FnMut(u64, Option<&Checked>)) -> Group {
        let mut all = Vec::new();
        for number in self.plan.group(group) {
            let examined = self.examine(number, lessons);
            let found = match &examined {
                Ok(Some((checked, _))) => Some(&**checked),
                Ok(None) | Err(_) => None,
            };
            show(number, found);
            let is_last = found.is_none_or(|found| tally::decides(found.outcome)) || self.meter.is_over();
            if number >= from {
                found.into_iter().for_each(|found| self.meter.add(found));
                let searched = |(checked, seconds)| Examined::Searched { checked, seconds };
                all.push((number, examined.map(|examined| examined.map(searched))));
            }
            if is_last {
                break;
            }
        }
        all
    }

    /// `None` if it was ended early, because half a check tells nothing.
    #[expect(clippy::disallowed_methods, reason = "how long it took is written down, and nothing depends on it")]
    fn examine(&self, number: u64, lessons: &mut Lessons) -> Result<Option<(Box<Checked>, f64)>, RunError> {
        let started = Instant::now();
        let run = self.plan.run(number);
        let mut tell = |progress: &Progress| self.meter.tell(progress);
        let checked = check_run(&run, Check::within(self.reach).watch(&mut tell), false, lessons)?;
        if matches!(checked.limit, Some(Limit::Interrupted | Limit::Timeout)) {
            return Ok(None);
        }
        Ok(Some((Box::new(checked), started.elapsed().as_secs_f64())))
    }
}

/// Whether all was seen of an instance, and nothing wrong: else the order decides in which it was looked at.
fn is_whole(checked: &Checked) -> bool {
    checked.complete && matches!(checked.outcome, Verdict::Holds | Verdict::Almost | Verdict::Unchecked)
}

/// How far all workers are.
pub(crate) struct Meter<'a> {
    watch: Mutex<Option<&'a mut Watch<'a>>>,
    over: AtomicBool,
    instances: AtomicU64,
    of: u64,
    states: AtomicU64,
    transitions: AtomicU64,
}

impl<'a> Meter<'a> {
    fn new(watch: Option<&'a mut Watch<'a>>, tally: &Tally, of: u64) -> Self {
        let (states, transitions) = tally.totals();
        Meter {
            watch: Mutex::new(watch),
            over: AtomicBool::new(false),
            instances: tally.done().into(),
            of,
            states: states.into(),
            transitions: transitions.into(),
        }
    }

    fn is_over(&self) -> bool {
        self.over.load(Ordering::Relaxed)
    }

    fn end(&self) {
        self.over.store(true, Ordering::Relaxed);
    }

    /// An instance is done.
    fn add(&self, checked: &Checked) {
        self.instances.fetch_add(1, Ordering::Relaxed);
        self.states.fetch_add(checked.states.total, Ordering::Relaxed);
        self.transitions.fetch_add(checked.transitions, Ordering::Relaxed);
    }

    /// Instances are done that are the same as others.
    fn add_twins(&self, instances: u64) {
        self.instances.fetch_add(instances, Ordering::Relaxed);
    }

    /// Tells how far an instance is, and all before it; not if another worker just does so.
    fn tell(&self, progress: &Progress) -> ControlFlow<()> {
        if self.ask(progress).is_break() {
            self.end();
        }
        if self.is_over() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// Shows the watch the same progress, also when the check is over; the watch says whether to go on.
    fn ask(&self, progress: &Progress) -> ControlFlow<()> {
        let Ok(mut watch) = self.watch.try_lock() else { return ControlFlow::Continue(()) };
        let Some(watch) = &mut *watch else { return ControlFlow::Continue(()) };
        watch(&Progress {
            instances: self.instances.load(Ordering::Relaxed),
            of: self.of,
            states: self.states.load(Ordering::Relaxed) + progress.states,
            transitions: self.transitions.load(Ordering::Relaxed) + progress.transitions,
            ..*progress
        })
    }
}
