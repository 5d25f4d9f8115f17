//! Which attribute holds a node's label, and which a link's weight.

/// The best of several values; the first of those that are as good.
#[derive(Debug)]
pub(super) struct Best<T>(Option<(u8, T)>);

impl<T> Default for Best<T> {
    fn default() -> Self {
        Best(None)
    }
}

impl<T> Best<T> {
    /// A value, and how good it is: 0 is best, `None` no good.
    pub(super) fn offer(&mut self, rank: Option<u8>, value: T) {
        let Some(rank) = rank else { return };
        if self.0.as_ref().is_none_or(|(best, _)| rank < *best) {
            self.0 = Some((rank, value));
        }
    }

    pub(super) fn take(self) -> Option<T> {
        self.0.map(|(_, value)| value)
    }
}

/// How well a node's attribute of that name is its label.
pub(super) fn label(name: &str) -> Option<u8> {
    rank(name, &["label", "name"])
}

/// How well a link's attribute of that name is its weight.
pub(super) fn weight(name: &str) -> Option<u8> {
    rank(name, &["weight"])
}

/// How well a link's attribute is its weight, if it is a number: `value` is one in GML and D3.
pub(super) fn number(name: &str) -> Option<u8> {
    weight(name).or_else(|| rank(name, &["value"]).map(|rank| rank + 2))
}

/// Whether a number of that name says more of a link than which it is.
pub(super) fn is_telling(name: &str) -> bool {
    !["id", "key", "source", "target", "from", "to", "index"].iter().any(|known| name.eq_ignore_ascii_case(known))
}

fn rank(name: &str, known: &[&str]) -> Option<u8> {
    known.iter().zip((0..).step_by(2)).find_map(|(known, rank)| match name {
        name if name == *known => Some(rank),
        name if name.eq_ignore_ascii_case(known) => Some(rank + 1),
        _ => None,
    })
}

/// Whether two columns of these names hold the ends of links.
pub(in crate::topology) fn are_ends(first: &str, second: &str) -> bool {
    let known = |names: &[&str], name: &str| names.iter().position(|known| name.trim().eq_ignore_ascii_case(known));
    known(&SOURCES, first).is_some_and(|place| known(&TARGETS, second) == Some(place))
}

/// What columns with the first end of a link are called, and those with the second, in the same order.
pub(super) const SOURCES: [&str; 10] =
    ["source", "from", "src", "node1", "node_1", "tail", "fromnodeid", "start", "sender", "u"];
pub(super) const TARGETS: [&str; 10] = ["target", "to", "dst", "node2", "node_2", "head", "tonodeid", "end", "receiver", "v"];
