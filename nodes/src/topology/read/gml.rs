//! GML, the Graph Modelling Language (Himsolt 1997): `graph [ node [ id 0 label "a" ] edge [ source 0 target 1 ] ]`.

use super::collector::Collector;
use super::cursor::Cursor;
use super::{Wrong, weight};

/// How deep lists may stand in lists.
const DEEPEST: usize = 100;

#[derive(Debug)]
struct Pair<'a> {
    key: &'a str,
    value: Value<'a>,
    line: usize,
}

#[derive(Debug)]
enum Value<'a> {
    Number(&'a str),
    Text(String),
    List(Vec<Pair<'a>>),
}

impl Value<'_> {
    fn text(&self) -> Option<&str> {
        match self {
            Value::Number(text) => Some(text),
            Value::Text(text) => Some(text),
            Value::List(_) => None,
        }
    }
}

pub(super) fn read(text: &str) -> Result<Collector, Wrong> {
    let mut cursor = Cursor::new(text);
    let pairs = list(&mut cursor, 0)?;
    let mut graphs = pairs.iter().filter(|pair| pair.key.eq_ignore_ascii_case("graph"));
    let graph = graphs.next().ok_or_else(|| Wrong::whole("expected `graph [ .. ]`, which is nowhere in it"))?;
    if let Some(second) = graphs.next() {
        return Err(Wrong::at(second.line, "a second graph begins; keep one"));
    }
    let Value::List(graph) = &graph.value else { return Err(Wrong::at(graph.line, "expected `graph [ .. ]`")) };
    let mut collector = Collector::default();
    if graph.iter().any(|pair| pair.key == "directed" && pair.value.text() == Some("1")) {
        collector.set_directed();
    }
    for pair in graph.iter().filter(|pair| pair.key == "node") {
        let id = field(pair, "id")?.ok_or_else(|| Wrong::at(pair.line, "this node has no id: expected `node [ id 0 ]`"))?;
        if collector.knows(id) {
            return Err(Wrong::at(pair.line, format!("a second node of id {id}")));
        }
        let node = collector.node(id);
        if let Some(label) = field(pair, "label")? {
            collector.label(node, label);
        }
    }
    for pair in graph.iter().filter(|pair| pair.key == "edge") {
        let end = |key| -> Result<&str, Wrong> {
            let id = field(pair, key)?.ok_or_else(|| {
                Wrong::at(pair.line, format!("this edge has no {key}: expected `edge [ source 0 target 1 ]`"))
            })?;
            if collector.knows(id) { Ok(id) } else { Err(Wrong::at(pair.line, format!("there is no node of id {id}"))) }
        };
        let (a, b) = (end("source")?, end("target")?);
        let heavy = match field(pair, "weight")? {
            None => field(pair, "value")?.filter(|value| value.parse::<f64>().is_ok()),
            weight => weight,
        };
        let heavy = heavy.map_or(Ok(1.0), |text| weight(text, pair.line))?;
        collector.link(a, b, heavy, pair.line)?;
    }
    Ok(collector)
}

/// The value of a key of a node or an edge.
fn field<'a>(pair: &'a Pair<'_>, key: &str) -> Result<Option<&'a str>, Wrong> {
    match &pair.value {
        Value::List(fields) => Ok(fields.iter().find(|field| field.key == key).and_then(|field| field.value.text())),
        _ => Err(Wrong::at(pair.line, format!("expected `{} [ .. ]`", pair.key))),
    }
}

/// Keys and values, up to the closing bracket or, outside all brackets, the end.
fn list<'a>(cursor: &mut Cursor<'a>, depth: usize) -> Result<Vec<Pair<'a>>, Wrong> {
    if depth > DEEPEST {
        return Err(Wrong::at(cursor.line(), format!("lists stand in lists more than {DEEPEST} deep")));
    }
    let mut pairs = Vec::new();
    loop {
        space(cursor);
        match cursor.peek() {
            None if depth == 0 => return Ok(pairs),
            Some(']') if depth > 0 => {
                cursor.next();
                return Ok(pairs);
            }
            None => return Err(cursor.expected("`]`")),
            _ => {}
        }
        let line = cursor.line();
        let key = cursor.take_while(|letter| letter.is_ascii_alphanumeric() || letter == '_');
        if key.is_empty() {
            return Err(cursor.expected("a key, as `node` or `id`"));
        }
        space(cursor);
        let value = match cursor.peek() {
            Some('[') => {
                cursor.next();
                Value::List(list(cursor, depth + 1)?)
            }
            Some('"') => {
                cursor.next();
                let text = cursor.take_until("\"").ok_or_else(|| Wrong::at(line, "this text has no closing `\"`"))?;
                Value::Text(without_entities(text))
            }
            _ => {
                let number =
                    cursor.take_while(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '+' | '-' | '.' | '_'));
                if number.is_empty() {
                    return Err(cursor.expected(&format!("the value of `{key}`")));
                }
                Value::Number(number)
            }
        };
        pairs.push(Pair { key, value, line });
    }
}

fn space(cursor: &mut Cursor<'_>) {
    loop {
        cursor.take_while(char::is_whitespace);
        if !cursor.starts_with("#") {
            return;
        }
        cursor.take_while(|letter| letter != '\n');
    }
}

/// GML is ASCII: `&quot;`, `&amp;` and `&#228;` stand for other letters.
fn without_entities(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(place) = rest.find('&') {
        plain.push_str(&rest[..place]);
        rest = &rest[place..];
        let entity = rest.find(';').map(|end| &rest[1..end]);
        let letter = entity.and_then(|entity| match entity {
            "quot" => Some('"'),
            "amp" => Some('&'),
            "apos" => Some('\''),
            "lt" => Some('<'),
            "gt" => Some('>'),
            _ => match entity.strip_prefix('#')? {
                hex if hex.starts_with(['x', 'X']) => char::from_u32(u32::from_str_radix(&hex[1..], 16).ok()?),
                decimal => char::from_u32(decimal.parse().ok()?),
            },
        });
        match (letter, entity) {
            (Some(letter), Some(entity)) => {
                plain.push(letter);
                rest = &rest[entity.len() + 2..];
            }
            _ => {
                plain.push('&');
                rest = &rest[1..];
            }
        }
    }
    plain + rest
}
