//! Lists of links: `u v` or `u v weight` in a line, as NetworkX and SNAP write them.
//!
//! Also `u,v,weight`; NetworkX's `u v {'weight': 3}`; KONECT's fourth column, a time; and the network.txt of Nodes in Python
//! (Lugli): the number of nodes, then `[u,v]`.  `#` and `%` begin comments.  A label may be a tuple, `(0, 1)`, as NetworkX
//! writes nodes of a grid, and may stand in quotes.

use super::collector::Collector;
use super::counts::Counts;
use super::lines::{doubt_comments, lines};
use super::names::{self, Best};
use super::split::{self, Extra, LinkCells};
use super::{Wrong, number, shown, weight};

pub(in crate::topology) fn read(text: &str) -> Result<Collector, Wrong> {
    let dialect = Dialect::of(text)?;
    let Some((first, content)) = lines(text).next() else { return Ok(Collector::default()) };
    let counts = Counts::of(content).filter(|_| !dialect.konect);
    if let Some(counts) = counts {
        let rest = lines(text).count() as u64 - 1;
        if rest > 0 && counts.links == rest {
            let mut without = links(text, Some(first), dialect)?;
            if counts.fit(&without) {
                without.notice(first, format!("`{}` is taken for the numbers of nodes and links", shown(content)));
                return Ok(without);
            }
        }
        if counts.is_loop {
            let why = format!(
                "`{}` is a link from a node to itself, or counts nodes and links, of which others follow; take it out",
                shown(content)
            );
            return Err(Wrong::at(first, why));
        }
    }
    if let Some([source, target]) = header(content) {
        let mut without = links(text, Some(first), dialect)?;
        if !without.knows(source) && !without.knows(target) && without.link_count() > 0 {
            without.notice(first, format!("`{}` is taken for the names of the columns", shown(content)));
            return Ok(without);
        }
    }
    let mut collector = links(text, None, dialect)?;
    if counts.is_some_and(|counts| counts.may_count(&collector)) {
        let why = format!("`{}` is read as a link; if it counts nodes and links, take it out", shown(content));
        collector.notice(first, why);
    }
    Ok(collector)
}

/// What comments say of the links.
#[derive(Clone, Copy, Default)]
struct Dialect {
    /// `% sym positive`: the fourth column is a time.
    konect: bool,
    directed: bool,
}

impl Dialect {
    fn of(text: &str) -> Result<Self, Wrong> {
        let Some(comment) = text.lines().next().and_then(|line| line.strip_prefix('%')) else { return Ok(Dialect::default()) };
        let mut words = comment.split_whitespace();
        match (words.next(), words.next()) {
            (Some("sym"), Some(_)) => Ok(Dialect { konect: true, directed: false }),
            (Some("asym"), Some(_)) => Ok(Dialect { konect: true, directed: true }),
            (Some("bip"), Some(_)) => {
                let why = "in a file of KONECT with two kinds of nodes (`bip`) a number means one node in the first column and \
                           another in the second; give each node a label of its own";
                Err(Wrong::at(1, why))
            }
            _ => Ok(Dialect::default()),
        }
    }
}

/// The first two words of a line that names columns.
fn header(content: &str) -> Option<[&str; 2]> {
    let mut words = content.split_whitespace();
    let pair = [words.next()?, words.next()?];
    let third = words.next().is_none_or(|word| names::number(word).is_some());
    (names::are_ends(pair[0], pair[1]) && third && words.next().is_none()).then_some(pair)
}

/// All links but a line that is none.
fn links(text: &str, except: Option<usize>, dialect: Dialect) -> Result<Collector, Wrong> {
    let mut collector = Collector::default();
    if dialect.directed {
        collector.set_directed();
    }
    let (mut is_first, mut doubtful) = (true, 0usize);
    for (line, content) in lines(text).filter(|(line, _)| Some(*line) != except) {
        let was_first = core::mem::replace(&mut is_first, false);
        if let (Ok(nodes), true) = (content.trim().parse::<u64>(), was_first) {
            collector.promise(nodes);
            continue;
        }
        let (content, attributes) = cut(content);
        let extra = match attributes {
            Some(_) => Extra::Attributes,
            None if dialect.konect => Extra::Time,
            None => Extra::Nothing,
        };
        let LinkCells { cells, doubt } = split::link(content, extra).map_err(|why| Wrong::at(line, why))?;
        if let Some(doubt) = doubt {
            doubtful += 1;
            if doubtful == 1 {
                collector.notice(line, doubt);
            }
        }
        let heavy = match (cells.get(2), attributes) {
            (Some(heavy), _) => Some(weight(heavy, line)?),
            (None, Some(attributes)) => of_attributes(attributes, line, &mut collector)?,
            (None, None) => None,
        };
        collector.link(&cells[0], &cells[1], heavy, line)?;
    }
    doubt_comments(text, &mut collector);
    if let Some(line) = text.lines().take(50).position(is_directed) {
        collector.notice(line + 1, "links lead one way, says this comment; a list of links is read both ways");
    }
    Ok(collector)
}

/// SNAP's `# Directed graph`.
fn is_directed(line: &str) -> bool {
    line.strip_prefix('#').is_some_and(|comment| comment.trim_start().starts_with("Directed graph"))
}

/// A line without the attributes that may end it, `{..}`, and these.
fn cut(line: &str) -> (&str, Option<&str>) {
    match line.match_indices('{').find(|(place, _)| line[..*place].ends_with([' ', '\t'])) {
        Some((place, _)) => (line[..place].trim(), Some(line[place..].trim())),
        None => (line, None),
    }
}

/// The weight in `{'key': value, ..}`, as Python writes a dict.
fn of_attributes(text: &str, line: usize, collector: &mut Collector) -> Result<Option<f64>, Wrong> {
    let mut best = Best::default();
    attributes(text, |key, value| {
        match names::weight(key).or_else(|| number(value).and(names::number(key))) {
            None => collector.unread(key, value),
            rank => best.offer(rank, value),
        };
    })
    .map_err(|why| Wrong::at(line, why))?;
    best.take().map(|value| weight(value, line)).transpose()
}

/// The keys and the texts of the values in a dict of Python.
fn attributes<'a>(data: &'a str, mut each: impl FnMut(&'a str, &'a str)) -> Result<(), String> {
    let expected = || format!("expected attributes as `{{'weight': 3}}`, found `{}`", shown(data));
    let inner = data.strip_prefix('{').and_then(|data| data.trim_end().strip_suffix('}')).ok_or_else(expected)?;
    let (mut depth, mut quote, mut escaped) = (0usize, None, false);
    let (mut start, mut colon) = (0, None);
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
                    Some(colon) => each(inner[start..colon].trim().trim_matches(['\'', '"']), inner[colon + 1..place].trim()),
                    None if !inner[start..place].trim().is_empty() => return Err(expected()),
                    None => {}
                }
                start = place + 1;
            }
            _ => {}
        }
    }
    if quote.is_some() || depth > 0 { Err(expected()) } else { Ok(()) }
}
