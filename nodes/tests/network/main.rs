//! What links and faults allow.

mod crashes;
mod recovery;
mod semantics;
mod shrinking;
