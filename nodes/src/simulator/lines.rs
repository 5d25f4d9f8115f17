//! The queues in which messages wait where links or nodes have rates.

use crate::network::{Bandwidth, Rate, Uplink};
use crate::tables::Table;
use crate::topology::{Graph, NodeIndex};

/// What sends one message behind the other.
#[derive(Clone, Copy, Debug)]
struct Line {
    /// None if it has no limit.
    rate: Option<Rate>,
    /// When it has sent all that it was given.
    free: u64,
}

/// When something has left that is sent several times in a row: the first of them, and the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Left {
    pub(super) first: u64,
    pub(super) last: u64,
}

impl Left {
    /// All of them at once.
    pub(super) fn at(time: u64) -> Self {
        Left { first: time, last: time }
    }
}

impl Line {
    fn of(rate: Option<Rate>) -> Self {
        Line { rate, free: 0 }
    }

    /// Sends a message of `bytes` as often as `times`; these sendings come at equal distances.
    fn send(&mut self, comes: Left, bytes: u64, times: u64) -> Left {
        let Some(rate) = self.rate else { return comes };
        let (each, begins) = (rate.nanos_of(bytes), self.free.max(comes.first));
        // It waits for the slower of both: until all of them are through, or until the last of them has come.
        let all = begins.saturating_add(each.saturating_mul(times));
        self.free = all.max(comes.last.saturating_add(each));
        Left { first: begins.saturating_add(each), last: self.free }
    }
}

/// The lines of a run.  Times are in nanoseconds.
#[derive(Debug)]
pub(super) struct Lines {
    /// By node; none where nodes have no limit.
    uplinks: Table<Line>,
    /// By channel; none where links have no limit.
    links: Table<Line>,
}

impl Lines {
    /// Those of a run of that seed; `None` if nothing has a rate.
    pub(super) fn new(bandwidth: Option<Bandwidth>, uplink: Option<&Uplink>, graph: &Graph, seed: u64) -> Option<Self> {
        if bandwidth.is_none() && uplink.is_none() {
            return None;
        }
        let (mut uplinks, mut links) = (Table::new(), Table::new());
        for rate in uplink.iter().flat_map(|uplink| uplink.of_nodes(graph.node_count(), seed)) {
            uplinks.push(Line::of(rate));
        }
        for rate in bandwidth.iter().flat_map(|bandwidth| bandwidth.of_links(graph, seed)) {
            // Both ways are equally fast, and do not wait for each other.
            links.push(Line::of(Some(rate)));
            links.push(Line::of(Some(rate)));
        }
        Some(Lines { uplinks, links })
    }

    /// A message of `bytes` is sent now, `times` times in a row.
    pub(super) fn send(&mut self, from: NodeIndex, channel: usize, now: u64, bytes: u64, times: u64) -> Left {
        let mut left = Left::at(now);
        for line in [self.uplinks.get_mut(from.index()), self.links.get_mut(channel)].into_iter().flatten() {
            left = line.send(left, bytes, times);
        }
        left
    }

    /// The link sends it once more, not before that time; when it has left.
    pub(super) fn send_again(&mut self, channel: usize, at: u64, bytes: u64) -> u64 {
        self.links.get_mut(channel).map_or(at, |line| line.send(Left::at(at), bytes, 1).last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    /// Two lines, and each sending by itself.
    #[test]
    fn several_sendings_are_those_of_a_loop() {
        let mut random = Random::stream(1, "test", 0);
        for case in 0..10_000 {
            let line = |random: &mut Random| {
                let rate = random.chance(0.8).then(|| Rate::new(1 + random.below(8_000_000_000)).expect("a rate"));
                Line { rate, free: random.below(1000) }
            };
            let mut lines = [line(&mut random), line(&mut random)];
            let (now, bytes, times) = (random.below(1000), random.below(50), 1 + random.below(6));
            let mut looped = lines;
            let left = (0..times).map(|_| {
                looped.iter_mut().fold(now, |at, line| match line.rate {
                    Some(rate) => {
                        line.free = line.free.max(at) + rate.nanos_of(bytes);
                        line.free
                    }
                    None => at,
                })
            });
            let left = left.collect::<Vec<_>>();
            let found = lines.iter_mut().fold(Left::at(now), |left, line| line.send(left, bytes, times));
            assert_eq!(found, Left { first: left[0], last: left[left.len() - 1] }, "case {case}");
            assert_eq!(lines.map(|line| line.free), looped.map(|line| line.free), "case {case}");
        }
    }

    #[test]
    fn what_never_leaves_leaves_when_time_ends() {
        let mut line = Line::of(Rate::new(1));
        assert_eq!(line.send(Left::at(5), u64::MAX, 2), Left::at(u64::MAX));
        assert_eq!(line.send(Left::at(6), 1, u64::MAX).last, u64::MAX);
    }
}
