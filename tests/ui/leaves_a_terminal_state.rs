use State::*;
use nodes::prelude::*;

#[message]
struct Question;

#[states]
enum State {
    #[default]
    Asleep,
    Active,
    #[terminal]
    Done,
}

#[protocol]
struct P {
    state: State,
}

#[protocol]
#[ignore(Question in Asleep | Active)]
impl P {
    #[on(Spontaneously in Asleep)]
    fn start(&mut self, net: &mut Net<Self>) {
        net.send_to_all(Question);
        self.state = Done;
    }

    #[on(Question in Done)]
    fn again(&mut self) {
        if true {
            self.state = Active;
        }
    }
}

fn main() {}
