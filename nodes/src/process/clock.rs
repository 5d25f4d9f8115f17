//! The one clock of a run on one machine: monotonic, and the same in every process.

#![allow(clippy::disallowed_methods, reason = "the process engine is where the clock is read")]

use core::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// The time since an origin that all processes of this machine share.
pub(crate) fn now() -> Duration {
    let time = clock_gettime(ClockId::Monotonic);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}
