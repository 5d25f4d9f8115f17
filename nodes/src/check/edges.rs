//! Which states follow from which, written down while the states are looked at: one or two bytes an edge, mostly.

use std::io;

use super::spill::{Piece, Spill};
use crate::protocol::fingerprint::put_varint;

/// The number of states whose edges lie in one piece of memory, so that none is ever moved when more come.
const CHUNK: usize = 1 << 16;

/// Of every so manieth state it is noted where its edges begin.
const MARK: usize = 4;

/// The edges of a graph whose states are numbered in the order of their discovery, in the order in which they were followed.
///
/// An edge is written as how far its target lies behind the newest state; 0 is a state that is new by that edge.  If states are forgotten,
/// it is written with what passes over all states ask of it, so that no state has to be made again for them.
#[derive(Debug, Default)]
pub(super) struct Edges {
    /// Whether edges have labels.
    labelled: bool,
    chunks: Vec<Chunk>,
    /// The edges of the state that is being looked at, and how many states were known before them.
    row: Vec<u8>,
    count: u64,
    known_before: u32,
    known: u32,
    rows: usize,
    /// Whether each leads to a state of a larger number: then none leads back.
    lead_forward: bool,
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
    /// Of a graph of which the first state is known; edges have labels or not.
    pub(super) fn new(labelled: bool) -> Self {
        Edges { labelled, known: 1, known_before: 1, lead_forward: true, ..Edges::default() }
    }

    /// Whether they have labels.
    pub(super) fn are_labelled(&self) -> bool {
        self.labelled
    }

    /// Adds an edge from the state that is being looked at.  A state that is new has the next number.
    pub(super) fn push(&mut self, to: u32, label: Label) {
        put_varint(&mut self.row, u64::from(self.known - to));
        if self.labelled {
            let Label { messages, events } = label;
            put_varint(&mut self.row, u64::from(messages) << 1 | u64::from(events));
        }
        self.known = self.known.max(to + 1);
        self.lead_forward &= to as usize > self.rows;
        self.count += 1;
    }

    /// The state that is being looked at has no more edges; a run may end in it or not.  The next one is looked at from now on.
    pub(super) fn close(&mut self, is_end: bool) {
        let place = self.rows % CHUNK;
        if place == 0 {
            self.chunks.push(Chunk::default());
        }
        if let Some(chunk) = self.chunks.last_mut() {
            if place.is_multiple_of(MARK) {
                chunk.marks.push(Mark { at: chunk.bytes.len() as u32, known: self.known_before });
            }
            put_varint(chunk.bytes.growing(), self.count << 1 | u64::from(is_end));
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

    /// Whether each edge leads to a state of a larger number than that from which it leads.
    pub(super) fn lead_forward(&self) -> bool {
        self.lead_forward
    }

    /// The state whose edges were the first to lead to a state, which is not the first of all.
    pub(super) fn first_to(&self, state: u32) -> u32 {
        let chunk = self.chunks.partition_point(|chunk| chunk.marks[0].known <= state).saturating_sub(1);
        let Some(Chunk { bytes, marks }) = self.chunks.get(chunk) else { return 0 };
        let mark = marks.partition_point(|mark| mark.known <= state).saturating_sub(1);
        let (mut from, end) = (chunk * CHUNK + mark * MARK, self.rows.min((chunk + 1) * CHUNK));
        let (mut bytes, mut known) = (&bytes[marks[mark].at as usize..], marks[mark].known);
        while from < end {
            let mut row = Row::begin(bytes, known, self.labelled);
            row.pass();
            (bytes, known) = (row.bytes, row.known);
            if state < known {
                break;
            }
            from += 1;
        }
        from as u32
    }

    /// Where the edges of a state lead.
    pub(super) fn of(&self, state: u32) -> Row<'_> {
        let chunk = &self.chunks[state as usize / CHUNK];
        let place = state as usize % CHUNK;
        let Mark { at, known } = chunk.marks[place / MARK];
        let mut row = Row::begin(&chunk.bytes[at as usize..], known, self.labelled);
        for _ in 0..place % MARK {
            row.pass();
            row = Row::begin(row.bytes, row.known, self.labelled);
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
    labelled: bool,
    /// Whether a run may end in the state.
    pub(super) is_end: bool,
    /// What it costs to follow the edge that was read last, if edges have labels.
    pub(super) label: Label,
}

/// What it costs to follow an edge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Label {
    /// How many messages are sent to others.
    pub(super) messages: u32,
    /// Whether it counts as an event.
    pub(super) events: bool,
}

impl<'a> Row<'a> {
    fn begin(mut bytes: &'a [u8], known: u32, labelled: bool) -> Self {
        let head = take_varint(&mut bytes);
        Row { bytes, left: head >> 1, known, labelled, is_end: head & 1 == 1, label: Label::default() }
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
        if self.labelled {
            let label = take_varint(&mut self.bytes);
            self.label = Label { messages: (label >> 1) as u32, events: label & 1 == 1 };
        }
        let to = self.known - behind;
        self.known += u32::from(behind == 0);
        Some(to)
    }
}

#[inline]
fn take_varint(bytes: &mut &[u8]) -> u64 {
    let (mut number, mut shift) = (0, 0);
    loop {
        let byte = bytes[0];
        *bytes = &bytes[1..];
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return number;
        }
        shift += 7;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn edges_are_read_as_they_were_written() {
        for labelled in [false, true] {
            let mut random = Random::stream(1, "edges", 0);
            let (mut edges, mut rows, mut known) = (Edges::new(labelled), Vec::new(), 1);
            let (mut first, mut forward) = (vec![0], true);
            while rows.len() < known as usize && rows.len() < 3 * CHUNK / 2 {
                let mut row = Vec::new();
                for place in 0..random.range(1..5) {
                    let to = if place == 0 || random.chance(0.1) { known } else { random.range(0..known) };
                    if to == known {
                        known += 1;
                        first.push(rows.len() as u32);
                    }
                    forward &= to as usize > rows.len();
                    let label = Label { messages: random.range(0..200), events: random.chance(0.5) };
                    edges.push(to, label);
                    row.push((to, if labelled { label } else { Label::default() }));
                    assert_eq!((edges.first_to(known - 1), edges.lead_forward()), (first[known as usize - 1], forward));
                }
                let is_end = random.chance(0.3);
                edges.close(is_end);
                rows.push((row, is_end));
            }
            assert!(rows.len() > CHUNK, "more than one chunk: {}", rows.len());
            assert_eq!(edges.states(), rows.len());
            for (state, (row, is_end)) in rows.iter().enumerate() {
                let mut read = edges.of(state as u32);
                assert_eq!(read.is_end, *is_end, "{state}");
                let found = core::iter::from_fn(|| read.next().map(|to| (to, read.label))).collect::<Vec<_>>();
                assert_eq!(&found, row, "{state}");
            }
            assert!(!forward);
            for (state, from) in first.iter().enumerate().skip(1) {
                assert_eq!(edges.first_to(state as u32), *from, "{state}");
            }
        }
    }
}
