//! Specifications of graphs: `ring:8`, `gnp:50,0.1`, `file:karate.gml`.

mod check;
mod parse;

use core::fmt;
use std::path::{Path, PathBuf};

use super::Graph;
use super::changes::Changes;

/// A way to specify a topology, for `topology --help`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Family {
    /// What stands before the colon.
    pub name: &'static str,
    /// A specification.
    pub example: &'static str,
    /// What the example means.
    pub meaning: &'static str,
}

/// All ways to specify a topology.
pub const SPECS: &[Family] = &[
    family("ring", "ring:8", "a ring of 8 nodes; right of node i is i+1"),
    family("oriented-ring", "oriented-ring:8", "a ring whose nodes agree on left and right"),
    family("directed-ring", "directed-ring:8", "a ring whose links lead to the right only"),
    family("path", "path:10", "10 nodes in a row"),
    family("star", "star:9", "node 0 in the middle, 8 nodes around it"),
    family("complete", "complete:5", "5 nodes, every two of them neighbours"),
    family("complete-bipartite", "complete-bipartite:3,4", "3 nodes and 4 nodes, each of the 3 linked to each of the 4"),
    family("wheel", "wheel:8", "node 0 in the middle of a ring of 7, 8 nodes in all"),
    family("grid", "grid:4x5", "4 rows of 5 nodes, numbered row by row"),
    family("grid3d", "grid3d:2x3x4", "2 layers of 3 rows of 4 nodes, numbered row by row"),
    family("torus", "torus:4x4", "a grid of 4 rows and 4 columns, closed in both directions"),
    family("hypercube", "hypercube:4", "dimension 4: 16 nodes, neighbours differ in one bit"),
    family("binary-tree", "binary-tree:15", "15 nodes, children of node i are 2i+1 and 2i+2"),
    family("caterpillar", "caterpillar:5,2", "a path of 5 nodes with 2 leaves at each"),
    family("lollipop", "lollipop:5,4", "a complete graph of 5 with a path of 4 at its last node"),
    family("barbell", "barbell:4,2", "two complete graphs of 4, joined by a path of 2 nodes"),
    family("circulant", "circulant:12,1,3", "12 nodes in a circle, each linked to those 1 and 3 places on"),
    family("petersen", "petersen", "Petersen's graph: 10 nodes, 15 links"),
    family("links", "links:0-1,0-2,1-2", "these links, of nodes 0 to the largest that is named"),
    family("karate", "karate", "Zachary's karate club (1977): 34 members, 78 friendships, weighted"),
    family("random-tree", "random-tree:20", "a tree of 20 nodes, every labelled tree as likely"),
    family("gnp", "gnp:50,0.1", "50 nodes, each two linked with probability 0.1; redrawn until connected"),
    family("gnm", "gnm:50,120", "50 nodes and 120 links, every such graph as likely; redrawn until connected"),
    family("regular", "regular:20,3", "a random graph of 20 nodes with 3 links each; redrawn until connected"),
    family("barabasi-albert", "barabasi-albert:50,2", "50 nodes; each new one links to 2, popular ones are preferred"),
    family(
        "watts-strogatz",
        "watts-strogatz:30,4,0.1",
        "30 nodes in a circle, each linked to its 4 nearest, a link moved with probability 0.1; redrawn until connected",
    ),
    family(
        "geometric",
        "geometric:50,0.3",
        "50 random points of a unit square, linked up to distance 0.3; redrawn until connected",
    ),
    family("file", "file:graph.edges", super::formats::FILE),
];

const fn family(name: &'static str, example: &'static str, meaning: &'static str) -> Family {
    Family { name, example, meaning }
}

/// The specification of a graph: what `--topology` takes, and what [`build`](Topology::build) makes a [`Graph`] of.
///
/// It is read from text, as on the command line, or made by the function of the family's name.  Numbers that make no graph
/// are an error when the text is read, or when the graph is built.
///
/// ```
/// use nodes::topology::Topology;
///
/// let ring: Topology = "ring:8".parse()?;
/// assert_eq!(ring, Topology::ring(8));
/// assert_eq!(ring.build(1)?.graph.link_count(), 8);
///
/// let error = "ring:2x".parse::<Topology>().unwrap_err();
/// assert_eq!(error.to_string(), "ring:2x: `2x` is not a number of nodes; write `ring:8`");
/// # Ok::<(), nodes::topology::TopologyError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Topology(pub(super) Kind, pub(super) Changes);

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Ring(usize),
    OrientedRing(usize),
    DirectedRing(usize),
    Path(usize),
    Star(usize),
    Complete(usize),
    CompleteBipartite(usize, usize),
    Wheel(usize),
    Grid(usize, usize),
    Grid3d(usize, usize, usize),
    Torus(usize, usize),
    Hypercube(usize),
    BinaryTree(usize),
    Caterpillar(usize, usize),
    Lollipop(usize, usize),
    Barbell(usize, usize),
    Circulant(usize, Vec<usize>),
    Petersen,
    Links(Vec<(usize, usize)>),
    Karate,
    RandomTree(usize),
    Gnp(usize, f64),
    Gnm(usize, usize),
    Regular(usize, usize),
    BarabasiAlbert(usize, usize),
    WattsStrogatz(usize, usize, f64),
    Geometric(usize, f64),
    File(PathBuf),
    Given(Box<Graph>),
}

impl Topology {
    pub(super) fn of(kind: Kind) -> Self {
        Topology(kind, Changes::default())
    }

    /// `ring:n`: a ring of n nodes; right of node i is i+1 (mod n).
    pub fn ring(n: usize) -> Self {
        Topology::of(Kind::Ring(n))
    }

    /// `oriented-ring:n`: a ring whose ports are labelled left and right.
    pub fn oriented_ring(n: usize) -> Self {
        Topology::of(Kind::OrientedRing(n))
    }

    /// `directed-ring:n`: a ring whose links lead to the right only.
    pub fn directed_ring(n: usize) -> Self {
        Topology::of(Kind::DirectedRing(n))
    }

    /// `path:n`: n nodes in a row.
    pub fn path(n: usize) -> Self {
        Topology::of(Kind::Path(n))
    }

    /// `star:n`: node 0 in the middle of n-1 others.
    pub fn star(n: usize) -> Self {
        Topology::of(Kind::Star(n))
    }

    /// `complete:n`: every two of n nodes are neighbours.
    pub fn complete(n: usize) -> Self {
        Topology::of(Kind::Complete(n))
    }

    /// `complete-bipartite:a,b`: each of nodes 0..a is linked to each of the b others.
    pub fn complete_bipartite(a: usize, b: usize) -> Self {
        Topology::of(Kind::CompleteBipartite(a, b))
    }

    /// `wheel:n`: node 0 in the middle of a ring of n-1 others.
    pub fn wheel(n: usize) -> Self {
        Topology::of(Kind::Wheel(n))
    }

    /// `grid:RxC`: numbered row by row.
    pub fn grid(rows: usize, columns: usize) -> Self {
        Topology::of(Kind::Grid(rows, columns))
    }

    /// `grid3d:LxRxC`: layers of rows of columns, numbered row by row.
    pub fn grid3d(layers: usize, rows: usize, columns: usize) -> Self {
        Topology::of(Kind::Grid3d(layers, rows, columns))
    }

    /// `torus:RxC`: a grid that is closed in both directions, numbered row by row.
    pub fn torus(rows: usize, columns: usize) -> Self {
        Topology::of(Kind::Torus(rows, columns))
    }

    /// `hypercube:d`: 2^d nodes; the neighbours of a node differ from it in one bit.
    pub fn hypercube(dimension: usize) -> Self {
        Topology::of(Kind::Hypercube(dimension))
    }

    /// `binary-tree:n`: the children of node i are 2i+1 and 2i+2.
    pub fn binary_tree(n: usize) -> Self {
        Topology::of(Kind::BinaryTree(n))
    }

    /// `caterpillar:s,l`: a path of s nodes with l leaves at each; those of node i are s+il, s+il+1, ..
    pub fn caterpillar(spine: usize, leaves: usize) -> Self {
        Topology::of(Kind::Caterpillar(spine, leaves))
    }

    /// `lollipop:a,b`: a complete graph of nodes 0..a, with a path of b nodes at node a-1.
    pub fn lollipop(complete: usize, path: usize) -> Self {
        Topology::of(Kind::Lollipop(complete, path))
    }

    /// `barbell:a,b`: complete graphs of a nodes at both ends of a path of b nodes.
    pub fn barbell(complete: usize, path: usize) -> Self {
        Topology::of(Kind::Barbell(complete, path))
    }

    /// `circulant:n,j,k,..`: node i is linked to i+j, i+k, .. (mod n).
    pub fn circulant(n: usize, jumps: impl Into<Vec<usize>>) -> Self {
        Topology::of(Kind::Circulant(n, jumps.into()))
    }

    /// `petersen`: Petersen's graph.
    pub fn petersen() -> Self {
        Topology::of(Kind::Petersen)
    }

    /// `links:a-b,c-d,..`: these links, of nodes 0 to the largest that is named.
    pub fn links(links: impl Into<Vec<(usize, usize)>>) -> Self {
        Topology::of(Kind::Links(links.into()))
    }

    /// `karate`: Zachary's karate club (1977), weighted.
    pub fn karate() -> Self {
        Topology::of(Kind::Karate)
    }

    /// `random-tree:n`: every labelled tree of n nodes is as likely as any other.
    pub fn random_tree(n: usize) -> Self {
        Topology::of(Kind::RandomTree(n))
    }

    /// `gnp:n,p`: every two of n nodes are linked with probability p (Gilbert 1959); redrawn until connected.
    pub fn gnp(n: usize, probability: f64) -> Self {
        Topology::of(Kind::Gnp(n, probability))
    }

    /// `gnm:n,m`: every graph of n nodes and m links is as likely (Erdős & Rényi 1959); redrawn until connected.
    pub fn gnm(n: usize, links: usize) -> Self {
        Topology::of(Kind::Gnm(n, links))
    }

    /// `regular:n,d`: a random graph in which each of n nodes has d links (Bollobás 1980; for many
    /// nodes or links McKay & Wormald 1990); redrawn until connected.
    pub fn regular(n: usize, degree: usize) -> Self {
        Topology::of(Kind::Regular(n, degree))
    }

    /// `barabasi-albert:n,m`: grown from a star of m+1 nodes; each further node is linked to m, a node of many links being more
    /// likely (Barabási & Albert 1999).
    pub fn barabasi_albert(n: usize, links: usize) -> Self {
        Topology::of(Kind::BarabasiAlbert(n, links))
    }

    /// `watts-strogatz:n,k,p`: n nodes in a circle, each linked to its k nearest; each link is moved with probability p (Watts
    /// & Strogatz 1998); redrawn until connected.
    pub fn watts_strogatz(n: usize, nearest: usize, probability: f64) -> Self {
        Topology::of(Kind::WattsStrogatz(n, nearest, probability))
    }

    /// `geometric:n,r`: n random points of the unit square, linked up to distance r (Gilbert 1961); redrawn until connected.
    pub fn geometric(n: usize, radius: f64) -> Self {
        Topology::of(Kind::Geometric(n, radius))
    }

    /// `file:PATH`: read from a file; its format follows from its content, or else from the ending of its name.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Topology::of(Kind::File(path.into()))
    }

    /// The file that holds the graph, if one does.
    pub fn source(&self) -> Option<&Path> {
        match &self.0 {
            Kind::File(path) => Some(path),
            _ => None,
        }
    }

    /// Whether the seed decides which graph it is.
    pub fn is_random(&self) -> bool {
        use Kind::*;
        let drawn = matches!(
            self.0,
            RandomTree(_) | Gnp(..) | Gnm(..) | Regular(..) | BarabasiAlbert(..) | WattsStrogatz(..) | Geometric(..)
        );
        drawn || self.1.weights.is_some()
    }

    /// The family that it is of; `None` for a graph that was handed over.
    pub fn family(&self) -> Option<&'static Family> {
        let text = self.to_string();
        let name = text.split(':').next()?;
        SPECS.iter().find(|family| family.name == name)
    }
}

impl From<Graph> for Topology {
    fn from(graph: Graph) -> Self {
        Topology::of(Kind::Given(Box::new(graph)))
    }
}

/// As on the command line; a graph that was handed over has no such form and is shown as `(a graph of 5 nodes)`.
impl fmt::Display for Topology {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Ring(n) => write!(f, "ring:{n}"),
            Kind::OrientedRing(n) => write!(f, "oriented-ring:{n}"),
            Kind::DirectedRing(n) => write!(f, "directed-ring:{n}"),
            Kind::Path(n) => write!(f, "path:{n}"),
            Kind::Star(n) => write!(f, "star:{n}"),
            Kind::Complete(n) => write!(f, "complete:{n}"),
            Kind::CompleteBipartite(a, b) => write!(f, "complete-bipartite:{a},{b}"),
            Kind::Wheel(n) => write!(f, "wheel:{n}"),
            Kind::Grid(rows, columns) => write!(f, "grid:{rows}x{columns}"),
            Kind::Grid3d(layers, rows, columns) => write!(f, "grid3d:{layers}x{rows}x{columns}"),
            Kind::Torus(rows, columns) => write!(f, "torus:{rows}x{columns}"),
            Kind::Hypercube(dimension) => write!(f, "hypercube:{dimension}"),
            Kind::BinaryTree(n) => write!(f, "binary-tree:{n}"),
            Kind::Caterpillar(spine, leaves) => write!(f, "caterpillar:{spine},{leaves}"),
            Kind::Lollipop(complete, path) => write!(f, "lollipop:{complete},{path}"),
            Kind::Barbell(complete, path) => write!(f, "barbell:{complete},{path}"),
            Kind::Circulant(n, jumps) => {
                write!(f, "circulant:{n}")?;
                jumps.iter().try_for_each(|jump| write!(f, ",{jump}"))
            }
            Kind::Petersen => f.write_str("petersen"),
            Kind::Links(links) => {
                f.write_str("links")?;
                links.iter().enumerate().try_for_each(|(place, (a, b))| {
                    let before = if place == 0 { ':' } else { ',' };
                    write!(f, "{before}{a}-{b}")
                })
            }
            Kind::Karate => f.write_str("karate"),
            Kind::RandomTree(n) => write!(f, "random-tree:{n}"),
            Kind::Gnp(n, p) => write!(f, "gnp:{n},{p}"),
            Kind::Gnm(n, links) => write!(f, "gnm:{n},{links}"),
            Kind::Regular(n, degree) => write!(f, "regular:{n},{degree}"),
            Kind::BarabasiAlbert(n, links) => write!(f, "barabasi-albert:{n},{links}"),
            Kind::WattsStrogatz(n, nearest, p) => write!(f, "watts-strogatz:{n},{nearest},{p}"),
            Kind::Geometric(n, radius) => write!(f, "geometric:{n},{radius}"),
            Kind::File(path) => write!(f, "file:{}", path.display()),
            Kind::Given(graph) => write!(f, "(a graph of {} nodes)", graph.node_count()),
        }
    }
}
