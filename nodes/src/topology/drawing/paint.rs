//! What a drawing of a run shows besides the graph: the states of its nodes, and what they mean.

use crate::looks::Look;

/// A state that nodes are painted in.
#[derive(Clone, Debug)]
pub struct PaintedState {
    /// What the legend says of it.
    pub name: String,
    /// How its nodes look.
    pub look: Look,
    /// Whether a node in it has decided: it has a ring.
    pub is_terminal: bool,
}

/// How the nodes and links of a drawing are painted.
#[derive(Clone, Debug, Default)]
pub struct Paint<'a> {
    /// What the picture is called.
    pub title: &'a str,
    /// The states that there are.
    pub states: &'a [PaintedState],
    /// By node, the number of its state.
    pub nodes: &'a [usize],
    /// By node, whether it has crashed.
    pub crashed: &'a [bool],
    /// Links, by number, that stand out.
    pub bold: &'a [usize],
}

impl Paint<'_> {
    /// By state, how many nodes are in it that have not crashed.
    pub(super) fn counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.states.len()];
        for (state, crashed) in self.nodes.iter().zip(self.crashed) {
            counts[*state] += usize::from(!crashed);
        }
        counts
    }
}
