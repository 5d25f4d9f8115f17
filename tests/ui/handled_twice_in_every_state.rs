use nodes::prelude::*;

#[message]
struct Forth;

#[protocol]
struct P;

#[protocol]
impl P {
    #[on(Spontaneously)]
    fn start(&mut self) {}

    #[on(Forth)]
    fn a(&mut self) {}

    #[on(Forth)]
    fn b(&mut self) {}
}

fn main() {}
