//! Where a sweep keeps its numbers: a CSV file, and a manifest beside it that tells how they came about.

use std::collections::BTreeMap;
use std::hash::Hasher;
use std::io::{self, Read};
use std::path::Path;

use serde_json::{Value, json};
use siphasher::sip::SipHasher13;

use super::super::command::Given;
use super::super::failure::Failure;
use super::super::output::{Asked, Form, MANIFEST, Output, beside};
use super::super::terminal::notice;
use super::cell::{Cell, Plan};
use super::csv;
use crate::execution::EngineKind;
use crate::sweep::Summary;

/// A sweep's numbers on disk; without `--csv` it keeps nothing.
pub(super) struct Store {
    csv: Option<Output>,
    /// Whether a manifest of others may be replaced.
    force: bool,
    /// What was there, by protocol and values.
    cells: BTreeMap<(String, Vec<String>), Cell>,
    /// The variables' names.
    variables: Vec<String>,
    /// What the numbers depend on.
    conditions: Value,
    /// Which program measures.
    program: String,
}

impl Store {
    /// Reads what an earlier sweep under the same conditions left.
    pub(super) fn open(given: &Given<'_>, plan: &Plan) -> Result<Self, Failure> {
        let force = given.is_set("force");
        let asked = |path| Asked { option: "csv", path, form: Form::Numbers, force };
        let csv = given.text("csv").map(|csv| asked(Path::new(csv)).open()).transpose()?;
        let variables = plan.grid.variables.iter().map(|variable| variable.name.clone()).collect::<Vec<_>>();
        let options = plan.conditions.iter().map(|(name, value)| (name.clone(), json!(value)));
        let conditions = json!({ "options": options.collect::<BTreeMap<_, _>>(), "variables": variables });
        let program = csv.as_ref().map_or_else(String::new, |_| program());
        let mut store = Store { csv, force, cells: BTreeMap::new(), variables, conditions, program };
        let there = store.csv.as_ref().filter(|csv| csv.is_file()).map(|csv| csv.path().to_owned());
        let Some(file) = there.filter(|file| file.exists()) else { return Ok(store) };
        let read = |path: &Path| std::fs::read_to_string(path);
        let manifest = read(&beside(&file, MANIFEST)).ok().and_then(|text| serde_json::from_str::<Value>(&text).ok());
        let of_other = |what: &str| {
            let file = file.display();
            Failure::wrong(format!("--csv: {file} is there, {what}; name another file, or replace it with --force"))
        };
        match manifest {
            Some(manifest) if manifest["conditions"] == store.conditions => {
                store.take_over(&file, &manifest)?;
            }
            _ if force => {}
            Some(manifest) => {
                return Err(of_other(&format!("of a sweep under other conditions (`{}`)", text(&manifest["command"]))));
            }
            None => return Err(of_other("and no sweep wrote it")),
        }
        Ok(store)
    }

    /// Takes what an earlier sweep under the same conditions left.
    fn take_over(&mut self, file: &Path, manifest: &Value) -> Result<(), Failure> {
        if manifest["program"] != self.program || manifest["version"] != env!("CARGO_PKG_VERSION") {
            notice(format_args!("{} is of another version of this program: everything is measured again", file.display()));
            return Ok(());
        }
        let records = std::fs::read_to_string(file).map_err(|cause| failed("read", file, &cause))?;
        self.cells = cells(&csv::records(&records), &self.variables);
        Ok(())
    }

    /// A cell that is there, in whose runs nothing failed: failures shall show again.
    pub(super) fn take(&mut self, protocol: &str, values: &[String]) -> Option<Cell> {
        let key = (protocol.to_owned(), values.to_vec());
        self.cells.remove(&key).filter(|cell| cell.failed == 0)
    }

    /// The CSV file.
    pub(super) fn file(&self) -> Option<&Path> {
        self.csv.as_ref().map(Output::path)
    }

    /// Writes what is done, which may be all.
    pub(super) fn keep<'a>(
        &'a mut self,
        plan: &Plan,
        done: impl Iterator<Item = &'a Cell>,
        complete: bool,
    ) -> Result<(), Failure> {
        let Some(csv) = &self.csv else { return Ok(()) };
        let (file, is_file) = (csv.path().to_owned(), csv.is_file());
        // A device or a pipe takes one table.
        if !is_file && !complete {
            return Ok(());
        }
        // What was measured of protocols and at places that are not asked for now is not thrown away.
        let cells = done.chain(self.cells.values()).collect::<Vec<_>>();
        let table = text_of(&cells, &self.variables);
        if is_file {
            let manifest = self.manifest(plan, &cells, complete) + "\n";
            let path = &beside(&file, MANIFEST);
            let asked = Asked { option: "csv", path, form: Form::Manifest, force: self.force };
            asked.open()?.replace(manifest.as_bytes())?;
        }
        self.csv.as_mut().map_or(Ok(()), |csv| csv.replace(table.as_bytes()))
    }

    fn manifest(&self, plan: &Plan, cells: &[&Cell], complete: bool) -> String {
        let fingerprint =
            |task: &super::cell::Task| (task.protocol.clone(), task.choices.protocol().description().fingerprint_text());
        let variables = plan.grid.variables.iter().map(|variable| (variable.name.clone(), variable.values.clone()));
        let manifest = json!({
            "version": env!("CARGO_PKG_VERSION"),
            "command": std::env::args().skip(1).collect::<Vec<_>>().join(" "),
            "conditions": self.conditions,
            "variables": variables.collect::<BTreeMap<_, _>>(),
            "engine": if plan.processes { EngineKind::Processes } else { EngineKind::Simulator }.name(),
            "seeds": { "first": plan.seed, "each": plan.seeds },
            "fingerprints": plan.tasks.iter().map(fingerprint).collect::<BTreeMap<_, _>>(),
            "cells": cells.len(),
            "complete": complete,
            "program": self.program,
            "machine": {
                "system": std::env::consts::OS,
                "architecture": std::env::consts::ARCH,
                "processor": processor(),
                "cores": std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get),
            },
        });
        format!("{manifest:#}")
    }
}

fn failed(what: &str, file: &Path, cause: &io::Error) -> Failure {
    Failure::failed(format!("--csv: {} cannot be {what}: {cause}", file.display()))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A hash of this program: an algorithm that was changed must be measured again.
fn program() -> String {
    let hash = || -> io::Result<u64> {
        let mut file = std::fs::File::open(std::env::current_exe()?)?;
        let (mut hasher, mut buffer) = (SipHasher13::new(), vec![0; 1 << 16]);
        loop {
            match file.read(&mut buffer)? {
                0 => return Ok(hasher.finish()),
                count => hasher.write(&buffer[..count]),
            }
        }
    };
    hash().map_or_else(|_| String::new(), |hash| format!("{hash:016x}"))
}

/// What the processor calls itself, where Linux tells.
fn processor() -> Option<String> {
    let text = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// The columns of a cost.
const PARTS: [&str; 4] = ["mean", "sd", "low", "high"];

fn text_of(cells: &[&Cell], variables: &[String]) -> String {
    let mut costs = cells.iter().flat_map(|cell| cell.costs.keys()).map(String::as_str).collect::<Vec<_>>();
    costs.sort_unstable_by_key(|name| (rank(name), *name));
    costs.dedup();
    let fixed = ["runs", "failed", "nodes", "edges"].map(str::to_owned);
    let of_costs = costs.iter().flat_map(|cost| PARTS.map(|part| format!("{cost}_{part}")));
    let head = core::iter::once("protocol".to_owned()).chain(variables.iter().cloned()).chain(fixed).chain(of_costs);
    let mut text = csv::record(head);
    for cell in cells {
        let mut fields = vec![cell.protocol.clone()];
        fields.extend(cell.values.iter().cloned());
        fields.extend([cell.runs.to_string(), cell.failed.to_string(), cell.nodes.to_string(), cell.edges.to_string()]);
        for cost in &costs {
            let summary = cell.costs.get(*cost);
            let with_margin = summary.and_then(|summary| Some((summary.mean, summary.margin()?)));
            fields.extend(
                [
                    summary.map(|summary| summary.mean),
                    summary.map(|summary| summary.sd),
                    with_margin.map(|(mean, margin)| mean - margin),
                    with_margin.map(|(mean, margin)| mean + margin),
                ]
                .map(|number| number.map_or_else(String::new, |number| number.to_string())),
            );
        }
        text.push_str(&csv::record(fields));
    }
    text
}

/// Totals come before types.
fn rank(cost: &str) -> usize {
    ["messages", "bytes", "time", "causal"].iter().position(|name| *name == cost).unwrap_or(9)
}

/// The cells of a table; what cannot be read is not there.
fn cells(records: &[Vec<String>], variables: &[String]) -> BTreeMap<(String, Vec<String>), Cell> {
    let Some((head, rows)) = records.split_first() else { return BTreeMap::new() };
    let read = |row: &Vec<String>| -> Option<Cell> {
        let field = |name: &str| row.get(head.iter().position(|column| column == name)?).map(String::as_str);
        let number = |name: &str| field(name)?.parse::<f64>().ok();
        let runs = field("runs")?.parse().ok()?;
        let costs = head.iter().filter_map(|column| column.strip_suffix("_mean"));
        let summary = |cost: &str| {
            let (mean, sd) = (number(&format!("{cost}_mean"))?, number(&format!("{cost}_sd"))?);
            Some((cost.to_owned(), Summary { runs, mean, sd }))
        };
        Some(Cell {
            protocol: field("protocol")?.to_owned(),
            values: variables.iter().map(|name| field(name).map(str::to_owned)).collect::<Option<_>>()?,
            runs,
            failed: field("failed")?.parse().ok()?,
            nodes: number("nodes")?,
            edges: number("edges")?,
            costs: costs.filter_map(summary).collect(),
        })
    };
    rows.iter().filter_map(read).map(|cell| ((cell.protocol.clone(), cell.values.clone()), cell)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_survive_the_file() {
        let summary = |mean, sd| Summary { runs: 3, mean, sd };
        let cell = |protocol: &str, values: [&str; 2], cost: &str| Cell {
            protocol: protocol.into(),
            values: values.map(str::to_owned).to_vec(),
            runs: 3,
            failed: 1,
            nodes: 5.0,
            edges: 7.1 / 3.0,
            costs: [("messages".to_owned(), summary(0.1 + 0.2, 1e-9)), (cost.to_owned(), summary(2.0, 0.0))].into(),
        };
        let all = [cell("one", ["5", "3,1,2"], "messages_Forth"), cell("two", ["7", "\"x\""], "causal")];
        let variables = ["n", "order"].map(str::to_owned);
        let read = cells(&csv::records(&text_of(&all.iter().collect::<Vec<_>>(), &variables)), &variables);
        assert_eq!(read.into_values().collect::<Vec<_>>(), all);
    }
}
