//! What the initializer has to tell, to a bounded number of nodes at a time.
//!
//! Who is told something wants to run.  Where thousands of processes want that at once, the initializer, one among them, hardly
//! gets its turn: its socket overflows with answers, everybody sends again, and nothing moves any more.

use core::time::Duration;
use std::collections::VecDeque;

/// How many nodes may have something that they have not acknowledged.
const AT_ONCE: usize = 256;

/// How long one that does not acknowledge keeps others waiting: its handler may be in an endless loop.
const PATIENCE: Duration = Duration::from_millis(500);

/// Orders that have not been sent yet, the oldest first, and whose are under way.
#[derive(Default)]
pub(super) struct Orders {
    waiting: VecDeque<(usize, Vec<u8>)>,
    /// The nodes, and when each was told.
    under_way: VecDeque<(usize, Duration)>,
}

impl Orders {
    /// An order for that node, encoded.
    pub(super) fn push(&mut self, node: usize, order: Vec<u8>) {
        self.waiting.push_back((node, order));
    }

    /// The next order that may be sent, and to whom.  `acknowledged` tells whether a node has taken all that was sent to it.
    pub(super) fn next(&mut self, now: Duration, acknowledged: impl Fn(usize) -> bool) -> Option<(usize, Vec<u8>)> {
        if self.under_way.len() >= AT_ONCE {
            self.under_way.retain(|&(node, told)| now < told + PATIENCE && !acknowledged(node));
        }
        if self.under_way.len() >= AT_ONCE {
            return None;
        }
        let (node, order) = self.waiting.pop_front()?;
        self.under_way.push_back((node, now));
        Some((node, order))
    }

    /// When the next order may be sent even if nobody acknowledges.
    pub(super) fn due(&self) -> Option<Duration> {
        if self.waiting.is_empty() {
            return None;
        }
        self.under_way.front().map(|&(_, told)| told + PATIENCE)
    }

    /// A node has died: what was for it is for nobody.
    pub(super) fn forget(&mut self, node: usize) {
        self.waiting.retain(|&(other, _)| other != node);
        self.under_way.retain(|&(other, _)| other != node);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_so_many_are_told_at_a_time() {
        let mut orders = Orders::default();
        for node in 0..AT_ONCE + 2 {
            orders.push(node, vec![node as u8]);
        }
        for node in 0..AT_ONCE {
            assert_eq!(orders.next(Duration::ZERO, |_| false), Some((node, vec![node as u8])));
        }
        assert_eq!(orders.next(Duration::ZERO, |_| false), None);
        assert_eq!(orders.next(Duration::ZERO, |node| node == 7), Some((AT_ONCE, vec![AT_ONCE as u8])));
        assert_eq!(orders.next(Duration::ZERO, |_| false), None);
        assert_eq!(orders.due(), Some(PATIENCE));
        assert_eq!(orders.next(PATIENCE, |_| false), Some((AT_ONCE + 1, vec![(AT_ONCE + 1) as u8])));
        assert_eq!((orders.due(), orders.next(PATIENCE, |_| true)), (None, None));
    }

    #[test]
    fn the_dead_are_told_nothing() {
        let mut orders = Orders::default();
        for node in [3, 4, 3] {
            orders.push(node, Vec::new());
        }
        orders.forget(3);
        assert_eq!(orders.next(Duration::ZERO, |_| false), Some((4, Vec::new())));
        assert_eq!(orders.next(Duration::ZERO, |_| false), None);
    }
}
