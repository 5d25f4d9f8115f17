//! What links and faults allow, and whether the simulator keeps to it.

mod fast_path;
mod recovery;
mod semantics;
mod storm;
