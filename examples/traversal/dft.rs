//! Depth-first traversal.
//!
//! *Problem.* A token visits all nodes, one after the other.
//!
//! *Model.* Any connected graph, n unknown; links are reliable and may reorder; one initiator.
//!
//! *Idea.* The token goes to a neighbour over a link that has not been used.  A node that has it for the first time does the
//! same; one that has been visited sends it back at once over what is now known as a back edge.  When no unused link is
//! left, the token returns to where it first came from.
//!
//! *Cost.* 2m messages, one after the other: m times the token, n - 1 returns, m - n + 1 back edges.
//!
//! *Source.* Santoro, Design and Analysis of Distributed Algorithms, 2006, section 2.3.1.
//!
#![doc = include_str!("../pictures/dft.md")]

use State::*;
use nodes::prelude::*;

/// The token, forward.
#[message]
pub struct Token;

/// The token, back from a node that has finished.
#[message]
pub struct Return;

/// The token, back from a node that had been visited.
#[message]
pub struct BackEdge;

/// What a node is.
#[states]
pub enum State {
    /// Has not been visited.
    #[default]
    Idle,
    /// Has been visited; the token is with it or behind it.
    Visited,
    /// The token has returned from here.
    #[terminal]
    Done,
}

/// A token that visits all nodes in depth-first order.
#[protocol(
    links = Reliable,
    initiators = One,
    problem = "traversal",
    cost = "2m messages, time 2m",
    source = "Santoro 2006, 2.3.1"
)]
pub struct Dft {
    state: State,
    root: bool,
    parent: Option<Port>,
    /// The links that have not been used.
    unused: PortSet,
}

#[protocol]
#[never(Return in Idle)]
#[never(BackEdge in Idle)]
impl Dft {
    #[on(Spontaneously in Idle)]
    fn start(&mut self, net: &mut Net<Self>) {
        self.root = true;
        self.unused = net.ports().collect();
        self.go_on(net);
    }

    #[on(Token in Idle)]
    fn visit(&mut self, sender: Port, net: &mut Net<Self>) {
        self.parent = Some(sender);
        self.unused = net.ports().filter(|port| *port != sender).collect();
        self.go_on(net);
    }

    #[on(Token in Visited)]
    fn refuse(&mut self, sender: Port, net: &mut Net<Self>) {
        self.unused.remove(sender);
        net.send(sender, BackEdge);
    }

    #[on(Return in Visited)]
    #[on(BackEdge in Visited)]
    fn go_on(&mut self, net: &mut Net<Self>) {
        self.state = Visited;
        if let Some(next) = self.unused.pop_first() {
            net.send(next, Token);
        } else {
            if let Some(parent) = self.parent {
                net.send(parent, Return);
            }
            self.state = Done;
        }
    }

    /// Whoever has been visited knows who brought the token, unless it began.
    #[always]
    fn visited_from_somewhere(node: &Node<Self>) -> bool {
        (node.state == Idle) == (!node.root && node.parent.is_none())
    }

    /// When all is quiet, parents form a depth-first tree: every link joins a node and one of its ancestors.
    #[finally]
    fn depth_first_tree(world: &World<Self>) -> Result<(), String> {
        let graph = world.topology();
        let mut children = vec![Vec::new(); world.nodes().len()];
        for node in world.nodes() {
            if let Some(parent) = node.parent {
                children[graph.end(node.index(), parent).neighbour.index()].push(node.index().index());
            }
        }
        // When each node is first and last seen on a walk around the tree: a node's interval lies in its ancestors'.
        let mut seen = vec![None; children.len()];
        let mut walk = world.nodes().filter(|node| node.root).map(|node| (node.index().index(), false)).collect::<Vec<_>>();
        let mut time = 0;
        while let Some((node, leaving)) = walk.pop() {
            time += 1;
            if leaving {
                seen[node] = seen[node].map(|(first, _)| (first, time));
            } else {
                seen[node] = Some((time, time));
                walk.push((node, true));
                walk.extend(children[node].iter().map(|child| (*child, false)));
            }
        }
        if let Some(node) = seen.iter().position(|seen| seen.is_none()) {
            return Err(format!("node {node} is not on the root's tree"));
        }
        for link in graph.links() {
            if let (Some(a), Some(b)) = (seen[link.a.index()], seen[link.b.index()])
                && (a.1 < b.0 || b.1 < a.0)
            {
                return Err(format!("neither of {} and {} is the other's ancestor", link.a, link.b));
            }
        }
        Ok(())
    }
}

nodes::main!(Dft);
