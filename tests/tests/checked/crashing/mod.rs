//! Algorithms of textbooks for nodes that crash.
#![allow(unreachable_pub, reason = "a protocol is written as its users write it")]

pub mod flood_set;
pub mod two_phase_commit;
