use State::*;
use nodes::prelude::*;

#[message]
struct Forth {
    origin: Id,
}

#[states]
enum State {
    #[default]
    Asleep,
    Active,
}

#[protocol]
struct P {
    state: State,
}

#[protocol]
impl P {
    #[on(Spontaneously in Asleep)]
    fn start(&mut self, net: &mut Net<Self>) {
        net.send_to_all(Forth { origin: net.id() });
        self.state = Active;
    }

    #[on(Forth in Asleep | Active)]
    fn a(&mut self, msg: Forth, net: &mut Net<Self>) {
        net.
    }
}

fn main() {}
