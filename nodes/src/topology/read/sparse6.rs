//! sparse6: a list of links in printable letters (B. D. McKay, *Description of graph6, sparse6 and digraph6 encodings*).

use super::graph6::{one_line, sextets, size};
use super::{Collector, Wrong};

pub(in crate::topology) fn read(text: &str) -> Result<Collector, Wrong> {
    let text = text.strip_prefix(">>sparse6<<").unwrap_or(text);
    let (line, word) = one_line(text)?;
    let word = word.strip_prefix(':').ok_or_else(|| Wrong::at(line, "expected sparse6, which begins with `:`"))?;
    let sextets = sextets(word, line)?;
    let (nodes, bits) = size(&sextets, line)?;
    // As many bits as the largest number of a node has.
    let width = (u64::BITS - nodes.saturating_sub(1).leading_zeros()).max(1) as usize;
    let most_links = (bits.len() * 6 / (width + 1)) as u64;
    let mut collector = Collector::default();
    collector.numbered_from(0, nodes, most_links, text.len());
    let mut bits = bits.iter().flat_map(|sextet| (0..6).rev().map(move |place| u64::from(sextet >> place & 1)));
    let mut current = 0u64;
    while let Some(step) = bits.next() {
        let mut number = 0u64;
        let mut taken = 0;
        for bit in bits.by_ref().take(width) {
            number = number << 1 | bit;
            taken += 1;
        }
        current += step;
        // What is left fills the last letter.
        if taken < width || number >= nodes || current >= nodes {
            break;
        }
        if number > current {
            current = number;
        } else {
            collector.link(&number.to_string(), &current.to_string(), None, line)?;
        }
    }
    Ok(collector)
}
