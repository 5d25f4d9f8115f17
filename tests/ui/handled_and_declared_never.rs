use nodes::prelude::*;

#[message]
struct Forth;

#[states]
enum State {
    #[default]
    Asleep,
    Candidate,
}

#[protocol]
struct P {
    state: State,
}

#[protocol]
#[never(Forth in Asleep)]
impl P {
    #[on(Spontaneously in Asleep)]
    fn start(&mut self) {
        self.state = State::Candidate;
    }

    #[on(Forth in Asleep | Candidate)]
    fn a(&mut self) {}
}

fn main() {}
