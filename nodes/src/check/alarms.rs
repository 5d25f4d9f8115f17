//! The alarms of a node, and what steps do to them.

use core::time::Duration;

/// An alarm that is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Alarm {
    pub(super) tag: u8,
    /// After its setting.
    pub(super) after: Duration,
}

/// What a step does to the alarms of its node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// The alarm of that index rings.
    Ring(usize),
    /// Those of that tag are cancelled.
    Cancel(u8),
    /// One is set.
    Set(Alarm),
}

impl Change {
    /// Makes it; `wrap` makes an item of the list of a new alarm, `alarm` gives it back.
    pub(super) fn make<T>(&self, list: &mut Vec<T>, wrap: &dyn Fn(&Alarm) -> T, alarm: &dyn Fn(&T) -> &Alarm) {
        match self {
            Change::Ring(index) => drop(list.remove(*index)),
            Change::Cancel(tag) => list.retain(|item| alarm(item).tag != *tag),
            Change::Set(set) => list.push(wrap(set)),
        }
    }
}

/// The alarms that may ring next, of alarms in the order of setting.  Of two, the order is certain only if the one that was set earlier
/// waits no longer than the other: nothing is known of the time between.
pub(super) fn bells(alarms: &[Alarm]) -> Vec<u32> {
    let may_ring = |index: &usize| !alarms[..*index].iter().any(|earlier| earlier.after <= alarms[*index].after);
    (0..alarms.len()).filter(may_ring).map(|index| index as u32).collect()
}
