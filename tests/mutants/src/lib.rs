//! How much the properties of the catalogue's algorithms see.
//!
//! Each algorithm is changed in one place: a rule or a send is dropped, a send doubled, a comparison flipped, a condition negated, a
//! number made one larger.  The checker must then find that something is wrong, on some instance of at most four nodes; how many
//! messages the algorithm takes counts as one of its properties.  A mutant that nothing kills shows a property that says too little, or
//! is no mistake: those are [listed](equivalent), with the reason.  A mutant that does not end, or takes all memory, counts as killed.
//!
//! `cargo run -p nodes-mutants` judges two small algorithms; `NODES_MUTANTS=all cargo run --release -p nodes-mutants` all, and
//! `NODES_MUTANTS=echo,shout` those.

pub mod equivalent;
pub mod judge;
pub mod page;
pub mod switch;
pub mod worker;

use nodes::protocol::AnyProtocol;
pub(crate) use switch::send;

/// An algorithm, and its mutants.
#[derive(Clone, Debug)]
pub struct Algorithm {
    /// The name of its file.
    pub name: &'static str,
    /// With the mutant that is alive.
    pub protocol: AnyProtocol,
    /// Whether its rules do.
    pub reads_ids: bool,
    /// All of them.
    pub mutants: &'static [Mutant],
}

/// A change of an algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mutant {
    /// The one that makes it alive.
    pub number: u32,
    /// Where it is.
    pub line: usize,
    /// In which function; empty if in none.
    pub function: &'static str,
    /// What is changed.
    pub what: &'static str,
    /// That line.
    pub code: &'static str,
}

/// The algorithms, each with all its mutants in it.
#[allow(missing_docs, unused, unreachable_pub, clippy::all)]
pub mod algorithms {
    use super::{Algorithm, AnyProtocol, Mutant};

    include!(concat!(env!("OUT_DIR"), "/all.rs"));
}
