//! Broadcast by flooding.
//!
//! *Problem.* What one node (or several) knows at first, all know in the end.
//!
//! *Model.* Any connected graph, n unknown; links are reliable and may reorder; any nodes start on their own, each with its
//! input as the information.
//!
//! *Idea.* Whoever is informed tells all neighbours, but not the one that told it, once.
//!
//! *Cost.* 2m - n + k messages for k initiators that start before any message arrives.
//!
//! *Source.* Folklore; Santoro, Design and Analysis of Distributed Algorithms, 2006, section 2.1.
//!
#![doc = include_str!("../pictures/flooding.md")]

use State::*;
use nodes::prelude::*;

/// The information.
#[message]
pub struct Info {
    value: u64,
}

/// What a node is.
#[states]
pub enum State {
    /// Knows nothing.
    #[default]
    Idle,
    /// Has the information.
    #[terminal]
    Done,
}

/// Broadcast: whoever is informed tells all its other neighbours.
#[protocol(
    links = Reliable,
    input = u64,
    problem = "broadcast",
    cost = "2m - n + k messages for k initiators",
    source = "Santoro 2006, 2.1"
)]
pub struct Flooding {
    state: State,
    source: bool,
    value: Option<u64>,
}

#[protocol]
impl Flooding {
    #[on(Spontaneously in Idle)]
    fn start(&mut self, net: &mut Net<Self>) {
        let value = *net.input();
        self.source = true;
        self.value = Some(value);
        net.send_to_all(Info { value });
        self.state = Done;
    }

    #[on(Info in Idle)]
    fn pass_on(&mut self, msg: Info, sender: Port, net: &mut Net<Self>) {
        self.value = Some(msg.value);
        net.send_to_all_except(sender, msg);
        self.state = Done;
    }

    /// Only a node that is done has the information.
    #[always]
    fn done_is_informed(node: &Node<Self>) -> bool {
        (node.state == Done) == node.value.is_some()
    }

    /// When all is quiet, each node that lives has the information of an initiator.
    #[finally]
    fn informed(world: &World<Self>) -> bool {
        let sources = world.nodes().filter(|node| node.source).map(|node| node.value).collect::<Vec<_>>();
        world.correct().all(|node| node.value.is_some() && sources.contains(&node.value))
    }
}

nodes::main!(Flooding);
