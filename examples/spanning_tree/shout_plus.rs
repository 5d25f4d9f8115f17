//! A spanning tree by shouting, without a word too much.
//!
//! *Problem.* The nodes choose links that form a tree with all nodes on it; each knows which of its own links belong to it.
//!
//! *Model.* Any connected graph, n unknown; links are reliable and may reorder; one initiator.
//!
//! *Idea.* As in Shout: flood a question, say yes to the first who asks.  But nobody says no.  On a link that is not in the
//! tree both ends ask, and for the one who has asked, being asked is answer enough.
//!
//! *Cost.* 2m messages: 2m - n + 1 questions, n - 1 yes.
//!
//! *Source.* Santoro, Design and Analysis of Distributed Algorithms, 2006, section 2.5 (Shout+).
//!
#![doc = include_str!("../pictures/shout_plus.md")]

use State::*;
use nodes::prelude::*;

/// "Are you my neighbour in the tree?"
#[message]
pub struct Q;

/// "Yes, as your child."
#[message]
pub struct Yes;

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

/// A spanning tree by asking all neighbours, where a question is also a no.
#[protocol(links = Reliable, initiators = One, problem = "spanning tree",
    cost = "2m messages", source = "Santoro 2006, 2.5 (Shout+)")]
pub struct ShoutPlus {
    state: State,
    parent: Option<Port>,
    children: Vec<Port>,
    /// How many neighbours' part is known.
    answers: usize,
}

#[protocol]
#[never(Yes in Idle)]
impl ShoutPlus {
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

    #[on(Yes in Active)]
    fn adopt(&mut self, sender: Port, net: &mut Net<Self>) {
        self.children.push(sender);
        self.count(net);
    }

    #[on(Q in Active)]
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

nodes::main!(ShoutPlus);
