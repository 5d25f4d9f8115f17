//! A protocol whose inputs have no text: only a program can give them.

use nodes::Input;
use nodes::prelude::*;
use serde::{Deserialize, Serialize};

/// What a node is given.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Colour {
    /// All is well.
    Red,
    /// It is not.
    Green,
}

impl Input for Colour {
    const EXPECTED: &'static str = "a colour";

    fn by_index(_: usize) -> Self {
        Colour::Red
    }

    fn parse(_: &str) -> Option<Self> {
        None
    }
}

/// What a node does.
#[states]
pub enum State {
    /// Has not looked.
    #[default]
    Waiting,
    /// Has looked.
    #[terminal]
    Done,
}

/// Each node looks at its input.
#[protocol(initiators = All, input = Colour)]
#[derive(Default)]
pub struct Looking {
    state: State,
    green: bool,
}

#[protocol]
impl Looking {
    #[on(Spontaneously in Waiting)]
    fn look(&mut self, net: &mut Net<Self>) {
        self.green = *net.input() == Colour::Green;
        self.state = State::Done;
    }

    /// None of them is.
    #[finally]
    fn none_is_green(world: &World<Self>) -> bool {
        world.nodes().all(|node| !node.green)
    }
}
