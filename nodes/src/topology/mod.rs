//! Graphs: what a run takes place on, where they come from, and which of them a protocol accepts.
//!
//! A [`Topology`] specifies a graph (`ring:8`, `gnp:50,0.1`, `file:karate.gml`); [`build`](Topology::build) makes the [`Graph`]:
//! nodes, links, and at each node its ports.  A [`TopologyClass`] is what a protocol declares; it looks whether the graph is one
//! of its kind, and may label ports or make links one-way.
//!
//! ```
//! use nodes::topology::{DirectedRing, NodeIndex, PortLabel, Topology};
//!
//! let ring = Topology::ring(8).build(1)?.accepted_by::<DirectedRing>()?.graph;
//! let sends = ring.ends(NodeIndex::new(3)).find(|end| end.sends).unwrap();
//! assert_eq!((sends.neighbour, sends.label), (NodeIndex::new(4), Some(PortLabel::Right)));
//! # Ok::<(), nodes::topology::TopologyError>(())
//! ```

mod build;
mod builder;
mod changes;
mod class;
mod cycle;
mod drawing;
mod eccentricity;
mod error;
mod every;
mod families;
mod formats;
mod graph;
mod layout;
#[cfg(feature = "petgraph")]
mod petgraph;
mod port;
mod random_families;
mod read;
mod recognise;
mod search;
mod spec;
mod statistics;
mod stored;
mod write;

pub use build::Built;
pub use builder::GraphBuilder;
pub use class::{Any, Complete, DirectedRing, Grid, Hypercube, OrientedRing, Ring, TopologyClass, Torus, Tree};
pub use drawing::{Drawing, Name, Paint, PaintedState};
pub use error::TopologyError;
pub use every::{EveryGraph, MOST_NODES, every_order_of_ports};
pub(crate) use every::{nth_order, nth_order_of_ports, nth_set, orders, orders_of_ports, sets};
pub(crate) use graph::Way;
pub use graph::{End, Graph, Link, PortLabel};
pub use port::{NodeIndex, Port};
pub use spec::{Family, SPECS, Topology};
pub use statistics::Statistics;
pub use write::Format;
