//! Randomness that is a function of the seed: xoshiro256++ (Blackman & Vigna 2019), a stream for each node and purpose.

use core::ops::{Bound, RangeBounds};

use serde::{Deserialize, Serialize};

/// A stream of random numbers.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Random([u64; 4]);

// What is derived is marked to be inlined, so that it is made for each protocol.
impl Clone for Random {
    fn clone(&self) -> Self {
        Random(self.0)
    }
}

impl Random {
    /// The stream of that number for that purpose, of a run's seed.
    pub fn stream(seed: u64, purpose: &str, number: u64) -> Self {
        let mut mixed = splitmix(seed);
        for byte in purpose.bytes() {
            mixed = splitmix(mixed ^ u64::from(byte));
        }
        Random::of_seed(splitmix(mixed ^ number))
    }

    /// As the authors of the generator advise.
    fn of_seed(mut seed: u64) -> Self {
        Random([(); 4].map(|()| {
            let bits = splitmix(seed);
            seed = seed.wrapping_add(GOLDEN);
            bits
        }))
    }

    /// A stream of a node's own.
    // Not inlined, as [`copy_of`]: it would be made again for each protocol.
    #[inline(never)]
    pub(crate) fn of_node(seed: u64, number: u64) -> Box<Self> {
        Box::new(Random::stream(seed, "node", number))
    }

    /// 64 random bits.
    #[inline]
    pub fn bits(&mut self) -> u64 {
        let state = &mut self.0;
        let bits = state[0].wrapping_add(state[3]).rotate_left(23).wrapping_add(state[0]);
        let shifted = state[1] << 17;
        state[2] ^= state[0];
        state[3] ^= state[1];
        state[1] ^= state[2];
        state[0] ^= state[3];
        state[2] ^= shifted;
        state[3] = state[3].rotate_left(45);
        bits
    }

    /// A number in `0.0..1.0`, of 53 random bits.
    #[inline]
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
    }

    /// True with that probability.
    #[inline]
    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// A number below `bound`, each with the same probability (Lemire 2019).
    ///
    /// # Panics
    /// If `bound` is 0.
    #[inline]
    pub fn below(&mut self, bound: u64) -> u64 {
        assert!(bound > 0, "there is no number below 0");
        let mut product = u128::from(self.bits()) * u128::from(bound);
        if (product as u64) < bound {
            let threshold = bound.wrapping_neg() % bound;
            while (product as u64) < threshold {
                product = u128::from(self.bits()) * u128::from(bound);
            }
        }
        (product >> 64) as u64
    }

    /// A standard normal variable (Box & Muller 1958).
    pub(crate) fn normal(&mut self) -> f64 {
        let (radius, angle) = (1.0 - self.unit(), self.unit());
        libm::sqrt(-2.0 * libm::log(radius)) * libm::cos(core::f64::consts::TAU * angle)
    }

    /// An integer in the range, each with the same probability.
    ///
    /// # Panics
    /// If the range is empty.
    pub fn range<T: Uniform>(&mut self, range: impl RangeBounds<T>) -> T {
        let (low, span) = span_of(&range);
        T::from_i128(low + i128::from(self.offset(span)))
    }

    /// A number below that, which is at most 2^64.
    pub(crate) fn offset(&mut self, span: u128) -> u64 {
        if span > u128::from(u64::MAX) { self.bits() } else { self.below(span as u64) }
    }

    /// Puts the items into a random order (Fisher & Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last as u64 + 1) as usize);
        }
    }
}

/// A copy, if there is one to be copied.
#[inline(never)]
pub(crate) fn copy_of(random: &Option<Box<Random>>) -> Option<Box<Random>> {
    random.clone()
}

/// The least integer of a range, and how many there are.
///
/// # Panics
/// If the range is empty.
pub(crate) fn span_of<T: Uniform>(range: &impl RangeBounds<T>) -> (i128, u128) {
    let low = match range.start_bound() {
        Bound::Included(low) => low.to_i128(),
        Bound::Excluded(low) => low.to_i128() + 1,
        Bound::Unbounded => T::MIN.to_i128(),
    };
    let high = match range.end_bound() {
        Bound::Included(high) => high.to_i128(),
        Bound::Excluded(high) => high.to_i128() - 1,
        Bound::Unbounded => T::MAX.to_i128(),
    };
    assert!(low <= high, "random(..) of an empty range");
    (low, (high - low) as u128 + 1)
}

/// 2^64 divided by the golden ratio.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// What SplitMix64 gives in that state (Steele, Lea & Flood 2014); in the next, it has [`GOLDEN`] more.
fn splitmix(state: u64) -> u64 {
    let mut z = state.wrapping_add(GOLDEN);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// An integer type that [`Random::range`] draws from.
pub trait Uniform: Copy {
    /// The smallest.
    const MIN: Self;
    /// The largest.
    const MAX: Self;
    /// Widened.
    fn to_i128(self) -> i128;
    /// Narrowed again; the value is known to fit.
    fn from_i128(value: i128) -> Self;
}

macro_rules! uniform {
    ($($int:ty)*) => {$(
        impl Uniform for $int {
            const MIN: Self = <$int>::MIN;
            const MAX: Self = <$int>::MAX;

            fn to_i128(self) -> i128 {
                self as i128
            }

            fn from_i128(value: i128) -> Self {
                value as $int
            }
        }
    )*};
}
uniform!(u8 u16 u32 u64 usize i8 i16 i32 i64 isize);

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers of the authors' own programs, `xoshiro256plusplus.c` and `splitmix64.c`.
    #[test]
    fn the_numbers_are_those_of_the_generators_authors() {
        let mut random = Random([1, 2, 3, 4]);
        let right = [41_943_041, 58_720_359, 3_588_806_011_781_223, 3_591_011_842_654_386, 9_228_616_714_210_784_205];
        assert_eq!([(); 5].map(|()| random.bits()), right);
        let right =
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423, 4_593_380_528_125_082_431];
        assert_eq!(Random::of_seed(1_234_567), Random(right));
    }
}
