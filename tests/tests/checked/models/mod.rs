//! Models of which something is known, as protocols: of most, another checker's tests say how many states they have.
#![allow(unreachable_pub, reason = "a protocol is written as its users write it")]

pub mod abd;
pub mod history;
pub mod hosted;
pub mod message_chase;
pub mod paxos;
pub mod ping_pong;
pub mod repeated;
pub mod single_copy;
pub mod single_decree;
pub mod two_phase_commit;
pub mod waves;
