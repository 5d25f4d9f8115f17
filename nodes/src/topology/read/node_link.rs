//! Node-link JSON: `{"nodes": [{"id": 0}, ..], "links": [{"source": 0, "target": 1}, ..]}`, as NetworkX and D3 have it.  Newer
//! NetworkX says `edges` for `links`.

use serde_json::{Map, Value};

use super::Wrong;
use super::collector::Collector;

pub(super) fn read(text: &str) -> Result<Collector, Wrong> {
    let document: Value = serde_json::from_str(text).map_err(|cause| {
        let said = cause.to_string();
        let why = said.rsplit_once(" at line ").map_or(&*said, |(why, _)| why);
        Wrong::at(cause.line().max(1), format!("this is not JSON: {why}"))
    })?;
    let document = document.as_object().ok_or_else(|| wrong("expected an object with `nodes` and `links`"))?;
    let mut collector = Collector::default();
    if document.get("directed").is_some_and(|directed| *directed == Value::Bool(true)) {
        collector.set_directed();
    }
    let nodes = list(document, &["nodes"])?;
    // Where nodes have no id, links refer to them by their place in the list, as in early D3.
    let by_place = nodes.iter().all(|node| node.get("id").is_none() && node.is_object());
    for (place, node) in nodes.iter().enumerate() {
        let id = match node {
            Value::Object(_) if by_place => place.to_string(),
            Value::Object(fields) => {
                let id = fields.get("id").ok_or_else(|| wrong(format!("nodes[{place}] has no `id`")))?;
                key(id).ok_or_else(|| wrong(format!("the `id` of nodes[{place}] is neither a text nor a number")))?
            }
            other => key(other).ok_or_else(|| wrong(format!("nodes[{place}] is no node: expected {{\"id\": 0}}")))?,
        };
        if collector.knows(&id) {
            return Err(wrong(format!("nodes[{place}] has the `id` of an earlier node, {id}")));
        }
        let number = collector.node(&id);
        let label = ["label", "name"].iter().find_map(|field| node.get(field)?.as_str());
        if let Some(label) = label {
            collector.label(number, label);
        }
    }
    let links = list(document, &["links", "edges"])?;
    for (place, link) in links.iter().enumerate() {
        let end = |field: &str| -> Result<String, Wrong> {
            let end = link.get(field).ok_or_else(|| wrong(format!("links[{place}] has no `{field}`")))?;
            let end = key(end).filter(|end| collector.knows(end));
            end.ok_or_else(|| wrong(format!("the `{field}` of links[{place}] is no `id` of a node")))
        };
        let (a, b) = (end("source")?, end("target")?);
        let weight = match link.get("weight") {
            None | Some(Value::Null) => 1.0,
            Some(weight) => match weight.as_f64() {
                Some(weight) if weight.is_finite() => weight,
                _ => return Err(wrong(format!("the `weight` of links[{place}] is not a number"))),
            },
        };
        if a == b {
            return Err(wrong(format!("links[{place}] leads from `{a}` to itself; take it out")));
        }
        collector.link(&a, &b, weight, 1)?;
    }
    Ok(collector)
}

fn wrong(why: impl Into<String>) -> Wrong {
    Wrong::whole(why)
}

fn list<'a>(document: &'a Map<String, Value>, names: &[&str]) -> Result<&'a [Value], Wrong> {
    let list = names.iter().find_map(|name| document.get(*name)?.as_array());
    list.map(Vec::as_slice).ok_or_else(|| wrong(format!("expected a list `{}`, which is not in it", names.join("` or `"))))
}

/// A node's id as text: `3`, `a`, or NetworkX's tuple `[0, 1]` as Python shows it, `(0, 1)`.
fn key(id: &Value) -> Option<String> {
    match id {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(items) => {
            let items: Option<Vec<String>> = items.iter().map(|item| if item.is_array() { None } else { key(item) }).collect();
            items.map(|items| format!("({})", items.join(", ")))
        }
        _ => None,
    }
}
