use nodes::prelude::*;

#[message]
struct Forth;

#[protocol]
struct P;

#[never(Forth)]
#[protocol]
impl P {
    #[on(Spontaneously)]
    fn start(&mut self) {}
}

fn main() {}
