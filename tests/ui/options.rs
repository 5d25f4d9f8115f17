use nodes::prelude::*;

#[message]
struct Forth;

#[protocol(topology = "ring", link = Fifo, links = Fast, initiators(One), knows(Everything), problem = election, anonymous = true, cost = "n", cost = "2n")]
struct P;

#[protocol(topology = Ring)]
impl P {
    #[on(Spontaneously)]
    fn start(&mut self, net: &mut Net<Self>) {
        net.send_other_way(Port::SELF, Forth);
    }

    #[on(Forth)]
    fn a(&mut self, net: &mut Net<Self>) {
        net.log(net.id());
        net.log(net.size());
    }
}

fn main() {}
