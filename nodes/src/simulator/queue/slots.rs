//! Lanes that share one table of slots, in chunks: nothing is allocated while as much arrives as leaves, nothing is copied when
//! a lane grows, memory follows what is waiting, and a lane itself is two numbers.

use crate::tables::{Table, prefetch};

/// So many slots of a lane lie side by side.
const CHUNK: u32 = 64;

/// No chunk.
const NONE: u32 = u32::MAX;

/// First in, first out: where the oldest item lies, and where the next goes.  A lane that holds nothing has no chunk, and both
/// are equal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Lane {
    head: u32,
    tail: u32,
}

impl Lane {
    #[inline]
    pub(super) fn is_empty(self) -> bool {
        self.head == self.tail
    }
}

/// What all lanes hold.
#[derive(Debug)]
pub(super) struct Slots<T> {
    slots: Table<Option<T>>,
    /// By chunk: the next in its lane, or the next that is free.
    next: Vec<u32>,
    /// The chunk that was emptied last: the processor still has it at hand.
    free: u32,
}

impl<T> Slots<T> {
    pub(super) fn new() -> Self {
        Slots::with_capacity(0)
    }

    /// With room for so many items.
    pub(super) fn with_capacity(items: usize) -> Self {
        Slots { slots: Table::with_capacity(items), next: Vec::new(), free: NONE }
    }

    pub(super) fn push(&mut self, lane: &mut Lane, item: T) {
        self.push_made(lane, || item);
    }

    /// Adds an item, which is made where it goes.
    #[inline(always)]
    pub(super) fn push_made(&mut self, lane: &mut Lane, make: impl FnOnce() -> T) {
        if lane.is_empty() {
            self.begin(lane);
        }
        let slot = &mut self.slots[lane.tail as usize];
        *slot = Some(make());
        // Places are below `NONE`: `add` sees to it.
        lane.tail = lane.tail.wrapping_add(1);
        if lane.tail.is_multiple_of(CHUNK) {
            self.extend(lane);
        }
    }

    /// Gives a lane that has none a chunk.
    #[inline(never)]
    fn begin(&mut self, lane: &mut Lane) {
        lane.head = self.chunk() * CHUNK;
        lane.tail = lane.head;
    }

    /// Gives a lane whose last chunk is full another one.
    #[inline(never)]
    fn extend(&mut self, lane: &mut Lane) {
        let (full, chunk) = (lane.tail / CHUNK - 1, self.chunk());
        self.next[full as usize] = chunk;
        lane.tail = chunk * CHUNK;
    }

    fn chunk(&mut self) -> u32 {
        if self.free == NONE {
            return self.add();
        }
        let chunk = self.free;
        self.free = self.next[chunk as usize];
        chunk
    }

    #[cold]
    fn add(&mut self) -> u32 {
        let chunk = self.next.len() as u32;
        assert!(chunk < NONE / CHUNK, "fewer than {NONE} messages are under way");
        self.next.push(NONE);
        for _ in 0..CHUNK {
            self.slots.push(None);
        }
        chunk
    }

    /// Takes the oldest.
    #[inline(always)]
    pub(super) fn pop(&mut self, lane: &mut Lane) -> Option<T> {
        if lane.is_empty() {
            return None;
        }
        let item = self.slots[lane.head as usize].take();
        // Places are below `NONE`: `add` sees to it.
        lane.head = lane.head.wrapping_add(1);
        if lane.head.is_multiple_of(CHUNK) {
            let left = lane.head / CHUNK - 1;
            lane.head = self.next[left as usize] * CHUNK;
            self.give_back(left);
        }
        if lane.is_empty() {
            self.give_back(lane.head / CHUNK);
            *lane = Lane::default();
        }
        item
    }

    fn give_back(&mut self, chunk: u32) {
        self.next[chunk as usize] = self.free;
        self.free = chunk;
    }

    /// What will be taken after so many others, fewer than a chunk.
    #[inline]
    pub(super) fn ahead(&self, lane: Lane, others: usize) -> Option<&T> {
        debug_assert!(others < CHUNK as usize, "it lies in this chunk, or in the next");
        let mut place = lane.head + others as u32;
        if place / CHUNK != lane.head / CHUNK {
            if lane.head / CHUNK == lane.tail / CHUNK {
                return None;
            }
            place = self.next[(lane.head / CHUNK) as usize] * CHUNK + place % CHUNK;
        }
        if place / CHUNK == lane.tail / CHUNK && place >= lane.tail { None } else { self.slots[place as usize].as_ref() }
    }

    /// Has the slot fetched that the next item of a lane goes to.
    #[inline]
    pub(super) fn prefetch(&self, lane: Lane) {
        if let Some(slot) = self.slots.get(lane.tail as usize) {
            prefetch(slot);
        }
    }

    /// Oldest first.
    pub(super) fn items(&self, lane: Lane) -> impl Iterator<Item = &T> {
        let mut place = lane.head;
        core::iter::from_fn(move || {
            if place == lane.tail {
                return None;
            }
            let item = self.slots[place as usize].as_ref();
            place += 1;
            if place.is_multiple_of(CHUNK) {
                place = self.next[(place / CHUNK - 1) as usize] * CHUNK;
            }
            item
        })
    }

    /// Takes the first item that is wanted.
    pub(super) fn take(&mut self, lane: &mut Lane, wanted: impl Fn(&T) -> bool) -> Option<T> {
        let place = self.items(*lane).position(wanted)?;
        let mut items: Vec<T> = core::iter::from_fn(|| self.pop(lane)).collect();
        let taken = items.remove(place);
        items.into_iter().for_each(|item| self.push(lane, item));
        Some(taken)
    }
}
