use nodes::prelude::*;

#[derive(Default)]
struct Settings {
    requests: u32,
}

#[protocol]
struct P {
    requests: u32,
}

#[protocol]
impl P {
    #[init]
    fn new(config: &Settings) -> Self {
        P { requests: config.requests }
    }

    #[on(Spontaneously)]
    fn start(&mut self) {}
}

fn main() {}
