use nodes::prelude::*;

#[protocol(topology = Rign)]
struct P;

#[protocol]
impl P {
    #[on(Spontaneously)]
    fn start(&mut self) {}
}

fn main() {}
