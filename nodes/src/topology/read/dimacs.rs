//! DIMACS: `p edge 3 2` and `e 1 2` (colouring), `p sp 3 4` and `a 1 2 7` (shortest paths), `p tw 3 2` and `1 2` (PACE).

use super::collector::Collector;
use super::{Wrong, shown, weight};

pub(in crate::topology) fn read(text: &str) -> Result<Collector, Wrong> {
    let mut collector = Collector::default();
    let mut size: Option<(usize, u64, u64)> = None;
    let mut kind = None;
    for (line, content) in text.lines().enumerate().map(|(line, content)| (line + 1, content.trim())) {
        let words: Vec<&str> = content.split_whitespace().collect();
        let (letter, ends) = match (words.first(), size) {
            (None | Some(&"c"), _) => continue,
            (Some(&"p"), None) => {
                let numbers = match words[..] {
                    ["p", _, nodes, links] => nodes.parse().ok().zip(links.parse().ok()),
                    _ => None,
                };
                let (nodes, links) = numbers.ok_or_else(|| {
                    Wrong::at(
                        line,
                        format!("expected `p edge 3 2`, the numbers of nodes and links, found `{}`", shown(content)),
                    )
                })?;
                collector.numbered_from(1, nodes, links, text.len());
                size = Some((line, nodes, links));
                continue;
            }
            (Some(&"p"), Some(_)) => return Err(Wrong::at(line, "a second graph begins; keep one")),
            (Some(_), None) => return Err(Wrong::at(line, "expected `p edge 3 2`, the numbers of nodes and links, first")),
            // What is said of nodes: colours, sources.
            (Some(&("n" | "d" | "v" | "x")), _) => continue,
            (Some(&"e"), _) => ("e", &words[1..]),
            (Some(&"a"), _) => ("a", &words[1..]),
            (Some(_), _) => ("", &words[..]),
        };
        if *kind.get_or_insert(letter) != letter {
            return Err(Wrong::at(line, "lines of links begin differently; all must begin alike, with `e` or `a`"));
        }
        let (a, b, heavy) = match *ends {
            [a, b] => (a, b, None),
            [a, b, heavy] if !letter.is_empty() => (a, b, Some(weight(heavy, line)?)),
            _ => return Err(Wrong::at(line, format!("expected a link, `e 1 2` or `a 1 2 7`, found `{}`", shown(content)))),
        };
        let nodes = size.map_or(0, |(_, nodes, _)| nodes);
        let [a, b] = [collector.numbered(a, nodes, line)?, collector.numbered(b, nodes, line)?];
        collector.link(&a, &b, heavy, line)?;
    }
    let Some((line, _, links)) = size else { return Err(Wrong::whole("expected `p edge 3 2`, which is nowhere in it")) };
    let read = collector.link_count() as u64;
    // Some count each link at both its ends.
    if read != links && Some(links) != read.checked_mul(2) {
        collector.notice(line, format!("it says {links} links, and has {read}"));
    }
    if kind == Some("a") {
        collector.set_directed();
        collector.undirected_if_symmetric();
    }
    Ok(collector)
}
