//! Depth-first traversal in time 2n - 2.
//!
//! *Problem.* A token visits all nodes, one after the other, and no link twice without need.
//!
//! *Model.* Any connected graph, n unknown; links are reliable and may reorder; one initiator.
//!
//! *Idea.* A node that is visited tells its neighbours at once, and passes the token on without waiting: so the token hardly
//! ever goes to a node that has been visited.  If it does, it has crossed that node's news on the link: the news, when they
//! come, tell the sender of its mistake, and it goes on with the next neighbour; the token that went astray is only news to
//! who gets it.
//!
//! *Cost.* 2m + f - 1 messages for a tree of f leaves, in time 2n - 2, if all messages take equally long; at most 4m - 2n +
//! f + 1 in any case.
//!
//! *Source.* Santoro, Design and Analysis of Distributed Algorithms, 2006, section 2.3.2 (DF*).
//!
#![doc = include_str!("../pictures/df_star.md")]

use State::*;
use nodes::prelude::*;

/// The token, forward.
#[message]
pub struct Token;

/// The token, back from a node that has finished.
#[message]
pub struct Return;

/// "I have been visited."
#[message]
pub struct Visited;

/// What a node is.
#[states]
pub enum State {
    /// Has not been visited.
    #[default]
    Idle,
    /// Has been visited; the token is with it or behind it.
    Active,
    /// The token has returned from here.
    #[terminal]
    Done,
}

/// A token that visits all nodes in depth-first order, and hardly ever one that has been visited.
#[protocol(
    links = Reliable,
    initiators = One,
    problem = "traversal",
    cost = "2m + f - 1 messages (f leaves), time 2n - 2",
    source = "Santoro 2006, 2.3.2 (DF*)"
)]
pub struct DfStar {
    state: State,
    root: bool,
    parent: Option<Port>,
    /// The neighbours that have been visited, or are about to be.
    visited: PortSet,
    /// Where the token went last.
    next: Option<Port>,
}

#[protocol]
#[never(Return in Idle)]
impl DfStar {
    #[on(Spontaneously in Idle)]
    fn start(&mut self, net: &mut Net<Self>) {
        self.root = true;
        self.visit(net);
    }

    #[on(Token in Idle)]
    fn first_token(&mut self, sender: Port, net: &mut Net<Self>) {
        self.parent = Some(sender);
        self.visited.insert(sender);
        self.visit(net);
    }

    #[on(Visited in Idle)]
    fn note(&mut self, sender: Port) {
        self.visited.insert(sender);
    }

    #[on(Visited in Active)]
    #[on(Token in Active)]
    fn note_or_mend(&mut self, sender: Port, net: &mut Net<Self>) {
        self.visited.insert(sender);
        if self.next == Some(sender) {
            self.go_on(net);
        }
    }

    fn visit(&mut self, net: &mut Net<Self>) {
        self.state = Active;
        self.go_on(net);
        let know = self.parent.into_iter().chain(self.next).collect::<Ports>();
        net.send_to_all_except(know, Visited);
    }

    #[on(Return in Active)]
    fn go_on(&mut self, net: &mut Net<Self>) {
        self.next = net.ports().find(|port| !self.visited.contains(*port));
        if let Some(next) = self.next {
            self.visited.insert(next);
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

    /// When all is quiet, all nodes reach the root over their parents.
    #[finally]
    fn spanning_tree(world: &World<Self>) -> Result<(), String> {
        let graph = world.topology();
        let mut children = vec![Vec::new(); world.nodes().len()];
        for node in world.nodes() {
            if let Some(parent) = node.parent {
                children[graph.end(node.index(), parent).neighbour.index()].push(node.index());
            }
        }
        let mut reached = world.nodes().filter(|node| node.root).map(|node| node.index()).collect::<Vec<_>>();
        let mut next = 0;
        while let Some(node) = reached.get(next) {
            let further = children[node.index()].drain(..).collect::<Vec<_>>();
            reached.extend(further);
            next += 1;
        }
        if reached.len() == world.nodes().len() {
            Ok(())
        } else {
            Err(format!("{} of {} nodes are on the root's tree", reached.len(), world.nodes().len()))
        }
    }
}

nodes::main!(DfStar);
