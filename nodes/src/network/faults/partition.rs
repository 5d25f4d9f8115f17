//! All links between groups of nodes, cut for some time: `--partition`.

use core::fmt;
use core::str::FromStr;

use super::option::{FaultOption, OptionHelp, serde_as_text};
use super::span::Span;
use crate::sorting;

/// All links between groups of nodes are cut for some time; nodes in no group form one more.
///
/// As text, which [`FromStr`] reads: `0-3|4-7@1s..2s`.
///
/// ```
/// # use nodes::prelude::*;
/// use nodes::network::Partition;
///
/// let partition = Partition::new([0..4, 4..8], secs(1)..secs(2));
/// assert_eq!("0-3|4-7@1s..2s".parse(), Ok(partition));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Partition {
    groups: Vec<Group>,
    /// From when until when.
    pub during: Span,
}

serde_as_text!(Partition);

/// The nodes of one side: the first and the last of each range, in order.  Ranges that touch are one; those that overlap stay, so that
/// [`Partition::check`] finds the node that stands twice.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Group(Vec<(usize, usize)>);

impl Group {
    fn of(mut ranges: Vec<(usize, usize)>) -> Self {
        sorting::sort(&mut ranges);
        ranges.dedup_by(|next, range| {
            let touches = range.1.checked_add(1) == Some(next.0);
            if touches {
                range.1 = next.1;
            }
            touches
        });
        Group(ranges)
    }

    fn contains(&self, node: usize) -> bool {
        let later = self.0.partition_point(|(first, _)| *first <= node);
        later > 0 && node <= self.0[later - 1].1
    }
}

impl FromIterator<usize> for Group {
    fn from_iter<I: IntoIterator<Item = usize>>(nodes: I) -> Self {
        let mut ranges: Vec<(usize, usize)> = Vec::new();
        for node in nodes {
            match ranges.last_mut() {
                Some(range) if range.1.checked_add(1) == Some(node) => range.1 = node,
                _ => ranges.push((node, node)),
            }
        }
        Group::of(ranges)
    }
}

impl Partition {
    /// A partition into these groups of nodes.
    pub fn new<G: IntoIterator<Item = usize>>(groups: impl IntoIterator<Item = G>, during: impl Into<Span>) -> Self {
        Partition { groups: groups.into_iter().map(Group::from_iter).collect(), during: during.into() }
    }

    /// Whether it cuts links between these two.
    pub fn separates(&self, one: usize, other: usize) -> bool {
        let side = |node: usize| self.groups.iter().position(|group| group.contains(node));
        side(one) != side(other)
    }

    /// The same on other nodes: `now` tells which node each is there, if it is still there.
    pub(crate) fn moved(&self, now: impl Fn(usize) -> Option<usize>) -> Self {
        let group = |group: &Group| group.0.iter().flat_map(|(first, last)| *first..=*last).filter_map(&now).collect::<Group>();
        let groups = self.groups.iter().map(group).filter(|group| !group.0.is_empty());
        Partition { groups: groups.collect(), during: self.during }
    }

    /// The same whichever group stands first: what tells two partitions apart.
    pub(super) fn in_order(&self) -> Self {
        let mut ordered = self.clone();
        sorting::sort(&mut ordered.groups);
        ordered
    }

    /// Holds it against a graph of so many nodes.
    pub(super) fn check(&self, nodes: usize) -> Result<(), String> {
        self.during.check()?;
        if self.groups.iter().any(|group| group.0.is_empty()) {
            return Err("a group has no node; leave it out, or write nodes such as `0-3`".into());
        }
        let mut ranges = self.groups.iter().flat_map(|group| &group.0).copied().collect::<Vec<_>>();
        if let Some((_, last)) = ranges.iter().find(|(_, last)| *last >= nodes) {
            return Err(super::no_node(*last, nodes));
        }
        sorting::sort(&mut ranges);
        if let Some(pair) = ranges.windows(2).find(|pair| pair[1].0 <= pair[0].1) {
            return Err(format!("node {} stands twice; a node is on one side, so write it once", pair[1].0));
        }
        let named = ranges.iter().map(|(first, last)| last - first + 1).sum::<usize>();
        if self.groups.len() + usize::from(named < nodes) < 2 {
            let last = nodes.saturating_sub(1);
            return Err(format!("all nodes are on one side; write groups with `|` between them, such as `0|1-{last}`"));
        }
        Ok(())
    }
}

impl FaultOption for Partition {
    const HELP: OptionHelp = OptionHelp {
        name: "partition",
        value: "CUT",
        about: "Cut all links between groups of nodes for some time",
        values: "  0-3|4-7@1s..2s             groups of nodes, from when until when; nodes in no group form one more\n  \
                 0-3|4-7@1s..2s,0|1@3s..4s  several",
        example: "'0-3|4-7@1s..2s'",
    };
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// A range of so many nodes is written as one; people see at once who belongs to a shorter one if each node is named.
        const LONG: usize = 10_000;
        for (place, group) in self.groups.iter().enumerate() {
            f.write_str(if place > 0 { "|" } else { "" })?;
            let mut comma = "";
            for (first, last) in &group.0 {
                if last - first >= LONG {
                    write!(f, "{comma}{first}-{last}")?;
                    comma = ",";
                    continue;
                }
                for node in *first..=*last {
                    write!(f, "{comma}{node}")?;
                    comma = ",";
                }
            }
        }
        write!(f, "@{}", self.during)
    }
}

impl FromStr for Partition {
    type Err = String;

    /// As [`Display`](fmt::Display) writes it, and ranges of nodes; the error says what is wrong and what would be right.
    fn from_str(text: &str) -> Result<Self, String> {
        const EXAMPLE: &str = "write groups of nodes and a time such as `--partition '0-3|4-7@1s..2s'`";
        let (groups, during) =
            text.split_once('@').ok_or_else(|| format!("`{text}` does not say from when until when; {EXAMPLE}"))?;
        let range = |part: &str| {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let number = |text: &str| text.trim().parse::<usize>().ok();
            let range = number(first).zip(number(last)).filter(|(first, last)| first <= last);
            range.ok_or_else(|| format!("`{}` is not a node, nor a range of nodes; {EXAMPLE}", part.trim()))
        };
        let group = |text: &str| text.split(',').map(range).collect::<Result<_, _>>().map(Group::of);
        Ok(Partition { groups: groups.split('|').map(group).collect::<Result<_, _>>()?, during: during.parse()? })
    }
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use super::*;
    use crate::secs;

    #[test]
    fn it_cuts_between_its_sides_and_from_the_rest() {
        let sides = Partition::new([vec![1, 0], vec![2]], secs(1)..secs(2));
        assert!(!sides.separates(0, 1) && sides.separates(0, 2) && sides.separates(2, 0));
        assert!(sides.separates(2, 3) && !sides.separates(3, 4));
    }

    #[test]
    fn its_nodes_are_written_one_by_one_and_long_ranges_stay_ranges() {
        let shown = |text: &str| text.parse::<Partition>().unwrap().to_string();
        assert_eq!(shown("3, 1|0 -0@0..7ms"), "1,3|0@0s..7ms");
        assert_eq!(shown("0-3|4-7@1s..2s"), "0,1,2,3|4,5,6,7@1s..2s");
        assert_eq!(shown("5-99999999|1@1s..2s"), "5-99999999|1@1s..2s");
        assert_eq!("0,1,2@1s..2s".parse::<Partition>(), "2,0-1@1s..2s".parse());
        let all = "0-18446744073709551615@1s..2s".parse::<Partition>().unwrap();
        assert_eq!(all.to_string().parse(), Ok(all));
    }

    #[test]
    fn what_is_no_partition_is_refused_with_one() {
        for (wrong, hint) in [
            ("", "does not say from when until when"),
            ("0-3", "does not say from when until when"),
            ("0-3@1s", "`1s` does not say from when until when"),
            ("0-3@1s..x", "`x` is not a time"),
            ("0-3@1..2", "`1` has no unit"),
            ("0-3@1s..6000000h", "longer than 584 years"),
            ("3-0@1s..2s", "`3-0` is not a node, nor a range"),
            ("0||1@1s..2s", "`` is not a node"),
            ("@1s..2s", "`` is not a node"),
            ("a|b@1s..2s", "`a` is not a node"),
            ("-1@1s..2s", "`-1` is not a node"),
        ] {
            let error = wrong.parse::<Partition>().unwrap_err();
            assert!(error.contains(hint) && error.contains("; write "), "{wrong}: {error}");
        }
    }

    #[test]
    fn one_that_cannot_be_is_refused() {
        for (wrong, hint) in [
            ("0|1@2s..1s", "`2s..1s` ends before it begins; write the earlier time first, `1s..2s`"),
            ("0|1@1s..1s", "`1s..1s` ends when it begins"),
            ("0-8|1@1s..2s", "there is no node 8; the nodes are 0 to 7"),
            ("0,0|1@1s..2s", "node 0 stands twice"),
            ("0-3|3-5@1s..2s", "node 3 stands twice"),
            ("0-5|2@1s..2s", "node 2 stands twice"),
            ("0-7@1s..2s", "all nodes are on one side; write groups with `|` between them, such as `0|1-7`"),
        ] {
            let error = wrong.parse::<Partition>().unwrap().check(8).unwrap_err();
            assert!(error.contains(hint), "{wrong}: {error}");
        }
        for right in ["0-6@1s..2s", "0-3|4-7@0s..2s", "0@1s..2s", "0-2|3,5|4@1s..2s"] {
            assert_eq!(right.parse::<Partition>().unwrap().check(8), Ok(()), "{right}");
        }
        let nobody: [[usize; 0]; 1] = [[]];
        assert!(Partition::new(nobody, Duration::ZERO..secs(1)).check(3).unwrap_err().contains("a group has no node"));
    }
}
