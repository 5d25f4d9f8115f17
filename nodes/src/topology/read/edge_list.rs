//! Lists of links: `u v` or `u v weight` in a line, as NetworkX and SNAP write them.
//!
//! Also `u,v,weight`; NetworkX's `u v {'weight': 3}`; and the network.txt of Nodes in Python (Lugli): the number of nodes, then
//! `[u,v]`.  `#` and `%` begin comments.  A label may be a tuple, `(0, 1)`, as NetworkX writes nodes of a grid.

use super::collector::Collector;
use super::{Wrong, shown, weight};

pub(super) fn read(text: &str) -> Result<Collector, Wrong> {
    let mut collector = Collector::default();
    let mut is_first = true;
    for (line, content) in lines(text) {
        let (first, was_first) = (content.parse::<u64>(), is_first);
        is_first = false;
        if let (Ok(nodes), true) = (first, was_first) {
            collector.promise(nodes);
            continue;
        }
        let (words, data) = words(content);
        let expected = || Wrong::at(line, format!("expected two nodes, `u v` or `u v weight`, found `{}`", shown(content)));
        let weight = match (words.get(2), data) {
            (None, None) => 1.0,
            (None, Some(data)) => match value_of(data, "weight").map_err(|why| Wrong::at(line, why))? {
                Some(value) => weight(value, line)?,
                None => 1.0,
            },
            (Some(word), None) if words.len() == 3 => weight(word, line)?,
            _ => return Err(expected()),
        };
        let [a, b, ..] = words[..] else { return Err(expected()) };
        collector.link(a, b, weight, line)?;
    }
    Ok(collector)
}

/// The lines that are not empty, numbered from 1, without comments.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let content = |line: &str| -> Option<usize> {
        let begins = |(place, _): &(usize, &str)| *place == 0 || line[..*place].ends_with([' ', '\t']);
        let hash = line.match_indices('#').find(begins).map(|(place, _)| place);
        if line.trim_start().starts_with('%') { Some(0) } else { hash }
    };
    text.lines().enumerate().filter_map(move |(number, line)| {
        let line = &line[..content(line).unwrap_or(line.len())];
        let line = line.trim();
        (!line.is_empty()).then_some((number + 1, line))
    })
}

/// The words of a line, and the attributes `{..}` that may end it.
fn words(line: &str) -> (Vec<&str>, Option<&str>) {
    let (line, data) = match line.find('{') {
        Some(place) => (line[..place].trim(), Some(&line[place..])),
        None => (line, None),
    };
    if let Some(inner) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
        return (inner.split(',').map(str::trim).filter(|word| !word.is_empty()).collect(), data);
    }
    let words = spaced(line);
    if line.contains(',') && !line.contains('(') {
        return (line.split(',').map(str::trim).filter(|word| !word.is_empty()).collect(), data);
    }
    (words, data)
}

/// Words between spaces; what stands in parentheses is one word.
pub(super) fn spaced(line: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() {
        let mut depth = 0usize;
        let end = rest.find(|letter: char| {
            match letter {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && letter.is_whitespace()
        });
        let (word, after) = rest.split_at(end.unwrap_or(rest.len()));
        words.push(word);
        rest = after.trim_start();
    }
    words
}

/// The text of a key's value in `{'key': value, ..}`, as Python writes a dict.
fn value_of<'a>(data: &'a str, key: &str) -> Result<Option<&'a str>, String> {
    let expected = || format!("expected attributes as `{{'weight': 3}}`, found `{}`", shown(data));
    let inner = data.strip_prefix('{').and_then(|data| data.trim_end().strip_suffix('}')).ok_or_else(expected)?;
    let (mut depth, mut quote, mut escaped) = (0usize, None, false);
    let (mut start, mut colon, mut found) = (0, None, None);
    for (place, letter) in inner.char_indices().chain([(inner.len(), ',')]) {
        match (quote, letter) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), _) if letter == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(letter),
            (None, '[' | '(' | '{') => depth += 1,
            (None, ']' | ')' | '}') => depth = depth.checked_sub(1).ok_or_else(expected)?,
            (None, ':') if depth == 0 => colon = colon.or(Some(place)),
            (None, ',') if depth == 0 => {
                match colon.take() {
                    Some(colon) if inner[start..colon].trim().trim_matches(['\'', '"']) == key => {
                        found = Some(inner[colon + 1..place].trim());
                    }
                    None if !inner[start..place].trim().is_empty() => return Err(expected()),
                    _ => {}
                }
                start = place + 1;
            }
            _ => {}
        }
    }
    if quote.is_some() || depth > 0 { Err(expected()) } else { Ok(found) }
}
