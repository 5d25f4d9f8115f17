//! A run of given choices: the same document as of any simulated run, made on the transition system.

use core::ops::ControlFlow;
use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::Simulation;
use super::courier::LinkTally;
use super::engine::{End, Violation};
use super::judge::{self, Judge};
use super::result::{self, Ended};
use super::tally::{self, Tally};
use crate::network::{Choice, Fate, Happening, NotEnabled, Observer, OnCrash, Sent, System};
use crate::panics::caught;
use crate::protocol::{Description, Effect, Instance, MessageSet, Protocol, Stepped, World};
use crate::execution::{Finished, Prepared};
use crate::time::nanos;
use crate::topology::{NodeIndex, Port};

/// A choice that cannot be made where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{choice}` cannot happen here: {why}")]
pub struct Refused {
    /// Which of the choices; the first is 0.
    pub place: usize,
    /// It.
    pub choice: Choice,
    /// Why not.
    pub why: NotEnabled,
}

/// Makes a run of these choices, each at its time if it has one, to the first violation or the last of them.  If nothing is
/// under way then, the run is over; else it was stopped.
///
/// # Errors
/// If a choice cannot be made where it stands.
pub fn replay<P: Protocol, O: Observer<P>>(
    prepared: Prepared<P>,
    choices: &[(Option<Duration>, Choice)],
    simulation: &Simulation<'_>,
    observer: O,
) -> Result<(Finished<P>, O), Refused> {
    let mut counting = Counting::new(&prepared, observer);
    let mut system = match caught(|| prepared.system_for(&mut counting)) {
        Ok(system) => system,
        Err(what) => return Ok((result::stillborn(prepared, counting.acting, what), counting.inner)),
    };
    let judge = Judge::new(simulation.properties);
    let mut end = None;
    for (place, (at, choice)) in choices.iter().enumerate() {
        system.pass_time(at.unwrap_or_default());
        let made = caught(|| make(&mut system, *choice, &judge, &mut counting));
        end = match made {
            Ok(Err(why)) => return Err(Refused { place, choice: *choice, why }),
            Ok(Ok(violation)) => violation.map(End::Violated),
            Err(what) => match judge.panicked(counting.acting, &what) {
                Some(violation) => Some(End::Violated(violation)),
                None => {
                    counting.failed(counting.acting, &what);
                    Some(End::Crashed { node: counting.acting, what })
                }
            },
        };
        if let Some(End::Violated(Violation { property, node, what })) = &end {
            counting.violated(*node, *property, what);
        }
        if end.is_none()
            && let Choice::Crash(node) = *choice
            && prepared.faults.on_crash == OnCrash::Stop
            && !prepared.faults.recoveries.iter().any(|(other, _)| *other == node.index())
        {
            end = Some(End::Crashed { node, what: "crashed as planned".to_owned() });
        }
        if end.is_some() {
            break;
        }
    }
    let end = end.unwrap_or(if system.is_quiet() { End::Quiet } else { End::Planned });
    let _ = caught(|| system.finish(&mut counting));
    let Counting { inner, tally, links, reported, .. } = counting;
    let ended = Ended { now: system.now(), world: system.into_world(), prepared, tally, links, reported, end };
    Ok((result::finished(ended, simulation), inner))
}

/// One choice, and what it violates.
fn make<P: Protocol, O: Observer<P>>(
    system: &mut System<P, Mark<O::Mark>>,
    choice: Choice,
    judge: &Judge<P>,
    counting: &mut Counting<P, O>,
) -> Result<Option<Violation>, NotEnabled> {
    let mut violation = None;
    let description = Arc::clone(&counting.description);
    system.follow(choice, counting, |world, node, stepped, tag| {
        violation = match stepped {
            Stepped::Never | Stepped::LeftTerminal { .. } => Some(judge::broken(world, node, tag, stepped, &description)),
            _ => judge.look(world, node),
        };
        if violation.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    Ok(violation)
}

/// What a message bears: how long the chain is that ends with it, its way and its number there.
#[derive(Clone, Copy, Debug)]
struct Mark<T> {
    depth: u32,
    channel: usize,
    number: u64,
    inner: T,
}

/// Counts what the document tells, in front of another observer.
struct Counting<P: Protocol, O> {
    instance: Arc<Instance<P::Input>>,
    description: Arc<Description>,
    inner: O,
    tally: Tally,
    links: LinkTally,
    reported: BTreeMap<usize, BTreeMap<String, Value>>,
    /// By channel: how many have been sent, and the latest that has arrived.
    numbers: Vec<(u64, u64)>,
    now: Duration,
    acting: NodeIndex,
    /// The message that is handled, and whether a neighbour sent it.
    message: (Option<u8>, bool),
}

impl<P: Protocol, O> Counting<P, O> {
    fn new(prepared: &Prepared<P>, inner: O) -> Self {
        let graph = &prepared.instance.graph;
        Counting {
            instance: Arc::clone(&prepared.instance),
            description: Arc::clone(&prepared.description),
            inner,
            tally: Tally::new(graph.node_count(), graph.link_count()),
            links: LinkTally::default(),
            reported: BTreeMap::new(),
            numbers: vec![(0, 0); graph.link_count() * 2],
            now: Duration::ZERO,
            acting: NodeIndex::new(0),
            message: (None, false),
        }
    }
}

impl<P: Protocol, O: Observer<P>> Observer<P> for Counting<P, O> {
    type Mark = Mark<O::Mark>;

    const READS_LOG: bool = O::READS_LOG;
    const READS_ALARMS: bool = O::READS_ALARMS;

    fn begun(&mut self, world: &World<P>) {
        self.inner.begun(world);
    }

    fn sent(&mut self, sent: Sent<'_, P>) -> Self::Mark {
        self.acting = sent.from;
        let (from, port, length) = (sent.from, sent.port, tally::length(sent.msg, &self.description));
        let inner = self.inner.sent(sent);
        if port == Port::SELF {
            return Mark { depth: 0, channel: 0, number: 0, inner };
        }
        let end = self.instance.graph.end(from, port);
        let depth = self.tally.count_sent(from.index(), end.link as usize, length).get();
        let (sent, _) = &mut self.numbers[end.channel()];
        *sent += 1;
        Mark { depth, channel: end.channel(), number: *sent, inner }
    }

    fn fate(&mut self, mark: Self::Mark, sender: NodeIndex, port: Port, fate: Fate) {
        match fate {
            Fate::Lost => self.links.lost += 1,
            Fate::Duplicated => self.links.duplicated += 1,
            Fate::Resent(times) => self.links.retransmitted += times,
        }
        self.inner.fate(mark.inner, sender, port, fate);
    }

    fn before(&mut self, now: Duration, node: NodeIndex, happening: &Happening<'_, P, Self::Mark>, world: &World<P>) {
        (self.now, self.acting, self.message) = (now, node, (None, false));
        let mut arrives = |mark: &Self::Mark| {
            let (_, latest) = &mut self.numbers[mark.channel];
            self.links.reordered += u64::from(mark.number < *latest);
            *latest = mark.number.max(*latest);
        };
        let told = match happening {
            Happening::Message { sender, msg, mark } => {
                self.message = (Some(msg.tag()), *sender != Port::SELF);
                if *sender != Port::SELF {
                    arrives(mark);
                    let known = &mut self.tally.nodes[node.index()].depth;
                    *known = mark.depth.max(*known);
                }
                Happening::Message { sender: *sender, msg: *msg, mark: mark.inner }
            }
            Happening::ToTheDead { sender, mark } => {
                arrives(mark);
                self.tally.to_the_dead += 1;
                Happening::ToTheDead { sender: *sender, mark: mark.inner }
            }
            Happening::Deferred => {
                if let Some((sender, msg)) = world.node(node).next_offer() {
                    self.message = (Some(msg.tag()), sender != Port::SELF);
                }
                Happening::Deferred
            }
            Happening::Impulse => Happening::Impulse,
            Happening::Alarm => Happening::Alarm,
            Happening::Crash => Happening::Crash,
            Happening::Recover => Happening::Recover,
        };
        self.inner.before(now, node, &told, world);
    }

    fn after(&mut self, node: NodeIndex, stepped: Stepped, world: &World<P>) {
        let (tag, from_link) = self.message;
        match stepped {
            Stepped::Handled | Stepped::Ignored => {
                if tag.is_some() {
                    self.tally.nodes[node.index()].last_message = tag;
                }
                if from_link {
                    self.tally.count_received(node.index());
                }
            }
            Stepped::Late => self.tally.late += u64::from(from_link),
            Stepped::Deferred | Stepped::Never | Stepped::LeftTerminal { .. } => {}
        }
        if world.node(node).is_decided() {
            self.tally.note_decided(node.index(), nanos(self.now));
        }
        self.inner.after(node, stepped, world);
    }

    fn logged(&mut self, node: NodeIndex, line: &str) {
        self.inner.logged(node, line);
    }

    fn reported(&mut self, node: NodeIndex, name: &str, value: &Value) {
        self.reported.entry(node.index()).or_default().insert(name.to_owned(), value.clone());
        self.inner.reported(node, name, value);
    }

    fn alarm(&mut self, node: NodeIndex, effect: &Effect<P::Msg, P::Alarm>) {
        self.inner.alarm(node, effect);
    }

    fn failed(&mut self, node: NodeIndex, what: &str) {
        self.inner.failed(node, what);
    }

    fn violated(&mut self, node: NodeIndex, property: Option<usize>, what: &str) {
        self.inner.violated(node, property, what);
    }
}
