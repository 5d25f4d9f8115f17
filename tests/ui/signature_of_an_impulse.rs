use nodes::prelude::*;

#[alarm]
struct Leave;

#[protocol]
struct P;

#[protocol]
impl P {
    #[on(Spontaneously)]
    fn start(&mut self, sender: Port) {}

    #[when(Leave)]
    fn leave(&mut self, sender: Port, leave: Leave) {}
}

fn main() {}
