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

    #[recover]
    fn back(_: u64) -> Self {
        P
    }

    #[recover]
    fn again(_: u64) -> Self {
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
