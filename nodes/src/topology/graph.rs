//! The graph that a run takes place on: nodes, links, and at each node its ports.

use core::fmt;
use std::borrow::Cow;

use super::changes::Weights;
use super::cycle::Cycle;
use super::stored::Stored;
use super::{GraphBuilder, NodeIndex, Port};
use crate::random::Random;

/// What a port is called in a labelled topology.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum PortLabel {
    /// Towards node i-1 of a ring.
    Left,
    /// Towards node i+1 of a ring.
    Right,
    /// Along that dimension of a hypercube: the neighbour differs in that bit.
    Dimension(u8),
}

/// One end of a link, as a node has it at a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// Who is at the other end.
    pub neighbour: NodeIndex,
    /// The port of the same link there.
    pub back: Port,
    /// The link's number, `0..links`.
    pub link: u32,
    /// Whether this end may send.
    pub sends: bool,
    /// Whether this end may receive.
    pub receives: bool,
    /// What the end is called, in a labelled topology.
    pub label: Option<PortLabel>,
    /// Whether it is the second end of its link, [`Link::b`]'s.
    pub second: bool,
}

impl End {
    /// The number of the way out of this end, `0..2 * links`: each link is two, one from each end.
    #[inline]
    pub fn channel(&self) -> usize {
        self.link as usize * 2 + usize::from(self.second)
    }

    pub(super) fn way(&self) -> Way {
        Way { neighbour: self.neighbour, back: self.back, channel: self.channel() as u32 }
    }
}

/// What a message needs to know of the end of a link that it leaves by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Way {
    /// Where it leads.
    pub(crate) neighbour: NodeIndex,
    /// The port of the same link there.
    pub(crate) back: Port,
    /// [`End::channel`].
    pub(crate) channel: u32,
}

impl Way {
    /// The link's number.
    #[inline]
    pub(crate) fn link(self) -> usize {
        self.channel as usize / 2
    }
}

/// A link, as it was added: from `a` to `b` (both ways unless the graph is directed).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Link {
    /// One end, or where it starts.
    pub a: NodeIndex,
    /// The other end, or where it leads.
    pub b: NodeIndex,
    /// Its weight; 1 unless given.
    pub weight: f64,
}

/// Nodes `0..n` and their links, which run both ways unless the graph is directed.
///
/// A ring takes no memory, whatever its size; any other graph 4 B a node and 32 B a link.
///
/// ```
/// use nodes::topology::{GraphBuilder, NodeIndex};
///
/// let mut triangle = GraphBuilder::new(3);
/// triangle.link(0, 1).link(1, 2).weighted_link(2, 0, 2.5);
/// let triangle = triangle.build();
/// let node = NodeIndex::new(0);
/// assert_eq!(triangle.degree(node), 2);
/// assert_eq!(triangle.ends(node).map(|end| end.neighbour.index()).collect::<Vec<_>>(), [1, 2]);
/// ```
#[derive(Clone)]
pub struct Graph {
    shape: Shape,
    directed: bool,
    names: Option<Vec<String>>,
    positions: Option<Vec<[f64; 2]>>,
    /// Where the lightest link and the heaviest stand in a file.
    extremes_at: Option<[String; 2]>,
}

#[derive(Clone, Debug)]
enum Shape {
    Cycle(Cycle),
    Stored(Stored),
}

/// For whoever makes graphs.
impl Graph {
    pub(super) fn cycle(nodes: u32, oriented: bool, directed: bool) -> Self {
        Graph { shape: Shape::Cycle(Cycle { nodes, oriented }), directed, names: None, positions: None, extremes_at: None }
    }

    pub(super) fn stored(stored: Stored, directed: bool, names: Option<Vec<String>>, positions: Option<Vec<[f64; 2]>>) -> Self {
        Graph { shape: Shape::Stored(stored), directed, names, positions, extremes_at: None }
    }

    pub(super) fn set_extremes_at(&mut self, places: Option<[String; 2]>) {
        self.extremes_at = places;
    }

    /// Whether it is a ring in the order of the nodes' numbers, known without looking.
    pub(super) fn is_implicit_ring(&self) -> bool {
        matches!(self.shape, Shape::Cycle(_))
    }

    /// The same graph, its ends without labels.
    pub(super) fn unlabelled(mut self) -> Self {
        match &mut self.shape {
            Shape::Cycle(cycle) => cycle.oriented = false,
            Shape::Stored(stored) => stored.labels = None,
        }
        self
    }

    /// The same graph, its ends labelled anew: by node, port and neighbour.
    pub(super) fn labelled(mut self, label: impl Fn(NodeIndex, Port, NodeIndex) -> Option<PortLabel>) -> Self {
        self.store().label(label);
        self
    }

    /// A ring, of which right is known: `right` holds for each node the port towards its right neighbour.
    pub(super) fn oriented(mut self, right: &[Port], directed: bool) -> Self {
        if directed {
            self.store().turn_links(|node, port| right[node.index()] == port);
            self.directed = true;
        }
        self.labelled(|node, port, _| Some(if right[node.index()] == port { PortLabel::Right } else { PortLabel::Left }))
    }

    /// A ring that is numbered in order, its ends labelled.
    pub(super) fn oriented_implicitly(mut self, directed: bool) -> Self {
        if let Shape::Cycle(cycle) = &mut self.shape {
            cycle.oriented = true;
        }
        self.directed |= directed;
        self
    }

    /// Leaves the implicit form.
    fn store(&mut self) -> &mut Stored {
        if let Shape::Cycle(cycle) = self.shape {
            let mut builder = GraphBuilder::new(cycle.nodes as usize);
            for link in 0..cycle.nodes {
                let (a, b) = cycle.link(link);
                let at = |label| cycle.oriented.then_some(label);
                builder.labelled_link(a.index(), b.index(), 1.0, at(PortLabel::Right), at(PortLabel::Left));
            }
            self.shape = Shape::Stored(builder.into_stored());
        }
        match &mut self.shape {
            Shape::Stored(stored) => stored,
            Shape::Cycle(_) => unreachable!("a cycle has just been stored"),
        }
    }

    /// The same graph, each link with a whole number between these as its weight.
    pub(super) fn with_random_weights(mut self, least: u32, most: u32, seed: u64) -> Self {
        let mut random = Random::stream(seed, "weights", 0);
        let range = u64::from(most - least) + 1;
        let weights = self.links().map(|_| (u64::from(least) + random.below(range)) as f64).collect();
        self.weigh(weights);
        self
    }

    /// The same graph, each link with a weight by which its ends average: by their degrees, or by the largest of all.
    pub(super) fn with_mixing_weights(mut self, of: Weights) -> Self {
        let largest = self.nodes().map(|node| self.degree(node)).max().unwrap_or(0);
        let degree = |link: Link| match of {
            Weights::Metropolis => self.degree(link.a).max(self.degree(link.b)),
            _ => largest,
        };
        let weights = self.links().map(|link| 1.0 / (1 + degree(link)) as f64).collect();
        self.weigh(weights);
        self
    }

    /// Gives the links these weights, in their order.
    fn weigh(&mut self, weights: Vec<f64>) {
        self.store().weights = weights.iter().any(|weight| *weight != 1.0).then_some(weights);
        self.extremes_at = None;
    }

    /// The same graph, each node's ports in an order that the seed determines: an algorithm that relies on the order of ports,
    /// without saying so, shows.  Labels stay with their ends.
    pub fn with_shuffled_ports(mut self, seed: u64) -> Self {
        let mut random = Random::stream(seed, "ports", 0);
        self.store().permute_ports(|order| random.shuffle(order));
        self
    }

    /// The same graph, the ports of node i in the order `orders[i]` of those that it has now.
    pub(crate) fn with_ports_in_order(mut self, orders: &[Vec<u32>]) -> Self {
        let mut orders = orders.iter();
        self.store().permute_ports(|order| order.copy_from_slice(orders.next().expect("an order for each node")));
        self
    }
}

impl Graph {
    /// How many nodes there are: n.
    pub fn node_count(&self) -> usize {
        match &self.shape {
            Shape::Cycle(cycle) => cycle.nodes as usize,
            Shape::Stored(stored) => stored.node_count(),
        }
    }

    /// How many links there are: m.
    pub fn link_count(&self) -> usize {
        match &self.shape {
            Shape::Cycle(cycle) => cycle.nodes as usize,
            Shape::Stored(stored) => stored.links.len(),
        }
    }

    /// All nodes, in order.
    pub fn nodes(&self) -> impl ExactSizeIterator<Item = NodeIndex> + use<> {
        (0..self.node_count()).map(NodeIndex::new)
    }

    /// All links, in order of their numbers.
    pub fn links(&self) -> impl ExactSizeIterator<Item = Link> + '_ {
        (0..self.link_count()).map(|number| self.link(number as u32))
    }

    /// The link of that number.
    ///
    /// # Panics
    /// If there is none.
    pub fn link(&self, number: u32) -> Link {
        match &self.shape {
            Shape::Cycle(cycle) => {
                let (a, b) = cycle.link(number);
                Link { a, b, weight: 1.0 }
            }
            Shape::Stored(stored) => {
                let (a, b) = stored.links[number as usize];
                Link { a, b, weight: stored.weight(number) }
            }
        }
    }

    /// The link ends at a node, by port.
    ///
    /// # Panics
    /// If there is no such node.
    pub fn ends(&self, node: NodeIndex) -> impl ExactSizeIterator<Item = End> + Clone + '_ {
        (0..self.degree(node)).map(move |port| self.end(node, Port::new(port)))
    }

    /// The link end at one port of a node.
    ///
    /// # Panics
    /// If there is no such node, or the node has no such port.
    #[inline]
    pub fn end(&self, node: NodeIndex, port: Port) -> End {
        match &self.shape {
            Shape::Cycle(cycle) => cycle.end(node, port, self.directed),
            Shape::Stored(stored) => stored.end(node, port, self.directed),
        }
    }

    /// The little of [`end`](Graph::end) that a message needs.
    ///
    /// # Panics
    /// If there is no such node, or the node has no such port.
    #[inline]
    pub(crate) fn way(&self, node: NodeIndex, port: Port) -> Way {
        match &self.shape {
            Shape::Cycle(cycle) => cycle.way(node, port),
            Shape::Stored(stored) => stored.way(node, port),
        }
    }

    /// The node at the other end of a port's link.
    ///
    /// # Panics
    /// As [`end`](Graph::end).
    // Not inlined, here and below: it would be made again for each protocol.
    #[inline(never)]
    pub(crate) fn neighbour(&self, node: NodeIndex, port: Port) -> NodeIndex {
        self.end(node, port).neighbour
    }

    /// Whether the link at a port leads out of the node.
    ///
    /// # Panics
    /// If links lead one way only, as [`end`](Graph::end).
    #[inline]
    pub(crate) fn sends(&self, node: NodeIndex, port: Port) -> bool {
        !self.directed || self.is_start(node, port)
    }

    #[inline(never)]
    fn is_start(&self, node: NodeIndex, port: Port) -> bool {
        self.end(node, port).sends
    }

    /// Whether a node has that port, and its link leads that way.
    #[inline]
    pub(crate) fn leads_out(&self, node: NodeIndex, port: Port) -> bool {
        let there = match &self.shape {
            Shape::Cycle(_) => port.index() < 2,
            Shape::Stored(stored) => port.index() < stored.degree(node),
        };
        there && self.sends(node, port)
    }

    /// How many link ends a node has.
    ///
    /// # Panics
    /// If there is no such node.
    #[inline]
    pub fn degree(&self, node: NodeIndex) -> usize {
        match &self.shape {
            Shape::Cycle(cycle) => cycle.degree(node),
            Shape::Stored(stored) => stored.degree(node),
        }
    }

    /// The weight of the link at a port.
    ///
    /// # Panics
    /// If there is no such node, or the node has no such port.
    pub fn weight(&self, node: NodeIndex, port: Port) -> f64 {
        let link = self.end(node, port).link;
        match &self.shape {
            Shape::Cycle(_) => 1.0,
            Shape::Stored(stored) => stored.weight(link),
        }
    }

    /// Whether any link has a weight other than 1.
    pub fn is_weighted(&self) -> bool {
        matches!(&self.shape, Shape::Stored(stored) if stored.weights.is_some())
    }

    /// The lightest link and the heaviest, each with its place in the file that the graph came from, as `karate.edges:7`.
    pub fn extreme_links(&self) -> Option<[(Link, Option<&str>); 2]> {
        let by_weight = |one: &Link, two: &Link| one.weight.total_cmp(&two.weight);
        let [lightest, heaviest] = [self.links().min_by(by_weight)?, self.links().max_by(by_weight)?];
        let place = |which: usize| self.extremes_at.as_ref().map(|places| places[which].as_str());
        Some([(lightest, place(0)), (heaviest, place(1))])
    }

    /// Whether links lead one way only.
    #[inline]
    pub fn is_directed(&self) -> bool {
        self.directed
    }

    /// What the file that the graph came from calls the node; `None` if it calls it by its number.
    pub fn name(&self, node: NodeIndex) -> Option<&str> {
        self.names.as_ref().map(|names| names[node.index()].as_str())
    }

    /// What people call the node: its [`name`](Graph::name), or else its number.
    pub fn title(&self, node: NodeIndex) -> Cow<'_, str> {
        self.name(node).map_or_else(|| Cow::Owned(node.to_string()), Cow::Borrowed)
    }

    /// Where each node lies in the plane, if the graph came about in the plane.
    pub fn positions(&self) -> Option<&[[f64; 2]]> {
        self.positions.as_deref()
    }
}

/// The same nodes, names, links (numbers, weights) and ports.
impl PartialEq for Graph {
    fn eq(&self, other: &Self) -> bool {
        if let (Shape::Cycle(one), Shape::Cycle(two)) = (&self.shape, &other.shape) {
            return one == two && self.directed == other.directed && self.names == other.names;
        }
        self.node_count() == other.node_count()
            && self.directed == other.directed
            && self.names == other.names
            && self.links().eq(other.links())
            && self.nodes().all(|node| self.ends(node).eq(other.ends(node)))
    }
}

/// Its links, the first hundred of them.
impl fmt::Debug for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let arrow = if self.directed { "->" } else { "-" };
        let shown = self.links().take(100).map(|link| {
            let ends = format!("{}{arrow}{}", self.title(link.a), self.title(link.b));
            if link.weight == 1.0 { ends } else { format!("{ends}:{}", link.weight) }
        });
        write!(f, "Graph({} nodes, {} links: ", self.node_count(), self.link_count())?;
        write!(f, "{}", shown.collect::<Vec<_>>().join(" "))?;
        f.write_str(if self.link_count() > 100 { " ..)" } else { ")" })
    }
}
