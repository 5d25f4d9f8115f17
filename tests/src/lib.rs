//! What the tests of the whole share: protocols that misbehave, others that are measured, programs started as a user starts
//! them, and a driver that runs protocols under chosen schedules on graphs of many kinds.

pub mod all;
pub mod benched;
pub mod driver;
pub mod folder;
pub mod formulas;
pub mod graphs;
pub mod instances;
pub mod looking;
pub mod loops;
pub mod misbehaved;
pub mod patient;
pub mod random_protocol;
pub mod reading;
pub mod recovering;
pub mod reference;
pub mod roused;
pub mod seeds;
pub mod shapes;
pub mod started;
pub mod stateless;
pub mod stranger;
pub mod tables;
pub mod torrents;

use nodes::protocol::{AnyProtocol, Protocol};
use nodes::simulator::Fast;

/// Protocol `P` with the simulator's loop that has its types, also where debug assertions are on.
pub const fn with_types<P: Protocol>() -> AnyProtocol {
    AnyProtocol::of::<P>().with(Fast::of::<P>())
}
