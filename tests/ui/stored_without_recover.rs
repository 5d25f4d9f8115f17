use nodes::prelude::*;

#[protocol]
struct P {
    count: u64,
}

#[protocol]
impl P {
    #[on(Spontaneously)]
    fn start(&mut self, net: &mut Net<Self>) {
        self.count += 1;
        net.store(&self.count);
    }
}

fn main() {}
