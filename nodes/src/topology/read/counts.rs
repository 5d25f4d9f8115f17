//! A first line that counts nodes and links, which other tools write before the links.

use super::Collector;

/// What the first line may count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) nodes: u64,
    pub(super) links: u64,
    /// Whether the line cannot be a link: one from a node to itself.
    pub(super) is_loop: bool,
}

impl Counts {
    /// Two whole numbers, or those of a square matrix: `n n m`.
    pub(super) fn of(content: &str) -> Option<Self> {
        let mut words = content.split(|letter: char| letter.is_whitespace() || letter == ',').filter(|word| !word.is_empty());
        let mut next = || words.next().map(whole);
        match (next(), next(), next(), next()) {
            (Some(Some(nodes)), Some(Some(links)), None, _) => Some(Counts { nodes, links, is_loop: nodes == links }),
            (Some(Some(nodes)), Some(Some(columns)), Some(Some(links)), None) if nodes == columns => {
                Some(Counts { nodes, links, is_loop: true })
            }
            _ => None,
        }
    }

    /// Whether the rest of the file has as many.
    pub(super) fn fit(self, rest: &Collector) -> bool {
        (rest.node_count() as u64, rest.link_count() as u64) == (self.nodes, self.links) && self.fit_labels(rest, None)
    }

    /// Whether they may be counts after all, where the line was read as a link.
    pub(super) fn may_count(self, all: &Collector) -> bool {
        let links = all.link_count() as u64;
        let [_, second, ..] = all.keys() else { return false };
        // The number of links is no other node's label.
        let alone = self.links > self.nodes && all.degree(1) == 1;
        links > 1 && (alone || links == self.links + 1) && self.fit_labels(all, Some(second))
    }

    /// Whether labels are numbers up to that of nodes, or no numbers at all.
    fn fit_labels(self, links: &Collector, except: Option<&String>) -> bool {
        let mut labels = links.keys().iter().filter(|label| Some(*label) != except).map(|label| whole(label));
        match labels.next() {
            Some(None) => except.is_none() && labels.all(|label| label.is_none()),
            first => first.into_iter().chain(labels).all(|label| label.is_some_and(|label| label <= self.nodes)),
        }
    }
}

fn whole(word: &str) -> Option<u64> {
    word.parse().ok()
}
