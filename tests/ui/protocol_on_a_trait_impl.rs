use nodes::prelude::*;

#[protocol]
struct P;

#[protocol]
impl Drop for P {
    fn drop(&mut self) {}
}

fn main() {}
