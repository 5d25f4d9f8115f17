//! The runs that a sweep knows: made now, or read from the table that an earlier sweep left.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use crate::campaign::Failure;
use crate::execution::{Document, Outcome};

/// What the runs of a row have in common.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Row {
    /// The protocol's name.
    pub(super) protocol: String,
    /// The variables' values.
    pub(super) values: Vec<String>,
    /// Hashes of what the files held that the runs read; empty if they read none.
    pub(super) files: String,
}

/// What is kept of a run.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Measured {
    pub(super) outcome: Outcome,
    pub(super) nodes: u64,
    pub(super) edges: u64,
    /// By name: `messages`, `messages_Forth`, `bytes`, ..
    pub(super) costs: Vec<(Arc<str>, f64)>,
    /// Why it failed, if it did; not known of a run that was read.
    pub(super) failure: Option<Box<Failure>>,
}

impl Measured {
    pub(super) fn of(document: &Document, explanation: Vec<String>) -> Self {
        let totals = [
            ("messages", Some(document.messages.total as f64)),
            ("bytes", Some(document.messages.bytes as f64)),
            ("time", Some(document.time.virtual_time.unwrap_or(document.time.wall_s))),
            ("causal", document.time.causal.map(|causal| causal as f64)),
        ];
        let totals = totals.into_iter().filter_map(|(name, cost)| Some((Arc::from(name), cost?)));
        let by_type = document.messages.by_type.iter().map(|(name, count)| {
            let column = format!("{}{name}", super::columns::OF_A_TYPE);
            (Arc::from(column), *count as f64)
        });
        Measured {
            outcome: document.outcome,
            nodes: document.nodes as u64,
            edges: document.edges as u64,
            costs: totals.chain(by_type).collect(),
            failure: Failure::of(document, explanation).map(Box::new),
        }
    }

    /// Whether it need not be made again: why a run failed must be told each time.
    fn counts(&self) -> bool {
        self.outcome.is_well() || self.failure.is_some()
    }
}

/// The runs of a row, by number: the first seed of the sweep is that of run 0, and the others follow it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Runs(BTreeMap<u64, Measured>);

impl Runs {
    /// The first so many, as far as they are there.
    pub(super) fn first(&self, count: u64) -> impl Iterator<Item = &Measured> {
        self.0.range(..count).map(|(_, measured)| measured)
    }

    /// All of them, with their numbers.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u64, &Measured)> {
        self.0.iter().map(|(number, measured)| (*number, measured))
    }

    /// Which of the first so many are to be made.
    pub(super) fn missing(&self, count: u64) -> Vec<Range<u64>> {
        let (mut missing, mut next) = (Vec::new(), 0);
        let known = self.0.range(..count).filter(|(_, measured)| measured.counts()).map(|(number, _)| *number);
        for number in known {
            missing.extend((next < number).then_some(next..number));
            next = number + 1;
        }
        missing.extend((next < count).then_some(next..count));
        missing
    }

    /// How many are there before the first that is not.
    pub(super) fn unbroken(&self) -> u64 {
        self.0.keys().zip(0..).take_while(|(number, place)| *number == place).count() as u64
    }

    /// Whether any is there that must be made again.
    pub(super) fn has_unexplained(&self) -> bool {
        self.0.values().any(|measured| !measured.counts())
    }
}

/// The runs of all rows.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    rows: BTreeMap<Row, Runs>,
    /// Names of costs, each kept once however many runs have it.
    names: BTreeSet<Arc<str>>,
}

impl Ledger {
    /// The runs of a row.
    pub(super) fn of(&self, row: &Row) -> &Runs {
        static NONE: Runs = Runs(BTreeMap::new());
        self.rows.get(row).unwrap_or(&NONE)
    }

    /// The rows, in their order.
    pub(super) fn rows(&self) -> impl Iterator<Item = &Row> + Clone {
        self.rows.keys()
    }

    /// Names of costs.
    pub(super) fn costs(&self) -> Vec<&str> {
        super::columns::ordered(self.names.iter().map(|name| &**name).collect())
    }

    /// Puts in a run, in place of that with the same number; whether there was one.
    pub(super) fn put(&mut self, row: &Row, number: u64, mut measured: Measured) -> bool {
        for (name, _) in &mut measured.costs {
            match self.names.get(&**name) {
                Some(known) => name.clone_from(known),
                None => {
                    self.names.insert(name.clone());
                }
            }
        }
        if !self.rows.contains_key(row) {
            self.rows.insert(row.clone(), Runs::default());
        }
        self.rows.get_mut(row).is_some_and(|runs| runs.0.insert(number, measured).is_some())
    }

    /// Puts in the runs of another that are not here.
    pub(super) fn add(&mut self, other: Ledger) {
        for (row, runs) in other.rows {
            for (number, measured) in runs.0 {
                if !self.of(&row).0.contains_key(&number) {
                    self.put(&row, number, measured);
                }
            }
        }
    }

    /// Takes out the runs of a row.
    pub(super) fn drop_row(&mut self, row: &Row) {
        self.rows.remove(row);
    }

    /// Takes out the rows of that protocol and place whose files held something else; what they held.
    pub(super) fn drop_others(&mut self, row: &Row) -> Vec<String> {
        let first = Row { files: String::new(), ..row.clone() };
        let same = |other: &&Row| other.protocol == row.protocol && other.values == row.values;
        let rows = self.rows.range(first..).map(|(row, _)| row).take_while(same).filter(|other| **other != *row);
        let rows = rows.cloned().collect::<Vec<_>>();
        for row in &rows {
            self.rows.remove(row);
        }
        rows.into_iter().map(|row| row.files).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(outcome: Outcome) -> Measured {
        Measured { outcome, nodes: 3, edges: 2, costs: vec![("messages".into(), 4.0)], failure: None }
    }

    #[test]
    fn what_is_missing_is_what_is_not_there_and_what_failed() {
        let row = Row { protocol: "shout".into(), ..Row::default() };
        let mut ledger = Ledger::default();
        assert_eq!(ledger.of(&row).missing(u64::MAX), Vec::from([Range { start: 0, end: u64::MAX }]));
        for number in [0, 1, 4, 9] {
            ledger.put(&row, number, measured(Outcome::Terminated));
        }
        ledger.put(&row, 5, measured(Outcome::Stuck));
        let runs = ledger.of(&row);
        assert_eq!(runs.missing(8), [2..4, 5..8]);
        assert_eq!(runs.missing(10), [2..4, 5..9]);
        assert_eq!(runs.missing(2), []);
        assert_eq!(runs.unbroken(), 2);
        assert!(runs.has_unexplained());
    }

    #[test]
    fn runs_of_a_file_that_changed_are_taken_out() {
        let row =
            |values: &str, files: &str| Row { protocol: "shout".into(), values: vec![values.into()], files: files.into() };
        let rows = [row("a", "1"), row("a", "2"), row("b", "1")];
        let mut ledger = Ledger::default();
        for row in &rows {
            ledger.put(row, 0, measured(Outcome::Terminated));
        }
        assert_eq!(ledger.drop_others(&rows[1]), ["1"]);
        assert_eq!(ledger.rows().collect::<Vec<_>>(), [&rows[1], &rows[2]]);
    }
}
