//! What is seldom read moves from memory to a file, piece by piece.

use core::ops::Deref;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use crate::os::{self, Mapping};

/// Pieces begin where a page may begin, on all systems.
const PAGE: usize = 1 << 16;

/// A file without a name: it is gone when the process is, however that ends.
#[derive(Debug)]
pub(super) struct Spill {
    file: File,
    length: u64,
}

/// Bytes that do not change any more unless they are in memory.
#[derive(Debug)]
pub(super) enum Piece {
    /// In memory.
    Memory(Vec<u8>),
    /// In a file.
    File(Mapping),
}

impl Spill {
    /// A new file in that folder.
    ///
    /// # Errors
    /// If no file can be written there.
    pub(super) fn new(folder: &Path) -> io::Result<Self> {
        let mut random = [0; 8];
        os::random(&mut random)?;
        let path = folder.join(format!("nodes-check-{:016x}", u64::from_le_bytes(random)));
        let file = OpenOptions::new().read(true).write(true).create_new(true).open(&path)?;
        fs::remove_file(&path)?;
        Ok(Spill { file, length: 0 })
    }

    /// How many bytes it has.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Moves a piece there, and the memory that it took is free.
    ///
    /// # Errors
    /// If the file cannot grow; the piece stays in memory then.
    pub(super) fn take(&mut self, piece: &mut Piece) -> io::Result<()> {
        let Piece::Memory(bytes) = piece else { return Ok(()) };
        if bytes.is_empty() {
            return Ok(());
        }
        self.file.write_all_at(bytes, self.length)?;
        let mapping = Mapping::of(&self.file, self.length, bytes.len())?;
        self.length += bytes.len().next_multiple_of(PAGE) as u64;
        *piece = Piece::File(mapping);
        Ok(())
    }
}

impl Piece {
    /// The memory that it takes, in bytes.
    pub(super) fn memory(&self) -> usize {
        match self {
            Piece::Memory(bytes) => bytes.capacity(),
            Piece::File(_) => 0,
        }
    }

    /// Where more bytes are appended.
    ///
    /// # Panics
    /// If it has moved to a file.
    pub(super) fn growing(&mut self) -> &mut Vec<u8> {
        match self {
            Piece::Memory(bytes) => bytes,
            Piece::File(_) => unreachable!("a piece that may grow stays in memory"),
        }
    }
}

impl Default for Piece {
    fn default() -> Self {
        Piece::Memory(Vec::new())
    }
}

impl Deref for Piece {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        match self {
            Piece::Memory(bytes) => bytes,
            Piece::File(mapping) => mapping,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_in_a_file_are_those_that_were_in_memory() {
        let folder = std::env::temp_dir().join(format!("nodes-spill-test-{}", std::process::id()));
        fs::create_dir(&folder).unwrap();
        let mut spill = Spill::new(&folder).unwrap();
        fs::remove_dir(&folder).expect("it is empty: the file has no name");
        let contents = |number: usize| (0..number * 30_000).map(|place| (place * number % 253) as u8).collect::<Vec<_>>();
        let mut pieces = (0..5).map(|number| Piece::Memory(contents(number))).collect::<Vec<_>>();
        for piece in &mut pieces {
            spill.take(piece).unwrap();
            spill.take(piece).unwrap();
        }
        assert_eq!(pieces.iter().map(Piece::memory).sum::<usize>(), 0);
        // 0, 30, 60, 90 and 120 kB.
        assert_eq!(spill.length(), 6 * PAGE as u64);
        for (number, piece) in pieces.iter().enumerate() {
            assert!(**piece == contents(number), "{number}");
        }
        Spill::new(Path::new("/there/is/no/such/folder")).unwrap_err();
    }
}
