//! What links allow, what can go wrong, and what all engines share.
//!
//! A [`System`] is the reference for both: all nodes and all messages under way, as a transition system.
//! [`enabled`](System::enabled) tells what may happen next, [`apply`](System::apply) makes it happen.  An engine that is faster is
//! held to it: whatever happens there must be enabled here, and lead to the same configuration.
//!
//! Every engine carries out what a step asks for by [`carry_out`], whose [`Carrier`] it is, and reports what happens to an
//! [`Observer`]: counters, [traces](crate::trace), logs and causal pasts are observers.

mod bandwidth;
mod carrier;
mod choice;
mod delay;
mod faults;
mod observer;
mod rate;
mod react;
mod recorder;
mod schedule;
mod system;
mod transit;
mod uplink;

pub use bandwidth::Bandwidth;
pub(crate) use carrier::too_large;
pub use carrier::{Carrier, carry_out, checked_length};
pub use choice::{Choice, Passage};
pub use delay::{Delay, UNIT};
pub use faults::{
    Budget, Crash, Cut, Duplicates, FaultOption, Faults, Leaving, LinkCut, OnCrash, OptionHelp, Partition, Recovery, Span,
};
pub(crate) use faults::{draws, over_links};
pub(crate) use observer::pass_on;
pub use observer::{Fate, Happening, Observer, Sent, take_step};
pub use rate::Rate;
pub use react::{goes_on, react};
pub use recorder::Recorder;
pub use schedule::{Schedule, ScheduleError, Step};
pub use system::{After, NotEnabled, System};
pub use uplink::Uplink;
