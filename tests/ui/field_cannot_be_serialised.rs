use nodes::prelude::*;
use std::thread::ThreadId;

#[message]
enum Forth {
    At(Vec<ThreadId>),
    Never,
}

#[protocol]
struct P;

#[protocol]
impl P {
    #[on(Spontaneously)]
    fn start(&mut self, net: &mut Net<Self>) {
        net.send_to_all(Forth::Never);
    }

    #[on(Forth)]
    fn a(&mut self) {}
}

fn main() {}
