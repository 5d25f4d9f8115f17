use State::*;
use nodes::prelude::*;

#[message]
struct State {
    hops: u32,
}

#[states]
enum State {
    #[default]
    Unaware,
    #[terminal]
    Aware,
}

#[protocol]
struct P {
    state: State,
    hops: u32,
}

#[protocol]
impl P {
    #[on(Spontaneously in Unaware)]
    fn start(&mut self, net: &mut Net<Self>) {
        net.send_to_all(State { hops: 1 });
        self.state = Aware;
    }

    #[on(State in Unaware)]
    fn hear(&mut self, msg: State, sender: Port, net: &mut Net<Self>) {
        self.hops = msg.hops;
        net.send_to_all_except(sender, msg);
        self.state = Aware;
    }

    #[finally]
    fn heard(world: &World<Self>) -> bool {
        world.all_terminal()
    }
}

fn main() {
    nodes::lint::warnings::<P>();
}
