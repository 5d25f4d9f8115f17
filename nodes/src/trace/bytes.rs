//! Varints (unsigned LEB128), and reading bytes that nobody vouches for.

/// Appends a varint.
#[inline]
pub(super) fn push(into: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        into.push(value as u8 | 0x80);
        value >>= 7;
    }
    into.push(value as u8);
}

/// Bytes that are read from the front.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bytes<'a>(pub(super) &'a [u8]);

impl<'a> Bytes<'a> {
    /// The next byte; `None` if there is none.
    #[inline]
    pub(super) fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// The next varint; `None` if it is not all there, or longer than 64 bits.
    #[inline]
    pub(super) fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                return None;
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    /// The next so many bytes.
    pub(super) fn take(&mut self, count: u64) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(usize::try_from(count).ok()?)?;
        self.0 = rest;
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn numbers_come_back(value: u64) {
            let mut bytes = Vec::new();
            push(&mut bytes, value);
            let mut reader = Bytes(&bytes);
            prop_assert_eq!(reader.varint(), Some(value));
            prop_assert!(reader.0.is_empty());
        }

        #[test]
        fn anything_may_be_read(bytes in proptest::collection::vec(any::<u8>(), 0..30)) {
            let mut reader = Bytes(&bytes);
            while reader.varint().is_some() {}
        }
    }
}
