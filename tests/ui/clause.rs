use State::*;
use nodes::prelude::*;

#[message]
struct A;
#[message]
struct B;
#[message]
struct C;
#[message]
struct D;
#[message]
struct E;
#[message]
struct F;
#[message]
struct G;

#[states]
enum State {
    #[default]
    Asleep,
    Active { limit: u32 },
}

#[protocol]
struct P {
    state: State,
}

#[protocol]
impl P {
    #[on(Spontaneously in Asleep)]
    fn start(&mut self, net: &mut Net<Self>) {
        net.send_to_all(A);
        self.state = Active { limit: 1 };
    }

    #[on(A in Asleep, Active)]
    fn a(&mut self) {}

    #[on(B in State::Asleep)]
    fn b(&mut self) {}

    #[on(C, in = Asleep)]
    fn c(&mut self) {}

    #[on(D in Active { limit: 4 })]
    fn d(&mut self) {}

    #[on(E in _)]
    fn e(&mut self) {}

    #[on(F in Asleep if)]
    fn f(&mut self) {}

    #[on(G in)]
    fn g(&mut self) {}

    #[on]
    fn h(&mut self) {}

    #[on()]
    fn i(&mut self) {}

    #[on("A" in Asleep)]
    fn j(&mut self) {}
}

fn main() {}
