//! How a run came to where it is: the causal past of what went wrong, not the whole log.

use core::fmt;
use core::time::Duration;
use std::collections::BTreeSet;

use crate::network::{Happening, Observer, Sent};
use crate::protocol::{Property, Protocol, States, Stepped, World};
use crate::execution::{Finished, Outcome, duration_text, explain};
use crate::topology::NodeIndex;

/// So many of the last events of a past are told.
const MOST_TOLD: usize = 40;

/// Among so many nodes at most, those that a property is about are sought: each is looked at in a world of its own.
const MOST_SOUGHT: usize = 300;

/// What led to a failure.
#[derive(Clone, Debug, PartialEq)]
pub struct Past {
    /// The last events of the causal past, in the order in which they happened.
    pub events: Vec<PastEvent>,
    /// How many events the causal past has.
    pub causal: usize,
    /// How many events happened in all.
    pub happened: usize,
    /// The states of the nodes concerned, one a line.
    pub states: Vec<String>,
}

/// An event of the past.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastEvent {
    /// The virtual time.
    pub at: Duration,
    /// Where.
    pub node: NodeIndex,
    /// What: `Request { time: 1 } from node 2`.
    pub what: String,
    /// The states before and after.
    pub states: (String, String),
}

impl fmt::Display for PastEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let PastEvent { at, node, what, states: (before, after) } = self;
        write!(f, "{:>12}  node {node}  {what}", duration_text(*at))?;
        if before == after { Ok(()) } else { write!(f, "  ({before} -> {after})") }
    }
}

impl fmt::Display for Past {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = self.events.len();
        write!(f, "what led there ({} of {} events", self.causal, self.happened)?;
        writeln!(f, "{}):", if told < self.causal { format!("; the last {told}") } else { String::new() })?;
        self.events.iter().try_for_each(|event| writeln!(f, "  {event}"))?;
        self.states.iter().try_for_each(|state| writeln!(f, "{state}"))
    }
}

/// Follows a run, so that its [`Past`] can be told.
#[derive(Debug)]
pub struct Chronicle<P: Protocol> {
    entries: Vec<Entry<P::Msg>>,
    /// By node: its last entry.
    last: Vec<Option<usize>>,
}

#[derive(Debug)]
struct Entry<M> {
    at: Duration,
    node: NodeIndex,
    kind: Kind<M>,
    /// The event that sent what arrives here, and the one before at this node.
    causes: [Option<usize>; 2],
    before: usize,
    after: usize,
}

#[derive(Debug)]
enum Kind<M> {
    Impulse,
    Message { from: NodeIndex, msg: M },
    Alarm,
    Deferred(Option<M>),
    Crash,
    Recover,
}

/// Who sent a message, and in which event.
#[derive(Clone, Copy, Debug)]
pub struct Origin {
    from: NodeIndex,
    event: Option<usize>,
}

impl<P: Protocol> Observer<P> for Chronicle<P> {
    type Mark = Origin;

    fn sent(&mut self, sent: Sent<'_, P>) -> Origin {
        Origin { from: sent.from, event: self.last.get(sent.from.index()).copied().flatten() }
    }

    fn before(&mut self, now: Duration, node: NodeIndex, happening: &Happening<'_, P, Origin>, world: &World<P>) {
        let (kind, cause) = match happening {
            Happening::Impulse => (Kind::Impulse, None),
            Happening::Message { msg, mark, .. } => (Kind::Message { from: mark.from, msg: (*msg).clone() }, mark.event),
            Happening::Alarm => (Kind::Alarm, None),
            Happening::Deferred => (Kind::Deferred(world.node(node).next_offer().map(|(_, msg)| msg.clone())), None),
            Happening::Crash => (Kind::Crash, None),
            Happening::Recover => (Kind::Recover, None),
            Happening::ToTheDead { .. } => return,
        };
        if self.last.len() <= node.index() {
            self.last.resize(node.index() + 1, None);
        }
        let before = world.node(node).state().index();
        let causes = [cause, self.last[node.index()]];
        self.last[node.index()] = Some(self.entries.len());
        self.entries.push(Entry { at: now, node, kind, causes, before, after: before });
    }

    fn after(&mut self, node: NodeIndex, _stepped: Stepped, world: &World<P>) {
        if let Some(entry) = self.last[node.index()] {
            self.entries[entry].after = world.node(node).state().index();
        }
    }
}

impl<P: Protocol> Default for Chronicle<P> {
    fn default() -> Self {
        Chronicle { entries: Vec::new(), last: Vec::new() }
    }
}

impl<P: Protocol> Chronicle<P> {
    /// What led to the failure of the run that it followed; `None` if the run did not fail.
    pub fn past(&self, finished: &Finished<P>) -> Option<Past> {
        let world = finished.world.as_ref()?;
        if finished.outcome().is_well() {
            return None;
        }
        let concerned = self.concerned(finished, world);
        let mut causal = BTreeSet::new();
        let mut open = concerned.iter().filter_map(|node| self.last.get(node.index()).copied().flatten()).collect::<Vec<_>>();
        while let Some(entry) = open.pop() {
            if causal.insert(entry) {
                open.extend(self.entries[entry].causes.iter().flatten());
            }
        }
        let told = causal.iter().skip(causal.len().saturating_sub(MOST_TOLD)).map(|entry| self.tell(&self.entries[*entry]));
        let state = |node: &NodeIndex| {
            let node = world.node(*node);
            let crashed = if node.is_alive() { "" } else { ", crashed" };
            let fields = explain::fields(node.protocol());
            format!("node {} (id {}) is in {}{crashed}: {fields}", node.index(), node.id(), node.state_name())
        };
        Some(Past {
            events: told.collect(),
            causal: causal.len(),
            happened: self.entries.len(),
            states: concerned.iter().map(state).collect(),
        })
    }

    fn tell(&self, entry: &Entry<P::Msg>) -> PastEvent {
        let what = match &entry.kind {
            Kind::Impulse => "impulse".to_owned(),
            Kind::Message { from, msg } if *from == entry.node => format!("{msg:?} from itself"),
            Kind::Message { from, msg } => format!("{msg:?} from node {from}"),
            Kind::Alarm => "alarm".to_owned(),
            Kind::Deferred(Some(msg)) => format!("{msg:?}, deferred before"),
            Kind::Deferred(None) => "a message, deferred before".to_owned(),
            Kind::Crash => "crashes".to_owned(),
            Kind::Recover => "recovers".to_owned(),
        };
        let name = |state: usize| P::State::NAMES[state].to_owned();
        PastEvent { at: entry.at, node: entry.node, what, states: (name(entry.before), name(entry.after)) }
    }

    /// The nodes whose states are what is wrong.
    fn concerned(&self, finished: &Finished<P>, world: &World<P>) -> BTreeSet<NodeIndex> {
        let violated = finished.violated();
        let mut concerned = violated.map_or(BTreeSet::new(), |property| without_whom_it_holds(world, property));
        match finished.outcome() {
            Outcome::Stuck | Outcome::Timeout => {
                let undecided = world.correct().filter(|node| !node.is_decided());
                concerned.extend(undecided.take(explain::TOLD_ONE_BY_ONE).map(|node| node.index()));
            }
            // Whoever made the last step, unless it is the end that is wrong.
            _ if violated.is_none_or(|property| property.when == crate::protocol::When::Always) => {
                concerned.extend(self.entries.last().map(|entry| entry.node));
            }
            _ if concerned.is_empty() => concerned.extend(world.nodes().take(5).map(|node| node.index())),
            _ => {}
        }
        concerned
    }
}

/// The nodes without any one of whom the property would hold: of two leaders, both.
fn without_whom_it_holds<P: Protocol>(world: &World<P>, property: &Property<P>) -> BTreeSet<NodeIndex> {
    let nodes = world.topology().node_count();
    let holds_without = |node: &NodeIndex| {
        let mut without = world.clone();
        without.crash(*node);
        explain::verdict(property, &without).is_ok()
    };
    if nodes > MOST_SOUGHT { BTreeSet::new() } else { world.topology().nodes().filter(holds_without).collect() }
}
