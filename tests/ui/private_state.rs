use nodes::prelude::*;

#[states]
enum State {
    #[default]
    Asleep,
    Active,
}

#[config]
struct Settings {
    hops: u32,
}

#[protocol]
pub struct P {
    state: State,
}

#[protocol]
impl P {
    #[init]
    fn new(_: &Settings) -> Self {
        P { state: State::Asleep }
    }

    #[on(Spontaneously in Asleep)]
    fn start(&mut self) {
        self.state = State::Active;
    }
}

fn main() {}
