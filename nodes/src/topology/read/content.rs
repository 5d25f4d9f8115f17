//! What a text is, by its beginning.
//!
//! Each function is sure: a text that passes is of no other format.  Lists of links and of neighbours have no beginning of their
//! own.

/// Where the beginning of a text ends.
const BEGINNING: usize = 4096;

/// For formats that do not show what they are.
pub(in crate::topology) fn never(_text: &str) -> bool {
    false
}

pub(in crate::topology) fn is_graphml(text: &str) -> bool {
    is_xml_of(text, "<graphml")
}

pub(in crate::topology) fn is_gexf(text: &str) -> bool {
    is_xml_of(text, "<gexf")
}

pub(in crate::topology) fn is_svg(text: &str) -> bool {
    is_xml_of(text, "<svg")
}

pub(super) fn is_html(text: &str) -> bool {
    let beginning = beginning(text).to_ascii_lowercase();
    beginning.starts_with("<!doctype html") || beginning.starts_with("<html")
}

pub(in crate::topology) fn is_json(text: &str) -> bool {
    let Some(inside) = text.trim_start().strip_prefix('{') else { return false };
    inside.trim_start().starts_with(['"', '}'])
}

/// `graph [`, perhaps after other keys with their values.
pub(in crate::topology) fn is_gml(text: &str) -> bool {
    let mut lines = beginning(text).lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let is_key = |line: &str| ["creator ", "version ", "comment "].iter().any(|key| starts_with(line, key));
    let Some(line) = lines.find(|line| !is_key(line)) else { return false };
    match strip(line, "graph") {
        Some("") => lines.next().is_some_and(|line| line.starts_with('[')),
        Some(rest) => rest.trim_start().starts_with('['),
        None => false,
    }
}

/// `graph {`, `strict digraph "name" {`, after comments; not a list's link of a node `graph`, `graph a {}`.
pub(in crate::topology) fn is_dot(text: &str) -> bool {
    let mut rest = beginning(text);
    loop {
        rest = rest.trim_start();
        let end = if rest.starts_with("/*") {
            rest.find("*/").map(|end| end + 2)
        } else if rest.starts_with("//") || rest.starts_with('#') {
            rest.find('\n')
        } else {
            break;
        };
        let Some(end) = end else { return false };
        rest = &rest[end..];
    }
    let rest = strip(rest, "strict").unwrap_or(rest).trim_start();
    let Some(rest) = strip(rest, "digraph").or_else(|| strip(rest, "graph")) else { return false };
    let Some((name, inside)) = rest.split_once('{') else { return false };
    let name = name.trim();
    let is_name = name.starts_with('"') || !name.contains(char::is_whitespace);
    is_name && !inside.trim_start().starts_with(['\'', '}'])
}

pub(in crate::topology) fn is_graph6(text: &str) -> bool {
    text.starts_with(">>graph6<<")
}

/// With the header, or one word that begins with an ampersand.
pub(in crate::topology) fn is_digraph6(text: &str) -> bool {
    text.starts_with(">>digraph6<<") || is_word_after('&', text)
}

/// With the header, or one word that begins with a colon.
pub(in crate::topology) fn is_sparse6(text: &str) -> bool {
    text.starts_with(">>sparse6<<") || is_word_after(':', text)
}

/// Whether a text is one word of the letters of graph6 behind that sign.
fn is_word_after(sign: char, text: &str) -> bool {
    let word = text.trim().strip_prefix(sign);
    word.is_some_and(|word| !word.is_empty() && word.bytes().all(|byte| (b'?'..=b'~').contains(&byte)))
}

pub(in crate::topology) use super::table::is as is_table;

pub(in crate::topology) fn is_matrix_market(text: &str) -> bool {
    starts_with(text, "%%MatrixMarket")
}

/// `*Vertices 3`, perhaps after comments or a name.
pub(in crate::topology) fn is_pajek(text: &str) -> bool {
    let mut lines = beginning(text).lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('%'));
    lines.find(|line| !starts_with(line, "*network")).is_some_and(|line| starts_with(line, "*vertices"))
}

/// `p edge 3 2`, after comments that begin with the word `c`.
pub(in crate::topology) fn is_dimacs(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let Some(line) = lines.find(|line| strip(line, "c").is_none()) else { return false };
    let words: Vec<&str> = line.split_whitespace().take(5).collect();
    let is_number = |word: &str| word.parse::<u64>().is_ok();
    matches!(words[..], ["p", kind, nodes, links] if !is_number(kind) && is_number(nodes) && is_number(links))
}

fn is_xml_of(text: &str, element: &str) -> bool {
    let beginning = beginning(text);
    beginning.starts_with('<') && beginning.contains(element)
}

/// The beginning of a text, from its first letter on.
fn beginning(text: &str) -> &str {
    let text = text.trim_start();
    let mut end = text.len().min(BEGINNING);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Whether a text begins so, in upper or lower case.
fn starts_with(text: &str, beginning: &str) -> bool {
    text.get(..beginning.len()).is_some_and(|start| start.eq_ignore_ascii_case(beginning))
}

/// What follows a word at the beginning, in upper or lower case.
fn strip<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let rest = starts_with(text, word).then(|| &text[word.len()..])?;
    (!rest.starts_with(|letter: char| letter.is_alphanumeric() || letter == '_')).then_some(rest)
}
