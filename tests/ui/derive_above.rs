use nodes::prelude::*;

#[derive(Clone, Debug)]
#[message]
struct Forth;

fn main() {}
