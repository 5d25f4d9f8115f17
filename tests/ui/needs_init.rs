use nodes::prelude::*;
use std::num::NonZeroU32;

#[message]
struct Forth;

#[protocol]
struct P {
    hops: u32,
    size: NonZeroU32,
}

#[protocol]
impl P {
    #[on(Spontaneously)]
    fn start(&mut self, net: &mut Net<Self>) {
        net.send_to_all(Forth);
    }

    #[on(Forth)]
    fn a(&mut self) {}
}

fn main() {}
