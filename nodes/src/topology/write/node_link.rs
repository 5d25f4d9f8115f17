//! Node-link JSON, as NetworkX has it since version 3.4: the links are called `edges`.

use serde_json::{Map, Value, json};

use crate::plain;
use crate::sorting;
use crate::topology::{Graph, NodeIndex};

pub(in crate::topology) fn write(graph: &Graph) -> Result<String, String> {
    let id = |node: NodeIndex| graph.name(node).map_or_else(|| json!(node.index()), |name| json!(name));
    let nodes: Vec<Value> = graph.nodes().map(|node| json!({ "id": id(node) })).collect();
    let edge = |link: crate::topology::Link| {
        let mut edge = Map::new();
        edge.insert("source".into(), id(link.a));
        edge.insert("target".into(), id(link.b));
        if graph.is_weighted() {
            edge.insert("weight".into(), json!(link.weight));
        }
        Value::Object(edge)
    };
    let edges: Vec<Value> = graph.links().map(edge).collect();
    let mut pairs: Vec<_> = graph
        .links()
        .map(|link| if graph.is_directed() { (link.a, link.b) } else { (link.a.min(link.b), link.a.max(link.b)) })
        .collect();
    sorting::sort(&mut pairs);
    let multigraph = pairs.windows(2).any(|pair| pair[0] == pair[1]);
    let document =
        json!({ "directed": graph.is_directed(), "multigraph": multigraph, "graph": {}, "nodes": nodes, "edges": edges });
    Ok(plain::json(&document.to_string()).into_owned() + "\n")
}
