use nodes::prelude::*;

#[protocol]
#[otherwise(drop)]
struct P;

#[protocol]
#[otherwise(defer)]
impl P {
    #[on(Spontaneously)]
    fn start(&mut self) {}
}

fn main() {}
