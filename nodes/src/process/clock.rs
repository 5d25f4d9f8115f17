//! The one clock of a run on one machine: monotonic, and the same in every process.

use core::time::Duration;

use crate::os;

/// The time since an origin that all processes of this machine share.
#[inline]
pub(crate) fn now() -> Duration {
    os::monotonic()
}
