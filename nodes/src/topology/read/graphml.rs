//! GraphML (Brandes et al. 2002), as NetworkX, igraph, Gephi, yEd and the Internet Topology Zoo write it.

use std::collections::BTreeMap;

use roxmltree::Node;

use super::collector::Collector;
use super::names::{self, Best};
use super::xml::{is, parse, place};
use super::{Wrong, number, shown, weight};

pub(in crate::topology) fn read(text: &str) -> Result<Collector, Wrong> {
    let document = parse(text)?;
    // A graph in a node holds the nodes of a group.
    let mut graphs = document.descendants().filter(|node| is(*node, "graph") && !in_node(*node));
    let graph = graphs.next().ok_or_else(|| Wrong::whole("expected an element `<graph>`, which is nowhere in it"))?;
    if let Some(second) = graphs.next() {
        return Err(Wrong::at(place(second), "a second graph begins; keep one"));
    }
    let directed = match graph.attribute("edgedefault") {
        Some("undirected") => false,
        Some("directed") => true,
        _ => return Err(Wrong::at(place(graph), "expected `edgedefault=\"undirected\"` or `\"directed\"`")),
    };
    let mut collector = Collector::default();
    if directed {
        collector.set_directed();
    }
    let keys = Keys::of(document.root());
    let of_graph = |name: &'static str| {
        graph.descendants().filter(move |node| is(*node, name) && node.parent().is_some_and(|parent| is(parent, "graph")))
    };
    let mut groups: BTreeMap<&str, Node<'_, '_>> = BTreeMap::new();
    for node in of_graph("node") {
        let id = node.attribute("id").ok_or_else(|| Wrong::at(place(node), "this node has no `id`"))?;
        if collector.knows(id) || groups.contains_key(id) {
            return Err(Wrong::at(place(node), format!("a second node of id `{}`", shown(id))));
        }
        if node.children().any(|child| is(child, "graph")) {
            groups.insert(id, node);
        } else {
            keys.add(node, id, &mut collector);
        }
    }
    if let Some(hyperedge) = of_graph("hyperedge").next() {
        return Err(Wrong::at(place(hyperedge), "a hyperedge is no link between two nodes"));
    }
    for edge in of_graph("edge") {
        let usual = edge.parent().and_then(|graph| graph.attribute("edgedefault")).map(|usual| usual == "directed");
        let own = edge.attribute("directed").map(|own| matches!(own, "true" | "1")).or(usual);
        if own.is_some_and(|own| own != directed) {
            return Err(Wrong::at(place(edge), "some links lead one way and some both ways; all must do the same"));
        }
        let mut end = |name: &str| -> Result<&str, Wrong> {
            let id = edge.attribute(name).ok_or_else(|| Wrong::at(place(edge), format!("this edge has no `{name}`")))?;
            if let Some(group) = groups.remove(id) {
                keys.add(group, id, &mut collector);
            }
            let known = collector.knows(id).then_some(id);
            known.ok_or_else(|| Wrong::at(place(edge), format!("there is no node of id `{}`", shown(id))))
        };
        let (a, b) = (end("source")?, end("target")?);
        let heavy = keys.weight(edge, &mut collector)?;
        collector.link(a, b, heavy, place(edge))?;
    }
    if !groups.is_empty() {
        let left_out = match groups.len() {
            1 => "1 group of nodes has no links of its own and is left out".to_owned(),
            count => format!("{count} groups of nodes have no links of their own and are left out"),
        };
        collector.notice(place(graph), left_out);
    }
    Ok(collector)
}

fn in_node(element: Node<'_, '_>) -> bool {
    element.parent().is_some_and(|parent| is(parent, "node"))
}

/// What the data of nodes and edges mean: several keys may have one name, and some stand at what they are not `for`.
struct Keys<'a> {
    /// By id.
    names: BTreeMap<&'a str, &'a str>,
    /// The weight of links that do not say theirs.
    usual: Option<&'a str>,
}

impl<'a> Keys<'a> {
    fn of(root: Node<'a, '_>) -> Self {
        let mut names = BTreeMap::new();
        let mut usual = Best::default();
        for key in root.descendants().filter(|node| is(*node, "key")) {
            let Some(id) = key.attribute("id") else { continue };
            let name = key.attribute("attr.name").unwrap_or(id);
            names.insert(id, name);
            let default = key.children().find(|child| is(*child, "default")).and_then(|default| default.text());
            if let (Some(default), false) = (default, key.attribute("for") == Some("node")) {
                usual.offer(names::weight(name), default);
            }
        }
        Keys { names, usual: usual.take() }
    }

    /// What an element holds, by name.
    fn data<'b>(&self, element: Node<'b, '_>) -> impl Iterator<Item = (&'b str, &'b str)>
    where
        'a: 'b,
    {
        let data = element.children().filter(|child| is(*child, "data"));
        data.filter_map(|data| {
            let key = data.attribute("key")?;
            Some((self.names.get(key).copied().unwrap_or(key), data.text()?))
        })
    }

    /// A new node, with its label.
    fn add(&self, node: Node<'_, '_>, id: &str, collector: &mut Collector) {
        let mut label = Best::default();
        for (name, text) in self.data(node) {
            label.offer(names::label(name), text);
        }
        let drawn = || {
            let data = node.children().filter(|child| is(*child, "data"));
            data.flat_map(|data| data.descendants()).find(|inner| is(*inner, "NodeLabel")).and_then(|inner| inner.text())
        };
        let number = collector.node(id);
        if let Some(label) = label.take().or_else(drawn) {
            collector.label(number, label.trim());
        }
    }

    fn weight(&self, edge: Node<'_, '_>, collector: &mut Collector) -> Result<Option<f64>, Wrong> {
        let mut heavy = Best::default();
        for (name, text) in self.data(edge) {
            match names::weight(name).or_else(|| number(text).and(names::number(name))) {
                None => collector.unread(name, text),
                rank => heavy.offer(rank, text),
            }
        }
        heavy.take().or(self.usual).map(|text| weight(text, place(edge))).transpose()
    }
}
