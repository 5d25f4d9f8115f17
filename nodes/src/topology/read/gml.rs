//! GML, the Graph Modelling Language (Himsolt 1997): `graph [ node [ id 0 label "a" ] edge [ source 0 target 1 ] ]`.

use super::collector::Collector;
use super::cursor::Cursor;
use super::names::{self, Best};
use super::{Wrong, entities, number, shown, weight};

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

pub(in crate::topology) fn read(text: &str) -> Result<Collector, Wrong> {
    let mut cursor = Cursor::new(text);
    let pairs = list(&mut cursor, 0)?;
    let mut graphs = pairs.iter().filter(|pair| pair.is("graph"));
    let graph = graphs.next().ok_or_else(|| Wrong::whole("expected `graph [ .. ]`, which is nowhere in it"))?;
    if let Some(second) = graphs.next() {
        return Err(Wrong::at(second.line, "a second graph begins; keep one"));
    }
    let Value::List(graph) = &graph.value else { return Err(Wrong::at(graph.line, "expected `graph [ .. ]`")) };
    let mut collector = Collector::default();
    for pair in graph.iter().chain(&pairs).filter(|pair| pair.is("directed")) {
        match pair.value.text() {
            Some("0" | "false") => {}
            Some("1" | "true") => collector.set_directed(),
            value => {
                let value = shown(value.unwrap_or("[ .. ]"));
                return Err(Wrong::at(pair.line, format!("`directed` is `{value}`: expected 0 or 1")));
            }
        }
    }
    for pair in graph.iter().filter(|pair| pair.is("node")) {
        node(pair, &mut collector)?;
    }
    for pair in graph.iter().filter(|pair| pair.is("edge")) {
        edge(pair, &mut collector)?;
    }
    Ok(collector)
}

fn node(pair: &Pair<'_>, collector: &mut Collector) -> Result<(), Wrong> {
    let id = field(pair, "id")?.ok_or_else(|| Wrong::at(pair.line, "this node has no id: expected `node [ id 0 ]`"))?;
    if collector.knows(id) {
        return Err(Wrong::at(pair.line, format!("a second node of id {}", shown(id))));
    }
    let node = collector.node(id);
    let mut label = Best::default();
    for field in fields(pair)? {
        if field.is("graph") {
            return Err(Wrong::at(field.line, "a graph stands in a node: nodes in groups are not read; take them out"));
        }
        if let Some(text) = field.value.text() {
            label.offer(names::label(field.key), text);
        }
    }
    if let Some(label) = label.take() {
        collector.label(node, label);
    }
    Ok(())
}

fn edge(pair: &Pair<'_>, collector: &mut Collector) -> Result<(), Wrong> {
    let end = |key| -> Result<&str, Wrong> {
        let id = field(pair, key)?
            .ok_or_else(|| Wrong::at(pair.line, format!("this edge has no {key}: expected `edge [ source 0 target 1 ]`")))?;
        let known = collector.knows(id).then_some(id);
        known.ok_or_else(|| Wrong::at(pair.line, format!("there is no node of id {}", shown(id))))
    };
    let (a, b) = (end("source")?, end("target")?);
    let mut heavy = Best::default();
    for field in fields(pair)? {
        let Some(text) = field.value.text() else { continue };
        match names::weight(field.key).or_else(|| number(text).and(names::number(field.key))) {
            None => collector.unread(field.key, text),
            rank => heavy.offer(rank, text),
        }
    }
    let heavy = heavy.take().map(|text| weight(text, pair.line)).transpose()?;
    collector.link(a, b, heavy, pair.line)
}

impl Pair<'_> {
    /// Whether the key is that, in upper or lower case.
    fn is(&self, key: &str) -> bool {
        self.key.eq_ignore_ascii_case(key)
    }
}

/// The fields of a node or an edge.
fn fields<'a, 'b>(pair: &'a Pair<'b>) -> Result<&'a [Pair<'b>], Wrong> {
    match &pair.value {
        Value::List(fields) => Ok(fields),
        _ => Err(Wrong::at(pair.line, format!("expected `{} [ .. ]`", pair.key))),
    }
}

/// The value of a key of a node or an edge.
fn field<'a>(pair: &'a Pair<'_>, key: &str) -> Result<Option<&'a str>, Wrong> {
    Ok(fields(pair)?.iter().find(|field| field.is(key)).and_then(|field| field.value.text()))
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
                Value::Text(entities::replaced(text))
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
