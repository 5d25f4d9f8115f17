//! graph6 and digraph6: a matrix of links in printable letters, 6 bits each (B. D. McKay, *Description of graph6, sparse6 and
//! digraph6 encodings*).

use super::Wrong;
use super::collector::Collector;
use crate::topology::stored::MOST_LINKS;

/// graph6: half of a symmetric matrix.
pub(in crate::topology) fn read(text: &str) -> Result<Collector, Wrong> {
    let (line, word) = one_line(text.strip_prefix(">>graph6<<").unwrap_or(text))?;
    if word.starts_with([':', ';', '&']) {
        return Err(Wrong::at(line, "that is sparse6 or digraph6; expected graph6"));
    }
    let pairs = |nodes: u128| nodes * nodes.saturating_sub(1) / 2;
    matrix(word, line, pairs, |n| (1..n).flat_map(|b| (0..b).map(move |a| (a, b))))
}

/// digraph6: the whole matrix, row by row; links lead one way.
pub(in crate::topology) fn read_directed(text: &str) -> Result<Collector, Wrong> {
    let (line, word) = one_line(text.strip_prefix(">>digraph6<<").unwrap_or(text))?;
    let word = word.strip_prefix('&').ok_or_else(|| Wrong::at(line, "expected digraph6, which begins with `&`"))?;
    let pairs = |nodes: u128| nodes * nodes;
    let mut collector = matrix(word, line, pairs, |n| (0..n).flat_map(move |a| (0..n).map(move |b| (a, b))))?;
    collector.set_directed();
    Ok(collector)
}

/// A number of nodes, and a bit for each of so many pairs of them, in that order.
fn matrix<I: Iterator<Item = (usize, usize)>>(
    word: &str,
    line: usize,
    count: impl Fn(u128) -> u128,
    pairs: impl Fn(usize) -> I,
) -> Result<Collector, Wrong> {
    let sextets = sextets(word, line)?;
    let (nodes, bits) = size(&sextets, line)?;
    let expected = count(u128::from(nodes)).div_ceil(6);
    if expected != bits.len() as u128 {
        return Err(Wrong::at(
            line,
            format!("{nodes} nodes need {expected} letters after their number, there are {}", bits.len()),
        ));
    }
    if bits.iter().map(|sextet| sextet.count_ones() as usize).sum::<usize>() > MOST_LINKS {
        return Err(Wrong::at(line, format!("that is more than {MOST_LINKS} links")));
    }
    let mut collector = Collector::default();
    let names = named(nodes, &mut collector);
    for (place, (a, b)) in pairs(names.len()).enumerate() {
        if bits[place / 6] >> (5 - place % 6) & 1 == 1 {
            collector.link(&names[a], &names[b], None, line)?;
        }
    }
    Ok(collector)
}

/// The only line that is not empty.
pub(super) fn one_line(text: &str) -> Result<(usize, &str), Wrong> {
    let mut lines =
        text.lines().enumerate().map(|(line, content)| (line + 1, content.trim())).filter(|(_, line)| !line.is_empty());
    let first = lines.next().ok_or_else(|| Wrong::whole("there are no nodes in it"))?;
    match lines.next() {
        Some((second, _)) => Err(Wrong::at(second, "a second graph begins; keep one")),
        None => Ok(first),
    }
}

/// The 6 bits of each letter.
pub(super) fn sextets(word: &str, line: usize) -> Result<Vec<u8>, Wrong> {
    let sextet = |letter: char| match letter {
        '?'..='~' => Ok(letter as u8 - b'?'),
        _ => Err(Wrong::at(line, format!("`{}` is not a letter of graph6", letter.escape_default()))),
    };
    word.chars().map(sextet).collect()
}

/// The number of nodes, and what follows it.
pub(super) fn size(sextets: &[u8], line: usize) -> Result<(u64, &[u8]), Wrong> {
    let number = |sextets: &[u8]| sextets.iter().fold(0u64, |number, sextet| number << 6 | u64::from(*sextet));
    match sextets {
        [63, 63, ..] if sextets.len() >= 8 => Ok((number(&sextets[2..8]), &sextets[8..])),
        [63, second, ..] if *second != 63 && sextets.len() >= 4 => Ok((number(&sextets[1..4]), &sextets[4..])),
        [63, ..] | [] => Err(Wrong::at(line, "the number of nodes is cut short")),
        _ => Ok((number(&sextets[..1]), &sextets[1..])),
    }
}

/// Adds nodes `0`, `1`, ..
fn named(nodes: u64, collector: &mut Collector) -> Vec<String> {
    let names: Vec<String> = (0..nodes).map(|node| node.to_string()).collect();
    for name in &names {
        collector.node(name);
    }
    names
}
