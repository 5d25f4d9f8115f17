//! Pajek's .net: `*Vertices 3`, `1 "a"`, ..; then `*Edges` that lead both ways, `*Arcs` that lead one way,
//! or `*Matrix`.

use super::collector::Collector;
use super::split::{Cells, Separator, Unclosed};
use super::{Wrong, shown, weight};

/// What the lines of a section are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    None,
    Vertices,
    /// A link in each line.
    Links,
    /// A node and its neighbours in each line.
    Lists,
    /// A row of numbers in each line.
    Matrix,
    Unread,
}

pub(in crate::topology) fn read(text: &str) -> Result<Collector, Wrong> {
    let mut collector = Collector::default();
    let (mut section, mut nodes) = (Section::None, None);
    let mut one_way = None;
    let mut rows = 0;
    for (line, content) in text.lines().enumerate().map(|(line, content)| (line + 1, content.trim())) {
        if content.is_empty() || content.starts_with('%') {
            continue;
        }
        if let Some(name) = content.strip_prefix('*') {
            let mut words = name.split_whitespace();
            let name = words.next().unwrap_or_default().to_ascii_lowercase();
            section = match &*name {
                "network" => Section::None,
                "vertices" if nodes.is_some() => return Err(Wrong::at(line, "a second graph begins; keep one")),
                "vertices" => {
                    let count = words.next().and_then(|word| word.parse::<u64>().ok());
                    nodes = Some(count.ok_or_else(|| Wrong::at(line, "expected `*Vertices 3`, the number of nodes"))?);
                    if words.next().is_some() {
                        return Err(Wrong::at(line, "two kinds of nodes, of which this counts, are not read"));
                    }
                    collector.promise(nodes.unwrap_or(0));
                    Section::Vertices
                }
                "edges" | "arcs" => Section::Links,
                "edgeslist" | "arcslist" => Section::Lists,
                "matrix" => Section::Matrix,
                _ => {
                    collector.notice(line, format!("the section `*{}` is not read", shown(&name)));
                    Section::Unread
                }
            };
            if matches!(section, Section::Links | Section::Lists | Section::Matrix) {
                if nodes.is_none() {
                    return Err(Wrong::at(line, "expected `*Vertices 3`, the number of nodes, first"));
                }
                // A section may be empty: what its first link says counts.
                one_way = Some((!name.starts_with("edges"), one_way.and_then(|(_, all)| all)));
            }
            continue;
        }
        let cells = Separator::Blanks.split(content).map_err(|Unclosed| {
            Wrong::at(line, format!("a text in quotes or parentheses does not end where it should: `{}`", shown(content)))
        })?;
        let n = nodes.unwrap_or(0);
        match section {
            Section::None => return Err(Wrong::at(line, format!("expected `*Vertices 3`, found `{}`", shown(content)))),
            Section::Unread => {}
            Section::Vertices => {
                let id = collector.numbered(&cells[0], n, line)?;
                if collector.knows(&id) {
                    return Err(Wrong::at(line, format!("a second node of number {id}")));
                }
                let node = collector.node(&id);
                if let Some(label) = cells.get(1) {
                    collector.label(node, label);
                }
            }
            Section::Links | Section::Lists | Section::Matrix => {
                let (this, all) = one_way.unwrap_or((false, None));
                if *one_way.insert((this, Some(all.unwrap_or(this)))) != (this, Some(this)) {
                    return Err(Wrong::at(line, "some links lead one way and some both ways; all must do the same"));
                }
                if section == Section::Matrix {
                    rows += 1;
                    row(&cells, rows, n, line, &mut collector)?;
                    continue;
                }
                let a = collector.numbered(&cells[0], n, line)?;
                let list = if section == Section::Links { &cells[1..cells.len().min(2)] } else { &cells[1..] };
                if list.is_empty() {
                    return Err(Wrong::at(line, format!("expected two nodes, `1 2`, found `{}`", shown(content))));
                }
                let heavy = match cells.get(2) {
                    Some(heavy) if section == Section::Links => Some(weight(heavy, line)?),
                    _ => None,
                };
                for b in list {
                    let b = collector.numbered(b, n, line)?;
                    collector.link(&a, &b, heavy, line)?;
                }
            }
        }
    }
    if nodes.is_none() {
        return Err(Wrong::whole("expected `*Vertices 3`, which is nowhere in it"));
    }
    if one_way.is_some_and(|(_, all)| all == Some(true)) {
        collector.set_directed();
    }
    if rows > 0 {
        let n = nodes.unwrap_or(0);
        if rows != n {
            return Err(Wrong::whole(format!("its matrix has {rows} rows: expected {n}, one for each node")));
        }
        collector.undirected_if_symmetric();
    }
    Ok(collector)
}

/// A row of a matrix: the weights of the links from that node, 0 where there is none.
fn row(cells: &Cells<'_>, row: u64, n: u64, line: usize, collector: &mut Collector) -> Result<(), Wrong> {
    if row > n || cells.len() as u64 != n {
        let why = format!("row {row} of the matrix has {}: expected {n} rows of {n} numbers", cells.len());
        return Err(Wrong::at(line, why));
    }
    let a = row.to_string();
    collector.node(&a);
    for (cell, column) in cells.iter().zip(1u64..) {
        let heavy = weight(cell, line)?;
        if heavy != 0.0 {
            collector.link(&a, &column.to_string(), Some(heavy), line)?;
        }
    }
    Ok(())
}
