//! Nodes by their labels, `@Köln` wherever the number of a node may stand, and ranges of nodes, `0-3`.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::ops::RangeInclusive;

use super::failure::Failure;
use crate::nearest::nearest;
use crate::topology::{Graph, Topology};

/// The labels of a graph from a file, which is read when a label is asked for.
pub(super) struct NodeLabels<'a> {
    topology: Option<&'a Topology>,
    graph: OnceCell<Graph>,
}

impl<'a> NodeLabels<'a> {
    pub(super) fn of(topology: Option<&'a Topology>) -> Self {
        NodeLabels { topology, graph: OnceCell::new() }
    }

    /// The text with numbers for labels.
    pub(super) fn numbered<'b>(&self, option: &str, text: &'b str) -> Result<Cow<'b, str>, Failure> {
        let mut places = begins(text).peekable();
        if places.peek().is_none() {
            return Ok(Cow::Borrowed(text));
        }
        let graph = self.graph(option, text)?;
        let (mut numbered, mut end) = (String::new(), 0);
        for place in places {
            // An `@` in a label begins none.
            if place < end {
                continue;
            }
            let label = &text[place + 1..];
            let titles = graph.nodes().map(|node| (node, graph.title(node)));
            let found = titles.filter(|(_, title)| ends(label.strip_prefix(&**title))).max_by_key(|(_, title)| title.len());
            let Some((node, title)) = found else { return Err(unknown(option, label, graph)) };
            numbered.push_str(&text[end..place]);
            numbered.push_str(&node.to_string());
            end = place + 1 + title.len();
        }
        numbered.push_str(&text[end..]);
        Ok(Cow::Owned(numbered))
    }

    /// The nodes that `4` or `0-3` means; `None` if it means none.
    pub(super) fn range(&self, option: &str, text: &str) -> Result<Option<RangeInclusive<usize>>, Failure> {
        /// A shorter range takes no memory to speak of.  Of a longer one the graph has all nodes, or it is refused here: a slip must
        /// not fill the memory.
        const SHORT: usize = 100_000;
        let (from, to) = text.split_once('-').unwrap_or((text, text));
        let number = |text: &str| text.trim().parse::<usize>().ok();
        let Some((from, to)) = number(from).zip(number(to)).filter(|(from, to)| from <= to) else { return Ok(None) };
        if to - from >= SHORT {
            let nodes = match self.topology.and_then(Topology::node_count) {
                Some(nodes) => nodes,
                None => self.topology.map_or(Ok(0), |topology| Ok::<_, Failure>(self.built(topology)?.node_count()))?,
            };
            if to >= nodes {
                let last = nodes.saturating_sub(1);
                return Err(Failure::wrong(format!("--{option}: there is no node {to}; the nodes are 0 to {last}")));
            }
        }
        Ok(Some(from..=to))
    }

    fn graph(&self, option: &str, text: &str) -> Result<&Graph, Failure> {
        let Some(topology) = self.topology.filter(|topology| topology.is_file()) else {
            let why = "only the nodes of a graph from a file have labels; write their numbers";
            return Err(Failure::wrong(format!("--{option}: `{text}` names a node by its label, and {why}")));
        };
        self.built(topology)
    }

    fn built(&self, topology: &Topology) -> Result<&Graph, Failure> {
        if let Some(graph) = self.graph.get() {
            return Ok(graph);
        }
        let built = topology.build(0)?;
        Ok(self.graph.get_or_init(|| built.graph))
    }
}

fn unknown(option: &str, text: &str, graph: &Graph) -> Failure {
    let label = &text[..text.find([',', '|', '@']).unwrap_or(text.len())];
    let titles: Vec<_> = graph.nodes().map(|node| graph.title(node)).collect();
    let near = nearest(label, &mut titles.iter().map(|title| &**title));
    let hint = near.map_or_else(String::new, |near| format!("; did you mean `@{near}`?"));
    Failure::wrong(format!("--{option}: no node has the label `{label}`{hint}"))
}

/// Where labels begin: at an `@` that stands where a node may, not behind one, as in `3@500ms`.
fn begins(text: &str) -> impl Iterator<Item = usize> {
    text.match_indices('@').map(|(place, _)| place).filter(|place| {
        let before = text[..*place].trim_end_matches(' ');
        before.is_empty() || before.ends_with([',', '|', '-', '>'])
    })
}

/// Whether a label ends before that.
fn ends(rest: Option<&str>) -> bool {
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([',', '|', '-', '@', ' ']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_ranges_are_held_against_the_graph() {
        let ring = Topology::ring(200_000);
        let labels = NodeLabels::of(Some(&ring));
        let range = |text: &str| labels.range("initiators", text);
        assert_eq!(range("0-3"), Ok(Some(0..=3)));
        assert_eq!(range(" 7 "), Ok(Some(7..=7)));
        assert_eq!(range("0-199999"), Ok(Some(0..=199_999)));
        for wrong in ["", "3-1", "a", "1-", "-1", "0-99999999999999999999"] {
            assert_eq!(range(wrong), Ok(None), "`{wrong}`");
        }
        for wrong in ["0-200000", "0-99999999", "5-18446744073709551615"] {
            let said = format!("{:?}", range(wrong).unwrap_err());
            assert!(said.contains("--initiators: there is no node ") && said.contains("the nodes are 0 to 199999"), "{said}");
        }
    }

    #[test]
    fn labels_stand_for_numbers() {
        let path = std::env::temp_dir().join(format!("labels-{}.edges", std::process::id()));
        std::fs::write(&path, "\"New-York\" Köln\nKöln 34\n34 \"a, b\"\n").unwrap();
        let topology = Topology::file(&path);
        let labels = NodeLabels::of(Some(&topology));
        let numbered = |text: &str| labels.numbered("crash", text).map(Cow::into_owned);
        for (text, numbers) in [
            ("@Köln", "1"),
            ("@34@500ms,@New-York@1s", "2@500ms,0@1s"),
            ("@New-York-@Köln@1s..2s", "0-1@1s..2s"),
            ("@New-York->@Köln@1s..2s,@34 -> @a, b@0..1s", "0->1@1s..2s,2 -> 3@0..1s"),
            ("0-1|@34,@a, b@0s..1s", "0-1|2,3@0s..1s"),
            ("3@500ms", "3@500ms"),
            ("all", "all"),
        ] {
            assert_eq!(numbered(text), Ok(numbers.to_owned()));
        }
        let said = format!("{:?}", numbered("@Koln@1s").unwrap_err());
        assert!(said.contains("--crash: no node has the label `Koln`; did you mean `@Köln`?"), "{said}");
        std::fs::remove_file(&path).unwrap();
        let ring = Topology::ring(3);
        let said = format!("{:?}", NodeLabels::of(Some(&ring)).numbered("crash", "@a").unwrap_err());
        assert!(said.contains("only the nodes of a graph from a file have labels"), "{said}");
    }
}
