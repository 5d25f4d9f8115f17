//! GraphML (Brandes et al. 2002), as NetworkX, yEd and the Internet Topology Zoo write it.

use roxmltree::{Document, Node};

use super::collector::Collector;
use super::{Wrong, shown, weight};

pub(super) fn read(text: &str) -> Result<Collector, Wrong> {
    let document = Document::parse(text)
        .map_err(|cause| Wrong::at(cause.pos().row.max(1) as usize, format!("this is not XML: {cause}")))?;
    let line = |node: Node<'_, '_>| document.text_pos_at(node.range().start).row as usize;
    let mut graphs = document.descendants().filter(|node| is(*node, "graph"));
    let graph = graphs.next().ok_or_else(|| Wrong::whole("expected an element `<graph>`, which is nowhere in it"))?;
    if let Some(second) = graphs.next() {
        return Err(Wrong::at(line(second), "a second graph begins; keep one"));
    }
    let directed = match graph.attribute("edgedefault") {
        Some("undirected") => false,
        Some("directed") => true,
        _ => return Err(Wrong::at(line(graph), "expected `edgedefault=\"undirected\"` or `\"directed\"`")),
    };
    let mut collector = Collector::default();
    if directed {
        collector.set_directed();
    }
    let keys: Vec<Node<'_, '_>> = document.descendants().filter(|node| is(*node, "key")).collect();
    let of = |name: &str, place: &str| {
        let here =
            |key: &&Node<'_, '_>| matches!(key.attribute("for"), None | Some("all")) || key.attribute("for") == Some(place);
        keys.iter().filter(here).find(|key| key.attribute("attr.name") == Some(name)).copied()
    };
    let (label_key, weight_key) = (of("label", "node"), of("weight", "edge"));
    for node in graph.children().filter(|node| is(*node, "node")) {
        let id = node.attribute("id").ok_or_else(|| Wrong::at(line(node), "this node has no `id`"))?;
        if collector.knows(id) {
            return Err(Wrong::at(line(node), format!("a second node of id `{}`", shown(id))));
        }
        let number = collector.node(id);
        let drawn = || node.descendants().find(|inner| is(*inner, "NodeLabel")).and_then(|inner| inner.text());
        if let Some(label) = data(node, label_key).or_else(drawn) {
            collector.label(number, label.trim());
        }
    }
    for edge in graph.children().filter(|node| is(*node, "edge") || is(*node, "hyperedge")) {
        if is(edge, "hyperedge") {
            return Err(Wrong::at(line(edge), "a hyperedge is no link between two nodes"));
        }
        if edge.attribute("directed").is_some_and(|own| (own == "true") != directed) {
            return Err(Wrong::at(line(edge), "some links lead one way and some both ways; all must do the same"));
        }
        let end = |name: &str| -> Result<&str, Wrong> {
            let id = edge.attribute(name).ok_or_else(|| Wrong::at(line(edge), format!("this edge has no `{name}`")))?;
            if collector.knows(id) {
                Ok(id)
            } else {
                Err(Wrong::at(line(edge), format!("there is no node of id `{}`", shown(id))))
            }
        };
        let (a, b) = (end("source")?, end("target")?);
        let default = || weight_key?.children().find(|child| is(*child, "default"))?.text();
        let heavy = data(edge, weight_key).or_else(default).map_or(Ok(1.0), |text| weight(text, line(edge)))?;
        collector.link(a, b, heavy, line(edge))?;
    }
    Ok(collector)
}

fn is(node: Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name
}

/// What the element holds under that key.
fn data<'a>(element: Node<'a, '_>, key: Option<Node<'_, '_>>) -> Option<&'a str> {
    let key = key?.attribute("id")?;
    element.children().find(|child| is(*child, "data") && child.attribute("key") == Some(key))?.text()
}
