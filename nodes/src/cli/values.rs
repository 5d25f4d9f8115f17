//! What stands behind options, read.  Every error says what was wrong and shows what is right.

use core::time::Duration;

use super::failure::Failure;
use super::node_labels::NodeLabels;
use crate::execution::{IdChoice, Initiators, PortOrder, Wake};
use crate::nearest::nearest;
use crate::protocol::Links;

/// A time: `500ms`, `2s`, `1.5s`, `0`.
pub(super) fn duration(option: &str, text: &str) -> Result<Duration, Failure> {
    crate::time::read_duration(text)
        .map_err(|why| Failure::wrong(format!("--{option}: `{text}` {why}; write a time such as `500ms` or `2s`")))
}

/// A number of bytes, at least one: `16MiB`, `100000`.
pub(super) fn bytes(option: &str, text: &str) -> Result<usize, Failure> {
    let (number, unit) = text.split_at(text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len()));
    let factor = match unit.trim_start().to_ascii_lowercase().as_str() {
        "" | "b" => Some(1usize),
        "k" | "kib" => Some(1 << 10),
        "m" | "mib" => Some(1 << 20),
        "g" | "gib" => Some(1 << 30),
        _ => None,
    };
    let bytes = factor.and_then(|factor| number.parse::<usize>().ok()?.checked_mul(factor)).filter(|bytes| *bytes > 0);
    bytes.ok_or_else(|| {
        Failure::wrong(format!("--{option}: `{text}` is not a number of bytes; write one such as `--{option} 16MiB`"))
    })
}

/// The most runs that a command makes: something is kept of each, and more is a slip.
pub(super) const MOST_RUNS: u64 = 10_000_000;

/// A seed.
pub(super) fn seed(text: &str) -> Result<u64, Failure> {
    text.parse().map_err(|_| {
        Failure::wrong(format!("--seed: `{text}` is not a number from 0 to 18446744073709551615; write one such as `--seed 7`"))
    })
}

/// `--ids`.
pub(super) fn ids(text: &str) -> Result<IdChoice, Failure> {
    let example = "write `sequential`, `shuffled`, or an id for each node such as `3,1,4,0,2`";
    match text {
        "sequential" => Ok(IdChoice::Sequential),
        "shuffled" => Ok(IdChoice::Shuffled),
        _ if begins_as_a_word(text) => Err(keyword("ids", text, &["sequential", "shuffled"], example)),
        _ => items(text)
            .map(|item| item.parse().map_err(|_| Failure::wrong(format!("--ids: `{item}` is not an id; {example}"))))
            .collect::<Result<_, _>>()
            .map(IdChoice::Given),
    }
}

/// `--ports`.
pub(super) fn ports(text: &str) -> Result<PortOrder, Failure> {
    let example = "write `ordered`, `shuffled`, or an order for each node such as `1,0/0,1,2/0`";
    match text {
        "ordered" => Ok(PortOrder::Ordered),
        "shuffled" => Ok(PortOrder::Shuffled),
        _ if begins_as_a_word(text) => Err(keyword("ports", text, &["ordered", "shuffled"], example)),
        _ => {
            let port = |item: &str| {
                item.parse().map_err(|_| Failure::wrong(format!("--ports: `{item}` is not the number of a port; {example}")))
            };
            // A node alone has no ports, and an empty order.
            let order = |order: &str| if order.is_empty() { Ok(Vec::new()) } else { items(order).map(port).collect() };
            text.split('/').map(order).collect::<Result<_, _>>().map(PortOrder::Given)
        }
    }
}

/// `--wake`.
pub(super) fn wake(text: &str) -> Result<Wake, Failure> {
    match text {
        "together" => Ok(Wake::Together),
        "random" => Ok(Wake::Random),
        _ => Err(keyword("wake", text, &["together", "random"], "write `together` or `random`")),
    }
}

/// `--links`.
pub(super) fn links(text: &str) -> Result<Links, Failure> {
    match text {
        "fifo" => Ok(Links::Fifo),
        "reliable" => Ok(Links::Reliable),
        "lossy" => Ok(Links::Lossy),
        _ => Err(keyword("links", text, &["fifo", "reliable", "lossy"], "write `fifo`, `reliable` or `lossy`")),
    }
}

/// `--initiators`.
pub(super) fn initiators(text: &str, nodes: &NodeLabels<'_>) -> Result<Initiators, Failure> {
    let example = "write `one`, `all`, `random:3`, nodes such as `0,4` or `0-3`, or with times `0@0s,4@200ms`";
    if let Some(count) = text.strip_prefix("random:") {
        return count
            .parse()
            .map(Initiators::Random)
            .map_err(|_| Failure::wrong(format!("--initiators: `{count}` is not a number of nodes; write `random:3`")));
    }
    match text {
        "one" => Ok(Initiators::One),
        "all" => Ok(Initiators::All),
        "random" => Err(Failure::wrong("--initiators: `random` of how many nodes? write `random:3`")),
        _ if begins_as_a_word(text) => Err(keyword("initiators", text, &["one", "all"], example)),
        _ => {
            let mut given = Vec::new();
            for item in items(text) {
                let (item, at) = match item.split_once('@') {
                    Some((item, at)) => (item, Some(duration("initiators", at)?)),
                    None => (item, None),
                };
                let range = nodes
                    .range("initiators", item)?
                    .ok_or_else(|| Failure::wrong(format!("--initiators: `{item}` is not a node; {example}")))?;
                given.extend(range.map(|node| (node, at)));
            }
            Ok(Initiators::Given(given))
        }
    }
}

fn items(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim)
}

/// Whether somebody wrote a word where numbers might stand.
fn begins_as_a_word(text: &str) -> bool {
    text.chars().next().is_none_or(|letter| letter.is_ascii_alphabetic())
}

/// Words for all that there may be, which only the checker looks at.
const ONLY_CHECKED: [(&str, &str); 4] = [("ids", "all"), ("ports", "all"), ("initiators", "every"), ("wake", "any")];

/// The error for a word that is none of those that may stand there.
pub(super) fn keyword(option: &str, text: &str, words: &[&str], example: &str) -> Failure {
    let checked = ONLY_CHECKED.iter().find(|(has_one, _)| *has_one == option).map(|(_, word)| *word);
    if checked == Some(text) {
        return Failure::wrong(format!("--{option} {text}: only `check` looks at all that there may be; {example}"));
    }
    match (nearest(text, &mut words.iter().copied().chain(checked)), checked) {
        (Some(near), _) => Failure::wrong(format!("--{option}: there is no `{text}`; did you mean `--{option} {near}`?")),
        (None, Some(word)) => Failure::wrong(format!("--{option}: there is no `{text}`; {example}; `check` has `{word}`, too")),
        (None, None) => Failure::wrong(format!("--{option}: there is no `{text}`; {example}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initiators_are_words_nodes_ranges_and_times() {
        let initiators = |text: &str| initiators(text, &NodeLabels::of(None));
        assert_eq!(initiators("one"), Ok(Initiators::One));
        assert_eq!(initiators("random:3"), Ok(Initiators::Random(3)));
        assert_eq!(initiators("0,4"), Ok(Initiators::Given(vec![(0, None), (4, None)])));
        assert_eq!(initiators("0-2,7"), Ok(Initiators::Given(vec![(0, None), (1, None), (2, None), (7, None)])));
        let times = vec![(0, Some(Duration::ZERO)), (4, Some(Duration::from_millis(200)))];
        assert_eq!(initiators("0@0s,4@200ms"), Ok(Initiators::Given(times)));
        for wrong in ["", "al", "random:x", "random", "3-1", "0,,4", "0@", "0@5", "-1", "0-999999999999"] {
            assert!(initiators(wrong).is_err(), "`{wrong}`");
        }
    }

    #[test]
    fn a_word_that_only_check_has_is_named_where_another_stands() {
        let why = |failure| if let Failure::Wrong(why) = failure { why } else { panic!("another failure") };
        let says = |text: &str| why(initiators(text, &NodeLabels::of(None)).expect_err("it is none"));
        assert!(says("each").ends_with("; `check` has `every`, too"), "{}", says("each"));
        assert!(says("evry").ends_with("did you mean `--initiators every`?"), "{}", says("evry"));
        assert!(says("every").contains("only `check` looks at all"), "{}", says("every"));
        let links = why(links("wifi").expect_err("it is none"));
        assert!(links.ends_with("write `fifo`, `reliable` or `lossy`"), "{links}");
    }

    #[test]
    fn bytes_have_units_or_none() {
        for (text, right) in
            [("1", 1), ("100000", 100_000), ("3KiB", 3072), ("16MiB", 16 << 20), ("2g", 2 << 30), ("5 k", 5120)]
        {
            assert_eq!(bytes("outbox-limit", text), Ok(right), "`{text}`");
        }
        for wrong in ["", "0", "0MiB", "-1", "1.5MiB", "MiB", "16MB", "16 M iB", "99999999999GiB", "99999999999999999999999"] {
            assert!(bytes("outbox-limit", wrong).is_err(), "`{wrong}`");
        }
    }
}
