//! What has arrived and waits for the engine to take it: one queue for all links of an endpoint.

use core::ops::Range;
use std::collections::VecDeque;

use super::LinkId;

/// A message that has arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delivery<'a> {
    /// On which link.
    pub link: LinkId,
    /// What its sender gave along with it.
    pub stamp: u64,
    /// The message.
    pub payload: &'a [u8],
    /// Whether the network made a copy of one that was delivered before: only on a [`Lossy`](super::Guarantee::Lossy) link.  It
    /// is a message to the protocol, but counts for nothing.
    pub duplicate: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) stamp: u64,
    pub(super) link: LinkId,
    pub(super) duplicate: bool,
    at: usize,
    len: u32,
}

/// Messages in the order of their arrival; their bytes share one buffer, which is emptied when the last is taken.
#[derive(Clone, Debug, Default)]
pub(super) struct Deliveries {
    items: VecDeque<Item>,
    bytes: Vec<u8>,
    pushed: u64,
}

/// An empty buffer that is larger than this gives its memory back.
const KEEP: usize = 1 << 18;

impl Deliveries {
    /// Another datagram is looked at: if every message was taken, the buffer begins anew.
    pub(super) fn begin(&mut self) {
        if self.items.is_empty() {
            self.bytes.clear();
            if self.bytes.capacity() > KEEP {
                self.bytes = Vec::new();
            }
        }
    }

    /// Takes in bytes that messages will be found in; returns where they are.
    pub(super) fn store(&mut self, front: &[u8], back: &[u8]) -> Range<usize> {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(front);
        self.bytes.extend_from_slice(back);
        start..self.bytes.len()
    }

    /// How many bytes are stored.
    pub(super) fn stored_len(&self) -> usize {
        self.bytes.len()
    }

    /// Gives back all but the first `len` of the stored bytes: no message was found in them.
    pub(super) fn give_back(&mut self, len: usize) {
        self.bytes.truncate(len);
    }

    /// The bytes stored there.
    pub(super) fn stored(&self, range: Range<usize>) -> &[u8] {
        &self.bytes[range]
    }

    /// A message is in the stored bytes.
    #[inline]
    pub(super) fn push(&mut self, link: LinkId, stamp: u64, payload: Range<usize>, duplicate: bool) {
        self.pushed += 1;
        self.items.push_back(Item { stamp, link, duplicate, at: payload.start, len: payload.len() as u32 });
    }

    /// How many messages have ever been pushed.
    pub(super) fn pushed(&self) -> u64 {
        self.pushed
    }

    #[inline]
    pub(super) fn pop(&mut self) -> Option<Item> {
        self.items.pop_front()
    }

    #[inline]
    pub(super) fn payload(&self, item: &Item) -> &[u8] {
        &self.bytes[item.at..item.at + item.len as usize]
    }
}

impl Item {
    pub(super) fn len(&self) -> usize {
        self.len as usize
    }
}
