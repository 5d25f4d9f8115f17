//! A link that is cut for some time, both ways or one: `--link-down`.

use core::fmt;
use core::str::FromStr;

use super::option::{FaultOption, OptionHelp, serde_as_text};
use super::span::Span;
use crate::sorting;
use crate::topology::{Graph, NodeIndex};

/// The links between two nodes are cut for some time.
///
/// One that is cut one way carries messages the other way.  Between processes, what is cut are datagrams: also those that acknowledge
/// what came the other way, which is sent again until they get through.
///
/// As text, which [`FromStr`] reads: `0-1@1s..2s`, or `0->1@1s..2s` for one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LinkCut {
    /// One end.
    pub from: usize,
    /// The other.
    pub to: usize,
    /// Only what `from` sends to `to` is cut off.
    pub one_way: bool,
    /// From when until when.
    pub during: Span,
}

serde_as_text!(LinkCut);

impl LinkCut {
    /// A cut of the links between these two.
    pub fn new(one: usize, other: usize, during: impl Into<Span>) -> Self {
        LinkCut { from: one, to: other, one_way: false, during: during.into() }
    }

    /// A cut of what the first of these sends to the second.
    pub fn one_way(from: usize, to: usize, during: impl Into<Span>) -> Self {
        LinkCut { from, to, one_way: true, during: during.into() }
    }

    /// Whether it cuts off what `from` sends to `to`.
    pub fn separates(&self, from: usize, to: usize) -> bool {
        (from, to) == (self.from, self.to) || (!self.one_way && (to, from) == (self.from, self.to))
    }

    /// The same whichever end stands first: what tells two cuts apart.
    pub(super) fn in_order(&self) -> Self {
        if self.one_way || self.from <= self.to { *self } else { LinkCut { from: self.to, to: self.from, ..*self } }
    }

    /// Holds it against a graph.
    pub(super) fn check(&self, graph: &Graph) -> Result<(), String> {
        self.during.check()?;
        let nodes = graph.node_count();
        if let Some(missing) = [self.from, self.to].into_iter().find(|node| *node >= nodes) {
            return Err(super::no_node(missing, nodes));
        }
        let (from, to) = (NodeIndex::new(self.from), NodeIndex::new(self.to));
        let mut ends = graph.ends(from).filter(|end| end.neighbour == to).peekable();
        if ends.peek().is_some() {
            if self.one_way && graph.is_directed() && !ends.any(|end| end.sends) {
                let right = LinkCut { from: self.to, to: self.from, ..*self };
                return Err(format!("`{self}` is no way: the link leads from {to} to {from}; write `{right}`"));
            }
            return Ok(());
        }
        let neighbours = sorting::set(graph.ends(from).map(|end| end.neighbour.index()));
        let mut some = neighbours.iter().take(8).map(ToString::to_string).collect::<Vec<_>>();
        some.extend((neighbours.len() > 8).then(|| "..".to_owned()));
        Err(format!("no link joins {from} and {to}; node {from} has links to {}", some.join(", ")))
    }
}

impl FaultOption for LinkCut {
    const HELP: OptionHelp = OptionHelp {
        name: "link-down",
        value: "CUT",
        about: "Cut the links between two nodes for some time",
        values: "  0-1@1s..2s             two nodes, from when until when\n  \
                 0->1@1s..2s            only what 0 sends to 1 is cut off\n  \
                 0-1@1s..2s,2-3@0..1s   several",
        example: "0-1@1s..2s",
    };
}

impl fmt::Display for LinkCut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let arrow = if self.one_way { "->" } else { "-" };
        write!(f, "{}{arrow}{}@{}", self.from, self.to, self.during)
    }
}

impl FromStr for LinkCut {
    type Err = String;

    /// As [`Display`](fmt::Display) writes it; the error says what is wrong and what would be right.
    fn from_str(text: &str) -> Result<Self, String> {
        const EXAMPLE: &str = "write two nodes and a time such as `--link-down 0-1@1s..2s`, or `'0->1@1s..2s'` for one way";
        let (ends, during) =
            text.split_once('@').ok_or_else(|| format!("`{text}` does not say from when until when; {EXAMPLE}"))?;
        let both = ends.split_once("->").map(|ends| (ends, true)).or_else(|| Some((ends.split_once('-')?, false)));
        let number = |text: &str| text.trim().parse::<usize>().ok();
        let named = both.and_then(|((from, to), one_way)| Some((number(from)?, number(to)?, one_way)));
        let (from, to, one_way) = named.ok_or_else(|| format!("`{text}` names no two nodes; {EXAMPLE}"))?;
        Ok(LinkCut { from, to, one_way, during: during.parse()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::Topology;

    #[test]
    fn one_way_leaves_the_other_way_whole() {
        let cut = |text: &str| text.parse::<LinkCut>().unwrap();
        assert!(cut("0-1@1s..2s").separates(0, 1) && cut("0-1@1s..2s").separates(1, 0));
        assert!(cut("0 -> 1@1s..2s").separates(0, 1) && !cut("0->1@1s..2s").separates(1, 0));
        assert!(!cut("0-1@1s..2s").separates(0, 2));
    }

    #[test]
    fn what_is_no_cut_is_refused_with_one() {
        for (wrong, hint) in [
            ("", "does not say from when until when"),
            ("0-1", "does not say from when until when"),
            ("0-1@1s", "`1s` does not say from when until when"),
            ("0@1s..2s", "names no two nodes"),
            ("0-@1s..2s", "names no two nodes"),
            ("0>1@1s..2s", "names no two nodes"),
            ("0->>1@1s..2s", "names no two nodes"),
            ("0<-1@1s..2s", "names no two nodes"),
            ("0-1-2@1s..2s", "names no two nodes"),
            ("0-1@1s..noon", "`noon` is not a time"),
        ] {
            let error = wrong.parse::<LinkCut>().unwrap_err();
            assert!(error.contains(hint) && error.contains("; write "), "{wrong}: {error}");
        }
    }

    #[test]
    fn one_that_cannot_be_is_refused() {
        let graph = |spec: &str| spec.parse::<Topology>().unwrap().build(1).unwrap().graph;
        let checked = |spec: &str, text: &str| text.parse::<LinkCut>().unwrap().check(&graph(spec));
        for (spec, wrong, said) in [
            ("path:3", "0-2@1s..2s", "no link joins 0 and 2; node 0 has links to 1"),
            ("path:3", "1->1@1s..2s", "no link joins 1 and 1; node 1 has links to 0, 2"),
            ("path:3", "1-3@1s..2s", "there is no node 3; the nodes are 0 to 2"),
            ("path:3", "0->1@2s..1s", "`2s..1s` ends before it begins; write the earlier time first, `1s..2s`"),
            ("directed-ring:4", "1->0@1s..2s", "`1->0@1s..2s` is no way: the link leads from 0 to 1; write `0->1@1s..2s`"),
        ] {
            assert_eq!(checked(spec, wrong), Err(said.to_owned()), "{wrong}");
        }
        for (spec, right) in [("path:3", "1->0@1s..2s"), ("directed-ring:4", "0->1@1s..2s"), ("directed-ring:4", "1-0@1s..2s")]
        {
            assert_eq!(checked(spec, right), Ok(()), "{right}");
        }
    }
}
