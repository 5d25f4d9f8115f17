//! A drawing of a graph.

use crate::topology::{Drawing, Graph};

pub(in crate::topology) fn write(graph: &Graph) -> Result<String, String> {
    Ok(Drawing::of(graph)?.svg())
}
