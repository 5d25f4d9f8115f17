use nodes::prelude::*;

struct Maze;

#[protocol(topology = Maze)]
struct P;

#[protocol]
impl P {
    #[on(Spontaneously)]
    fn start(&mut self) {}
}

fn main() {}
