//! Reading and writing the few shapes that datagrams are made of: bytes, 32-bit words and LEB128 numbers.
//!
//! Reading never panics and never allocates: what does not fit is `None`.

/// The longest LEB128 encoding of a `u64`.
pub(super) const VARINT_MAX: usize = 10;

/// How many bytes LEB128 takes for that number.
pub(super) const fn varint_len(value: u64) -> usize {
    let bits = 64 - (value | 1).leading_zeros() as usize;
    bits.div_ceil(7)
}

/// A place in bytes that came from outside.
#[derive(Clone, Debug)]
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Reader { bytes, at: 0 }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.at == self.bytes.len()
    }

    /// How many bytes have been read.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    #[inline]
    pub(super) fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let taken = self.bytes.get(self.at..)?.get(..count)?;
        self.at += count;
        Some(taken)
    }

    /// Steps over so many bytes.
    #[inline]
    pub(super) fn skip(&mut self, count: usize) -> Option<()> {
        if count > self.bytes.len() - self.at {
            return None;
        }
        self.at += count;
        Some(())
    }

    pub(super) fn word(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_le_bytes)
    }

    /// A LEB128 number; `None` if it ends early, does not fit into 64 bits, or is longer than it need be.
    #[inline]
    pub(super) fn varint(&mut self) -> Option<u64> {
        let first = self.byte()?;
        if first < 0x80 {
            return Some(u64::from(first));
        }
        self.long_varint(first)
    }

    fn long_varint(&mut self, first: u8) -> Option<u64> {
        let mut value = u64::from(first & 0x7f);
        for shift in (7..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                return None;
            }
            value |= bits << shift;
            if byte < 0x80 {
                return (byte != 0).then_some(value);
            }
        }
        None
    }
}

/// A place in a buffer of ours.  Callers see to it that there is room.
#[derive(Debug)]
pub(super) struct Writer<'a> {
    bytes: &'a mut [u8],
    at: usize,
}

impl<'a> Writer<'a> {
    pub(super) fn new(bytes: &'a mut [u8]) -> Self {
        Writer { bytes, at: 0 }
    }

    /// How many bytes have been written.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// How many more fit.
    pub(super) fn room(&self) -> usize {
        self.bytes.len() - self.at
    }

    #[inline]
    pub(super) fn byte(&mut self, byte: u8) {
        self.bytes[self.at] = byte;
        self.at += 1;
    }

    pub(super) fn word(&mut self, word: u32) {
        self.space(4).copy_from_slice(&word.to_le_bytes());
    }

    #[inline]
    pub(super) fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.byte(value as u8 | 0x80);
            value >>= 7;
        }
        self.byte(value as u8);
    }

    /// So many bytes, to be filled in.
    pub(super) fn space(&mut self, count: usize) -> &mut [u8] {
        let space = &mut self.bytes[self.at..self.at + count];
        self.at += count;
        space
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_come_back(shift in 0u32..64, bits: u64) {
            let value = bits >> shift;
            let mut bytes = [0; VARINT_MAX];
            let mut writer = Writer::new(&mut bytes);
            writer.varint(value);
            let len = writer.position();
            prop_assert_eq!(len, varint_len(value));
            let mut reader = Reader::new(&bytes[..len]);
            prop_assert_eq!(reader.varint(), Some(value));
            prop_assert!(reader.is_empty());
            prop_assert_eq!(Reader::new(&bytes[..len - 1]).varint(), None, "cut short");
        }

        /// One number has one encoding, so a decoder accepts nothing that an encoder would not write.
        #[test]
        fn nothing_else_is_a_number(bytes in proptest::collection::vec(any::<u8>(), 0..12)) {
            let mut reader = Reader::new(&bytes);
            if let Some(value) = reader.varint() {
                let mut again = [0; VARINT_MAX];
                let mut writer = Writer::new(&mut again);
                writer.varint(value);
                let len = writer.position();
                prop_assert_eq!(&again[..len], &bytes[..reader.position()]);
            }
        }
    }

    #[test]
    fn leb128_as_dwarf_writes_it() {
        // DWARF 4, figure 22: examples of unsigned LEB128 encodings.
        let published: [(u64, &[u8]); 6] =
            [(2, &[2]), (127, &[127]), (128, &[0x80, 1]), (129, &[0x81, 1]), (130, &[0x82, 1]), (12857, &[0x80 + 57, 100])];
        for (value, bytes) in published {
            assert_eq!(Reader::new(bytes).varint(), Some(value));
        }
        let largest = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1];
        assert_eq!(Reader::new(&largest).varint(), Some(u64::MAX));
        let larger = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2];
        assert_eq!(Reader::new(&larger).varint(), None);
    }
}
