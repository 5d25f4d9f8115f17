use nodes::prelude::*;

#[message]
struct Hop(u32);

#[protocol]
struct P {
    hops: u32,
}

#[protocol]
#[ignore(Hop)]
impl P {
    #[on(Spontaneously)]
    fn start(&mut self) {}

    #[on(Hop if msg.0)]
    #[on(Hop if message.0 > 3)]
    fn a(&mut self) {}
}

fn main() {}
