use nodes::prelude::*;

#[protocol]
struct P {
    count: u64,
    name: String,
}

#[protocol]
impl P {
    #[recover]
    fn back(saved: (u64, String)) -> Self {
        P { count: saved.0, name: saved.1 }
    }

    #[on(Spontaneously)]
    fn start(&mut self, net: &mut Net<Self>) {
        net.store(&self.count);
    }
}

fn main() {}
