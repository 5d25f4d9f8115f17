//! From labels to a graph.

use std::collections::BTreeMap;

use super::labels::Labels;
use super::{Wrong, shown};
use crate::topology::search::cut_off;
use crate::topology::stored::MOST_LINKS;
use crate::topology::{Graph, GraphBuilder, NodeIndex};

/// Nodes and links of a file, by the names (keys) by which its links refer to nodes.
#[derive(Debug, Default)]
pub(super) struct Collector {
    /// Their keys.
    nodes: Labels,
    links: Vec<(u32, u32, f64)>,
    /// By node, where the file gives a label besides the key.
    labels: BTreeMap<u32, String>,
    directed: bool,
    /// How many nodes the file says it has.
    promised: Option<u64>,
}

impl Collector {
    /// Links lead one way.
    pub(super) fn set_directed(&mut self) {
        self.directed = true;
    }

    /// The file says how many nodes there are.
    pub(super) fn promise(&mut self, nodes: u64) {
        self.promised = Some(nodes);
    }

    /// The node of that key, a new one if it has not appeared.
    pub(super) fn node(&mut self, key: &str) -> u32 {
        self.nodes.number(key)
    }

    /// Whether a node of that key has appeared.
    pub(super) fn knows(&self, key: &str) -> bool {
        self.nodes.find(key).is_some()
    }

    /// What is shown for a node, if not its key.
    pub(super) fn label(&mut self, node: u32, label: &str) {
        self.labels.insert(node, label.into());
    }

    pub(super) fn link(&mut self, a: &str, b: &str, weight: f64, line: usize) -> Result<(), Wrong> {
        if a == b {
            return Err(Wrong::at(line, format!("a link from `{}` to itself; take it out", shown(a))));
        }
        if self.links.len() == MOST_LINKS {
            return Err(Wrong::at(line, format!("that is more than {MOST_LINKS} links")));
        }
        let link = (self.node(a), self.node(b), weight);
        self.links.push(link);
        Ok(())
    }

    /// The graph, and how many links were left out because they were repeated.
    pub(super) fn finish(self) -> Result<(Graph, usize), Wrong> {
        let (mut nodes, promised) = (self.nodes, self.promised);
        if nodes.len() == 0 && promised == Some(1) {
            nodes.number("0");
        }
        let n = nodes.len();
        if n == 0 {
            return Err(Wrong::whole("there are no nodes in it"));
        }
        match promised {
            Some(promised) if (n as u64) < promised => {
                return Err(Wrong::whole(format!("it says {promised} nodes, and only {n} of them have links: it falls apart")));
            }
            Some(promised) if (n as u64) > promised => {
                return Err(Wrong::whole(format!("it says {promised} nodes, and has links of {n}")));
            }
            _ => {}
        }
        let mut keys = nodes.into_vec();
        let mut labels: Vec<&String> = self.labels.values().collect();
        labels.sort_unstable();
        labels.dedup();
        if labels.len() == n {
            keys = self.labels.into_values().collect();
        }
        let numbers: Option<Vec<u32>> = keys.iter().map(|key| number_below(key, n)).collect();
        let mut links = self.links;
        let repeated = leave_out_repeated(&mut links, self.directed);
        let mut builder = GraphBuilder::new(n);
        if self.directed {
            builder = builder.directed();
        }
        if numbers.is_none() {
            builder = builder.names(keys);
        }
        let number = |node: u32| numbers.as_ref().map_or(node, |numbers| numbers[node as usize]) as usize;
        for (a, b, weight) in links {
            builder.weighted_link(number(a), number(b), weight);
        }
        let graph = builder.build();
        match cut_off(&graph) {
            None => Ok((graph, repeated)),
            Some(node) => {
                let (first, other) = (graph.title(NodeIndex::new(0)), graph.title(node));
                Err(Wrong::whole(format!("it falls apart: no path leads from `{}` to `{}`", shown(&first), shown(&other))))
            }
        }
    }
}

/// The number that a label is, if it is one below n as one writes it.
fn number_below(label: &str, n: usize) -> Option<u32> {
    let number: u32 = label.parse().ok()?;
    ((number as usize) < n && (label == "0" || !label.starts_with(['0', '+']))).then_some(number)
}

/// Keeps the first of links between the same nodes, in the order of the file.
fn leave_out_repeated(links: &mut Vec<(u32, u32, f64)>, directed: bool) -> usize {
    let nodes = |place: &u32| {
        let (a, b, _) = links[*place as usize];
        if directed { (a, b) } else { (a.min(b), a.max(b)) }
    };
    let mut order: Vec<u32> = (0..links.len() as u32).collect();
    order.sort_unstable_by_key(|place| (nodes(place), *place));
    let mut repeated = vec![false; links.len()];
    for pair in order.windows(2) {
        repeated[pair[1] as usize] = nodes(&pair[0]) == nodes(&pair[1]);
    }
    let before = links.len();
    let mut repeated = repeated.into_iter();
    links.retain(|_| !repeated.next().unwrap_or(false));
    before - links.len()
}
