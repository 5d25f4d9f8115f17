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

struct P {
    state: State,
}

#[protocol]
#[ignore(Forth in Asleep)]
impl P {
    #[on(Spontaneously in Asleep)]
    fn start(&mut self, net: &mut Net<Self>) {
        net.send_to_all(Forth);
        self.state = Active;
    }

    #[on(Forth in Active)]
    fn a(&mut self, sender: Port, net: &mut Net<Self>) {
        net.send(sender, Forth);
    }
}

fn main() {}
