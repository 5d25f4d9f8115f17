use nodes::prelude::*;

struct Plain;

#[message]
struct Forth {
    origin: Id,
    what: Plain,
}

#[protocol]
struct P;

#[protocol]
impl P {
    #[on(Spontaneously)]
    fn start(&mut self, net: &mut Net<Self>) {
        net.send_to_all(Forth { origin: net.id(), what: Plain });
    }

    #[on(Forth)]
    fn a(&mut self, msg: Forth, sender: Port, net: &mut Net<Self>) {
        net.send(sender, msg);
    }
}

fn main() {}
