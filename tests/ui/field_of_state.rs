use nodes::prelude::*;

struct Plain;

#[states]
enum State {
    #[default]
    Asleep,
    Waiting { what: Plain },
}

#[protocol]
struct P {
    state: State,
}

#[protocol]
impl P {
    #[on(Spontaneously in Asleep)]
    fn start(&mut self) {
        self.state = State::Waiting { what: Plain };
    }
}

fn main() {}
