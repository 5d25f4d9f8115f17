//! graph6: a graph in printable letters, 6 bits each (B. D. McKay, *Description of graph6, sparse6 and digraph6 encodings*).

use crate::topology::Graph;

/// The most nodes that are written: 33 MB.
const MOST_NODES: usize = 20_000;

pub(in crate::topology) fn write(graph: &Graph) -> Result<String, String> {
    let n = graph.node_count();
    if graph.is_directed() {
        return Err("its links lead one way".into());
    }
    if n > MOST_NODES {
        return Err(format!(
            "it would take a letter for each 6 pairs of nodes; up to {MOST_NODES} nodes are written, and it has {n}"
        ));
    }
    // The bit of each pair 01, 02, 12, 03, ..
    let mut sextets = vec![0u8; (n * n.saturating_sub(1) / 2).div_ceil(6)];
    for link in graph.links() {
        let (a, b) = (link.a.min(link.b).index(), link.a.max(link.b).index());
        if a == b {
            return Err(format!("node {a} is linked to itself"));
        }
        let place = b * (b - 1) / 2 + a;
        let bit = 1 << (5 - place % 6);
        if sextets[place / 6] & bit != 0 {
            return Err(format!("nodes {a} and {b} are linked twice"));
        }
        sextets[place / 6] |= bit;
    }
    let size: &[usize] = if n < 63 { &[0] } else { &[12, 6, 0] };
    let mut text = if n < 63 { String::new() } else { String::from("~") };
    text.extend(size.iter().map(|shift| letter((n >> shift & 63) as u8)));
    text.extend(sextets.into_iter().map(letter));
    text.push('\n');
    Ok(text)
}

fn letter(sextet: u8) -> char {
    char::from(sextet + b'?')
}
