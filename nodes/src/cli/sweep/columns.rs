//! The columns of a sweep's tables.  Whatever names, writes or reads a column takes it from here.

use super::cell::Measure;
use crate::sorting;

/// The columns of a cost in a table of rows: what the runs of a row told of it.
pub(super) const PARTS: [&str; 7] = ["mean", "sd", "low", "high", "min", "median", "max"];

/// What the columns of messages of one type begin with.
pub(super) const OF_A_TYPE: &str = "messages_";

/// The columns of a table of rows, `--csv`.
pub(super) fn of_rows(variables: &[String], files: bool, costs: &[&str]) -> Vec<String> {
    let costs = costs.iter().flat_map(|cost| PARTS.map(|part| format!("{cost}_{part}")));
    around(variables, &["runs", "failed", "nodes", "edges"], files).chain(costs).collect()
}

/// The columns of a table of runs, `--csv-runs`.
pub(super) fn of_runs(variables: &[String], files: bool, costs: &[&str]) -> Vec<String> {
    let costs = costs.iter().map(|cost| (*cost).to_owned());
    around(variables, &["seed", "outcome", "nodes", "edges"], files).chain(costs).collect()
}

/// The columns before those of the costs.  `files` is there if any run read a file.
fn around(variables: &[String], fixed: &[&str], files: bool) -> impl Iterator<Item = String> {
    let first = core::iter::once("protocol".to_owned()).chain(variables.iter().cloned());
    first.chain(fixed.iter().chain(files.then_some(&"files")).map(|name| (*name).to_owned()))
}

/// The costs, in the order of their columns: totals before types.
pub(super) fn ordered(mut costs: Vec<&str>) -> Vec<&str> {
    let rank = |cost: &str| Measure::ALL.iter().position(|total| total.name() == cost).unwrap_or(Measure::ALL.len());
    sorting::by_key(&mut costs, |name| (rank(name), *name));
    costs.dedup();
    costs
}

/// Whether a cost has that name.
pub(super) fn is_cost(name: &str) -> bool {
    Measure::ALL.iter().any(|total| total.name() == name) || name.starts_with(OF_A_TYPE)
}

/// Whether a variable of that name would be taken for a column.
pub(super) fn is_taken(name: &str) -> bool {
    let totals = Measure::ALL.map(Measure::name);
    let columns = [of_rows(&[], true, &totals), of_runs(&[], true, &totals)].concat();
    name.starts_with(OF_A_TYPE) || columns.iter().any(|column| column == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_come_before_types() {
        let costs = ["messages_Back", "time", "messages", "causal", "bytes", "messages_Back"];
        assert_eq!(ordered(costs.into()), ["messages", "bytes", "time", "causal", "messages_Back"]);
    }

    #[test]
    fn every_column_is_taken_and_nothing_else() {
        let costs = ["messages", "bytes", "time", "causal", "messages_Forth"];
        for column in [of_rows(&[], true, &costs), of_runs(&[], true, &costs)].concat() {
            assert!(is_taken(&column), "{column}");
        }
        for free in ["n", "p", "g", "nodes_mean", "message", "run", "protocols", "files_mean"] {
            assert!(!is_taken(free), "{free}");
        }
    }
}
