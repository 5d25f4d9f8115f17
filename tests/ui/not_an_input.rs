use nodes::prelude::*;

#[message]
struct Vote(u8);

#[protocol(input = Vote)]
struct P;

#[protocol]
impl P {
    #[on(Spontaneously)]
    fn start(&mut self) {}
}

fn main() {}
