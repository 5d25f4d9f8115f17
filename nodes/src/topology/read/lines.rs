//! The lines of formats that have no other marks.

use super::{Collector, shown};

/// How many comments are kept that may be links.
const MOST_DOUBTFUL: usize = 64;

/// The lines that are not empty, numbered from 1, without comments: `#` at the beginning of a word, `%` at that of a line.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let content = |line: &str| -> Option<usize> {
        let begins = |(place, _): &(usize, &str)| *place == 0 || line[..*place].ends_with([' ', '\t']);
        let hash = line.match_indices('#').find(begins).map(|(place, _)| place);
        if line.trim_start().starts_with('%') { Some(0) } else { hash }
    };
    text.lines().enumerate().filter_map(move |(number, line)| {
        let line = &line[..content(line).unwrap_or(line.len())];
        // Not the tabs, between which a cell may be empty.
        let line = line.trim_matches(|letter: char| letter.is_whitespace() && letter != '\t');
        (!line.trim().is_empty()).then_some((number + 1, line))
    })
}

/// Tells of comments that may be links of a node whose name begins with the sign of comments.
pub(super) fn doubt_comments(text: &str, collector: &mut Collector) {
    let comments = text.lines().enumerate().filter_map(|(number, line)| {
        let line = line.trim();
        let rest = line.strip_prefix(['#', '%'])?;
        let mut words = rest.split_whitespace();
        let pair = [words.next()?, words.next()?];
        let is_link = rest.starts_with(|letter: char| letter.is_alphanumeric())
            && words.next().is_none_or(|weight| super::number(weight).is_some() || weight.starts_with('{'));
        is_link.then_some((number + 1, line, pair))
    });
    let doubtful: Vec<_> =
        comments.take(MOST_DOUBTFUL).filter(|(.., pair)| pair.iter().any(|word| collector.knows(word))).collect();
    if let [(number, line, _), ..] = doubtful[..] {
        let sign = &line[..1];
        collector.notice(number, format!("`{}` is taken for a comment, as it begins with `{sign}`", shown(line)));
    }
}
