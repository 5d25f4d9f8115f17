use nodes::prelude::*;

#[states]
pub enum State {
    #[default]
    Asleep,
    Active,
}

#[protocol]
pub struct P {
    state: State,
}

mod rules {
    use super::{P, State};
    use nodes::prelude::*;

    #[protocol]
    impl P {
        #[on(Spontaneously in Asleep)]
        fn start(&mut self) {
            self.state = State::Active;
        }
    }
}

fn main() {}
