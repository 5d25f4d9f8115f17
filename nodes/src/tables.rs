//! Large tables: on huge pages, their entries fetched before they are needed.

#![allow(unsafe_code, reason = "no vector of the standard library begins where huge pages do; each block says why it is sound")]

use core::alloc::Layout;
use core::fmt::{self, Debug};
use core::ops::{Deref, DerefMut};
use core::ptr::{self, NonNull};
use std::alloc::handle_alloc_error;

use crate::os;

/// From this size on, in bytes, a table lies on huge pages.
const LARGE: usize = 1 << 20;

/// A vector that lies on huge pages if it is large.
///
/// A simulation reads its tables in no order: on small pages the processor spends as much time on finding out where an entry lies as on
/// reading it.  A vector of the standard library begins anywhere, between others; which parts of it can lie on huge pages, often none, is
/// an accident of each run.
pub(crate) struct Table<T> {
    start: NonNull<T>,
    length: usize,
    /// For how many entries there is room.
    room: usize,
}

// SAFETY: it owns its entries, as a vector does.
unsafe impl<T: Send> Send for Table<T> {}
// SAFETY: as above.
unsafe impl<T: Sync> Sync for Table<T> {}

impl<T> Table<T> {
    /// An empty table.
    pub(crate) fn new() -> Self {
        Table::with_capacity(0)
    }

    /// An empty table with room for so many entries.
    #[inline]
    pub(crate) fn with_capacity(entries: usize) -> Self {
        Table { start: taken(Layout::new::<T>(), entries).cast(), length: 0, room: entries }
    }

    /// Adds an entry behind the others.
    // Not marked to be inlined, as the others below: they would be made several times for each protocol.
    pub(crate) fn push(&mut self, entry: T) {
        if self.length == self.room {
            let room = (2 * self.room).max(4);
            // SAFETY: it is the table's own, was taken for so many, and is replaced.
            self.start = unsafe { moved(self.start.cast(), Layout::new::<T>(), self.room, room) }.cast();
            self.room = room;
        }
        // SAFETY: there is room for `room` entries, more than `length`; the first `length` are in use, and this is none of them.
        unsafe { self.start.add(self.length).write(entry) };
        self.length += 1;
    }
}

impl<T> Deref for Table<T> {
    type Target = [T];

    #[inline(always)]
    fn deref(&self) -> &[T] {
        // SAFETY: the first `length` entries are valid, and borrowed as long as the table is.
        unsafe { core::slice::from_raw_parts(self.start.as_ptr(), self.length) }
    }
}

impl<T> DerefMut for Table<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: as above; nobody else borrows them.
        unsafe { core::slice::from_raw_parts_mut(self.start.as_ptr(), self.length) }
    }
}

impl<T> Drop for Table<T> {
    fn drop(&mut self) {
        let entries: *mut [T] = &mut **self;
        // SAFETY: the entries are valid, and nobody sees them any more.
        unsafe { ptr::drop_in_place(entries) };
        // SAFETY: it is the table's own, and was taken for so many.
        unsafe { give_back(self.start.cast(), Layout::new::<T>(), self.room) };
    }
}

impl<T: Clone> Clone for Table<T> {
    fn clone(&self) -> Self {
        let mut copy = Table::with_capacity(self.length);
        for entry in self.iter() {
            copy.push(entry.clone());
        }
        copy
    }
}

impl<T: Debug> Debug for Table<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// A table of equal entries.
pub(crate) fn filled<T: Copy>(length: usize, entry: T) -> Table<T> {
    let mut table = Table::with_capacity(length);
    for place in 0..length {
        // SAFETY: there is room for `length` entries.
        unsafe { table.start.add(place).write(entry) };
    }
    table.length = length;
    table
}

// None of these is generic, so that they are generated once.

/// That of so many entries.
fn layout_of(entry: Layout, entries: usize) -> Layout {
    let size = entry.size().checked_mul(entries);
    let layout = size.and_then(|size| Layout::from_size_align(size, entry.align()).ok());
    layout.expect("a table is smaller than the memory")
}

/// Memory for so many entries.
#[inline(never)]
fn taken(entry: Layout, entries: usize) -> NonNull<u8> {
    let layout = layout_of(entry, entries);
    let start = match layout.size() {
        0 => NonNull::new(ptr::without_provenance_mut(layout.align())),
        LARGE.. => os::huge_pages(layout.size()),
        // SAFETY: the size is not 0.
        _ => NonNull::new(unsafe { std::alloc::alloc(layout) }),
    };
    start.unwrap_or_else(|| handle_alloc_error(layout))
}

/// Gives back memory that was [`taken`] for so many entries.
///
/// # Safety
/// It was not given back before, and nothing refers to it any more.
#[inline(never)]
unsafe fn give_back(start: NonNull<u8>, entry: Layout, entries: usize) {
    let layout = layout_of(entry, entries);
    match layout.size() {
        0 => {}
        // SAFETY: as above; `taken` had it from there.
        LARGE.. => unsafe { os::give_back(start, layout.size()) },
        // SAFETY: as above; `taken` had it from there, for that layout.
        _ => unsafe { std::alloc::dealloc(start.as_ptr(), layout) },
    }
}

/// Moves what lies in memory that was [`taken`] for so many entries to memory for more, and gives back the first.
///
/// # Safety
/// As for [`give_back`].
#[cold]
#[inline(never)]
unsafe fn moved(start: NonNull<u8>, entry: Layout, entries: usize, more: usize) -> NonNull<u8> {
    let (from, to) = (layout_of(entry, entries), layout_of(entry, more));
    if let 1..LARGE = from.size()
        && to.size() < LARGE
    {
        // Most often there is room behind it.
        // SAFETY: as above; the alignments are the same.
        let start = unsafe { std::alloc::realloc(start.as_ptr(), from, to.size()) };
        return NonNull::new(start).unwrap_or_else(|| handle_alloc_error(to));
    }
    let goal = taken(entry, more);
    // SAFETY: both have at least so many bytes, and the second is new.
    unsafe { ptr::copy_nonoverlapping(start.as_ptr(), goal.as_ptr(), from.size()) };
    // SAFETY: as above.
    unsafe { give_back(start, entry, entries) };
    goal
}

/// Asks the processor to fetch what will be read soon, and goes on.  A load that finds nothing in the caches holds up all that
/// follows; this does not.
///
/// It is a wish: where it is not granted, nothing changes but the speed.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(crate) fn prefetch<T>(wanted: &T) {
    use core::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};

    let first = core::ptr::from_ref(wanted).cast::<i8>();
    // SAFETY: the instruction changes nothing but the caches, and never faults.
    unsafe {
        _mm_prefetch::<_MM_HINT_T0>(first);
        // It may lie in two lines of the cache.
        if size_of::<T>() > align_of::<T>() {
            _mm_prefetch::<_MM_HINT_T0>(first.wrapping_add(size_of::<T>() - 1));
        }
    }
}

/// As on other processors, which are not asked.
#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
pub(crate) fn prefetch<T>(_wanted: &T) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_like_a_vector_be_it_large_or_small() {
        for length in [0, 1, 4, 5, 1000, LARGE / 8 - 1, LARGE / 8, LARGE / 8 + 1, 300_000] {
            let mut table = Table::new();
            let mut vector = Vec::new();
            for number in 0..length {
                table.push(number);
                vector.push(number);
            }
            assert_eq!(*table, *vector, "{length} entries");
            let mut copy = table.clone();
            copy.reverse();
            vector.reverse();
            assert_eq!(*copy, *vector, "{length} entries");
            assert_eq!(*filled(length, 7u8), *vec![7u8; length], "{length} entries");
        }
    }

    #[test]
    fn entries_are_dropped_once() {
        for length in [3, LARGE] {
            let entry = std::rc::Rc::new(());
            let mut table = Table::new();
            (0..length).for_each(|_| table.push(std::rc::Rc::clone(&entry)));
            assert_eq!(std::rc::Rc::strong_count(&entry), length + 1);
            let copy = table.clone();
            drop(table);
            assert_eq!(std::rc::Rc::strong_count(&entry), length + 1);
            drop(copy);
            assert_eq!(std::rc::Rc::strong_count(&entry), 1);
        }
    }
}
