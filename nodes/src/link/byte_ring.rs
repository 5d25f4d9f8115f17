//! A window onto a stream of bytes: what lies between two offsets is kept, at a place that follows from its offset alone.

/// Bytes `start..end` of a stream.  Grows by doubling; once as large as it need be it allocates no more.
#[derive(Clone, Debug, Default)]
pub(super) struct ByteRing {
    /// A power of two, or empty.
    bytes: Box<[u8]>,
    start: u64,
    end: u64,
}

/// An empty ring that is larger than this gives its memory back.
const KEEP: usize = 1 << 16;

impl ByteRing {
    /// Where the next byte goes.
    pub(super) fn end(&self) -> u64 {
        self.end
    }

    /// How many bytes are kept.
    pub(super) fn len(&self) -> usize {
        (self.end - self.start) as usize
    }

    /// Appends.
    #[inline]
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.write(self.end, bytes);
    }

    /// Writes at an offset not before the start; what is skipped is unspecified until it is written.
    #[inline]
    pub(super) fn write(&mut self, offset: u64, bytes: &[u8]) {
        let end = offset + bytes.len() as u64;
        debug_assert!(self.start <= offset);
        if bytes.is_empty() {
            return;
        }
        if (end - self.start) as usize > self.bytes.len() {
            self.grow((end - self.start) as usize);
        }
        self.end = self.end.max(end);
        let place = self.place(offset);
        match self.bytes.get_mut(place..place + bytes.len()) {
            Some(space) => space.copy_from_slice(bytes),
            None => {
                let (front, back) = bytes.split_at(self.bytes.len() - place);
                self.bytes[place..].copy_from_slice(front);
                self.bytes[..back.len()].copy_from_slice(back);
            }
        }
    }

    /// The bytes from `offset` on, in two pieces, of which the second is mostly empty.
    #[inline]
    pub(super) fn read(&self, offset: u64, len: usize) -> (&[u8], &[u8]) {
        debug_assert!(self.start <= offset && offset + len as u64 <= self.end);
        if len == 0 {
            return (&[], &[]);
        }
        let place = self.place(offset);
        match self.bytes.get(place..place + len) {
            Some(whole) => (whole, &[]),
            None => {
                let front = &self.bytes[place..];
                (front, &self.bytes[..len - front.len()])
            }
        }
    }

    /// Copies out what starts at `offset`.
    pub(super) fn copy(&self, offset: u64, into: &mut [u8]) {
        let (front, back) = self.read(offset, into.len());
        into[..front.len()].copy_from_slice(front);
        into[front.len()..].copy_from_slice(back);
    }

    /// Forgets everything before `offset`.
    pub(super) fn release(&mut self, offset: u64) {
        self.start = self.start.max(offset);
        self.end = self.end.max(offset);
        if self.start == self.end && self.bytes.len() > KEEP {
            self.bytes = Box::default();
        }
    }

    fn place(&self, offset: u64) -> usize {
        (offset & (self.bytes.len() as u64).wrapping_sub(1)) as usize
    }

    #[cold]
    fn grow(&mut self, least: usize) {
        let larger = vec![0; least.next_power_of_two().max(256)].into_boxed_slice();
        let old = ByteRing { bytes: core::mem::replace(&mut self.bytes, larger), start: self.start, end: self.end };
        self.end = self.start;
        if old.len() > 0 {
            let (front, back) = old.read(old.start, old.len());
            self.push(front);
            self.push(back);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// As a queue of bytes that never forgets where they stood.
        #[test]
        fn keeps_what_a_queue_keeps(steps in proptest::collection::vec((0usize..700, 0usize..900), 1..60)) {
            let (mut ring, mut queue, mut start) = (ByteRing::default(), VecDeque::new(), 0);
            let mut byte = 0u8;
            for (push, release) in steps {
                let bytes: Vec<u8> = (0..push).map(|_| { byte = byte.wrapping_mul(5).wrapping_add(1); byte }).collect();
                ring.push(&bytes);
                queue.extend(bytes);
                let release = release.min(queue.len());
                start += release as u64;
                queue.drain(..release);
                ring.release(start);
                prop_assert_eq!(ring.len(), queue.len());
                prop_assert_eq!(ring.end(), start + queue.len() as u64);
                let mut copy = vec![0; queue.len()];
                ring.copy(start, &mut copy);
                prop_assert_eq!(copy, Vec::from(queue.clone()));
            }
        }
    }

    #[test]
    fn what_is_written_beyond_a_gap_stays_when_it_grows() {
        let mut ring = ByteRing::default();
        ring.release(1000);
        ring.write(1300, b"beyond");
        ring.write(1000, b"first");
        ring.write(5000, b"far");
        let mut copy = [0; 6];
        ring.copy(1300, &mut copy);
        assert_eq!(&copy, b"beyond");
        ring.copy(5000, &mut copy[..3]);
        assert_eq!(&copy[..3], b"far");
        ring.release(9000);
        assert_eq!((ring.len(), ring.end()), (0, 9000));
    }

    #[test]
    fn a_large_one_gives_its_memory_back() {
        let mut ring = ByteRing::default();
        ring.push(&vec![1; 2 * KEEP]);
        ring.release(2 * KEEP as u64 - 1);
        assert!(ring.bytes.len() >= KEEP);
        ring.release(2 * KEEP as u64);
        assert_eq!(ring.bytes.len(), 0);
        ring.push(b"again");
        assert_eq!(ring.read(2 * KEEP as u64, 5), (&b"again"[..], &b""[..]));
    }
}
