//! A protocol that counts its impulses: external events, of which there may be many.

use State::*;
use nodes::prelude::*;

/// Sent for each impulse.
#[message]
pub struct News;

/// What it is told.
#[config]
pub struct Options {
    /// A node that has more impulses violates a property.
    #[default(100)]
    pub at_most: u32,
}

/// What a node does.
#[states]
pub enum State {
    /// Has had no impulse.
    #[default]
    Asleep,
    /// Has had one at least.
    Awake,
}

/// Each impulse is counted, and told to the neighbours.
#[protocol]
#[derive(Default)]
pub struct Roused {
    state: State,
    /// How many impulses the node has had.
    pub impulses: u32,
    /// Of how many others it has heard.
    pub heard: u32,
    at_most: u32,
}

#[protocol]
impl Roused {
    #[init]
    fn new(options: &Options) -> Self {
        Roused { at_most: options.at_most, ..Roused::default() }
    }

    #[on(Spontaneously)]
    fn rouse(&mut self, net: &mut Net<Self>) {
        self.impulses += 1;
        self.state = Awake;
        net.send_to_all(News);
    }

    #[on(News)]
    fn hear(&mut self) {
        self.heard += 1;
    }

    /// Made to be violated.
    #[always]
    fn is_let_sleep(node: &Node<Self>) -> bool {
        node.impulses <= node.at_most
    }
}
