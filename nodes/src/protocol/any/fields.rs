//! The fields of a node, as tables and documents show them.

use core::fmt::Debug;

use serde_json::{Map, Value};

/// Fields as JSON, without the state.  Where JSON cannot hold them, as a map whose keys are structs, they are those of the text that
/// `Debug` makes of them; or that text, if it is not that of a struct.
pub(super) fn fields_of(fields: serde_json::Result<Value>, shown: &dyn Debug) -> Value {
    let mut fields = match fields {
        Ok(Value::Object(fields)) => fields,
        Ok(other) => return other,
        Err(_) => {
            let text = format!("{shown:?}");
            match in_text(&text) {
                Some(fields) => fields,
                None => return Value::String(text),
            }
        }
    };
    fields.remove("state");
    Value::Object(fields)
}

/// The fields in the text that a derived `Debug` makes of a struct: `Name { level: 3, edges: {Edge { to: 1 }: 0.5} }`.
fn in_text(text: &str) -> Option<Map<String, Value>> {
    let (name, mut rest) = text.strip_suffix(" }")?.split_once(" { ")?;
    let mut fields = Map::new();
    loop {
        let (field, after) = rest.split_once(": ")?;
        if !is_name(name) || !is_name(field) {
            return None;
        }
        let (value, more) = after.split_at(end_of_value(after));
        fields.insert(field.trim_start_matches("r#").to_owned(), read(value));
        match more.strip_prefix(", ") {
            Some(more) => rest = more,
            None => return more.is_empty().then_some(fields),
        }
    }
}

fn is_name(text: &str) -> bool {
    let text = text.trim_start_matches("r#");
    !text.is_empty() && text.chars().all(|letter| letter.is_alphanumeric() || letter == '_')
}

/// Where the value ends that the text begins with: at a comma that stands in no brackets and no quotes.
fn end_of_value(text: &str) -> usize {
    let (mut depth, mut quote, mut escaped) = (0_usize, None, false);
    for (place, letter) in text.char_indices() {
        if let Some(open) = quote {
            match letter {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                _ if letter == open => quote = None,
                _ => {}
            }
            continue;
        }
        match letter {
            '"' | '\'' => quote = Some(letter),
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => return place,
            _ => {}
        }
    }
    text.len()
}

/// What JSON can hold as it does; the rest as text.
fn read(value: &str) -> Value {
    // As JSON has what these hold, without their names.
    let inner = ["Some(", "Port(", "Id("].iter().find_map(|name| value.strip_prefix(name)?.strip_suffix(')'));
    match (value, inner) {
        ("None", _) => Value::Null,
        ("Port::SELF", _) => Value::String("self".to_owned()),
        (_, Some(inner)) => read(inner),
        _ => serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::net::SocketAddr;

    use serde::Serialize;
    use serde_json::json;

    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
    struct Edge {
        from: u32,
        name: &'static str,
    }

    #[derive(Debug, Serialize)]
    struct Node<K: Ord> {
        state: u8,
        count: u32,
        text: &'static str,
        letters: Vec<char>,
        some: Option<u8>,
        none: Option<u8>,
        share: f64,
        is_root: bool,
        r#type: (),
        map: BTreeMap<K, f64>,
        last: (),
    }

    fn of<K: Ord + Debug + Serialize>(key: K) -> Value {
        let node = Node {
            state: 1,
            count: 3,
            text: "a \"b\", c: { }",
            letters: vec!['\'', '"', ','],
            some: Some(1),
            none: None,
            share: 0.5,
            is_root: true,
            r#type: (),
            map: BTreeMap::from([(key, 0.5)]),
            last: (),
        };
        fields_of(serde_json::to_value(&node), &node)
    }

    #[test]
    fn a_map_by_anything_leaves_the_other_fields_as_they_are() {
        let edge = of(Edge { from: 1, name: "x, y: \" }" });
        assert_eq!(edge["map"], json!("{Edge { from: 1, name: \"x, y: \\\" }\" }: 0.5}"));
        let keys = [edge, of((1, 2)), of(vec![1, 2]), of(Some(Edge { from: 0, name: "" }))];
        for fields in keys {
            assert_eq!(fields["count"], json!(3), "{fields}");
            assert_eq!((&fields["text"], &fields["share"]), (&json!("a \"b\", c: { }"), &json!(0.5)));
            assert_eq!((&fields["is_root"], &fields["none"], &fields["some"]), (&json!(true), &Value::Null, &json!(1)));
            assert_eq!(fields["letters"], json!("['\\'', '\"', ',']"));
            assert_eq!(fields.get("state"), None);
            assert_eq!(fields.as_object().map(Map::len), Some(10));
        }
        // One that JSON has: nothing is read from text.
        let by_text = of("x");
        assert_eq!((&by_text["map"], &by_text["some"]), (&json!({"x": 0.5}), &json!(1)));
        // A type from outside, whose text has colons.
        let address = of(vec!["[::1]:80".parse::<SocketAddr>().unwrap()]);
        assert_eq!(address["map"], json!("{[[::1]:80]: 0.5}"));
    }

    #[test]
    fn what_is_no_struct_is_its_text() {
        let refused = || serde_json::to_value(BTreeMap::from([((1, 2), 3)]));
        for (shown, text) in [("tuple", "\"tuple\""), ("", "\"\"")] {
            assert_eq!(fields_of(refused(), &shown), json!(text));
        }
        assert_eq!(fields_of(refused(), &BTreeMap::from([(1, 2)])), json!("{1: 2}"));
        assert_eq!(fields_of(refused(), &Some(1)), json!("Some(1)"));
    }
}
