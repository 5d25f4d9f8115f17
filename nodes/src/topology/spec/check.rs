//! Which numbers make a graph, and how large it would be.

use super::{Kind, Topology};
use crate::sorting;
use crate::topology::TopologyError;
use crate::topology::stored::MOST_LINKS;

/// The largest ring: rings take no memory, but whoever simulates one does.
const MOST_NODES: u128 = 100_000_000;

impl Topology {
    /// Whether the numbers make a graph of a size that is possible.
    pub(in crate::topology) fn check(&self) -> Result<(), TopologyError> {
        self.numbers().and_then(|()| self.size()).map_err(|why| self.wrong(why))
    }

    pub(in crate::topology) fn wrong(&self, why: String) -> TopologyError {
        let example = self.family().map_or("ring:8", |family| family.example);
        TopologyError::Spec { spec: self.to_string(), why, example: example.into() }
    }

    fn numbers(&self) -> Result<(), String> {
        use Kind::*;
        let at_least = |number: usize, least: usize, what: &str| {
            if number < least { Err(format!("{number} is too few {what}: at least {least}")) } else { Ok(()) }
        };
        let probability = |p: f64| {
            if (0.0..=1.0).contains(&p) { Ok(()) } else { Err(format!("{p} is not a probability: from 0 to 1")) }
        };
        match self.0 {
            Ring(n) | OrientedRing(n) | DirectedRing(n) | Path(n) | Star(n) | Complete(n) | BinaryTree(n) | RandomTree(n) => {
                at_least(n, 1, "nodes")
            }
            CompleteBipartite(a, b) => at_least(a.min(b), 1, "nodes on a side"),
            Wheel(n) => at_least(n, 4, "nodes of a wheel"),
            Grid(rows, columns) => at_least(rows.min(columns), 1, "rows or columns"),
            Grid3d(layers, rows, columns) => at_least(layers.min(rows).min(columns), 1, "layers, rows or columns"),
            Torus(rows, columns) => at_least(rows.min(columns), 3, "rows or columns of a torus"),
            Caterpillar(spine, _) => at_least(spine, 1, "nodes in the path"),
            Lollipop(complete, _) => at_least(complete, 1, "nodes in the complete graph"),
            Barbell(complete, _) => at_least(complete, 2, "nodes in a complete graph"),
            Circulant(n, ref jumps) => circulant(n, jumps),
            Links(ref links) => distinct(links),
            Gnp(n, p) => {
                at_least(n, 1, "nodes")?;
                probability(p)?;
                if p == 0.0 && n > 1 { Err("with probability 0 there are no links".into()) } else { Ok(()) }
            }
            Gnm(n, links) => {
                at_least(n, 1, "nodes")?;
                let pairs = n as u128 * (n as u128 - 1) / 2;
                if links as u128 > pairs {
                    Err(format!("{n} nodes have at most {pairs} links"))
                } else if links.saturating_add(1) < n {
                    Err(format!("{n} nodes with {links} links fall apart"))
                } else {
                    Ok(())
                }
            }
            Regular(n, degree) => regular(n, degree),
            BarabasiAlbert(n, links) if links == 0 || links >= n => {
                Err(format!("a new node has at least 1 link, and fewer than {n}"))
            }
            WattsStrogatz(n, nearest, p) => {
                probability(p)?;
                if nearest < 2 || !nearest.is_multiple_of(2) {
                    Err(format!("{nearest} nearest neighbours cannot lie on two sides: an even number, at least 2"))
                } else if nearest >= n {
                    Err(format!("{n} nodes do not have {nearest} neighbours each"))
                } else {
                    Ok(())
                }
            }
            Geometric(n, radius) => {
                at_least(n, 1, "nodes")?;
                if radius > 0.0 { Ok(()) } else { Err(format!("{radius} is not a radius: more than 0")) }
            }
            Hypercube(_) | BarabasiAlbert(..) | Petersen | Karate | File(_) | Given(_) => Ok(()),
        }
    }

    fn size(&self) -> Result<(), String> {
        let (nodes, links) = self.nodes_and_links();
        let most_links = match self.0 {
            Kind::Ring(_) | Kind::OrientedRing(_) | Kind::DirectedRing(_) => MOST_NODES,
            // These are expectations: a draw may have more.
            Kind::Gnp(..) | Kind::Geometric(..) => MOST_LINKS as u128 / 4 * 3,
            _ => MOST_LINKS as u128,
        };
        if nodes > MOST_NODES {
            Err(format!("that would be {} nodes, and {MOST_NODES} are possible", or_many(nodes)))
        } else if links > most_links {
            Err(format!("that would be {} links, and {most_links} are possible", or_many(links)))
        } else {
            Ok(())
        }
    }

    /// How many nodes there will be; `None` if a file tells.
    #[cfg(feature = "cli")]
    pub(crate) fn node_count(&self) -> Option<usize> {
        match &self.0 {
            Kind::File(_) => None,
            Kind::Given(graph) => Some(graph.node_count()),
            Kind::Petersen => Some(10),
            Kind::Karate => Some(34),
            _ => usize::try_from(self.nodes_and_links().0).ok(),
        }
    }

    /// How many nodes and links there will be; for some random families the number of links that is to be expected.
    pub(in crate::topology) fn nodes_and_links(&self) -> (u128, u128) {
        use Kind::*;
        let wide = |n: usize| n as u128;
        let pairs = |n: usize| wide(n) * wide(n).saturating_sub(1) / 2;
        match self.0 {
            Ring(n) | OrientedRing(n) | DirectedRing(n) => (wide(n), wide(n)),
            Path(n) | Star(n) | BinaryTree(n) | RandomTree(n) => (wide(n), wide(n)),
            Complete(n) => (wide(n), pairs(n)),
            CompleteBipartite(a, b) => (wide(a) + wide(b), wide(a) * wide(b)),
            Wheel(n) => (wide(n), 2 * wide(n)),
            Grid(rows, columns) | Torus(rows, columns) => {
                (wide(rows) * wide(columns), (wide(rows) * wide(columns)).saturating_mul(2))
            }
            Grid3d(layers, rows, columns) => {
                let nodes = wide(layers).saturating_mul(wide(rows)).saturating_mul(wide(columns));
                (nodes, nodes.saturating_mul(3))
            }
            Hypercube(dimension) if dimension > 64 => (u128::MAX, u128::MAX),
            Hypercube(dimension) => (1 << dimension, (wide(dimension) << dimension) / 2),
            Caterpillar(spine, leaves) => (wide(spine) * (1 + wide(leaves)), wide(spine) * (1 + wide(leaves))),
            Lollipop(complete, path) => (wide(complete) + wide(path), pairs(complete) + wide(path)),
            Barbell(complete, path) => (2 * wide(complete) + wide(path), 2 * pairs(complete) + wide(path) + 1),
            Circulant(n, ref jumps) => (wide(n), wide(n) * wide(jumps.len())),
            Links(ref links) => {
                let nodes = links.iter().map(|(a, b)| wide(*a.max(b)) + 1).max().unwrap_or(0);
                (nodes, nodes.max(wide(links.len())))
            }
            Gnp(n, p) => (wide(n), (pairs(n) as f64 * p) as u128),
            Gnm(n, links) => (wide(n), wide(links)),
            Regular(n, degree) => (wide(n), wide(n) * wide(degree) / 2),
            BarabasiAlbert(n, links) => (wide(n), wide(n) * wide(links)),
            WattsStrogatz(n, nearest, _) => (wide(n), wide(n) * wide(nearest) / 2),
            Geometric(n, radius) => {
                let near = (core::f64::consts::PI * radius * radius).min(1.0);
                (wide(n), (pairs(n) as f64 * near) as u128)
            }
            Petersen | Karate | File(_) | Given(_) => (0, 0),
        }
    }
}

fn or_many(count: u128) -> String {
    if count == u128::MAX { "far too many".into() } else { count.to_string() }
}

fn circulant(n: usize, jumps: &[usize]) -> Result<(), String> {
    if jumps.is_empty() {
        return Err("the distances to link are missing".into());
    }
    if let Some(jump) = jumps.iter().find(|jump| **jump == 0 || **jump >= n) {
        return Err(format!("{jump} is not a distance between {n} nodes"));
    }
    match jumps.iter().fold(n, |divisor, jump| greatest_common_divisor(divisor, *jump)) {
        1 => Ok(()),
        divisor => Err(format!("it falls apart, since all its numbers are multiples of {divisor}")),
    }
}

/// No link leads from a node to itself, and none stands there twice.
fn distinct(links: &[(usize, usize)]) -> Result<(), String> {
    if let Some((a, b)) = links.iter().find(|(a, b)| a == b) {
        return Err(format!("{a}-{b} leads from a node to itself"));
    }
    let pairs = links.iter().map(|(a, b)| (a.min(b), a.max(b))).collect::<Vec<_>>();
    if let Some((a, b)) = sorting::repeated(&pairs).map(|place| links[place]) {
        return Err(format!("{a}-{b} stands there twice"));
    }
    if links.is_empty() { Err("the links are missing".into()) } else { Ok(()) }
}

fn greatest_common_divisor(one: usize, two: usize) -> usize {
    if two == 0 { one } else { greatest_common_divisor(two, one % two) }
}

fn regular(n: usize, degree: usize) -> Result<(), String> {
    if degree >= n {
        Err(format!("{n} nodes do not have {degree} neighbours each"))
    } else if !n.is_multiple_of(2) && !degree.is_multiple_of(2) {
        Err(format!("{n} nodes with {degree} links each have an odd number of link ends"))
    } else if (degree < 2 && n > 2) || (degree == 0 && n == 2) {
        Err(format!("{n} nodes with {degree} links each fall apart"))
    } else {
        Ok(())
    }
}
