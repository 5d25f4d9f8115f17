//! The native part of the Python package `distnodes`: the engines, and protocols that are Python classes.
//!
//! A class is read once (`class`), into the same [`Description`](nodes::protocol::Description) that the macros write.  Its nodes are
//! `Node<PyProtocol>`s, so that what a step is, what is deferred, and when an alarm rings is written in `nodes` alone; `protocol`
//! looks up the rules of a state and an event, calls the user's functions (`call`), and looks at what they leave (`fields`).  A handler
//! sees its step through a pointer that is lent to it (`lent`, `step`, `net`), a property the world (`world`).  Values are encoded by
//! their types (`schema`), to the same bytes as in Rust.

mod array;
mod call;
mod class;
mod config;
mod definition;
mod drawing;
mod engines;
mod failure;
mod fields;
mod follower;
mod graph;
mod growth;
mod input;
mod lent;
mod live;
mod many;
mod message;
mod meter;
mod net;
mod payloads;
mod port;
mod property;
mod protocol;
mod randomness;
mod record;
mod recorded;
mod replay;
mod schema;
mod sink;
mod slot;
mod step;
mod stepping;
mod threads;
mod trial;
mod world;

use pyo3::prelude::*;

/// The module.
#[pymodule]
mod _native {
    /// The port of a node to itself.
    #[pymodule_export]
    const SELF: i64 = super::port::SELF;

    #[pymodule_export]
    use super::array::{array_decoded, array_encoded, array_hash, give};
    #[pymodule_export]
    use super::drawing::PyDrawing;
    #[pymodule_export]
    use super::engines::{PyAnyProtocol, PyFinished, check, end_with_initializer, main, run, serve, simulate};
    #[pymodule_export]
    use super::graph::weighed;
    #[pymodule_export]
    use super::growth::growth;
    #[pymodule_export]
    use super::live::PyPage;
    #[pymodule_export]
    use super::many::simulate_each;
    #[pymodule_export]
    use super::net::PyNet;
    #[pymodule_export]
    use super::payloads::watch_payloads;
    #[pymodule_export]
    use super::record::made_quickly;
    #[pymodule_export]
    use super::recorded::{export, page};
    #[pymodule_export]
    use super::replay::replay;
    #[pymodule_export]
    use super::stepping::PyStepping;
    #[pymodule_export]
    use super::trial::{PyFailure, trial};
    #[pymodule_export]
    use super::world::{PyGraph, PyNode, PyWorld};
}
