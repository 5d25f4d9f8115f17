use State::*;
use nodes::prelude::*;

#[message]
struct Question;

#[states]
enum State {
    #[default]
    Asleep,
    #[terminal]
    Done,
}

#[protocol]
struct P {
    state: State,
}

#[protocol]
#[defer(Question in Asleep | Done)]
impl P {
    #[on(Spontaneously in Asleep)]
    fn start(&mut self, net: &mut Net<Self>) {
        net.send_to_all(Question);
        self.state = Done;
    }
}

fn main() {}
