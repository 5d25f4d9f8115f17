//! What is counted in a run, in as few bytes as a million nodes deserve.

use std::collections::BTreeMap;

/// A list of counters of 32 bits each; what they cannot hold is carried to the side.
#[derive(Debug)]
pub(super) struct Counters {
    low: Vec<u32>,
    carries: BTreeMap<usize, u64>,
}

impl Counters {
    pub(super) fn new(count: usize) -> Self {
        Counters { low: vec![0; count], carries: BTreeMap::new() }
    }

    #[inline]
    pub(super) fn add_one(&mut self, place: usize) {
        let (sum, carry) = self.low[place].overflowing_add(1);
        self.low[place] = sum;
        if carry {
            *self.carries.entry(place).or_default() += 1 << 32;
        }
    }

    pub(super) fn get(&self, place: usize) -> u64 {
        u64::from(self.low[place]) + self.carries.get(&place).copied().unwrap_or(0)
    }

    pub(super) fn max(&self) -> u64 {
        let low = self.low.iter().copied().max().unwrap_or(0);
        self.carries.keys().map(|place| self.get(*place)).chain([u64::from(low)]).max().unwrap_or(0)
    }
}

/// What is known of a node besides its state.
#[derive(Clone, Copy, Debug)]
pub(super) struct NodeTally {
    /// The longest chain of messages that ends here.
    pub(super) depth: u32,
    /// The tag of the message handled last.
    pub(super) last_message: Option<u8>,
    /// When it decided; `u64::MAX` if it has not.
    pub(super) decided_at: u64,
}

impl NodeTally {
    pub(super) const UNDECIDED: u64 = u64::MAX;
}

/// What is counted in a run.
#[derive(Debug)]
pub(super) struct Tally {
    pub(super) nodes: Vec<NodeTally>,
    pub(super) sent: Counters,
    pub(super) received: Counters,
    pub(super) by_link: Counters,
    pub(super) bytes: u64,
    pub(super) max_bytes: u64,
    pub(super) late: u64,
    /// Arrived where nobody lived any more.
    pub(super) to_the_dead: u64,
}

impl Tally {
    pub(super) fn new(nodes: usize, links: usize) -> Self {
        let fresh = NodeTally { depth: 0, last_message: None, decided_at: NodeTally::UNDECIDED };
        Tally {
            nodes: vec![fresh; nodes],
            sent: Counters::new(nodes),
            received: Counters::new(nodes),
            by_link: Counters::new(links),
            bytes: 0,
            max_bytes: 0,
            late: 0,
            to_the_dead: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_goes_on_beyond_32_bits() {
        let mut counters = Counters::new(2);
        counters.add_one(0);
        counters.low[1] = u32::MAX;
        counters.add_one(1);
        assert_eq!((counters.get(0), counters.get(1), counters.max()), (1, 1 << 32, 1 << 32));
    }
}
