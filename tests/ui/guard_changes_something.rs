use nodes::prelude::*;

#[message]
struct Hop(u32);

#[protocol]
struct P {
    hops: Vec<u32>,
}

#[protocol]
#[ignore(Hop)]
impl P {
    #[on(Spontaneously)]
    fn start(&mut self) {}

    #[on(Hop if net.random(0..2) == 1)]
    fn a(&mut self, msg: Hop) {
        self.hops.push(msg.0);
    }
}

fn main() {}
