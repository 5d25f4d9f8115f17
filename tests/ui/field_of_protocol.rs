use nodes::prelude::*;

struct Plain;

#[message]
struct Forth;

#[protocol]
struct P {
    what: Plain,
}

#[protocol]
impl P {
    #[init]
    fn new() -> Self {
        P { what: Plain }
    }

    #[on(Spontaneously)]
    fn start(&mut self, net: &mut Net<Self>) {
        net.send_to_all(Forth);
    }

    #[on(Forth)]
    fn a(&mut self) {}
}

fn main() {}
