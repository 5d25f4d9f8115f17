//! Steering a run by hand.

use crate::network::NotEnabled;
use crate::topology::NodeIndex;

/// What the log of a node says when somebody ordered what happened to it.
pub(crate) const DELIVERED_BY_HAND: &str = "delivered by hand";
pub(crate) const CRASHED_BY_HAND: &str = "crashed by hand";

/// What shall happen next.  A delivery and a crash that were ordered stand in the node's log: the run does not follow from its seed
/// alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// What would happen anyway.
    GoOn,
    /// Nothing, but the [observer](crate::network::Observer) shall [show](crate::network::Observer::show) what it has; then whoever steers
    /// is asked again.
    Look,
    /// That message arrives now, by its [number](crate::network::Sent::number).
    Deliver(u64),
    /// That node crashes now; the run goes on without it.
    Crash(NodeIndex),
    /// The run ends.
    Stop,
}

/// Steers a simulated run: is asked before each event, and may take its time.
pub trait Steering {
    /// Whether the observer shall show what it has before the next question.
    fn looks(&mut self) -> bool;

    /// What shall happen next.
    fn next(&mut self) -> Order;

    /// What came of a delivery or a crash that was ordered.
    fn made(&mut self, made: Result<(), NotEnabled>);
}
