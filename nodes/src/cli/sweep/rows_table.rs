//! A table of rows: a line for each protocol at each place, with what its runs told.  It follows from the runs.

use super::super::csv;
use super::cell::Cell;
use super::columns::{self, PARTS};
use super::ledger::{Ledger, Row};

/// The table of these cells.
pub(super) fn text(cells: &[&Cell], variables: &[String]) -> String {
    let costs = columns::ordered(cells.iter().flat_map(|cell| &cell.costs).map(|(name, _)| name.as_str()).collect());
    let files = cells.iter().any(|cell| !cell.row.files.is_empty());
    let head = columns::of_rows(variables, files, &costs);
    let mut text = csv::record(&head);
    for cell in cells {
        let fields = head.iter().map(|column| field(cell, variables, column).unwrap_or_default());
        text.push_str(&csv::record(&fields.collect::<Vec<_>>()));
    }
    text
}

/// What a cell has in a column; nothing in that of a cost which it does not have.
fn field(cell: &Cell, variables: &[String], column: &str) -> Option<String> {
    if let Some(place) = variables.iter().position(|name| name == column) {
        return cell.row.values.get(place).cloned();
    }
    Some(match column {
        "protocol" => cell.row.protocol.clone(),
        "runs" => cell.runs.to_string(),
        "failed" => cell.failed.to_string(),
        "nodes" => cell.nodes.to_string(),
        "edges" => cell.edges.to_string(),
        "files" => cell.row.files.clone(),
        _ => {
            let (cost, part) = column.rsplit_once('_')?;
            let summary = cell.cost_named(cost)?;
            let of_part = [
                Some(summary.mean),
                Some(summary.sd),
                summary.margin().map(|margin| summary.mean - margin),
                summary.margin().map(|margin| summary.mean + margin),
                Some(summary.min),
                Some(summary.median),
                Some(summary.max),
            ];
            of_part[PARTS.iter().position(|known| *known == part)?]?.to_string()
        }
    })
}

/// Holds such a table against the runs that it was made of.
///
/// # Errors
/// The line, and which cell in it does not follow from them, since it was edited.
pub(super) fn check(text: &str, variables: &[String], ledger: &Ledger) -> Result<(), String> {
    let mut records = csv::records(text).into_iter();
    let (_, head) = records.next().unwrap_or_default();
    let costs = columns::ordered(head.iter().filter_map(|column| column.strip_suffix("_mean")).collect());
    let files = head.iter().any(|column| column == "files");
    if head != columns::of_rows(variables, files, &costs) {
        return Err("1: the columns are not those of such a table".to_owned());
    }
    for (line, record) in records {
        let field_of =
            |name: &str| head.iter().zip(&record).find(|(column, _)| *column == name).map(|(_, field)| field.as_str());
        let row = Row {
            protocol: field_of("protocol").unwrap_or_default().to_owned(),
            values: variables.iter().map(|name| field_of(name).unwrap_or_default().to_owned()).collect(),
            files: field_of("files").unwrap_or_default().to_owned(),
        };
        let count = |name| field_of(name).and_then(|field| field.parse::<u64>().ok());
        let made = count("runs").zip(count("failed")).and_then(|(runs, failed)| runs.checked_add(failed));
        let runs = ledger.of(&row);
        let Some(made) = made.filter(|made| record.len() == head.len() && (1..=runs.unbroken()).contains(made)) else {
            let found = |name| field_of(name).unwrap_or_default();
            let (well, failed) = (found("runs"), found("failed"));
            return Err(format!(
                "{line}: there are not as many runs as `{well}` in column runs and `{failed}` in column failed"
            ));
        };
        let cell = Cell::of(&row, runs, made);
        let right = |column: &str| field(&cell, variables, column).unwrap_or_default();
        if let Some((column, found)) = head.iter().zip(&record).find(|(column, found)| right(column) != **found) {
            return Err(format!(
                "{line}: `{found}` in column {column} does not follow from its runs, which make it `{}`",
                right(column)
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::ledger::Measured;
    use super::*;
    use crate::execution::Outcome;

    /// Rows of several runs, the last of which failed.
    fn ledger() -> Ledger {
        let mut ledger = Ledger::default();
        for (protocol, values, cost) in [("one", ["5", "3,1,2"], "messages_Forth"), ("two", ["7", "\"x\""], "causal")] {
            let row = Row { protocol: protocol.into(), values: values.map(str::to_owned).into(), files: String::new() };
            for (number, messages) in [4.0, 1.0, 2.0, 8.0].into_iter().enumerate() {
                let costs = [("messages", messages), ("bytes", 0.1 + 0.2), ("time", 1e-9), (cost, 2.0)];
                let costs = costs.map(|(name, cost)| (Arc::from(name), cost)).into();
                let outcome = if number == 3 { Outcome::Stuck } else { Outcome::Terminated };
                ledger.put(&row, number as u64, Measured { outcome, nodes: 5, edges: number as u64, costs, failure: None });
            }
        }
        ledger
    }

    fn written(ledger: &Ledger, count: u64) -> (String, Vec<String>) {
        let cells = ledger.rows().map(|row| Cell::of(row, ledger.of(row), count)).collect::<Vec<_>>();
        let variables = ["n", "order"].map(str::to_owned).to_vec();
        (text(&cells.iter().collect::<Vec<_>>(), &variables), variables)
    }

    #[test]
    fn a_row_says_what_its_runs_told() {
        let (text, _) = written(&ledger(), 4);
        let records = csv::records(&text);
        let cell = |column: &str| {
            let place = records[0].1.iter().position(|name| name == column).expect("it is a column");
            records[1].1[place].as_str()
        };
        assert_eq!([cell("protocol"), cell("n"), cell("order"), cell("runs"), cell("failed")], ["one", "5", "3,1,2", "3", "1"]);
        assert_eq!([cell("nodes"), cell("edges")], ["5", "1.5"]);
        let parts = ["min", "median", "max", "mean"].map(|part| cell(&format!("messages_{part}")).to_owned());
        assert_eq!(parts, ["1", "2", "4", "2.3333333333333335"]);
        assert_eq!([cell("messages_Forth_mean"), cell("causal_mean")], ["2", ""]);
    }

    #[test]
    fn a_table_is_right_with_fewer_runs_than_there_are() {
        for count in 1..=4 {
            let (text, variables) = written(&ledger(), count);
            assert_eq!(check(&text, &variables, &ledger()), Ok(()), "{text}");
        }
    }

    #[test]
    fn any_cell_that_was_edited_is_found() {
        let (text, variables) = written(&ledger(), 4);
        let records = csv::records(&text);
        for (line, (_, record)) in records.iter().enumerate() {
            for column in 0..record.len() {
                for edited in ["NaN", "999999", "", "-1", "nonsense"].into_iter().filter(|edited| *edited != record[column]) {
                    let mut records = records.iter().map(|(_, record)| record.clone()).collect::<Vec<_>>();
                    records[line][column] = edited.to_owned();
                    let text = records.iter().map(|record| csv::record(record)).collect::<String>();
                    let why = check(&text, &variables, &ledger()).expect_err(edited);
                    assert!(why.starts_with(&format!("{}: ", line + 1)), "{edited}: {why}");
                }
            }
        }
    }
}
