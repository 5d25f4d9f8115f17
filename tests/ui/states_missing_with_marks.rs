use State::*;
use nodes::prelude::*;

#[message]
struct Forth;

enum State {
    #[default]
    Asleep,
    #[terminal]
    Candidate,
}

#[protocol]
struct P {
    state: State,
}

#[protocol]
impl P {
    #[on(Spontaneously in Asleep)]
    fn start(&mut self, net: &mut Net<Self>) {
        net.send_to_all(Forth);
        self.state = Candidate;
    }

    #[on(Forth in Asleep | Candidate)]
    fn a(&mut self) {}
}

fn main() {}
