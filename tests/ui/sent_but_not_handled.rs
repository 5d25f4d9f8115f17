use nodes::prelude::*;

#[message]
struct Forth;
#[message]
struct Back;

#[protocol]
struct P;

#[protocol]
impl P {
    #[on(Spontaneously)]
    fn start(&mut self, net: &mut Net<Self>) {
        net.send_to_all(Forth);
    }

    #[on(Forth)]
    fn a(&mut self, sender: Port, net: &mut Net<Self>) {
        net.send(sender, Back);
    }
}

fn main() {}
