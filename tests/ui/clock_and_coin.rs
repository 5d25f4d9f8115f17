use State::*;
use nodes::prelude::*;

#[message]
struct Rumour {
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
        net.send_to_all(Rumour { hops: 1 });
        self.state = Aware;
    }

    #[on(Rumour in Unaware)]
    fn hear(&mut self, msg: Rumour, sender: Port, net: &mut Net<Self>) {
        let order: std::collections::HashMap<u32, Port> = std::collections::HashMap::new();
        let mut order: Vec<Port> = order.into_values().collect();
        order.dedup();
        let before = std::time::Instant::now();
        let today = std::time::SystemTime::now();
        self.hops = msg.hops + before.elapsed().subsec_nanos() + today.elapsed().map_or(0, |age| age.subsec_nanos());
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
