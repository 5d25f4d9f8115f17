//! How many messages of each type have been sent, and how many are under way.
//!
//! Nothing here is generic, so that it is generated once and not for each protocol.

/// By tag: what has been sent.
#[derive(Debug)]
pub(super) struct Traffic {
    sent: Vec<u64>,
    /// How many are no longer under way.  A second copy of a message counts as one less.
    arrived: Vec<u64>,
}

// What is derived is marked to be inlined, so that it is made for each protocol.
impl Clone for Traffic {
    #[inline(never)]
    fn clone(&self) -> Self {
        Traffic { sent: self.sent.clone(), arrived: self.arrived.clone() }
    }
}

impl Traffic {
    /// Nothing sent yet, of so many types.
    #[inline(never)]
    pub(super) fn of_types(message_types: usize) -> Self {
        Traffic::ended(vec![0; message_types])
    }

    /// So many sent, none under way.
    #[inline(never)]
    pub(super) fn ended(sent: Vec<u64>) -> Self {
        Traffic { arrived: sent.clone(), sent }
    }

    /// Counts messages that are sent.
    #[inline]
    pub(super) fn count_sent(&mut self, tag: u8, copies: u64) {
        self.sent[usize::from(tag)] += copies;
    }

    /// Counts a message that is no longer under way.
    #[inline]
    pub(super) fn count_arrived(&mut self, tag: u8) {
        let arrived = &mut self.arrived[usize::from(tag)];
        *arrived = arrived.wrapping_add(1);
    }

    /// Counts messages: how many are sent, and how many more are under way than before.
    #[inline(never)]
    pub(super) fn count(&mut self, tag: u8, sent: u64, under_way: i64) {
        let tag = usize::from(tag);
        self.sent[tag] = self.sent[tag].wrapping_add(sent);
        self.arrived[tag] = self.arrived[tag].wrapping_add(sent).wrapping_sub(under_way as u64);
    }

    /// How many have been sent, by tag.
    #[inline]
    pub(super) fn sent(&self) -> &[u64] {
        &self.sent
    }

    /// How many of that tag are under way.
    #[inline(never)]
    pub(super) fn under_way(&self, tag: u8) -> u64 {
        let tag = usize::from(tag);
        self.sent[tag].wrapping_sub(self.arrived[tag])
    }

    /// How many of all types are under way.
    #[inline(never)]
    pub(super) fn all_under_way(&self) -> u64 {
        self.sent.iter().zip(&self.arrived).map(|(sent, arrived)| sent.wrapping_sub(*arrived)).sum()
    }
}
