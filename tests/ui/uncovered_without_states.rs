use nodes::prelude::*;

#[message]
struct Hop(u32);

#[protocol]
struct P;

#[protocol]
impl P {
    #[on(Spontaneously)]
    fn start(&mut self) {}

    #[on(Hop if msg.0 > 1)]
    fn a(&mut self) {}
}

fn main() {}
