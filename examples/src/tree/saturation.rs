//! Saturation: computing on a tree from its leaves.
//!
//! *Problem.* All nodes of a tree learn a value of the whole: here the smallest id, how far the farthest node is (the
//! eccentricity), and whether they are a centre.
//!
//! *Model.* A tree, n unknown; distinct ids; links are reliable and in order; any nodes start on their own.
//!
//! *Idea.* The initiators wake the others.  A node that has heard from all neighbours but one tells that one, its parent, what it
//! knows of its side of the tree; leaves do so at once.  The wave ends at the two neighbours that chose each other: they are
//! saturated, know all, and send it back over the tree.
//!
//! *Cost.* 3n + k - 4 messages for k initiators that start before any message arrives: n + k - 2 to wake, n to saturate, n - 2 to
//! notify.
//!
//! *Source.* Santoro, Design and Analysis of Distributed Algorithms, 2006, section 2.6.

use std::collections::BTreeMap;

use State::*;
use nodes::prelude::*;

/// Wakes the neighbour.
#[message]
pub struct Activate;

/// What the sender knows of its side of the tree: the smallest id, and how far from it the farthest node is.
#[message]
pub struct M {
    smallest: Id,
    depth: u32,
}

/// The smallest id of all, and how far from the sender the farthest node is that is not on the receiver's side.
#[message]
pub struct Notify {
    smallest: Id,
    depth: u32,
}

/// What a node is.
#[states]
pub enum State {
    /// Has not been woken.
    #[default]
    Available,
    /// Waits to hear from all neighbours but one.
    Active,
    /// Has told its parent.
    Processing,
    /// Has heard from all: one of two neighbours.
    #[terminal]
    Saturated,
    /// Has been notified.
    #[terminal]
    Done,
}

/// The smallest id, eccentricities and centres of a tree, from the leaves to a saturated pair and back.
#[protocol(
    topology = Tree,
    problem = "minimum, eccentricities and centres of a tree",
    cost = "3n + k - 4 messages for k initiators",
    source = "Santoro 2006, 2.6"
)]
pub struct Saturation {
    state: State,
    parent: Option<Port>,
    smallest: Option<Id>,
    /// Over each port: how far the farthest node is.
    distance: BTreeMap<Port, u32>,
    eccentricity: u32,
    centre: bool,
}

#[protocol]
#[never(M in Available | Saturated)]
#[never(Notify in Available | Active)]
#[ignore(Activate in Active | Processing)]
impl Saturation {
    #[on(Spontaneously in Available)]
    fn start(&mut self, net: &mut Net<Self>) {
        net.send_to_all(Activate);
        self.begin(net);
    }

    #[on(Activate in Available)]
    fn wake_up(&mut self, sender: Port, net: &mut Net<Self>) {
        net.send_to_all_except(sender, Activate);
        self.begin(net);
    }

    fn begin(&mut self, net: &mut Net<Self>) {
        self.smallest = Some(net.id());
        self.state = Active;
        self.tell_parent(net);
    }

    #[on(M in Active)]
    fn gather(&mut self, msg: M, sender: Port, net: &mut Net<Self>) {
        self.hear(msg.smallest, msg.depth, sender);
        self.tell_parent(net);
    }
}
