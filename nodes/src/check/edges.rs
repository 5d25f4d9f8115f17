//! Which states follow from which, written down while the states are looked at: one or two bytes an edge, mostly.

use std::io;

use super::space::take_varint;
use super::spill::{Piece, Spill};
use crate::protocol::fingerprint::put_varint;

/// The number of states whose edges lie in one piece of memory, so that none is ever moved when more come.
const CHUNK: usize = 1 << 16;

/// Of every so manieth state it is noted where its edges begin.
const MARK: usize = 16;

/// The edges of a graph whose states are numbered in the order of their discovery, in the order in which they were followed.
///
/// An edge is written as how far its target lies behind the newest state; 0 is a state that is new by that edge.
#[derive(Debug, Default)]
pub(super) struct Edges {
    chunks: Vec<Chunk>,
    /// The edges of the state that is being looked at, and how many states were known before them.
    row: Vec<u8>,
    count: u64,
    known_before: u32,
    known: u32,
    rows: usize,
}

#[derive(Debug, Default)]
struct Chunk {
    bytes: Piece,
    marks: Vec<Mark>,
}

/// Where the edges of a state begin, and how many states were known then.
#[derive(Clone, Copy, Debug)]
struct Mark {
    at: u32,
    known: u32,
}

impl Edges {
    /// Of a graph of which the first state is known.
    pub(super) fn new() -> Self {
        Edges { known: 1, known_before: 1, ..Edges::default() }
    }

    /// Adds an edge from the state that is being looked at.  A state that is new has the next number.
    pub(super) fn push(&mut self, to: u32) {
        put_varint(&mut self.row, u64::from(self.known - to));
        self.known = self.known.max(to + 1);
        self.count += 1;
    }

    /// The state that is being looked at has no more edges.  The next one is looked at from now on.
    pub(super) fn close(&mut self) {
        let place = self.rows % CHUNK;
        if place == 0 {
            self.chunks.push(Chunk::default());
        }
        if let Some(chunk) = self.chunks.last_mut() {
            if place.is_multiple_of(MARK) {
                chunk.marks.push(Mark { at: chunk.bytes.len() as u32, known: self.known_before });
            }
            put_varint(chunk.bytes.growing(), self.count);
            chunk.bytes.growing().append(&mut self.row);
            if place == CHUNK - 1 {
                chunk.bytes.growing().shrink_to_fit();
                chunk.marks.shrink_to_fit();
            }
        }
        (self.known_before, self.count) = (self.known, 0);
        self.rows += 1;
    }

    /// The memory that they take, in bytes.
    pub(super) fn memory(&self) -> usize {
        self.chunks.iter().map(|chunk| chunk.bytes.memory() + size_of::<Mark>() * chunk.marks.capacity()).sum()
    }

    /// Moves them to a file, but for those of the last states.
    ///
    /// # Errors
    /// If the file cannot take all of them: the others stay in memory.
    pub(super) fn spill(&mut self, spill: &mut Spill) -> io::Result<()> {
        let Some((_, full)) = self.chunks.split_last_mut() else { return Ok(()) };
        full.iter_mut().try_for_each(|chunk| spill.take(&mut chunk.bytes))
    }

    /// How many states have been looked at.
    pub(super) fn states(&self) -> usize {
        self.rows
    }

    /// Where the edges of a state lead.
    pub(super) fn of(&self, state: u32) -> Row<'_> {
        let chunk = &self.chunks[state as usize / CHUNK];
        let place = state as usize % CHUNK;
        let Mark { at, known } = chunk.marks[place / MARK];
        let mut row = Row::begin(&chunk.bytes[at as usize..], known);
        for _ in 0..place % MARK {
            row.pass();
            row = Row::begin(row.bytes, row.known);
        }
        row
    }
}

/// The edges of a state, one after the other.
#[derive(Clone, Debug)]
pub(super) struct Row<'a> {
    bytes: &'a [u8],
    left: u64,
    known: u32,
}

impl<'a> Row<'a> {
    fn begin(mut bytes: &'a [u8], known: u32) -> Self {
        let left = take_varint(&mut bytes);
        Row { bytes, left, known }
    }

    fn pass(&mut self) {
        while self.next().is_some() {}
    }
}

impl Iterator for Row<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        self.left = self.left.checked_sub(1)?;
        let behind = take_varint(&mut self.bytes) as u32;
        let to = self.known - behind;
        self.known += u32::from(behind == 0);
        Some(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn edges_are_read_as_they_were_written() {
        let mut random = Random::stream(1, "edges", 0);
        let (mut edges, mut rows, mut known) = (Edges::new(), Vec::new(), 1);
        while rows.len() < known as usize && rows.len() < 3 * CHUNK / 2 {
            let mut row = Vec::new();
            for place in 0..random.range(1..5) {
                let to = if place == 0 || random.chance(0.1) { known } else { random.range(0..known) };
                known = known.max(to + 1);
                edges.push(to);
                row.push(to);
            }
            edges.close();
            rows.push(row);
        }
        assert!(rows.len() > CHUNK, "more than one chunk: {}", rows.len());
        assert_eq!(edges.states(), rows.len());
        for (state, row) in rows.iter().enumerate() {
            assert!(edges.of(state as u32).eq(row.iter().copied()), "{state}");
        }
    }
}
