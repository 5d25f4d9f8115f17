//! Where the states of a diagram stand: in layers, from the states in which nodes begin downwards (after Sugiyama, Tagawa &
//! Toda 1981).  A diagram has a handful of states, so every step is the simplest that looks good.

use crate::sorting;
use std::collections::BTreeSet;

/// Between two things side by side.
const GAP: f64 = 36.0;
/// The room for a line that passes a layer, where nothing is written on it.
const PASS: f64 = 12.0;

/// Something in a layer: a state, or a place where a line passes.
#[derive(Clone, Debug)]
struct Spot {
    layer: usize,
    width: f64,
    x: f64,
    above: Vec<usize>,
    below: Vec<usize>,
}

/// Where everything stands.
#[derive(Debug)]
pub(super) struct Layout {
    /// By state: its layer.
    pub(super) layers: Vec<usize>,
    /// By state: the middle.
    pub(super) middles: Vec<f64>,
    /// By edge, in their order: where its line passes the layers between its ends, from the upper end down.
    pub(super) passes: Vec<Vec<f64>>,
}

impl Layout {
    /// Lays out states of these widths.  Edges lead from state to other state; where one passes its first layer there is room
    /// for what is written on it, of the width `written`.
    pub(super) fn of(widths: &[f64], initial: &BTreeSet<usize>, edges: &[(usize, usize)], written: &[f64]) -> Self {
        let back = back_edges(widths.len(), initial, edges);
        let down = |edge: &(usize, usize)| if back.contains(edge) { (edge.1, edge.0) } else { *edge };
        let layers = layer(widths.len(), &edges.iter().map(down).collect::<Vec<_>>());

        let mut spots = (0..widths.len())
            .map(|state| Spot { layer: layers[state], width: widths[state], x: 0.0, above: Vec::new(), below: Vec::new() })
            .collect::<Vec<_>>();
        let mut chains = Vec::new();
        for (edge, written) in edges.iter().zip(written) {
            let (upper, lower) = down(edge);
            let mut chain = Vec::new();
            let mut last = upper;
            for between in layers[upper] + 1..layers[lower] {
                let width = if chain.is_empty() { written.max(PASS) } else { PASS };
                spots.push(Spot { layer: between, width, x: 0.0, above: vec![last], below: Vec::new() });
                let here = spots.len() - 1;
                spots[last].below.push(here);
                chain.push(here);
                last = here;
            }
            spots[last].below.push(lower);
            spots[lower].above.push(last);
            chains.push(chain);
        }
        let rows = order(&spots);
        place(&mut spots, &rows);
        Layout {
            middles: spots[..widths.len()].iter().map(|spot| spot.x).collect(),
            passes: chains.iter().map(|chain| chain.iter().map(|spot| spots[*spot].x).collect()).collect(),
            layers,
        }
    }
}

/// The edges that close a cycle, found by walking from the initial states.
fn back_edges(states: usize, initial: &BTreeSet<usize>, edges: &[(usize, usize)]) -> Vec<(usize, usize)> {
    #[derive(Clone, Copy, PartialEq)]
    enum Mark {
        New,
        OnPath,
        Done,
    }
    fn walk(state: usize, edges: &[(usize, usize)], marks: &mut [Mark], back: &mut Vec<(usize, usize)>) {
        marks[state] = Mark::OnPath;
        for edge in edges.iter().filter(|(from, _)| *from == state) {
            match marks[edge.1] {
                Mark::New => walk(edge.1, edges, marks, back),
                Mark::OnPath => back.push(*edge),
                Mark::Done => {}
            }
        }
        marks[state] = Mark::Done;
    }
    let mut marks = vec![Mark::New; states];
    let mut back = Vec::new();
    for state in initial.iter().copied().chain(0..states) {
        if marks[state] == Mark::New {
            walk(state, edges, &mut marks, &mut back);
        }
    }
    back
}

/// By state: the length of the longest way down to it.
fn layer(states: usize, down: &[(usize, usize)]) -> Vec<usize> {
    let mut layers = vec![0; states];
    // Without cycles no way is longer than there are states.
    for _ in 0..states {
        for (upper, lower) in down {
            layers[*lower] = layers[*lower].max(layers[*upper] + 1);
        }
    }
    layers
}

/// The spots of each layer from left to right, such that few lines cross.
fn order(spots: &[Spot]) -> Vec<Vec<usize>> {
    let depth = spots.iter().map(|spot| spot.layer).max().map_or(0, |last| last + 1);
    let mut rows = vec![Vec::new(); depth];
    for (index, spot) in spots.iter().enumerate() {
        rows[spot.layer].push(index);
    }
    let mut best = (crossings(spots, &rows), rows.clone());
    for sweep in 0..8 {
        let downwards = sweep % 2 == 0;
        let layers: Vec<usize> = if downwards { (1..depth).collect() } else { (0..depth.saturating_sub(1)).rev().collect() };
        for layer in layers {
            let places = places(spots.len(), &rows);
            let mean = |index: &usize| {
                let neighbours = if downwards { &spots[*index].above } else { &spots[*index].below };
                if neighbours.is_empty() {
                    return places[*index];
                }
                neighbours.iter().map(|other| places[*other]).sum::<f64>() / neighbours.len() as f64
            };
            sorting::by(&mut rows[layer], |a, b| mean(a).total_cmp(&mean(b)));
        }
        let count = crossings(spots, &rows);
        if count < best.0 {
            best = (count, rows.clone());
        }
    }
    best.1
}

/// By spot: how far to the right it stands in its layer, from 0 to 1.
fn places(spots: usize, rows: &[Vec<usize>]) -> Vec<f64> {
    let mut places = vec![0.0; spots];
    for row in rows {
        for (place, index) in row.iter().enumerate() {
            places[*index] = (place as f64 + 0.5) / row.len() as f64;
        }
    }
    places
}

fn crossings(spots: &[Spot], rows: &[Vec<usize>]) -> usize {
    let places = places(spots.len(), rows);
    let mut count = 0;
    for row in rows {
        let lines = row.iter().flat_map(|upper| spots[*upper].below.iter().map(|lower| (places[*upper], places[*lower])));
        let lines = lines.collect::<Vec<_>>();
        for (index, a) in lines.iter().enumerate() {
            count += lines[index + 1..].iter().filter(|b| (a.0 - b.0) * (a.1 - b.1) < 0.0).count();
        }
    }
    count
}

/// Moves every spot to the middle of its neighbours, as far as order and width allow.
fn place(spots: &mut [Spot], rows: &[Vec<usize>]) {
    for row in rows {
        let mut x = 0.0;
        for index in row {
            spots[*index].x = x + spots[*index].width / 2.0;
            x += spots[*index].width + GAP;
        }
        let middle = (x - GAP) / 2.0;
        row.iter().for_each(|index| spots[*index].x -= middle);
    }
    for _ in 0..24 {
        for row in rows {
            let mut offset = 0.0;
            let mut wishes = Vec::new();
            let mut offsets = Vec::new();
            for (place, index) in row.iter().enumerate() {
                if place > 0 {
                    offset += (spots[row[place - 1]].width + spots[*index].width) / 2.0 + GAP;
                }
                let spot = &spots[*index];
                let neighbours = spot.above.iter().chain(&spot.below).map(|other| spots[*other].x).collect::<Vec<_>>();
                let wish = match neighbours.len() {
                    0 => spot.x,
                    count => neighbours.iter().sum::<f64>() / count as f64,
                };
                wishes.push(wish - offset);
                offsets.push(offset);
            }
            for ((index, x), offset) in row.iter().zip(nondecreasing(&wishes)).zip(offsets) {
                spots[*index].x = x + offset;
            }
        }
    }
}

/// The nondecreasing sequence nearest to the wishes (by squares): pools neighbours that violate the order.
fn nondecreasing(wishes: &[f64]) -> Vec<f64> {
    let mut pools: Vec<(f64, usize)> = Vec::new();
    for wish in wishes {
        let mut pool = (*wish, 1);
        while let Some((sum, count)) = pools.last().copied() {
            if sum / count as f64 <= pool.0 / pool.1 as f64 {
                break;
            }
            pool = (pool.0 + sum, pool.1 + count);
            pools.pop();
        }
        pools.push(pool);
    }
    pools.iter().flat_map(|(sum, count)| std::iter::repeat_n(sum / *count as f64, *count)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_lead_down_and_cycles_are_cut() {
        let edges = [(0, 1), (1, 2), (2, 0), (0, 2)];
        let initial = BTreeSet::from([0]);
        assert_eq!(back_edges(3, &initial, &edges), [(2, 0)]);
        let layout = Layout::of(&[80.0; 3], &initial, &edges, &[40.0; 4]);
        assert_eq!(layout.layers, [0, 1, 2]);
        assert_eq!(layout.passes[3].len(), 1, "it passes the layer of state 1");
        let aside = (layout.passes[3][0] - layout.middles[1]).abs();
        assert!(aside >= (80.0 + 40.0) / 2.0, "beside the state, with what is written on it: {aside}");
    }

    #[test]
    fn the_nearest_ordered_sequence_pools_what_is_out_of_order() {
        assert_eq!(nondecreasing(&[1.0, 2.0, 3.0]), [1.0, 2.0, 3.0]);
        assert_eq!(nondecreasing(&[3.0, 1.0]), [2.0, 2.0]);
        assert_eq!(nondecreasing(&[1.0, 5.0, 3.0, 4.0]), [1.0, 4.0, 4.0, 4.0]);
    }
}
