use State::*;
use nodes::prelude::*;

#[message]
struct Forth;
#[alarm]
struct Leave;

#[states]
enum State {
    #[default]
    Asleep,
}

#[protocol]
struct P {
    state: State,
}

#[protocol]
#[defer(Leave in Asleep)]
#[ignore(Spontaneously in Asleep)]
#[on(Forth in Asleep)]
impl P {
    #[on(Spontaneously in Asleep)]
    fn start(&mut self) {}

    #[never(Forth in Asleep)]
    fn a(&mut self) {}

    #[when(Leave in Asleep)]
    #[cfg(unix)]
    fn b(&mut self) {}

    #[when(Spontaneously in Asleep)]
    fn c(&mut self) {}

    #[on(Forth in Asleep)]
    const LIMIT: u32 = 3;
}

fn main() {}
