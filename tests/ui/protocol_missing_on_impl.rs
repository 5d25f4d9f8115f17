use State::*;
use nodes::prelude::*;

#[message]
struct Forth;

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

impl P {
    #[on(Spontaneously in Asleep)]
    fn start(&mut self, net: &mut Net<Self>) {
        net.send_to_all(Forth);
        self.state = Active;
    }

    #[on(Forth in Asleep | Active)]
    fn forth(&mut self, sender: Port, net: &mut Net<Self>) {
        net.send(sender, Forth);
    }
}

fn main() {}
