use nodes::prelude::*;

#[message]
struct Forth;

#[protocol]
struct P;

#[protocol]
impl P {
    #[on(Forth)]
    fn a(&mut self, sender: Port, net: &mut Net<Self>) {
        net.send(sender, Forth);
    }
}

fn main() {}
