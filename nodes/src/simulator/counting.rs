//! Counts what the document tells of a run that is made on the transition system.

use core::time::Duration;
use std::sync::Arc;

use serde_json::Value;

use super::courier::LinkTally;
use super::tally::Tally;
use crate::execution::{Prepared, Reports};
use crate::network::{Fate, Happening, Observer, Sent};
use crate::protocol::{AnyInstance, Stepped, WorldView};
use crate::time::nanos;
use crate::topology::{NodeIndex, Port};

/// A message under way: how long the chain is that ends with it, its way and its number there.
#[derive(Clone, Copy, Debug)]
struct Sending {
    depth: u32,
    channel: usize,
    number: u64,
}

/// An observer that counts.
pub(super) struct Counting {
    instance: Arc<dyn AnyInstance>,
    pub(super) tally: Tally,
    pub(super) links: LinkTally,
    pub(super) reported: Reports,
    /// By number in the run.
    sendings: Vec<Sending>,
    /// By channel: how many have been sent, and the latest that has arrived.
    numbers: Vec<(u64, u64)>,
    now: Duration,
    pub(super) acting: NodeIndex,
    /// Who crashed last.
    pub(super) crashed: Option<NodeIndex>,
    /// The message that is handled, and whether a neighbour sent it.
    message: (Option<u8>, bool),
}

impl Counting {
    pub(super) fn new(prepared: &Prepared) -> Self {
        let graph = prepared.instance.graph();
        Counting {
            instance: Arc::clone(&prepared.instance),
            tally: Tally::new(graph.node_count(), graph.link_count()),
            links: LinkTally::default(),
            reported: Reports::default(),
            sendings: Vec::new(),
            numbers: vec![(0, 0); graph.link_count() * 2],
            now: Duration::ZERO,
            acting: NodeIndex::new(0),
            crashed: None,
            message: (None, false),
        }
    }

    /// A message of that number arrives; how long the chain is that ends with it.
    fn arrives(&mut self, number: u64) -> u32 {
        let Some(sending) = self.sendings.get(number as usize) else { return 0 };
        let (_, latest) = &mut self.numbers[sending.channel];
        self.links.reordered += u64::from(sending.number < *latest);
        *latest = sending.number.max(*latest);
        sending.depth
    }
}

impl Observer for Counting {
    fn sent(&mut self, sent: &Sent<'_>) {
        self.acting = sent.from;
        if sent.port == Port::SELF {
            self.sendings.push(Sending { depth: 0, channel: 0, number: 0 });
            return;
        }
        let end = self.instance.graph().end(sent.from, sent.port);
        let depth = self.tally.count_sent(sent.from.index(), end.link as usize, sent.length).get();
        let (count, _) = &mut self.numbers[end.channel()];
        *count += 1;
        self.sendings.push(Sending { depth, channel: end.channel(), number: *count });
    }

    fn fate(&mut self, _sender: NodeIndex, _port: Port, _number: u64, fate: Fate) {
        match fate {
            Fate::Lost => self.links.lost += 1,
            Fate::Duplicated => self.links.duplicated += 1,
            Fate::Resent(times) => self.links.retransmitted += times,
        }
    }

    fn before(&mut self, now: Duration, node: NodeIndex, happening: &Happening<'_>, world: &dyn WorldView) {
        let message = happening.message(node, world);
        self.message = message.map_or((None, false), |(sender, tag)| (Some(tag), sender != Port::SELF));
        (self.now, self.acting) = (now, node);
        match happening {
            Happening::Message { sender, number, .. } if *sender != Port::SELF => {
                let depth = self.arrives(*number);
                let known = &mut self.tally.nodes[node.index()].depth;
                *known = depth.max(*known);
            }
            Happening::ToTheDead { number, .. } => {
                self.arrives(*number);
                self.tally.to_the_dead += 1;
            }
            Happening::Crash => self.crashed = Some(node),
            _ => {}
        }
    }

    fn after(&mut self, node: NodeIndex, stepped: Stepped, world: &dyn WorldView) {
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
    }

    fn reported(&mut self, node: NodeIndex, name: &str, value: &Value) {
        self.reported.reported(node, name, value);
    }
}
