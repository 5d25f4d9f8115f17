use nodes::prelude::*;

#[message]
struct Forth;

#[states]
enum State {
    #[default]
    Asleep,
    Candidate,
}

#[protocol]
struct P {
    hops: u32,
}

#[protocol]
impl P {
    #[on(Spontaneously in Asleep)]
    fn start(&mut self, net: &mut Net<Self>) {
        net.send_to_all(Forth);
    }

    #[on(Forth in Asleep | Candidate)]
    fn a(&mut self) {}
}

fn main() {}
