//! Distributed algorithms, written as in a textbook, run as real processes.

extern crate self as nodes;

#[doc(hidden)]
#[allow(missing_docs)]
pub mod __private;
pub mod protocol;
pub mod topology;

pub use nodes_macros::*;
pub use protocol::{Bytes, Id, Input, Net, Node, Protocol, World};

/// What a protocol's file begins with: `use nodes::prelude::*;`.
pub mod prelude {
    pub use core::time::Duration;

    pub use nodes_macros::*;

    pub use crate::protocol::{Bytes, Id, Net, Node, Ports, World};
    pub use crate::protocol::{
        DirectedRingPrimitives as _, HypercubePrimitives as _, OrientedRingPrimitives as _, RingPrimitives as _,
    };
    pub use crate::topology::{NodeIndex, Port};
    pub use crate::{millis, secs};
}

use core::time::Duration;

/// So many seconds.
pub const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// So many milliseconds.
pub const fn millis(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}
