use nodes::prelude::*;

#[message]
struct Forth;

#[states]
enum State {
    #[default]
    Asleep,
    Candidate,
    Defeated,
    #[terminal]
    Leader,
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
        self.state = State::Candidate;
    }

    #[on(Forth in Asleep)]
    fn a(&mut self) {
        self.state = State::Defeated;
    }
}

fn main() {}
