use nodes::prelude::*;

#[message]
struct Forth;

#[states]
enum State {
    #[default]
    Asleep,
    Candidate,
    #[terminal]
    Done,
}

#[protocol]
struct P {
    state: State,
}

#[protocol]
impl P {
    #[on(Spontaneously in Asleep)]
    fn start(&mut self) {
        self.state = State::Candidate;
    }

    #[on(Forth in Asleep | Candidate)]
    fn a(&mut self) {
        self.state = State::Done;
    }

    #[on(Forth in Candidate)]
    fn b(&mut self) {}
}

fn main() {}
