//! What stands beside a table of a sweep: how its numbers came about, and so whether a sweep may go on from them.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use super::super::output::{MANIFEST, beside};
use super::cell::Plan;
use crate::execution::{EngineKind, content};

/// What the numbers of a sweep depend on.
pub(super) struct Manifest {
    conditions: Value,
    /// Which program measures: an algorithm that was changed must be measured again.
    program: String,
}

/// How an earlier table stands to a sweep.
pub(super) enum Standing {
    /// No sweep wrote it.
    Foreign,
    /// It is of a sweep under other conditions, of which this is the command.
    Other(String),
    /// Another version of this program wrote it.
    Older,
    /// A sweep under the same conditions wrote it.
    Same,
}

impl Manifest {
    pub(super) fn of(plan: &Plan) -> Self {
        let options = plan.conditions.iter().map(|(name, value)| (name.clone(), json!(value)));
        let conditions = json!({
            "options": options.collect::<BTreeMap<_, _>>(),
            "variables": plan.variables(),
            "seed": plan.seed,
            "engine": engine(plan),
        });
        let program = std::env::current_exe().and_then(|file| content::hash(&file)).unwrap_or_default();
        Manifest { conditions, program }
    }

    /// How a table stands to this sweep, by the manifest beside it.
    pub(super) fn judge(&self, table: &Path) -> Standing {
        let Some(manifest) = read(&beside(table, MANIFEST)) else { return Standing::Foreign };
        if manifest["conditions"] != self.conditions {
            return Standing::Other(manifest["command"].as_str().unwrap_or_default().to_owned());
        }
        if manifest["program"] != self.program || manifest["version"] != env!("CARGO_PKG_VERSION") {
            return Standing::Older;
        }
        Standing::Same
    }

    /// The manifest of a table with so many rows.
    pub(super) fn text(&self, plan: &Plan, rows: usize, complete: bool) -> String {
        let fingerprint =
            |task: &super::cell::Task| (task.row.protocol.clone(), task.choices.protocol().description().fingerprint_text());
        let variables = plan.grid.variables.iter().map(|variable| (variable.name.clone(), variable.values.clone()));
        let manifest = json!({
            // First, be keys sorted or not: by this the file is known as ours.
            "by": "nodes",
            "version": env!("CARGO_PKG_VERSION"),
            "command": std::env::args().skip(1).collect::<Vec<_>>().join(" "),
            "conditions": self.conditions,
            "variables": variables.collect::<BTreeMap<_, _>>(),
            "engine": engine(plan),
            "seeds": { "first": plan.seed, "each": plan.seeds },
            "fingerprints": plan.tasks.iter().map(fingerprint).collect::<BTreeMap<_, _>>(),
            "cells": rows,
            "complete": complete,
            "program": self.program,
            "machine": {
                "system": std::env::consts::OS,
                "architecture": std::env::consts::ARCH,
                "processor": processor(),
                "cores": std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get),
            },
        });
        format!("{manifest:#}\n")
    }
}

fn read(file: &Path) -> Option<Value> {
    serde_json::from_str(&crate::file::text(file).ok()?).ok()
}

/// Whether the file is a manifest, of this version or another.
pub(super) fn is_one(file: &Path) -> bool {
    read(file).is_some_and(|manifest| manifest["conditions"].is_object() && manifest["fingerprints"].is_object())
}

fn engine(plan: &Plan) -> &'static str {
    if plan.processes { EngineKind::Processes } else { EngineKind::Simulator }.name()
}

/// What the processor calls itself, where Linux tells.
fn processor() -> Option<String> {
    let text = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
