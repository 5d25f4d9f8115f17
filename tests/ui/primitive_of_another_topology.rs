use nodes::prelude::*;

#[message]
struct Forth;

#[protocol(topology = Complete)]
struct P;

#[protocol]
impl P {
    #[on(Spontaneously)]
    fn start(&mut self, net: &mut Net<Self>) {
        net.send_to_all(Forth);
    }

    #[on(Forth)]
    fn a(&mut self, sender: Port, net: &mut Net<Self>) {
        net.send_other_way(sender, Forth);
        net.send(net.left(), Forth);
    }
}

fn main() {}
