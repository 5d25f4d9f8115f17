//! What is counted in a run, in as few bytes as a million nodes deserve.

use core::num::NonZeroU32;
use std::collections::BTreeMap;

use crate::tables::{self, Table, prefetch};

/// A counter of 32 bits; what it cannot hold is carried to the side.
#[inline]
fn add_one(low: &mut u32, carries: &mut BTreeMap<usize, u64>, place: usize) {
    let (sum, carry) = low.overflowing_add(1);
    *low = sum;
    if carry {
        carried(carries, place);
    }
}

#[cold]
fn carried(carries: &mut BTreeMap<usize, u64>, place: usize) {
    *carries.entry(place).or_default() += 1 << u32::BITS;
}

fn whole(low: u32, carries: &BTreeMap<usize, u64>, place: usize) -> u64 {
    u64::from(low) + carries.get(&place).copied().unwrap_or(0)
}

/// What is known of a node besides its state.
#[derive(Clone, Copy, Debug)]
pub(super) struct NodeTally {
    /// The longest chain of messages that ends here.
    pub(super) depth: u32,
    sent: u32,
    received: u32,
    /// The tag of the message handled last.
    pub(super) last_message: Option<u8>,
}

/// No time in a run.
const UNDECIDED: u64 = u64::MAX;

/// What is counted in a run.
#[derive(Debug)]
pub(super) struct Tally {
    pub(super) nodes: Table<NodeTally>,
    /// By node: when it decided; empty while none has.
    decided_at: Table<u64>,
    sent_carries: BTreeMap<usize, u64>,
    received_carries: BTreeMap<usize, u64>,
    /// By link.
    carried: Table<u32>,
    carried_carries: BTreeMap<usize, u64>,
    pub(super) bytes: u64,
    pub(super) max_bytes: u64,
    pub(super) late: u64,
    /// Arrived where nobody lived any more.
    pub(super) to_the_dead: u64,
}

impl Tally {
    pub(super) fn new(nodes: usize, links: usize) -> Self {
        let fresh = NodeTally { depth: 0, sent: 0, received: 0, last_message: None };
        Tally {
            nodes: tables::filled(nodes, fresh),
            decided_at: Table::new(),
            sent_carries: BTreeMap::new(),
            received_carries: BTreeMap::new(),
            carried: tables::filled(links, 0),
            carried_carries: BTreeMap::new(),
            bytes: 0,
            max_bytes: 0,
            late: 0,
            to_the_dead: 0,
        }
    }

    /// A node sends a message of that length over that link; tells how long the chain is that ends with it.
    #[inline]
    pub(super) fn count_sent(&mut self, node: usize, link: usize, length: u64) -> NonZeroU32 {
        let tally = &mut self.nodes[node];
        add_one(&mut tally.sent, &mut self.sent_carries, node);
        add_one(&mut self.carried[link], &mut self.carried_carries, link);
        // At 10 GB a second, 2^64 bytes take 58 years.
        self.bytes = self.bytes.wrapping_add(length);
        self.max_bytes = self.max_bytes.max(length);
        NonZeroU32::MIN.saturating_add(tally.depth)
    }

    /// A node is in a terminal state at that time: if it was not before, that is when it decided.
    #[inline]
    pub(super) fn note_decided(&mut self, node: usize, now: u64) {
        if self.decided_at.is_empty() {
            self.decided_at = tables::filled(self.nodes.len(), UNDECIDED);
        }
        let at = &mut self.decided_at[node];
        *at = now.min(*at);
    }

    /// When a node decided, if it has.
    pub(super) fn decided_at(&self, node: usize) -> Option<u64> {
        self.decided_at.get(node).copied().filter(|at| *at != UNDECIDED)
    }

    /// A node handles a message from a neighbour.
    #[inline]
    pub(super) fn count_received(&mut self, node: usize) {
        add_one(&mut self.nodes[node].received, &mut self.received_carries, node);
    }

    /// Has what counting a message of a node will need fetched.
    #[inline]
    pub(super) fn prefetch_node(&self, node: usize) {
        prefetch(&self.nodes[node]);
    }

    /// Has what counting a message on a link will need fetched.
    #[inline]
    pub(super) fn prefetch_link(&self, link: usize) {
        prefetch(&self.carried[link]);
    }

    /// How many messages a node has sent.
    pub(super) fn sent(&self, node: usize) -> u64 {
        whole(self.nodes[node].sent, &self.sent_carries, node)
    }

    /// How many messages a node has handled.
    pub(super) fn received(&self, node: usize) -> u64 {
        whole(self.nodes[node].received, &self.received_carries, node)
    }

    /// The most that a node has sent.
    pub(super) fn busiest_node(&self) -> u64 {
        (0..self.nodes.len()).map(|node| self.sent(node)).max().unwrap_or(0)
    }

    /// The most that a link has carried.
    pub(super) fn busiest_link(&self) -> u64 {
        let whole = |link: usize| whole(self.carried[link], &self.carried_carries, link);
        (0..self.carried.len()).map(whole).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_goes_on_beyond_32_bits() {
        let mut tally = Tally::new(2, 1);
        tally.count_sent(0, 0, 5);
        tally.nodes[1].sent = u32::MAX;
        tally.carried[0] = u32::MAX;
        tally.count_sent(1, 0, 7);
        assert_eq!((tally.sent(0), tally.sent(1), tally.busiest_node(), tally.busiest_link()), (1, 1 << 32, 1 << 32, 1 << 32));
        assert_eq!((tally.bytes, tally.max_bytes), (12, 7));
    }
}
