//! GEXF, Gephi's format in XML.

use std::collections::BTreeMap;

use roxmltree::Node;

use super::collector::Collector;
use super::names::{self, Best};
use super::xml::{is, parse, place};
use super::{Wrong, number, shown, weight};
use crate::sorting;

pub(in crate::topology) fn read(text: &str) -> Result<Collector, Wrong> {
    let document = parse(text)?;
    let mut graphs = document.descendants().filter(|node| is(*node, "graph"));
    let graph = graphs.next().ok_or_else(|| Wrong::whole("expected an element `<graph>`, which is nowhere in it"))?;
    if let Some(second) = graphs.next() {
        return Err(Wrong::at(place(second), "a second graph begins; keep one"));
    }
    let usual = graph.attribute("defaultedgetype").unwrap_or("undirected");
    let titles = titles(graph);
    let mut collector = Collector::default();
    for node in graph.descendants().filter(|node| is(*node, "node")) {
        let id = node.attribute("id").ok_or_else(|| Wrong::at(place(node), "this node has no `id`"))?;
        if collector.knows(id) {
            return Err(Wrong::at(place(node), format!("a second node of id `{}`", shown(id))));
        }
        if node.children().any(|child| is(child, "nodes")) {
            return Err(Wrong::at(place(node), "nodes stand in a node: nodes in groups are not read; take them out"));
        }
        let number = collector.node(id);
        if let Some(label) = node.attribute("label") {
            collector.label(number, label);
        }
    }
    let mut all = None;
    for edge in graph.descendants().filter(|node| is(*node, "edge")) {
        let directed = match edge.attribute("type").unwrap_or(usual) {
            "undirected" | "mutual" => false,
            "directed" => true,
            other => {
                return Err(Wrong::at(
                    place(edge),
                    format!("`{}` is no type of links: expected directed or undirected", shown(other)),
                ));
            }
        };
        if *all.get_or_insert(directed) != directed {
            return Err(Wrong::at(place(edge), "some links lead one way and some both ways; all must do the same"));
        }
        let end = |name: &str| -> Result<&str, Wrong> {
            let id = edge.attribute(name).ok_or_else(|| Wrong::at(place(edge), format!("this edge has no `{name}`")))?;
            let known = collector.knows(id).then_some(id);
            known.ok_or_else(|| Wrong::at(place(edge), format!("there is no node of id `{}`", shown(id))))
        };
        let (a, b) = (end("source")?, end("target")?);
        let heavy = match edge.attribute("weight") {
            Some(text) => Some(text),
            None => held(edge, &titles, &mut collector),
        };
        let heavy = heavy.map(|text| weight(text, place(edge))).transpose()?;
        collector.link(a, b, heavy, place(edge))?;
    }
    if all == Some(true) {
        collector.set_directed();
    }
    Ok(collector)
}

/// What the attributes of edges are called, by id.
fn titles<'a>(graph: Node<'a, '_>) -> BTreeMap<&'a str, &'a str> {
    let of_edges = graph.children().filter(|child| is(*child, "attributes") && child.attribute("class") == Some("edge"));
    let attributes = of_edges.flat_map(|attributes| attributes.children()).filter(|child| is(*child, "attribute"));
    sorting::map(attributes.filter_map(|attribute| Some((attribute.attribute("id")?, attribute.attribute("title")?))))
}

/// The weight among an edge's own attributes.
fn held<'a>(edge: Node<'a, '_>, titles: &BTreeMap<&str, &str>, collector: &mut Collector) -> Option<&'a str> {
    let mut heavy = Best::default();
    let values = edge.children().filter(|child| is(*child, "attvalues")).flat_map(|values| values.children());
    for value in values.filter(|child| is(*child, "attvalue")) {
        let (Some(id), Some(text)) = (value.attribute("for"), value.attribute("value")) else { continue };
        let name = titles.get(id).copied().unwrap_or(id);
        match number(text).and(names::number(name)) {
            None => collector.unread(name, text),
            rank => heavy.offer(rank, text),
        }
    }
    heavy.take()
}
