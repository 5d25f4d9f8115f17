use nodes::prelude::*;

#[message]
struct Forth {
    origin: Id,
}

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
impl P {
    #[on(Spontaneously in Asleep)]
    fn start(&mut self) {
        self.state = State::Candidate;
    }

    #[on(Forth in Asleep)]
    #[on(Forth in Candidate if msg.origin < net.id())]
    fn a(&mut self) {}
}

fn main() {}
