use nodes::prelude::*;

#[protocol(max_message = 45)]
struct Bare;

#[protocol(max_message = "45")]
struct WithoutUnit;

#[protocol(max_message = "45 MB")]
struct AnotherUnit;

#[protocol(max_message = "1.5 MiB")]
struct Fraction;

#[protocol(max_message = "0 B")]
struct Nothing;

#[protocol(max_message = "1025 MiB")]
struct TooMuch;

#[protocol(max_message = "99999999999999999999 GiB")]
struct FarTooMuch;

fn main() {}
