use nodes::prelude::*;

#[protocol]
struct P;

#[protocol]
impl P {
    #[init]
    fn new() -> Self {
        P
    }

    #[init]
    fn other() -> Self {
        P
    }

    #[on(Spontaneously)]
    fn start(&mut self) {}

    #[finish]
    fn finish(&mut self) {}

    #[finish]
    fn end(&mut self) {}
}

fn main() {}
