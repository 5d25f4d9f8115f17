use nodes::prelude::*;

struct Memory {
    count: u64,
}

#[protocol]
struct P {
    count: u64,
}

#[protocol]
impl P {
    #[recover]
    fn back(saved: Memory) -> Self {
        P { count: saved.count }
    }

    #[on(Spontaneously)]
    fn start(&mut self, net: &mut Net<Self>) {
        net.store(&Memory { count: self.count });
    }
}

fn main() {}
