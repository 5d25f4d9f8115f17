use nodes::prelude::*;

#[message]
struct Forth;

struct P;

#[never(Forth in Asleep)]
impl P {
    #[on(Forth)]
    fn a(&mut self) {}

    #[when(Leave)]
    fn b(&mut self) {}

    #[init]
    fn c() -> Self {
        P
    }

    #[recover]
    fn g(_: u64) -> Self {
        P
    }

    #[finish]
    fn d(&mut self) {}

    #[always]
    fn e() -> bool {
        true
    }

    #[finally]
    fn f() -> bool {
        true
    }
}

fn main() {}
