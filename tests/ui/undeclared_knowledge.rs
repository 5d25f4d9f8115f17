use nodes::prelude::*;

#[message]
struct Forth;

#[protocol(anonymous)]
struct P {
    n: usize,
}

#[protocol]
impl P {
    #[on(Spontaneously)]
    fn start(&mut self, net: &mut Net<Self>) {
        self.n = net.size();
        net.send_to_all(Forth);
    }

    #[on(Forth)]
    fn a(&mut self, sender: Port, net: &mut Net<Self>) {
        if net.id_of(sender) < net.id() {
            net.send(sender, Forth);
        }
    }
}

fn main() {}
