//! Random graphs in which every node has the same number of links.

use super::{Links, Neighbours};
use crate::random::Random;

/// A graph of n nodes with `degree` links each; `None` if the last of them could not be joined.  Every such graph is as likely
/// as any other if n is at most 10 000 and each node has or lacks at most 4 links, else nearly so.
pub(super) fn links(n: usize, degree: usize, random: &mut Random) -> Option<Links> {
    if degree == 2 {
        // A connected one is a ring, and pairing ends would hardly ever give one: it is drawn at once, and uniformly.
        return Some(ring(n, random));
    }
    let pair = if degree.min(n - 1 - degree) <= 4 && n <= 10_000 { pair_all } else { pair_ends };
    if 2 * degree < n {
        return pair(n, degree, random);
    }
    // Of a dense graph the missing links are drawn.
    let missing = n - 1 - degree;
    let mut without = Neighbours::none(n);
    if missing > 0 {
        for (a, b) in pair(n, missing, random)? {
            without.insert(a, b);
        }
    }
    let pairs = (0..n as u32).flat_map(|a| (a + 1..n as u32).map(move |b| (a, b)));
    Some(pairs.filter(|(a, b)| !without.contains(*a, *b)).collect())
}

fn ring(n: usize, random: &mut Random) -> Links {
    let mut order: Vec<u32> = (0..n as u32).collect();
    random.shuffle(&mut order);
    (0..n).map(|place| (order[place], order[(place + 1) % n])).collect()
}

/// Joins random pairs of link ends, all anew whenever there is a loop or a double link (Bollobás 1980).  Uniform, but of
/// e^((d²-1)/4) tries only one comes through.
fn pair_all(n: usize, degree: usize, random: &mut Random) -> Option<Links> {
    let mut ends: Vec<u32> = (0..n as u32).flat_map(|node| core::iter::repeat_n(node, degree)).collect();
    loop {
        random.shuffle(&mut ends);
        let mut links: Links = ends.chunks_exact(2).map(|pair| (pair[0].min(pair[1]), pair[0].max(pair[1]))).collect();
        links.sort_unstable();
        if links.iter().all(|(a, b)| a != b) && links.windows(2).all(|pair| pair[0] != pair[1]) {
            return Some(links);
        }
    }
}

/// Joins random pairs of link ends.  Pairs that would make a loop or a double link are not joined; each of them then takes the
/// place of a random link a-b, whose ends it joins to its own (as McKay & Wormald 1990 mend a pairing).
fn pair_ends(n: usize, degree: usize, random: &mut Random) -> Option<Links> {
    let mut neighbours = Neighbours::none(n);
    let mut links = Links::with_capacity(n * degree / 2);
    let mut left = Vec::new();
    let mut ends: Vec<u32> = (0..n as u32).flat_map(|node| core::iter::repeat_n(node, degree)).collect();
    random.shuffle(&mut ends);
    for pair in ends.chunks_exact(2) {
        let (one, two) = (pair[0], pair[1]);
        if one == two || neighbours.contains(one, two) {
            left.push((one, two));
        } else {
            neighbours.insert(one, two);
            links.push((one, two));
        }
    }
    for (one, two) in left {
        let can_join = |node, end, neighbours: &Neighbours| node != end && !neighbours.contains(node, end);
        let mut tries = 0;
        loop {
            let place = random.below(links.len() as u64) as usize;
            let (a, b) = if random.below(2) == 0 { links[place] } else { (links[place].1, links[place].0) };
            if can_join(one, a, &neighbours) && can_join(two, b, &neighbours) {
                neighbours.remove(a, b);
                neighbours.insert(one, a);
                neighbours.insert(two, b);
                links[place] = (one, a);
                links.push((two, b));
                break;
            }
            tries += 1;
            if tries == 100_000 {
                return None;
            }
        }
    }
    Some(links)
}
