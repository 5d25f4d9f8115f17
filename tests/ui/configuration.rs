use nodes::prelude::*;
use std::num::NonZeroU32;

struct Plain;

#[config]
struct Settings {
    /// How often.
    #[default = 3]
    requests: u32,
    #[default(1)]
    #[default(2)]
    limit: u32,
    #[default("three")]
    wrong: u32,
    #[range(1..1000)]
    half_open: u32,
    #[range(3)]
    no_range: u32,
    #[range(1..=2)]
    #[range(1..=3)]
    two: u32,
    size: NonZeroU32,
    plain: Plain,
    #[shrink(1)]
    less: u32,
}

#[config]
struct Tuple(u32);

fn main() {}
