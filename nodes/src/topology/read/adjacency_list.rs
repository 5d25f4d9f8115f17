//! Lists of neighbours: in each line a node, then its neighbours, as NetworkX writes them; a colon may stand after the node.

use super::collector::Collector;
use super::counts::Counts;
use super::lines::{doubt_comments, lines};
use super::split::{self, Separator};
use super::{Wrong, number, shown};

pub(in crate::topology) fn read(text: &str) -> Result<Collector, Wrong> {
    let lists = Lists::of(text)?;
    let Some((first, content)) = lines(text).next() else { return Ok(Collector::default()) };
    if let Some(counts) = Counts::of(content) {
        let rest = lines(text).count() as u64 - 1;
        let words = lines(text).skip(1).map(|(_, content)| content.split_whitespace().count() as u64).sum::<u64>();
        if rest == counts.nodes && rest > 0 && Some(words) == counts.links.checked_mul(2) {
            let why = format!(
                "`{}` counts nodes and links, as in files of METIS, whose lines do not say which node they are of; begin each line \
                 with its node, and take this one out",
                shown(content)
            );
            return Err(Wrong::at(first, why));
        }
        if rest > 0
            && words.checked_sub(rest) == Some(counts.links)
            && let Ok(mut without) = lists.links(text, Some(first))
            && counts.fit(&without)
        {
            without.notice(first, format!("`{}` is taken for the numbers of nodes and links", shown(content)));
            return Ok(without);
        }
    }
    lists.links(text, None)
}

/// How the lines are built, all alike.
#[derive(Clone, Copy)]
struct Lists {
    separator: Separator,
    /// Whether a colon stands after each node.
    colons: bool,
}

impl Lists {
    fn of(text: &str) -> Result<Self, Wrong> {
        let colons = lines(text).all(|(_, line)| head(line).is_some());
        let rest = move |line| if colons { head(line).map_or("", |(_, rest)| rest) } else { line };
        let all = || lines(text).map(move |(line, content)| (line, rest(content)));
        let separator = if all().any(|(_, line)| line.contains('\t')) {
            Separator::Tab
        } else if all().any(|(_, line)| line.contains([',', ';'])) {
            separated(all)?
        } else {
            Separator::Blanks
        };
        Ok(Lists { separator, colons })
    }

    /// All links but a line that is none.
    fn links(self, text: &str, except: Option<usize>) -> Result<Collector, Wrong> {
        let mut collector = Collector::default();
        let mut ends = Ends::default();
        let mut colon = None;
        for (line, content) in lines(text).filter(|(line, _)| Some(*line) != except) {
            let unclosed = |split::Unclosed| {
                Wrong::at(line, format!("a text in quotes or parentheses does not end where it should: `{}`", shown(content)))
            };
            let (node, rest) = if self.colons { head(content).unwrap_or(("", content)) } else { ("", content) };
            let inner = rest.trim();
            let rest = if self.colons { unwrapped(inner) } else { rest };
            let mut cells = self.separator.split(rest).map_err(unclosed)?;
            if self.colons {
                let head = Separator::Tab.split(node).map_err(unclosed)?;
                cells.splice(0..0, head);
            }
            self.check(&cells, line, &mut collector)?;
            let Some((node, neighbours)) = cells.split_first() else { continue };
            if !self.colons && colon.is_none() {
                colon = head(content).map(|(node, _)| (line, node));
            }
            ends.add(line, node, neighbours.last().map(|last| &**last), neighbours.len());
            collector.node(node);
            for neighbour in neighbours {
                collector.link(node, neighbour, None, line)?;
            }
        }
        if let Some((line, node)) = colon.filter(|(_, node)| collector.knows(node)) {
            return Err(Wrong::at(
                line,
                format!("a colon stands after `{}`, and not after each node that begins a line", shown(node)),
            ));
        }
        ends.judge(self.colons, &mut collector)?;
        doubt_comments(text, &mut collector);
        Ok(collector)
    }

    /// Whether the cells can be nodes.
    fn check(self, cells: &[std::borrow::Cow<'_, str>], line: usize, collector: &mut Collector) -> Result<(), Wrong> {
        if cells.iter().any(|cell| cell.is_empty()) {
            return Err(Wrong::at(line, "a node is missing between two separators"));
        }
        if let Some(cell) = cells.iter().find(|cell| cell.starts_with('{')) {
            let why = format!("`{}` stands where a neighbour is expected: attributes are not read here", shown(cell));
            return Err(Wrong::at(line, why));
        }
        let torn = |cell: &str| cell.starts_with(['[', '{']) != cell.ends_with([']', '}']);
        if let Some(cell) = cells.iter().find(|cell| torn(cell)) {
            return Err(Wrong::at(line, format!("`{}` has a bracket without its partner; write `u v w`", shown(cell))));
        }
        if let Some(sign) = cells.get(1).filter(|cell| split::is_sign(cell)) {
            return Err(Wrong::at(line, format!("`{}` stands where a neighbour is expected; take it out", shown(sign))));
        }
        let with_blanks = || cells.iter().find(|cell| cell.contains(' ') && !cell.starts_with('('));
        if self.separator == Separator::Tab
            && let Some(cell) = with_blanks()
        {
            if cell.split_whitespace().all(|word| number(word).is_some()) {
                let why = format!("it is unclear what separates here: tabs do elsewhere, and `{}` has blanks", shown(cell));
                return Err(Wrong::at(line, why));
            }
            collector.notice_once(line, "tabs separate here, and blanks are part of labels");
        }
        Ok(())
    }
}

/// Commas or semicolons, unless they are part of labels between blanks.
fn separated<'a, I: Iterator<Item = (usize, &'a str)>>(all: impl Fn() -> I) -> Result<Separator, Wrong> {
    let words = |line: &'a str| Separator::Blanks.split(line).unwrap_or_default();
    let whole = all().all(|(_, line)| words(line).iter().all(|word| !split::is_torn(word)));
    if whole && all().any(|(_, line)| words(line).len() > 1) {
        return Ok(Separator::Blanks);
    }
    let separator = if all().any(|(_, line)| line.contains(';')) { Separator::Semicolon } else { Separator::Comma };
    for (line, content) in all() {
        let cells = separator.split(content).unwrap_or_default();
        if cells.iter().any(|cell| cell.contains(' ') && !cell.starts_with('(')) {
            let why = format!("it is unclear what separates `{}`; put labels with blanks or commas in quotes", shown(content));
            return Err(Wrong::at(line, why));
        }
    }
    Ok(separator)
}

/// What stands before and after a colon that ends the line's first word.
fn head(line: &str) -> Option<(&str, &str)> {
    let colon = line.match_indices(':').map(|(place, _)| place).find(|place| {
        let after = &line[place + 1..];
        after.is_empty() || after.starts_with([' ', '\t'])
    })?;
    let node = line[..colon].trim();
    let is_one = !node.contains(char::is_whitespace) || node.starts_with(['(', '"', '\'']);
    (!node.is_empty() && is_one).then_some((node, &line[colon + 1..]))
}

/// `1, 2` of `[1, 2]`, as Python writes lists.
fn unwrapped(list: &str) -> &str {
    let list = list.strip_suffix(',').unwrap_or(list);
    let pairs = [('[', ']'), ('{', '}')];
    pairs.iter().find_map(|(open, close)| list.strip_prefix(*open)?.strip_suffix(*close)).unwrap_or(list)
}

/// Whether every list ends with the same word, which may be a mark.
#[derive(Default)]
struct Ends {
    lists: usize,
    longest: usize,
    first: usize,
    mark: Option<String>,
    /// Whether they differ, or the word begins a line.
    differ: bool,
    heads: bool,
}

impl Ends {
    fn add(&mut self, line: usize, node: &str, last: Option<&str>, neighbours: usize) {
        self.lists += 1;
        self.longest = self.longest.max(neighbours);
        match (&self.mark, last) {
            (None, Some(last)) if self.lists == 1 => {
                self.first = line;
                self.mark = Some(last.to_owned());
            }
            (Some(mark), Some(last)) if *mark == last => {}
            _ => self.differ = true,
        }
        self.heads |= self.mark.as_deref() == Some(node);
    }

    fn judge(&self, colons: bool, collector: &mut Collector) -> Result<(), Wrong> {
        let Some(mark) = self.mark.as_deref().filter(|_| !self.differ && !self.heads && self.lists > 1) else { return Ok(()) };
        let is_mark = mark == "-1" || split::is_sign(mark) || [".", ";", "end", "END"].contains(&mark);
        if is_mark || (mark == "0" && colons) {
            return Err(Wrong::at(
                self.first,
                format!("`{mark}` ends every line and begins none: if it is a mark, take it out"),
            ));
        }
        if mark == "0" && self.longest > 1 {
            collector.notice(self.first, "`0` ends every line and begins none; it is read as a node");
        }
        Ok(())
    }
}
