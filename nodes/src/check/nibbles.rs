//! Small numbers in few bits: four hold three of a number, and whether more follow.

/// Writes numbers.
#[derive(Default)]
pub(super) struct Writer {
    /// What is not yet in bytes, the first bits lowest, and how many bits that are.
    bits: u64,
    count: u32,
}

/// Reads what a [`Writer`] wrote.
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    /// Whether the lower half of the first byte has been read.
    is_half: bool,
}

/// More follow: what no number ends with, so it stands at the end where half a byte is left.
const MORE: u64 = 8;

impl Writer {
    #[inline]
    pub(super) fn put(&mut self, mut number: u64, bytes: &mut Vec<u8>) {
        while number >= MORE {
            self.put_four(number & 7 | MORE, bytes);
            number >>= 3;
        }
        self.put_four(number, bytes);
    }

    #[inline]
    fn put_four(&mut self, four: u64, bytes: &mut Vec<u8>) {
        self.bits |= four << self.count;
        self.count += 4;
        if self.count == u64::BITS {
            bytes.extend_from_slice(&self.bits.to_le_bytes());
            *self = Writer::default();
        }
    }

    /// The rest.
    #[inline]
    pub(super) fn end(mut self, bytes: &mut Vec<u8>) {
        if !self.count.is_multiple_of(8) {
            self.put_four(MORE, bytes);
        }
        bytes.extend_from_slice(&self.bits.to_le_bytes()[..self.count as usize / 8]);
    }
}

impl<'a> Reader<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        Reader { bytes, is_half: false }
    }

    /// Whether all has been read.
    #[inline]
    pub(super) fn is_over(&self) -> bool {
        match self.bytes {
            [] => true,
            [last] => self.is_half && u64::from(last >> 4) == MORE,
            _ => false,
        }
    }

    #[inline]
    pub(super) fn take(&mut self) -> u64 {
        let (mut number, mut shift) = (0, 0);
        loop {
            let byte = u64::from(self.bytes[0]);
            let four = if self.is_half { byte >> 4 } else { byte & 15 };
            if self.is_half {
                self.bytes = &self.bytes[1..];
            }
            self.is_half = !self.is_half;
            number |= (four & 7) << shift;
            if four < MORE {
                return number;
            }
            shift += 3;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn numbers_are_read_as_they_were_written() {
        let mut random = Random::stream(1, "nibbles", 0);
        for _ in 0..5_000 {
            let bits = random.range(1..=64);
            let numbers = (0..random.below(40)).map(|_| random.below(u64::MAX) >> (64 - bits)).collect::<Vec<_>>();
            let (mut writer, mut bytes) = (Writer::default(), Vec::new());
            numbers.iter().for_each(|number| writer.put(*number, &mut bytes));
            writer.end(&mut bytes);
            let threes = numbers.iter().map(|number| (64 - number.leading_zeros()).div_ceil(3).max(1) as usize);
            assert_eq!(bytes.len(), threes.sum::<usize>().div_ceil(2));
            let mut reader = Reader::of(&bytes);
            for number in &numbers {
                assert!(!reader.is_over());
                assert_eq!(reader.take(), *number);
            }
            assert!(reader.is_over());
        }
    }
}
