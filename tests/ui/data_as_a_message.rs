use nodes::prelude::*;

#[data]
struct Edge {
    weight: u64,
}

#[protocol]
struct P;

#[protocol]
impl P {
    #[on(Spontaneously)]
    fn start(&mut self, net: &mut Net<Self>) {
        net.send_to_all(Edge { weight: 1 });
    }

    #[on(Edge)]
    fn a(&mut self, msg: Edge) {
        assert!(msg.weight > 0);
    }
}

fn main() {}
