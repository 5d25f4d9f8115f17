//! A spanning tree by shouting.
//!
//! *Problem.* The nodes choose links that form a tree with all nodes on it; each knows which of its own links belong to it.
//!
//! *Model.* Any connected graph, n unknown; links are reliable and may reorder; one initiator.
//!
//! *Idea.* Flood a question, "are you my neighbour in the tree?".  A node says yes to the first who asks, who becomes its
//! parent, asks its other neighbours, and says no to whoever asks later, even when it is itself done.  A node is done when
//! each neighbour has answered.
//!
//! *Cost.* 4m - 2n + 2 messages: 2m - n + 1 questions, n - 1 yes, 2(m - n + 1) no.
//!
//! *Source.* Santoro, Design and Analysis of Distributed Algorithms, 2006, section 2.5.
//!
#![doc = include_str!("../pictures/shout.md")]

use State::*;
use nodes::prelude::*;

/// "Are you my neighbour in the tree?"
#[message]
pub struct Q;

/// "Yes, as your child."
#[message]
pub struct Yes;

/// "No, I have a parent already."
#[message]
pub struct No;

/// What a node is.
#[states]
pub enum State {
    /// Has not been asked.
    #[default]
    Idle,
    /// Waits for answers.
    Active,
    /// Knows all its links in the tree.
    #[terminal]
    Done,
}

/// A spanning tree by asking all neighbours and saying yes to the first who asks.
#[protocol(links = Reliable, initiators = One, problem = "spanning tree",
    cost = "4m - 2n + 2 messages", source = "Santoro 2006, 2.5")]
pub struct Shout {
    state: State,
    parent: Option<Port>,
    children: Vec<Port>,
    /// How many neighbours' part is known.
    answers: usize,
}

#[protocol]
#[never(Yes in Idle)]
#[never(No in Idle)]
impl Shout {
    #[on(Spontaneously in Idle)]
    fn start(&mut self, net: &mut Net<Self>) {
        net.send_to_all(Q);
        self.check(net);
    }

    #[on(Q in Idle)]
    fn join(&mut self, sender: Port, net: &mut Net<Self>) {
        self.parent = Some(sender);
        self.answers = 1;
        net.send(sender, Yes);
        net.send_to_all_except(sender, Q);
        self.check(net);
    }

    #[on(Q in Active | Done)]
    fn refuse(&mut self, sender: Port, net: &mut Net<Self>) {
        net.send(sender, No);
    }

    #[on(Yes in Active)]
    fn adopt(&mut self, sender: Port, net: &mut Net<Self>) {
        self.children.push(sender);
        self.count(net);
    }

    #[on(No in Active)]
    fn count(&mut self, net: &mut Net<Self>) {
        self.answers += 1;
        self.check(net);
    }

    fn check(&mut self, net: &mut Net<Self>) {
        self.state = if self.answers == net.degree() { Done } else { Active };
    }

    /// Nobody's parent is its child.
    #[always]
    fn no_short_cycle(node: &Node<Self>) -> bool {
        node.parent.is_none_or(|parent| !node.children.contains(&parent))
    }

    /// When all is quiet, there is one root, and each node is reached from it once, over links that both ends know.
    #[finally]
    fn spanning_tree(world: &World<Self>) -> Result<(), String> {
        let graph = world.topology();
        let mut reached = vec![false; world.nodes().len()];
        let mut ahead = world.nodes().filter(|node| node.parent.is_none()).collect::<Vec<_>>();
        if ahead.len() != 1 {
            return Err(format!("{} nodes have no parent", ahead.len()));
        }
        while let Some(node) = ahead.pop() {
            if std::mem::replace(&mut reached[node.index().index()], true) {
                return Err(format!("node {} is reached twice", node.index()));
            }
            for end in node.children.iter().map(|child| graph.end(node.index(), *child)) {
                let child = world.node(end.neighbour);
                if child.parent != Some(end.back) {
                    return Err(format!("node {} is not the parent of {}", node.index(), child.index()));
                }
                ahead.push(child);
            }
        }
        match reached.iter().position(|reached| !reached) {
            Some(node) => Err(format!("node {node} is not on the root's tree")),
            None => Ok(()),
        }
    }
}

nodes::main!(Shout);
