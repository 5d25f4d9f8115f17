//! What a check is asked for, and how that stands on a command line.

use core::time::Duration;

use super::guard::Deadline;
use super::{Checked, Compaction, Limit, Mistake, Mutant, Reduction};
use crate::network::Budget;
use crate::time::duration_text;

/// How far a check goes; of several instances, each, but for the time, which is that of all.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Reach {
    pub(super) depth: Option<u64>,
    pub(super) most_states: Option<u64>,
    pub(super) memory: Option<u64>,
    pub(super) timeout: Option<Duration>,
    /// When that is over, once it runs.
    pub(super) deadline: Option<Deadline>,
    pub(super) synchronous: Option<Duration>,
    pub(super) draws: Option<u64>,
    /// Stands in the run.
    pub(super) faults: Option<Budget>,
    pub(super) reduction: Reduction,
    pub(super) why: bool,
    pub(super) compaction: Option<Compaction>,
    pub(super) mutant: Option<Mutant>,
    pub(super) mistake: Option<Mistake>,
}

impl Reach {
    /// From now on the time runs.
    pub(crate) fn begin(self) -> Self {
        Reach { deadline: self.timeout.and_then(Deadline::after), ..self }
    }

    /// What has ended a check that has not looked at everything, and reached no other limit.
    pub(crate) fn ended_by(self) -> Limit {
        if self.deadline.is_some_and(Deadline::has_passed) { Limit::Timeout } else { Limit::Interrupted }
    }

    /// The options that say so, as far as they change what is found and do not stand in the run: names, and values but for a switch.
    fn options(self) -> Vec<(&'static str, Option<String>)> {
        let Reach {
            depth,
            most_states,
            memory,
            timeout,
            deadline: _,
            synchronous,
            draws,
            faults: _,
            reduction,
            why,
            compaction,
            mutant: _,
            mistake: _,
        } = self;
        let number = |number: u64| number.to_string();
        let reduction = Some(reduction).filter(|reduction| *reduction != Reduction::Auto);
        let valued = [
            ("depth", depth.map(number)),
            ("most-states", most_states.map(number)),
            ("memory", memory.map(size_text)),
            ("timeout", timeout.map(duration_text)),
            ("synchronous", synchronous.map(duration_text)),
            ("draws", draws.map(number)),
            ("reduction", reduction.map(|reduction| reduction.name().to_owned())),
        ];
        let valued = valued.into_iter().filter(|(_, value)| value.is_some());
        let switches = [("compact", compaction.is_some()), ("why", why)].into_iter().filter(|(_, is_set)| *is_set);
        valued.chain(switches.map(|(name, _)| (name, None))).collect()
    }
}

impl Checked {
    /// What the check was asked for, for the document and for the line that repeats it.
    pub(crate) fn note_options(&mut self, reach: Reach) {
        self.synchronous = reach.synchronous.map(duration_text);
        for (name, value) in reach.options() {
            if let Some(replay) = &mut self.replay {
                let value = value.as_ref().map(|value| format!(" {value}")).unwrap_or_default();
                replay.push_str(&format!(" --{name}{value}"));
            }
            self.options.insert(name.to_owned(), value.map_or(true.into(), Into::into));
        }
    }
}

/// A number of bytes as `--memory` reads it: `4GiB`.
fn size_text(bytes: u64) -> String {
    let units = [("GiB", 30), ("MiB", 20), ("KiB", 10)];
    match units.into_iter().find(|(_, shift)| bytes.is_multiple_of(1 << shift)) {
        Some((unit, shift)) if bytes > 0 => format!("{}{unit}", bytes >> shift),
        _ => format!("{}KiB", bytes.div_ceil(1 << 10)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_told_in_the_largest_unit_that_makes_it_whole() {
        let right = [(4 << 30, "4GiB"), (1536 << 20, "1536MiB"), (3 << 10, "3KiB"), (3000, "3KiB"), (1, "1KiB")];
        assert_eq!(right.map(|(bytes, _)| size_text(bytes)), right.map(|(_, text)| text.to_owned()));
    }
}
