use nodes::prelude::*;

#[alarm]
struct Retry;
#[alarm]
struct Leave;

#[protocol]
struct P;

#[protocol]
impl P {
    #[on(Spontaneously)]
    fn start(&mut self, net: &mut Net<Self>) {
        net.set_alarm(secs(1), Retry);
    }

    #[when(Leave)]
    fn leave(&mut self) {}
}

fn main() {}
