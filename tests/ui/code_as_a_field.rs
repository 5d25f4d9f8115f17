use State::*;
use nodes::prelude::*;

#[message]
struct Rumour {
    hops: u32,
    what: Box<dyn Fn()>,
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
        net.send_to_all(Rumour { hops: 1 });
        self.state = Aware;
    }

    #[on(Rumour in Unaware)]
    fn hear(&mut self, msg: Rumour, sender: Port, net: &mut Net<Self>) {
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
