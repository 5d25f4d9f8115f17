//! First in, first out, in chunks from a common pool: nothing is allocated while as much arrives as leaves, nothing is copied
//! when a lane grows, and memory follows what is waiting.

use std::collections::VecDeque;

/// So many items share an allocation.
const CHUNK: usize = 64;

/// Emptied chunks, to be used again.
#[derive(Debug)]
pub(super) struct Pool<T> {
    spare: Vec<Vec<T>>,
}

impl<T> Pool<T> {
    pub(super) fn new() -> Self {
        Pool { spare: Vec::new() }
    }

    fn take(&mut self) -> Vec<T> {
        self.spare.pop().unwrap_or_else(|| Vec::with_capacity(CHUNK))
    }

    /// Takes back a chunk that has been emptied.
    pub(super) fn give_back(&mut self, emptied: Vec<T>) {
        if emptied.capacity() > 0 {
            self.spare.push(emptied);
        }
    }
}

/// First in, first out.
#[derive(Debug)]
pub(super) struct Lane<T> {
    /// Oldest first.
    full: VecDeque<Vec<T>>,
    /// Where items enter.  It has memory only while it holds something.
    tail: Vec<T>,
}

impl<T> Lane<T> {
    pub(super) fn new() -> Self {
        Lane { full: VecDeque::new(), tail: Vec::new() }
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.tail.is_empty() && self.full.is_empty()
    }

    #[inline]
    pub(super) fn push(&mut self, item: T, pool: &mut Pool<T>) {
        self.room(pool).push(item);
    }

    /// Where the next item goes; there is room for it.
    #[inline(always)]
    pub(super) fn room(&mut self, pool: &mut Pool<T>) -> &mut Vec<T> {
        if self.tail.len() == self.tail.capacity() {
            self.next_chunk(pool);
        }
        &mut self.tail
    }

    #[cold]
    fn next_chunk(&mut self, pool: &mut Pool<T>) {
        let full = std::mem::replace(&mut self.tail, pool.take());
        if full.capacity() > 0 {
            self.full.push_back(full);
        }
    }

    /// Takes the oldest items, in order, up to a chunk of them.
    #[inline]
    pub(super) fn take_chunk(&mut self) -> Option<Vec<T>> {
        match self.full.pop_front() {
            Some(chunk) => Some(chunk),
            None if self.tail.is_empty() => None,
            None => Some(std::mem::take(&mut self.tail)),
        }
    }

    pub(super) fn items(&self) -> impl Iterator<Item = &T> {
        self.full.iter().flatten().chain(&self.tail)
    }

    /// Takes the first item that is wanted.
    pub(super) fn take(&mut self, wanted: impl Fn(&T) -> bool) -> Option<T> {
        for chunk in 0..self.full.len() {
            if let Some(place) = self.full[chunk].iter().position(&wanted) {
                let item = self.full[chunk].remove(place);
                if self.full[chunk].is_empty() {
                    self.full.remove(chunk);
                }
                return Some(item);
            }
        }
        let place = self.tail.iter().position(wanted)?;
        Some(self.tail.remove(place))
    }
}
