//! JSON: `{"nodes": [{"id": 0}, ..], "links": [{"source": 0, "target": 1}, ..]}`, as NetworkX and D3 have it, and its relatives.
//!
//! Newer NetworkX says `edges` for `links`.  Graphology (Gephi) has `key` for `id` and keeps what else it knows in `attributes`;
//! vis.js says `from` and `to`; JGF puts all into `graph`, nodes perhaps as an object; Cytoscape into `elements`, each with its
//! `data`; NetworkX may list neighbours in `adjacency`.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::collector::Collector;
use super::names::{self, Best};
use super::wrong::Place;
use super::{Wrong, shown};

pub(in crate::topology) fn read(text: &str) -> Result<Collector, Wrong> {
    let document: Value = serde_json::from_str(text).map_err(|cause| {
        let said = cause.to_string();
        let why = said.rsplit_once(" at line ").map_or(&*said, |(why, _)| why);
        Wrong::at(cause.line().max(1), format!("this is not JSON: {why}"))
    })?;
    let document = document.as_object().ok_or_else(|| wrong("expected an object with `nodes` and `links`"))?;
    let (graph, is_jgf) = graph(document)?;
    let mut collector = Collector::default();
    let ids = nodes(graph, &mut collector)?;
    if let Some(Value::Array(adjacency)) = graph.get("adjacency") {
        let directed = says_directed(graph, document)?.unwrap_or(false);
        neighbours(adjacency, &ids, directed, &mut collector)?;
        if directed {
            collector.set_directed();
        }
        return Ok(collector);
    }
    let (list, links) = links(graph)?;
    let said = match says_directed(graph, document)? {
        None if is_jgf && links.iter().all(|link| link.get("directed").is_none()) => {
            collector.notice(Place::Whole, "JGF without `directed` means links that lead one way");
            Some(true)
        }
        said => said,
    };
    if directed(graph, said, list, links)? {
        collector.set_directed();
    }
    for (place, link) in links.iter().enumerate() {
        self::link(link, Place::item(list, place), &mut collector)?;
    }
    Ok(collector)
}

fn wrong(why: impl Into<String>) -> Wrong {
    Wrong::whole(why)
}

/// The object in which nodes and links are, and whether that is JGF's.
fn graph(document: &Map<String, Value>) -> Result<(&Map<String, Value>, bool), Wrong> {
    if document.contains_key("nodes") {
        return Ok((document, false));
    }
    if let Some(Value::Array(graphs)) = document.get("graphs") {
        return match &graphs[..] {
            [Value::Object(graph)] => Ok((graph, true)),
            _ => Err(wrong(format!("there are {} graphs in it; keep one, as `graph`", graphs.len()))),
        };
    }
    let inner = |name: &str| document.get(name)?.as_object().filter(|inner| inner.contains_key("nodes"));
    let graph = inner("graph").map(|graph| (graph, true));
    Ok(graph.or_else(|| Some((inner("elements")?, false))).unwrap_or((document, false)))
}

/// Adds the nodes; gives their keys.
fn nodes(graph: &Map<String, Value>, collector: &mut Collector) -> Result<Vec<String>, Wrong> {
    let mut ids = Vec::new();
    let mut add = |id: String, node: &Value, place: Place| {
        if collector.knows(&id) {
            return Err(Wrong::at(place, format!("an earlier node has this `id`, `{}`", shown(&id))));
        }
        let number = collector.node(&id);
        let mut label = Best::default();
        for (name, value) in fields(node) {
            if let Some(text) = value.as_str() {
                label.offer(names::label(name), text);
            }
        }
        if let Some(label) = label.take() {
            collector.label(number, label);
        }
        ids.push(id);
        Ok(())
    };
    match graph.get("nodes") {
        Some(Value::Array(nodes)) => {
            // Where nodes have no id, links refer to them by their place in the list, as in early D3.
            let by_place = nodes.iter().all(|node| node.is_object() && id(node).is_none());
            for (number, node) in nodes.iter().enumerate() {
                let place = Place::item("nodes", number);
                let id = match node {
                    Value::Object(_) if by_place => number.to_string(),
                    Value::Object(_) => {
                        let id = id(node).ok_or_else(|| Wrong::at(place, "it has no `id` (or `key`)"))?;
                        key(id).ok_or_else(|| Wrong::at(place, "its `id` is neither a text nor a number"))?
                    }
                    other => key(other).ok_or_else(|| Wrong::at(place, "this is no node: expected {\"id\": 0}"))?,
                };
                add(id, node, place)?;
            }
        }
        Some(Value::Object(nodes)) => {
            for (number, (id, node)) in nodes.iter().enumerate() {
                add(id.clone(), node, Place::item("nodes", number))?;
            }
        }
        _ => return Err(wrong("expected a list `nodes`, which is not in it")),
    }
    Ok(ids)
}

/// The list of links, and what it is called.
fn links(graph: &Map<String, Value>) -> Result<(&'static str, &[Value]), Wrong> {
    if graph.get("hyperedges").and_then(Value::as_array).is_some_and(|list| !list.is_empty()) {
        return Err(Wrong::at(Place::item("hyperedges", 0), "a hyperedge is no link between two nodes"));
    }
    let list = ["links", "edges"].into_iter().find_map(|name| Some((name, graph.get(name)?.as_array()?.as_slice())));
    list.ok_or_else(|| wrong("expected a list `links` or `edges`, which is not in it"))
}

/// Whether links lead one way.
fn directed(graph: &Map<String, Value>, usual: Option<bool>, list: &'static str, links: &[Value]) -> Result<bool, Wrong> {
    // In graphology a link leads one way unless it says otherwise.
    let mixed = usual.is_none() && links.iter().any(|link| link.get("undirected").is_some());
    let graphology = graph.get("options").and_then(|options| options.get("type")).and_then(Value::as_str) == Some("mixed");
    let usual = usual.unwrap_or(mixed || graphology);
    let mut all = None;
    for (place, link) in links.iter().enumerate() {
        let one_way = match (link.get("directed"), link.get("undirected")) {
            (Some(directed), _) => truth("directed", directed, Place::item(list, place))?,
            (None, Some(undirected)) => !truth("undirected", undirected, Place::item(list, place))?,
            _ => usual,
        };
        if *all.get_or_insert(one_way) != one_way {
            let why = "some links lead one way and some both ways; all must do the same";
            return Err(Wrong::at(Place::item(list, place), why));
        }
    }
    Ok(all.unwrap_or(usual))
}

/// What the document says of all its links.
fn says_directed(graph: &Map<String, Value>, document: &Map<String, Value>) -> Result<Option<bool>, Wrong> {
    if let Some(directed) = [graph, document].iter().find_map(|object| object.get("directed")) {
        return truth("directed", directed, Place::Whole).map(Some);
    }
    let options = graph.get("options").and_then(|options| options.get("type")).and_then(Value::as_str);
    Ok(match options {
        Some("directed") => Some(true),
        Some("undirected") => Some(false),
        _ => None,
    })
}

fn truth(name: &str, value: &Value, place: Place) -> Result<bool, Wrong> {
    let text = match value {
        Value::String(text) => Cow::Borrowed(&**text),
        other => Cow::Owned(other.to_string()),
    };
    match &*text.to_ascii_lowercase() {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(Wrong::at(place, format!("`{name}` is `{}`: expected true or false", shown(&text)))),
    }
}

/// `{"source": a, "target": b}`, `{"from": a, "to": b}`, or `[a, b]`.
fn link(link: &Value, place: Place, collector: &mut Collector) -> Result<(), Wrong> {
    let own = if link.get("data").is_some_and(|data| data.get("source").is_some()) { &link["data"] } else { link };
    let end = |names: [&str; 2], item: usize| -> Result<String, Wrong> {
        let found = match own {
            Value::Array(items) => items.get(item).map(|end| (names[0], end)),
            _ => names.iter().find_map(|name| Some((*name, own.get(*name)?))),
        };
        let (name, end) = found.ok_or_else(|| Wrong::at(place, format!("it has no `{}`", names[0])))?;
        known(name, end, place, collector)
    };
    let (a, b) = (end(["source", "from"], 0)?, end(["target", "to"], 1)?);
    let mut heavy = Best::default();
    if let Value::Array(items) = own
        && let Some(weight) = items.get(2)
    {
        heavy.offer(Some(0), weight);
    }
    for (name, value) in fields(link) {
        match names::weight(name).or_else(|| value.as_f64().and(names::number(name))) {
            None => collector.unread(name, &value.to_string()),
            rank => heavy.offer(rank, value),
        }
    }
    let heavy = heavy.take().map_or(Ok(None), |value| weight(value, place))?;
    collector.link(&a, &b, heavy, place)
}

/// Lists of neighbours, one for each node, as `networkx.adjacency_data` makes them.
fn neighbours(adjacency: &[Value], ids: &[String], directed: bool, collector: &mut Collector) -> Result<(), Wrong> {
    for (number, list) in adjacency.iter().enumerate() {
        let place = Place::item("adjacency", number);
        let node = ids.get(number).ok_or_else(|| Wrong::at(place, format!("there are {} nodes only", ids.len())))?;
        let list = list.as_array().ok_or_else(|| Wrong::at(place, "expected a list of neighbours"))?;
        for neighbour in list {
            let end = id(neighbour).ok_or_else(|| Wrong::at(place, "a neighbour has no `id`"))?;
            let end = known("id", end, place, collector)?;
            // Both ends have the link in their lists.
            if directed || collector.node(node) <= collector.node(&end) {
                let heavy = neighbour.get("weight").map_or(Ok(None), |value| weight(value, place))?;
                collector.link(node, &end, heavy, place)?;
            }
        }
    }
    Ok(())
}

/// The key of a node to which something refers; D3 may have put the node itself there.
fn known(name: &str, end: &Value, place: Place, collector: &Collector) -> Result<String, Wrong> {
    let text = key(if end.is_object() { id(end).unwrap_or(end) } else { end });
    match text {
        Some(text) if collector.knows(&text) => Ok(text),
        text => {
            let text = text.unwrap_or_else(|| end.to_string());
            Err(Wrong::at(place, format!("its `{name}`, `{}`, is no `id` of a node", shown(&text))))
        }
    }
}

fn weight(value: &Value, place: Place) -> Result<Option<f64>, Wrong> {
    match value {
        Value::Null => Ok(None),
        value => match value.as_f64().filter(|weight| weight.is_finite()) {
            Some(weight) => Ok(Some(weight)),
            None => Err(Wrong::at(place, format!("its weight, `{}`, is not a number", shown(&value.to_string())))),
        },
    }
}

/// A node's id, where the format has it.
fn id(node: &Value) -> Option<&Value> {
    node.get("id").or_else(|| node.get("key")).or_else(|| node.get("data")?.get("id"))
}

/// What is known of a node or a link, also within `attributes`, `metadata` or `data`.
fn fields(item: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let inner = ["attributes", "metadata", "data"].into_iter().filter_map(|name| item.get(name));
    core::iter::once(item).chain(inner).filter_map(Value::as_object).flatten().map(|(name, value)| (&**name, value))
}

/// A node's id as text: `3`, `a`, or NetworkX's tuple `[0, 1]` as Python shows it, `(0, 1)`.
fn key(id: &Value) -> Option<String> {
    match id {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Array(items) => {
            let items: Option<Vec<String>> = items.iter().map(|item| if item.is_array() { None } else { key(item) }).collect();
            items.map(|items| format!("({})", items.join(", ")))
        }
        _ => None,
    }
}
