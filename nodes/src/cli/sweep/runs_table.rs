//! A table of runs: a line each, with its seed, how it ended and what it cost.  A sweep goes on from it, so it is read with care.

use core::fmt::Display;
use std::sync::Arc;

use super::super::csv;
use super::columns;
use super::ledger::{Ledger, Measured, Row};
use crate::execution::Outcome;

/// The table of these rows' runs.
pub(super) fn text<'a>(
    ledger: &Ledger,
    rows: impl Iterator<Item = &'a Row> + Clone,
    variables: &[String],
    seed: u64,
) -> String {
    let costs = ledger.costs();
    let files = rows.clone().any(|row| !row.files.is_empty());
    let mut text = csv::record(&columns::of_runs(variables, files, &costs));
    for row in rows {
        for (number, run) in ledger.of(row).iter() {
            let mut fields = vec![row.protocol.clone()];
            fields.extend(row.values.iter().cloned());
            fields.extend([seed.wrapping_add(number).to_string(), run.outcome.name().to_owned()]);
            fields.extend([run.nodes, run.edges].map(|count| count.to_string()));
            fields.extend(files.then(|| row.files.clone()));
            let cost = |cost: &&str| run.costs.iter().find(|(name, _)| **name == **cost);
            fields.extend(costs.iter().map(|name| cost(name).map_or_else(String::new, |(_, cost)| cost.to_string())));
            text.push_str(&csv::record(&fields));
        }
    }
    text
}

/// The runs in such a table; `most` bounds how far a seed may be from the first.
///
/// # Errors
/// The line, and what is wrong in it: nothing in the table is taken on trust.
pub(super) fn read(text: &str, variables: &[String], seed: u64, most: u64) -> Result<Ledger, String> {
    let mut records = csv::records(text).into_iter();
    let (_, head) = records.next().unwrap_or_default();
    let files = head.starts_with(&columns::of_runs(variables, true, &[]));
    let fixed = columns::of_runs(variables, files, &[]);
    let costs = head.get(fixed.len()..).unwrap_or_default();
    let repeated = costs.iter().enumerate().any(|(place, cost)| costs[..place].contains(cost));
    if !head.starts_with(&fixed) || repeated || !costs.iter().all(|cost| columns::is_cost(cost)) {
        return Err(format!("1: the columns are not those of such runs: {}, and those of the costs", fixed.join(",")));
    }
    let costs = costs.iter().map(|cost| Arc::from(cost.as_str())).collect::<Vec<Arc<str>>>();
    let mut ledger = Ledger::default();
    for (line, record) in records {
        let record = Record { line, head: &head, fields: &record };
        if record.fields.len() != head.len() {
            return Err(record.wrong(format_args!("{} fields for {} columns", record.fields.len(), head.len())));
        }
        let row = Row {
            protocol: record.fields[0].clone(),
            values: record.fields[1..=variables.len()].to_vec(),
            files: if files { record.fields[fixed.len() - 1].clone() } else { String::new() },
        };
        let of_run = variables.len() + 1;
        let number = record.whole(of_run)?.wrapping_sub(seed);
        if number >= most {
            return Err(
                record.wrong(format_args!("`{}` is no seed of this sweep, whose first is {seed}", record.fields[of_run]))
            );
        }
        let run = Measured {
            outcome: record.outcome(of_run + 1)?,
            nodes: record.whole(of_run + 2)?,
            edges: record.whole(of_run + 3)?,
            costs: record.costs(fixed.len(), &costs)?,
            failure: None,
        };
        if ledger.put(&row, number, run) {
            return Err(record.wrong(format_args!("the seed {} is there twice", record.fields[of_run])));
        }
    }
    Ok(ledger)
}

/// A line of the table.
struct Record<'a> {
    line: usize,
    head: &'a [String],
    fields: &'a [String],
}

impl Record<'_> {
    fn wrong(&self, why: impl Display) -> String {
        format!("{}: {why}", self.line)
    }

    fn is_not(&self, column: usize, what: &str) -> String {
        self.wrong(format_args!("`{}` in column {} is not {what}", self.fields[column], self.head[column]))
    }

    fn whole(&self, column: usize) -> Result<u64, String> {
        self.fields[column].parse().map_err(|_| self.is_not(column, "a whole number"))
    }

    fn outcome(&self, column: usize) -> Result<Outcome, String> {
        let found = Outcome::ALL.into_iter().find(|outcome| outcome.name() == self.fields[column]);
        found.ok_or_else(|| self.is_not(column, "how a run ends"))
    }

    /// The costs, of which each run has messages, bytes and time.
    fn costs(&self, first: usize, names: &[Arc<str>]) -> Result<Vec<(Arc<str>, f64)>, String> {
        let mut costs = Vec::new();
        for (column, name) in (first..).zip(names) {
            if self.fields[column].is_empty() {
                continue;
            }
            let cost = self.fields[column].parse::<f64>().ok().filter(|cost| cost.is_finite() && *cost >= 0.0);
            costs.push((name.clone(), cost.ok_or_else(|| self.is_not(column, "a cost: a number from 0 up"))?));
        }
        let has = |name: &&str| costs.iter().any(|(known, _)| **known == **name);
        match ["messages", "bytes", "time"].iter().find(|name| !has(name)) {
            Some(name) => Err(self.wrong(format_args!("the run has no number in column {name}"))),
            None => Ok(costs),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two rows, of which one has two runs; the first seed is 7.
    fn ledger() -> Ledger {
        let mut ledger = Ledger::default();
        let rows = [("one", "5", "9f"), ("two", "3,1", "")];
        for (number, (protocol, value, files)) in [(0, rows[0]), (1, rows[0]), (4, rows[1])] {
            let row = Row { protocol: protocol.into(), values: vec![value.into()], files: files.into() };
            let costs = [
                ("messages", 0.1 + 0.2),
                ("bytes", 2.0),
                ("time", 1e-9),
                (["causal", "messages_A"][(number % 2) as usize], 3.0),
            ];
            let costs = costs.map(|(name, cost)| (Arc::from(name), cost)).into();
            ledger.put(&row, number, Measured { outcome: Outcome::Terminated, nodes: 5, edges: 4, costs, failure: None });
        }
        ledger
    }

    fn written(ledger: &Ledger) -> String {
        text(ledger, ledger.rows(), &["n".to_owned()], 7)
    }

    #[test]
    fn runs_survive_the_table() {
        let text = written(&ledger());
        assert!(
            text.starts_with("protocol,n,seed,outcome,nodes,edges,files,messages,bytes,time,causal,messages_A\n"),
            "{text}"
        );
        assert!(text.contains("one,5,8,terminated,5,4,9f,0.30000000000000004,2,0.000000001,,3\n"), "{text}");
        let read = read(&text, &["n".to_owned()], 7, 100).expect("it is right");
        assert_eq!(written(&read), text);
        for row in ledger().rows() {
            assert_eq!(read.of(row), ledger().of(row));
        }
    }

    #[test]
    fn what_is_wrong_in_a_table_is_told_with_its_line() {
        let text = written(&ledger());
        for (from, to, told) in [
            ("protocol,n,", "protocol,k,", "1: the columns are not"),
            ("bytes,", "messages,", "1: "),
            (",messages_A", ",nonsense", "1: "),
            (",8,", ",-8,", "3: `-8` in column seed is not a whole number"),
            (",8,", ",6,", "3: `6` is no seed of this sweep, whose first is 7"),
            (",8,", ",107,", "3: `107` is no seed"),
            (",8,", ",7,", "3: the seed 7 is there twice"),
            ("terminated", "well", "2: `well` in column outcome"),
            (",5,4,", ",5,four,", "2: `four` in column edges"),
            ("0.30000000000000004", "NaN", "2: `NaN` in column messages is not a cost"),
            ("0.30000000000000004", "inf", "2: `inf`"),
            ("0.30000000000000004", "-1", "2: `-1`"),
            ("0.30000000000000004", "", "2: the run has no number in column messages"),
            ("terminated,5,", "terminated,", "2: 11 fields for 12 columns"),
        ] {
            let why = read(&text.replacen(from, to, 1), &["n".to_owned()], 7, 100).expect_err(to);
            assert!(why.starts_with(told), "{to}: {why}");
        }
    }
}
