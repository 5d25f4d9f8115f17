//! Saturation: computing on a tree from its leaves.
//!
//! *Problem.* All nodes of a tree learn a value of the whole: here the smallest id, how far the farthest node is (the
//! eccentricity), and whether they are a centre.
//!
//! *Model.* A tree, n unknown; distinct ids; links are reliable and in order; any nodes start on their own.
//!
//! *Idea.* The initiators wake the others.  A node that has heard from all neighbours but one tells that one, its parent,
//! what it knows of its side of the tree; leaves do so at once.  The wave ends at the two neighbours that chose each other:
//! they are saturated, know all, and send it back over the tree.
//!
//! *Cost.* 3n + k - 4 messages for k initiators that start before any message arrives: n + k - 2 to wake, n to saturate, n -
//! 2 to notify.
//!
//! *Source.* Santoro, Design and Analysis of Distributed Algorithms, 2006, section 2.6.
//!
#![doc = include_str!("../pictures/saturation.md")]

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
    problem = "computing on a tree",
    cost = "3n + k - 4 messages for k initiators",
    source = "Santoro 2006, 2.6"
)]
pub struct Saturation {
    state: State,
    parent: Option<Port>,
    smallest: Id,
    /// Over each port: how far the farthest node is.
    distance: PortMap<u32>,
    eccentricity: u32,
    centre: bool,
}

#[protocol]
#[never(M in Available)]
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
        self.smallest = net.id();
        self.state = Active;
        self.tell_parent(net);
    }

    #[on(M in Active)]
    fn gather(&mut self, msg: M, sender: Port, net: &mut Net<Self>) {
        self.hear(sender, msg.smallest, msg.depth);
        self.tell_parent(net);
    }

    fn tell_parent(&mut self, net: &mut Net<Self>) {
        let silent = net.ports().filter(|port| !self.distance.contains(*port)).collect::<Vec<_>>();
        if let [parent] = silent[..] {
            net.send(parent, M { smallest: self.smallest, depth: self.depth_without(parent) });
            self.parent = Some(parent);
            self.state = Processing;
        } else if silent.is_empty() {
            self.resolve(net);
            self.state = Saturated;
        }
    }

    #[on(M in Processing)]
    fn saturate(&mut self, msg: M, sender: Port, net: &mut Net<Self>) {
        self.hear(sender, msg.smallest, msg.depth);
        self.resolve(net);
        self.state = Saturated;
    }

    #[on(Notify in Processing)]
    fn learn(&mut self, msg: Notify, sender: Port, net: &mut Net<Self>) {
        self.hear(sender, msg.smallest, msg.depth);
        self.resolve(net);
        self.state = Done;
    }

    fn hear(&mut self, sender: Port, smallest: Id, depth: u32) {
        self.smallest = self.smallest.min(smallest);
        self.distance.insert(sender, depth + 1);
    }

    /// All is known: what are eccentricity and centre, and who has yet to hear?
    fn resolve(&mut self, net: &mut Net<Self>) {
        for port in net.ports().filter(|port| Some(*port) != self.parent) {
            net.send(port, Notify { smallest: self.smallest, depth: self.depth_without(port) });
        }
        let (mut farthest, mut second) = (0, 0);
        for distance in self.distance.values() {
            second = second.max(farthest.min(*distance));
            farthest = farthest.max(*distance);
        }
        self.eccentricity = farthest;
        self.centre = farthest - second <= 1;
    }

    /// How far the farthest node is that is not behind `port`.
    fn depth_without(&self, port: Port) -> u32 {
        self.distance.iter().filter(|(other, _)| *other != port).map(|(_, distance)| *distance).max().unwrap_or(0)
    }

    /// No more than two nodes are ever saturated.
    #[always]
    fn at_most_two_saturated(world: &World<Self>) -> bool {
        world.in_state(Saturated).count() <= 2
    }

    /// When all is quiet, two nodes are saturated, and each is the other's parent (one, if there is only one).
    #[finally]
    fn saturated_pair(world: &World<Self>) -> bool {
        let other = |node: &Node<Self>| node.parent.map(|port| world.topology().end(node.index(), port).neighbour);
        let pair = world.in_state(Saturated).map(|node| (Some(node.index()), other(node))).collect::<Vec<_>>();
        match pair[..] {
            [(_, None)] => world.nodes().len() == 1,
            [(a, beside_a), (b, beside_b)] => beside_a == b && beside_b == a,
            _ => false,
        }
    }

    /// When all is quiet, each node knows the smallest id, how far its farthest node is, and whether it is a centre.
    #[finally]
    fn known_to_all(world: &World<Self>) -> Result<(), String> {
        // On a tree the farthest node is one of the two ends of any longest path.
        let farthest = |from: &[u32]| (0..from.len()).max_by_key(|node| from[*node]).unwrap_or(0);
        let one_end = farthest(&distances(world, 0));
        let from_one = distances(world, one_end);
        let from_other = distances(world, farthest(&from_one));
        let eccentricities = from_one.iter().zip(&from_other).map(|(one, other)| *one.max(other)).collect::<Vec<_>>();
        let radius = eccentricities.iter().min();
        let smallest = world.nodes().map(|node| node.id()).min();
        for (node, eccentricity) in world.nodes().zip(&eccentricities) {
            if (Some(node.smallest), node.eccentricity) != (smallest, *eccentricity) {
                return Err(format!("node {} knows {} and {}", node.index(), node.smallest, node.eccentricity));
            }
            if node.centre != (Some(eccentricity) == radius) {
                return Err(format!("node {} is mistaken in whether it is a centre", node.index()));
            }
        }
        Ok(())
    }
}

/// How far each node is from one, for the properties.
fn distances(world: &World<Saturation>, from: usize) -> Vec<u32> {
    let graph = world.topology();
    let mut distances = vec![u32::MAX; world.nodes().len()];
    let mut ahead = vec![(NodeIndex::new(from), 0)];
    while let Some((node, distance)) = ahead.pop() {
        if distances[node.index()] == u32::MAX {
            distances[node.index()] = distance;
            ahead.extend(graph.ends(node).map(|end| (end.neighbour, distance + 1)));
        }
    }
    distances
}

nodes::main!(Saturation);
