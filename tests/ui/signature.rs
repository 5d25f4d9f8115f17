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
        net.send_to_all(Back);
    }

    #[on(Forth)]
    async fn forth(&mut self, msg: Back, sender: Port, from: Port, net: &mut Net<Self>) -> bool {
        true
    }

    #[on(Back)]
    fn back(self, net: &mut Net<Self>) {}
}

fn main() {}
