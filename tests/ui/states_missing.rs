use State::*;
use nodes::prelude::*;

#[message]
struct Forth;
#[message]
struct Back;

enum State {
    Asleep,
    Candidate,
}

#[protocol]
struct P {
    state: State,
}

#[protocol]
#[ignore(Back in Asleep | Candidate)]
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
