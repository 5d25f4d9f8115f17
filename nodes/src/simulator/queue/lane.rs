//! First in, first out, in chunks from a common pool: nothing is allocated while as much arrives as leaves, nothing is copied
//! when a lane grows, and memory follows what is waiting.

use std::collections::VecDeque;

/// So many items share an allocation.
const CHUNK: usize = 64;

/// Emptied chunks, to be used again.
#[derive(Debug)]
pub(super) struct Pool<T> {
    spare: Vec<VecDeque<T>>,
}

impl<T> Pool<T> {
    pub(super) fn new() -> Self {
        Pool { spare: Vec::new() }
    }

    fn take(&mut self) -> VecDeque<T> {
        self.spare.pop().unwrap_or_else(|| VecDeque::with_capacity(CHUNK))
    }
}

/// First in, first out.
#[derive(Debug)]
pub(super) struct Lane<T> {
    /// Full ones, oldest first; the first may have been read from.
    chunks: VecDeque<VecDeque<T>>,
    /// Where items enter.  It has memory only while the lane holds something.
    tail: VecDeque<T>,
}

impl<T> Lane<T> {
    pub(super) fn new() -> Self {
        Lane { chunks: VecDeque::new(), tail: VecDeque::new() }
    }

    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.tail.is_empty() && self.chunks.is_empty()
    }

    #[inline]
    pub(super) fn push(&mut self, item: T, pool: &mut Pool<T>) {
        if self.tail.len() == self.tail.capacity() || self.tail.len() == CHUNK {
            self.next_chunk(pool);
        }
        self.tail.push_back(item);
    }

    #[cold]
    fn next_chunk(&mut self, pool: &mut Pool<T>) {
        let full = std::mem::replace(&mut self.tail, pool.take());
        if full.capacity() > 0 {
            self.chunks.push_back(full);
        }
    }

    #[inline]
    pub(super) fn pop(&mut self, pool: &mut Pool<T>) -> Option<T> {
        let from = match self.chunks.front_mut() {
            Some(chunk) => chunk,
            None => &mut self.tail,
        };
        let item = from.pop_front();
        if from.is_empty() && item.is_some() {
            self.recycle(pool);
        }
        item
    }

    #[cold]
    fn recycle(&mut self, pool: &mut Pool<T>) {
        let emptied = match self.chunks.pop_front() {
            Some(chunk) => chunk,
            None => std::mem::take(&mut self.tail),
        };
        pool.spare.push(emptied);
    }
}
