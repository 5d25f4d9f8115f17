//! From labels to a graph.

use std::collections::{BTreeMap, BTreeSet};

use super::labels::Labels;
use super::wrong::Place;
use super::{Wrong, names, number, shown};
use crate::topology::changes::Changes;
use crate::topology::search::cut_off;
use crate::topology::stored::MOST_LINKS;
use crate::topology::{Graph, GraphBuilder, NodeIndex};

/// How many attributes are named that are not read.
const MOST_UNREAD: usize = 3;

/// A link between nodes of these numbers.
#[derive(Clone, Copy, Debug)]
struct Found {
    a: u32,
    b: u32,
    weight: f64,
    place: Place,
}

/// A graph from a file.
pub(in crate::topology) struct Finished {
    pub(super) graph: Graph,
    /// What the user should know of it.
    pub(super) notices: Vec<Wrong>,
    /// Where its lightest link stands, and its heaviest.
    pub(super) extremes: Option<[Place; 2]>,
}

/// Nodes and links of a file, by the names (keys) by which its links refer to nodes.
#[derive(Debug, Default)]
pub(in crate::topology) struct Collector {
    /// Their keys.
    nodes: Labels,
    links: Vec<Found>,
    /// By node, where the file gives a label besides the key.
    labels: BTreeMap<u32, String>,
    directed: bool,
    /// How many nodes the file says it has.
    promised: Option<u64>,
    /// Whether a link had a weight.
    weighted: bool,
    /// Attributes of links that are numbers, and no weights.
    unread: BTreeSet<String>,
    notices: Vec<Wrong>,
    /// How many links lead from a node to itself, and the first of them.
    loops: usize,
    first_loop: Option<(Place, String)>,
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

    /// Adds so many nodes, numbered from `first`.  If so few links cannot hold them together, or so small a file cannot have
    /// them, only those that have links are added.
    pub(super) fn numbered_from(&mut self, first: u64, nodes: u64, links: u64, bytes: usize) {
        self.promise(nodes);
        if nodes <= links.saturating_add(1) && nodes <= bytes as u64 {
            for node in first..first + nodes {
                self.node(&node.to_string());
            }
        }
    }

    /// The key of the node of that number, from 1 to `nodes`.
    pub(super) fn numbered(&self, word: &str, nodes: u64, line: usize) -> Result<String, Wrong> {
        match word.parse::<u64>() {
            Ok(number) if (1..=nodes).contains(&number) => Ok(number.to_string()),
            _ => Err(Wrong::at(line, format!("`{}` is no node: expected a number from 1 to {nodes}", shown(word)))),
        }
    }

    /// Makes links lead both ways if each of them has its like that leads back.
    pub(super) fn undirected_if_symmetric(&mut self) {
        let mut all: Vec<_> = self.links.iter().map(|link| (link.a, link.b, link.weight.to_bits())).collect();
        all.sort_unstable();
        let has_like = |link: &Found| all.binary_search(&(link.b, link.a, link.weight.to_bits())).is_ok();
        if self.directed && self.links.iter().all(has_like) {
            self.directed = false;
            self.links.retain(|link| link.a < link.b);
        }
    }

    /// What the user should know.
    pub(super) fn notice(&mut self, place: impl Into<Place>, what: impl Into<String>) {
        self.notices.push(Wrong::at(place, what));
    }

    /// The same, unless it has been said.
    pub(super) fn notice_once(&mut self, place: impl Into<Place>, what: &str) {
        if self.notices.iter().all(|notice| !notice.says(what)) {
            self.notice(place, what);
        }
    }

    /// A link's attribute that is not read as its weight.
    pub(super) fn unread(&mut self, name: &str, value: &str) {
        if self.unread.len() < MOST_UNREAD && names::is_telling(name) && number(value).is_some() {
            self.unread.insert(shown(name));
        }
    }

    /// The node of that key, a new one if it has not appeared.
    pub(super) fn node(&mut self, key: &str) -> u32 {
        self.nodes.number(key)
    }

    /// Whether a node of that key has appeared.
    pub(super) fn knows(&self, key: &str) -> bool {
        self.nodes.find(key).is_some()
    }

    pub(super) fn node_count(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn link_count(&self) -> usize {
        self.links.len()
    }

    /// How many links a node has so far.
    pub(super) fn degree(&self, node: u32) -> usize {
        self.links.iter().filter(|link| link.a == node || link.b == node).count()
    }

    /// The keys of the nodes that have appeared.
    pub(super) fn keys(&self) -> &[String] {
        self.nodes.as_slice()
    }

    /// What is shown for a node, if not its key.
    pub(super) fn label(&mut self, node: u32, label: &str) {
        if !label.is_empty() {
            self.labels.insert(node, label.into());
        }
    }

    /// A link; its weight is 1 if the file gives none.
    pub(super) fn link(&mut self, a: &str, b: &str, weight: Option<f64>, place: impl Into<Place>) -> Result<(), Wrong> {
        if a == b {
            self.node(a);
            self.loops += 1;
            self.first_loop.get_or_insert_with(|| (place.into(), shown(a)));
            return Ok(());
        }
        if self.links.len() == MOST_LINKS {
            return Err(Wrong::at(place, format!("that is more than {MOST_LINKS} links")));
        }
        self.weighted |= weight.is_some();
        let (a, b) = (self.node(a), self.node(b));
        self.links.push(Found { a, b, weight: weight.unwrap_or(1.0), place: place.into() });
        Ok(())
    }

    /// The graph, changed so.
    pub(in crate::topology) fn finish(mut self, changes: &Changes) -> Result<Finished, Wrong> {
        if let Some((place, node)) = self.first_loop.take().filter(|_| !changes.drop_loops) {
            return Err(Wrong::at(place, format!("a link from `{node}` to itself; take it out, or write `--drop loops`")));
        }
        match self.loops {
            0 => {}
            1 => self.notice(Place::Whole, "1 link from a node to itself left out"),
            loops => self.notice(Place::Whole, format!("{loops} links from a node to itself left out")),
        }
        if changes.both_ways && self.directed {
            self.directed = false;
            self.notice(Place::Whole, "its links lead one way; they are read as leading both ways");
        }
        let (mut nodes, promised, mut notices) = (self.nodes, self.promised, self.notices);
        if nodes.len() == 0 && promised == Some(1) {
            nodes.number("0");
        }
        let n = nodes.len();
        match promised {
            Some(promised) if (n as u64) < promised && !changes.keep_largest => {
                return Err(Wrong::whole(format!(
                    "it says {promised} nodes, and only {n} of them have links: it falls apart; keep a part by `--keep largest`"
                )));
            }
            Some(promised) if (n as u64) > promised => {
                return Err(Wrong::whole(format!("it says {promised} nodes, and has links of {n}")));
            }
            _ if n == 0 => return Err(Wrong::whole("there are no nodes in it")),
            _ => {}
        }
        let alone = promised.map_or(0, |promised| promised - n as u64);
        let mut titles = titles(nodes.into_vec(), self.labels, &mut notices);
        let mut links = self.links;
        if changes.keep_largest
            && let Some(kept) = keep_largest(&mut titles, &mut links, alone)
        {
            notices.push(Wrong::whole(kept));
        }
        let n = titles.len();
        let numbers: Option<Vec<u32>> = titles.iter().map(|title| number_below(title, n)).collect();
        match leave_out_repeated(&mut links, self.directed) {
            0 => {}
            1 => notices.push(Wrong::whole("1 repeated link left out")),
            repeated => notices.push(Wrong::whole(format!("{repeated} repeated links left out"))),
        }
        if !self.weighted && !self.unread.is_empty() {
            let unread: Vec<String> = self.unread.iter().map(|name| format!("`{name}`")).collect();
            let unread = unread.join(", ");
            notices.push(Wrong::whole(format!("no link has a `weight`, so each weighs 1; {unread} of its links is not read")));
        }
        let mut builder = GraphBuilder::new(n);
        if self.directed {
            builder = builder.directed();
        }
        if numbers.is_none() {
            builder = builder.names(titles);
        }
        let number = |node: u32| numbers.as_ref().map_or(node, |numbers| numbers[node as usize]) as usize;
        for link in &links {
            builder.weighted_link(number(link.a), number(link.b), link.weight);
        }
        let by_weight = |one: &&Found, two: &&Found| one.weight.total_cmp(&two.weight);
        let extremes = links.iter().min_by(by_weight).zip(links.iter().max_by(by_weight));
        let extremes = extremes.map(|(lightest, heaviest)| [lightest.place, heaviest.place]);
        let graph = builder.build();
        match cut_off(&graph) {
            None => Ok(Finished { graph, notices, extremes }),
            Some(node) => {
                let (first, other) = (graph.title(NodeIndex::new(0)), graph.title(node));
                Err(Wrong::whole(format!(
                    "it falls apart: no path leads from `{}` to `{}`; keep a part by `--keep largest`",
                    shown(&first),
                    shown(&other)
                )))
            }
        }
    }
}

/// What is shown for each node: its label, else its key.  Of nodes of one label all but the first have their key behind it.
fn titles(mut titles: Vec<String>, labels: BTreeMap<u32, String>, notices: &mut Vec<Wrong>) -> Vec<String> {
    if labels.is_empty() {
        return titles;
    }
    let keys: Vec<(u32, String)> =
        labels.into_iter().map(|(node, label)| (node, std::mem::replace(&mut titles[node as usize], label))).collect();
    let mut taken = Labels::default();
    let mut repeated = Vec::new();
    for (node, title) in titles.iter().enumerate() {
        if taken.find(title).is_some() {
            repeated.push(node);
        } else {
            taken.number(title);
        }
    }
    for node in &repeated {
        let key = match keys.binary_search_by_key(node, |(labelled, _)| *labelled as usize) {
            Ok(place) => keys[place].1.clone(),
            Err(_) => titles[*node].clone(),
        };
        let title = &mut titles[*node];
        while taken.find(title).is_some() {
            title.push_str(&format!(" ({key})"));
        }
        taken.number(title);
    }
    if let [first, ..] = repeated[..] {
        let (count, example) = (repeated.len(), shown(&titles[first]));
        let labels = if count == 1 { "1 node has the label of another" } else { "nodes have the labels of others" };
        let count = if count == 1 { String::new() } else { format!("{count} ") };
        notices.push(Wrong::whole(format!("{count}{labels}; its id tells it apart, as in `{example}`")));
    }
    titles
}

/// Keeps the part of most nodes, the first of those that are as large; says what it kept, if there are others: `alone` are as
/// many nodes that the file counts, and has no links of.
fn keep_largest(titles: &mut Vec<String>, links: &mut Vec<Found>, alone: u64) -> Option<String> {
    let mut above: Vec<u32> = (0..titles.len() as u32).collect();
    let root = |above: &mut Vec<u32>, mut node: u32| {
        while above[node as usize] != node {
            above[node as usize] = above[above[node as usize] as usize];
            node = above[node as usize];
        }
        node
    };
    for link in links.iter() {
        let (a, b) = (root(&mut above, link.a), root(&mut above, link.b));
        above[a.max(b) as usize] = a.min(b);
    }
    let roots: Vec<u32> = (0..titles.len() as u32).map(|node| root(&mut above, node)).collect();
    let mut sizes = vec![0u32; titles.len()];
    for root in &roots {
        sizes[*root as usize] += 1;
    }
    let parts = sizes.iter().filter(|size| **size > 0).count() as u64 + alone;
    if parts < 2 {
        return None;
    }
    let largest = (0..sizes.len()).max_by_key(|root| (sizes[*root], core::cmp::Reverse(*root))).unwrap_or_default() as u32;
    let all = titles.len();
    let mut numbers = vec![0u32; all];
    let mut kept = 0;
    for (number, root) in numbers.iter_mut().zip(&roots) {
        *number = kept;
        kept += u32::from(*root == largest);
    }
    let mut is_kept = roots.iter().map(|root| *root == largest);
    titles.retain(|_| is_kept.next().unwrap_or(false));
    links.retain(|link| roots[link.a as usize] == largest);
    for link in links.iter_mut() {
        (link.a, link.b) = (numbers[link.a as usize], numbers[link.b as usize]);
    }
    let all = all as u64 + alone;
    Some(format!("{kept} of {all} nodes are kept, the largest of {parts} parts"))
}

/// The number that a label is, if it is one below n as one writes it.
fn number_below(label: &str, n: usize) -> Option<u32> {
    let number: u32 = label.parse().ok()?;
    ((number as usize) < n && (label == "0" || !label.starts_with(['0', '+']))).then_some(number)
}

/// Keeps the first of links between the same nodes, in the order of the file.
fn leave_out_repeated(links: &mut Vec<Found>, directed: bool) -> usize {
    let nodes = |place: &u32| {
        let Found { a, b, .. } = links[*place as usize];
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
