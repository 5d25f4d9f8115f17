//! What links and faults allow.

mod recovery;
mod semantics;
