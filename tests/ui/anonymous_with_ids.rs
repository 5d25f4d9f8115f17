use nodes::prelude::*;

#[protocol(anonymous, knows(NeighbourIds))]
struct P;

#[protocol]
impl P {
    #[on(Spontaneously)]
    fn start(&mut self) {}
}

fn main() {}
