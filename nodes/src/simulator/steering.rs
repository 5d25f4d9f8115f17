//! Steering a run by hand.

use crate::network::NotEnabled;
use crate::topology::NodeIndex;

/// What shall happen next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// What would happen anyway.
    GoOn,
    /// Nothing, but the [observer](crate::network::Observer) shall [show](crate::network::Observer::show) what it has; then whoever steers
    /// is asked again.
    Look,
    /// That message arrives now, by its [number](crate::network::Observer::number).
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
