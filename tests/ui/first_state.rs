use nodes::prelude::*;

#[states]
enum None {
    Asleep,
    #[terminal]
    Done,
}

#[states]
enum Two {
    #[default]
    Asleep,
    #[default]
    Awake,
}

#[states]
enum Marked {
    #[default]
    #[terminal]
    #[terminal(always)]
    Done,
}

fn main() {}
