//! What links allow, and what can go wrong.

mod delay;
mod fault;

pub use delay::{Delay, UNIT};
pub use fault::{Cut, Faults, OnCrash, Separation};
