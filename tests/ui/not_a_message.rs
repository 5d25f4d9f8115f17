use nodes::prelude::*;

struct Plain {
    hops: u32,
}

#[protocol]
struct P;

#[protocol]
impl P {
    #[on(Spontaneously)]
    fn start(&mut self, net: &mut Net<Self>) {
        net.send_to_all(Plain { hops: 1 });
    }

    #[on(Plain)]
    fn a(&mut self, msg: Plain, sender: Port, net: &mut Net<Self>) {
        net.send(sender, Plain { hops: msg.hops + 1 });
    }
}

fn main() {}
