//! How a run came to where it is: the causal past of what went wrong, not the whole log.

use core::fmt;
use core::time::Duration;
use std::collections::BTreeSet;

use crate::execution::{AnyFinished, Outcome, duration_text, explain};
use crate::network::{Happening, Observer, Sent};
use crate::protocol::{AnyMessage, AnyWorld, NodeView, Stepped, When, WorldView, of_state};
use crate::sorting;
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
#[derive(Debug, Default)]
pub struct Chronicle {
    entries: Vec<Entry>,
    /// By number: where each message came from.
    origins: Vec<Origin>,
    /// By index: the names of the states that have been seen.
    names: Vec<String>,
    /// By node: its last entry.
    last: Vec<Option<usize>>,
}

#[derive(Debug)]
struct Entry {
    at: Duration,
    node: NodeIndex,
    kind: Kind,
    /// The event that sent what arrives here, and the one before at this node.
    causes: [Option<usize>; 2],
    before: usize,
    after: usize,
}

#[derive(Debug)]
enum Kind {
    Impulse,
    /// The message of that number.
    Message(u64),
    Alarm,
    Deferred(Option<AnyMessage>),
    Crash,
    Recover,
}

/// A message: who sent it, and in which event.
#[derive(Debug)]
struct Origin {
    msg: AnyMessage,
    from: NodeIndex,
    event: Option<usize>,
}

impl Observer for Chronicle {
    fn sent(&mut self, sent: &Sent<'_>) {
        let event = self.last.get(sent.from.index()).copied().flatten();
        debug_assert_eq!(self.origins.len() as u64, sent.number, "messages are numbered in the order of sending");
        self.origins.push(Origin { msg: sent.msg.clone(), from: sent.from, event });
    }

    fn before(&mut self, now: Duration, node: NodeIndex, happening: &Happening<'_>, world: &dyn WorldView) {
        let (kind, cause) = match happening {
            Happening::Impulse => (Kind::Impulse, None),
            Happening::Message { number, .. } => (Kind::Message(*number), self.origins[*number as usize].event),
            Happening::Alarm => (Kind::Alarm, None),
            Happening::Deferred => (Kind::Deferred(world.node(node).next_offer().map(|(_, msg)| msg)), None),
            Happening::Crash => (Kind::Crash, None),
            Happening::Recover => (Kind::Recover, None),
            Happening::Doomed | Happening::ToTheDead { .. } => return,
        };
        if self.last.len() <= node.index() {
            self.last.resize(node.index() + 1, None);
        }
        let before = self.note_state(world.node(node));
        let causes = [cause, self.last[node.index()]];
        self.last[node.index()] = Some(self.entries.len());
        self.entries.push(Entry { at: now, node, kind, causes, before, after: before });
    }

    fn after(&mut self, node: NodeIndex, _stepped: Stepped, world: &dyn WorldView) {
        let after = self.note_state(world.node(node));
        if let Some(entry) = self.last[node.index()] {
            self.entries[entry].after = after;
        }
    }
}

impl Chronicle {
    /// Takes down the name of a node's state; returns its index.
    fn note_state(&mut self, node: &dyn NodeView) -> usize {
        let state = node.state();
        if self.names.len() <= state {
            self.names.resize(state + 1, String::new());
        }
        if self.names[state].is_empty() {
            node.state_name().clone_into(&mut self.names[state]);
        }
        state
    }

    /// What led to the failure of the run that it followed; `None` if the run did not fail.
    pub fn past(&self, finished: &AnyFinished) -> Option<Past> {
        let world = &**finished.world.as_ref()?;
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
            let fields = node.fields();
            let state = of_state(" is in ", node.state_name());
            format!("node {} (id {}){state}{crashed}: {fields}", node.index(), node.id())
        };
        Some(Past {
            events: told.collect(),
            causal: causal.len(),
            happened: self.entries.len(),
            states: concerned.iter().map(state).collect(),
        })
    }

    fn tell(&self, entry: &Entry) -> PastEvent {
        let what = match &entry.kind {
            Kind::Impulse => "impulse".to_owned(),
            Kind::Message(number) => match &self.origins[*number as usize] {
                Origin { msg, from, .. } if *from == entry.node => format!("{msg:?} from itself"),
                Origin { msg, from, .. } => format!("{msg:?} from node {from}"),
            },
            Kind::Alarm => "alarm".to_owned(),
            Kind::Deferred(Some(msg)) => format!("{msg:?}, deferred before"),
            Kind::Deferred(None) => "a message, deferred before".to_owned(),
            Kind::Crash => "crashes".to_owned(),
            Kind::Recover => "recovers".to_owned(),
        };
        let name = |state: usize| self.names[state].clone();
        PastEvent { at: entry.at, node: entry.node, what, states: (name(entry.before), name(entry.after)) }
    }

    /// The nodes whose states are what is wrong.
    fn concerned(&self, finished: &AnyFinished, world: &dyn AnyWorld) -> BTreeSet<NodeIndex> {
        let violated = finished.violated();
        let mut concerned = violated.map_or(BTreeSet::new(), |property| without_whom_it_holds(world, property));
        let nodes = || world.nodes().map(|index| world.node(NodeIndex::new(index)));
        match finished.outcome() {
            Outcome::Stuck | Outcome::Timeout => {
                let undecided = nodes().filter(|node| node.is_alive() && !node.is_decided());
                concerned.extend(undecided.take(explain::TOLD_ONE_BY_ONE).map(<dyn NodeView>::index));
            }
            // The node that made the last step, unless it is the end that is wrong.
            _ if violated.is_none_or(|property| finished.when(property) == When::Always) => {
                concerned.extend(self.entries.last().map(|entry| entry.node));
            }
            _ if concerned.is_empty() => concerned.extend(nodes().take(5).map(<dyn NodeView>::index)),
            _ => {}
        }
        concerned
    }
}

/// The nodes without any one of whom the property would hold: of two leaders, both.
fn without_whom_it_holds(world: &dyn AnyWorld, property: usize) -> BTreeSet<NodeIndex> {
    let holds_without = |node: &NodeIndex| {
        let mut without = world.copied();
        without.crash(*node);
        explain::verdict(&*without, property).is_ok()
    };
    let nodes = world.nodes();
    if nodes.len() > MOST_SOUGHT { BTreeSet::new() } else { sorting::set(nodes.map(NodeIndex::new).filter(holds_without)) }
}
