//! Tables of links, CSV and TSV, whose first line names the columns: `source,target,weight`.

use super::collector::Collector;
use super::names::{self, Best, SOURCES, TARGETS};
use super::split::{Cells, Separator, Unclosed};
use super::{Wrong, edge_list, number, shown, weight};

pub(in crate::topology) fn read(text: &str) -> Result<Collector, Wrong> {
    let Some((first, content, rest)) = head(text) else { return Ok(Collector::default()) };
    let Some(columns) = Columns::of(content) else {
        let cells = Separator::Comma.split(content).unwrap_or_default();
        if cells.len() > 2 && !cells.iter().any(|cell| number(cell).is_some()) {
            let why = format!("`{}` names no columns that are known; write `source,target,weight`", shown(content));
            return Err(Wrong::at(first, why));
        }
        return edge_list::read(text);
    };
    let mut collector = Collector::default();
    let mut kind = None;
    for (line, content) in rows(rest, first + 1, columns.separator) {
        let cells = columns.separator.split(content).map_err(|Unclosed| {
            Wrong::at(line, format!("a text in quotes or parentheses does not end where it should: `{}`", shown(content)))
        })?;
        let cell = |place: usize| cells.get(place).map(|cell| &**cell).filter(|cell| !cell.is_empty());
        let [Some(a), Some(b)] = columns.ends.map(cell) else {
            let names = columns.ends.map(|place| shown(&columns.names[place]));
            let why = format!("expected a `{}` and a `{}`, found `{}`", names[0], names[1], shown(content));
            return Err(Wrong::at(line, why));
        };
        if cells.len() > columns.names.len() {
            let why =
                format!("{} cells, and {} columns; put what has separators in it in quotes", cells.len(), columns.names.len());
            return Err(Wrong::at(line, why));
        }
        if let Some(said) = columns.kind.and_then(cell) {
            let directed = match &*said.to_ascii_lowercase() {
                "directed" => true,
                "undirected" => false,
                _ => {
                    return Err(Wrong::at(
                        line,
                        format!("`{}` is no type of links: expected Directed or Undirected", shown(said)),
                    ));
                }
            };
            if *kind.get_or_insert(directed) != directed {
                return Err(Wrong::at(line, "some links lead one way and some both ways; all must do the same"));
            }
        }
        let heavy = columns.weight.and_then(cell).map(|text| weight(text, line)).transpose()?;
        for (place, (name, value)) in columns.names.iter().zip(&cells).enumerate() {
            if columns.weight.is_none() && !columns.ends.contains(&place) {
                collector.unread(name, value);
            }
        }
        collector.link(a, b, heavy, line)?;
    }
    if kind == Some(true) {
        collector.set_directed();
    }
    if columns.ends.iter().any(|place| collector.knows(&columns.names[*place])) {
        collector.notice(first, format!("`{}` is taken for the names of the columns", shown(content)));
    }
    Ok(collector)
}

/// Whether the first row names the columns of both ends.
pub(in crate::topology) fn is(text: &str) -> bool {
    head(text).is_some_and(|(_, first, _)| first.len() < 4096 && Columns::of(first).is_some())
}

/// The first line that is neither empty nor a comment, with its number, and what follows it.
fn head(text: &str) -> Option<(usize, &str, &str)> {
    let mut rest = text;
    (1..)
        .map_while(|line| {
            let (content, after) = if rest.is_empty() { None } else { rest.split_once('\n').or(Some((rest, ""))) }?;
            rest = after;
            Some((line, content, after))
        })
        .find(|(_, content, _)| !content.trim().is_empty() && !content.starts_with('#'))
}

/// The rows that are not empty, each with the number of its first line: a cell in quotes may be of several lines.
fn rows(text: &str, first: usize, separator: Separator) -> impl Iterator<Item = (usize, &str)> {
    let (mut rest, mut next) = (text, first);
    let rows = core::iter::from_fn(move || {
        let whole = rest;
        if whole.is_empty() {
            return None;
        }
        let (content, after) = whole.split_at(separator.row(whole));
        rest = after.strip_prefix('\n').unwrap_or(after);
        let line = next;
        next += 1 + content.matches('\n').count();
        Some((line, content))
    });
    rows.filter(|(_, content)| !content.trim().is_empty())
}

/// Which column is what.
struct Columns<'a> {
    separator: Separator,
    names: Cells<'a>,
    ends: [usize; 2],
    weight: Option<usize>,
    kind: Option<usize>,
}

impl<'a> Columns<'a> {
    fn of(first: &'a str) -> Option<Self> {
        let separators = [('\t', Separator::Tab), (';', Separator::Semicolon), (',', Separator::Comma)];
        let (_, separator) = separators.into_iter().find(|(letter, _)| first.contains(*letter))?;
        let names = separator.split(first).ok()?;
        let place = |name: &str| names.iter().position(|column| column.trim().eq_ignore_ascii_case(name));
        if names.iter().any(|name| number(name).is_some()) {
            return None;
        }
        let ends = SOURCES.iter().zip(TARGETS).find_map(|(source, target)| Some([place(source)?, place(target)?]))?;
        let mut weight = Best::default();
        for (place, name) in names.iter().enumerate().filter(|(place, _)| !ends.contains(place)) {
            weight.offer(names::number(name.trim()), place);
        }
        let kind = place("type").filter(|place| !ends.contains(place));
        Some(Columns { separator, ends, weight: weight.take(), kind, names })
    }
}
