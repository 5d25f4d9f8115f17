//! Graphs: what a run takes place on, where they come from, and which of them a protocol accepts.

mod class;
mod graph;
mod port;

pub use class::{Any, Complete, DirectedRing, Grid, Hypercube, OrientedRing, Ring, TopologyClass, Torus, Tree};
pub use graph::{End, Graph, GraphBuilder, Link, PortLabel};
pub use port::{NodeIndex, Port};
