//! Lists of neighbours: in each line a node, then its neighbours, as NetworkX writes them.

use super::Wrong;
use super::collector::Collector;
use super::edge_list::{lines, spaced};

pub(super) fn read(text: &str) -> Result<Collector, Wrong> {
    let mut collector = Collector::default();
    for (line, content) in lines(text) {
        let words = spaced(content);
        let (node, neighbours) = words.split_first().ok_or_else(|| Wrong::at(line, "expected a node and its neighbours"))?;
        collector.node(node);
        for neighbour in neighbours {
            collector.link(node, neighbour, 1.0, line)?;
        }
    }
    Ok(collector)
}
