//! What states have to hold, and why a search has to begin again, or cannot be made.

use super::Limit;
use super::mistake::Mistake;
use super::store::Compaction;
use super::ticks::Ticks;

/// Why the tables cannot be used any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unusable {
    /// What was left out of local states or of states turns out to matter: the search begins again, with it.
    Matters(Matter),
    /// The protocol cannot be checked.
    Refused(String),
    /// A limit was reached in a step.
    Limit(Limit),
}

/// What is left out of states until it is known to matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Matter {
    /// How long alarms wait: it decides their order, where a node has several at a time.
    Durations,
    /// How many messages have been sent: properties may ask.
    Sent,
    /// That a message is lost, and not only late: properties may ask how many are under way.
    Losses,
    /// Alarms that these shorter ticks divide.
    Ticks(Ticks),
}

/// What states have to hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Matters {
    pub(super) durations: bool,
    pub(super) sent: bool,
    pub(super) losses: bool,
    /// How time passes, if messages take no longer than some time.
    pub(super) ticks: Option<Ticks>,
    /// The number of values that are looked at of each range that is drawn from, if not all.
    pub(super) draws: Option<u64>,
    /// Whether states may be forgotten.
    pub(super) compaction: Option<Compaction>,
    /// What is wrong with it, for tests.
    pub(super) mistake: Option<Mistake>,
}

impl Matters {
    /// In discrete time all alarms have their times.
    pub(super) fn with_time(self, ticks: Ticks) -> Self {
        Matters { durations: true, ticks: Some(ticks.with(self.mistake)), ..self }
    }

    pub(super) fn add(&mut self, matter: Matter) {
        match matter {
            Matter::Durations => self.durations = true,
            Matter::Sent => self.sent = true,
            Matter::Losses => self.losses = true,
            Matter::Ticks(ticks) => self.ticks = Some(ticks),
        }
    }
}
