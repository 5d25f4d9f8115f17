use nodes::prelude::*;

#[protocol]
struct P;

#[protocol]
impl P {
    #[init]
    fn new(&mut self, net: &mut Net<Self>) {}

    #[on(Spontaneously)]
    fn start(&mut self) {}

    #[finish]
    fn finish(&mut self, sender: Port) -> bool {
        true
    }
}

fn main() {}
