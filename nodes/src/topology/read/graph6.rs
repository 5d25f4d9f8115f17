//! graph6: a graph in printable letters, 6 bits each (B. D. McKay, *Description of graph6, sparse6 and digraph6 encodings*).

use super::Wrong;
use super::collector::Collector;
use crate::topology::stored::MOST_LINKS;

pub(in crate::topology) fn read(text: &str) -> Result<Collector, Wrong> {
    let text = text.strip_prefix(">>graph6<<").unwrap_or(text);
    let mut lines =
        text.lines().enumerate().map(|(line, content)| (line + 1, content.trim())).filter(|(_, line)| !line.is_empty());
    let (line, word) = lines.next().ok_or_else(|| Wrong::whole("there are no nodes in it"))?;
    if let Some((second, _)) = lines.next() {
        return Err(Wrong::at(second, "a second graph begins; keep one"));
    }
    if word.starts_with([':', ';', '&']) {
        return Err(Wrong::at(line, "that is sparse6 or digraph6; expected graph6"));
    }
    let mut sextets = Vec::with_capacity(word.len());
    for letter in word.chars() {
        match letter {
            '?'..='~' => sextets.push(letter as u8 - b'?'),
            _ => return Err(Wrong::at(line, format!("`{}` is not a letter of graph6", letter.escape_default()))),
        }
    }
    let number = |sextets: &[u8]| sextets.iter().fold(0u64, |number, sextet| number << 6 | u64::from(*sextet));
    let (nodes, bits) = match sextets[..] {
        [63, 63, ..] if sextets.len() >= 8 => (number(&sextets[2..8]), &sextets[8..]),
        [63, second, ..] if second != 63 && sextets.len() >= 4 => (number(&sextets[1..4]), &sextets[4..]),
        [63, ..] => return Err(Wrong::at(line, "the number of nodes is cut short")),
        _ => (number(&sextets[..1]), &sextets[1..]),
    };
    let pairs = u128::from(nodes) * u128::from(nodes.saturating_sub(1)) / 2;
    if pairs.div_ceil(6) != bits.len() as u128 {
        let expected = pairs.div_ceil(6);
        return Err(Wrong::at(
            line,
            format!("{nodes} nodes need {expected} letters after their number, there are {}", bits.len()),
        ));
    }
    if bits.iter().map(|sextet| sextet.count_ones() as usize).sum::<usize>() > MOST_LINKS {
        return Err(Wrong::at(line, format!("that is more than {MOST_LINKS} links")));
    }
    let mut collector = Collector::default();
    let names: Vec<String> = (0..nodes).map(|node| node.to_string()).collect();
    for name in &names {
        collector.node(name);
    }
    let mut pairs = (1..names.len()).flat_map(|b| (0..b).map(move |a| (a, b)));
    for place in 0..bits.len() * 6 {
        let Some((a, b)) = pairs.next() else { break };
        if bits[place / 6] >> (5 - place % 6) & 1 == 1 {
            collector.link(&names[a], &names[b], None, line)?;
        }
    }
    Ok(collector)
}
