//! What stands beside a table of numbers: how they came about, and so whether a command may go on from them.

use std::path::Path;

use serde_json::{Value, json};

use super::output::{MANIFEST, beside};
use crate::execution::content;

/// What the numbers depend on.
pub(super) struct Manifest {
    conditions: Value,
    /// Which program measures: an algorithm that was changed must be measured again.
    program: String,
}

/// How an earlier table stands to a command that goes on from such tables.
pub(super) enum Standing {
    /// None of them wrote it.
    Foreign,
    /// It came about under other conditions, of which this is the command.
    Other(String),
    /// Another version of this program wrote it.
    Older,
    /// It came about under the same conditions.  This is its manifest.
    Same(Value),
}

impl Manifest {
    /// Under these conditions, an object.
    pub(super) fn of(conditions: Value) -> Self {
        let program = std::env::current_exe().and_then(|file| content::hash(&file)).unwrap_or_default();
        Manifest { conditions, program }
    }

    /// How a table stands to this command, by the manifest beside it.
    pub(super) fn judge(&self, table: &Path) -> Standing {
        let Some(manifest) = read(&beside(table, MANIFEST)) else { return Standing::Foreign };
        if manifest["conditions"] != self.conditions {
            return Standing::Other(manifest["command"].as_str().unwrap_or_default().to_owned());
        }
        if manifest["program"] != self.program || manifest["version"] != env!("CARGO_PKG_VERSION") {
            return Standing::Older;
        }
        Standing::Same(manifest)
    }

    /// The manifest, with what else is to be known: an object that has the `fingerprints` of the protocols.
    pub(super) fn text(&self, more: Value) -> String {
        let mut manifest = json!({
            // First, be keys sorted or not: by this the file is known as ours.
            "by": "nodes",
            "version": env!("CARGO_PKG_VERSION"),
            "command": std::env::args().skip(1).collect::<Vec<_>>().join(" "),
            "conditions": self.conditions,
            "program": self.program,
            "machine": {
                "system": std::env::consts::OS,
                "architecture": std::env::consts::ARCH,
                "processor": processor(),
                "cores": std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get),
            },
        });
        if let (Some(all), Value::Object(more)) = (manifest.as_object_mut(), more) {
            all.extend(more);
        }
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

/// What the processor calls itself, where Linux tells.
fn processor() -> Option<String> {
    let text = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
