use nodes::prelude::*;

#[states]
struct State {
    asleep: bool,
}

#[states]
enum Generic<T> {
    #[default]
    Asleep,
    With(T),
}

#[states]
enum Empty {}

#[message]
fn forth() {}

#[message]
struct Borrowed<'a> {
    text: &'a str,
}

#[protocol]
enum P {
    Asleep,
}

#[protocol]
fn run() {}

fn main() {}
