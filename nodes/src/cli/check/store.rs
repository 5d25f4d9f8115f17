//! Where a check of many instances keeps its numbers.  Beside the table stands its manifest, and in it what was found so far: from that
//! the same command goes on.

use std::path::Path;
use std::time::Instant;

use serde::Deserialize;
use serde_json::json;

use super::super::command::Given;
use super::super::failure::Failure;
use super::super::manifest::{self, Manifest, Standing};
use super::super::output::{Asked, Form, MANIFEST, Output, beside};
use super::super::terminal::notice;
use super::table;
use crate::campaign::Tally;
use crate::execution::AnyRun;
use crate::execution::content::Contents;
use crate::sorting;

/// Writing may make a check longer by one part in so many.
const SHARE_OF_WRITING: u32 = 20;

/// The options that do not change what is found of an instance.
const NOT_OF_A_CHECK: [&str; 6] = ["force", "csv", "threads", "json", "schedule-out", "timeout"];

/// The table, and its manifest.
pub(super) struct Store {
    table: Output,
    /// A device or a pipe has none.
    beside: Option<Output>,
    manifest: Manifest,
    /// The protocol's name, and its fingerprint.
    protocol: (String, String),
    /// When it is worth while to write again.
    due: Option<Instant>,
}

impl Store {
    /// Opens the table of `--csv`, and reads what an earlier check under the same conditions left.
    pub(super) fn open(path: &Path, given: &Given<'_>, run: &AnyRun, tally: &mut Tally) -> Result<Self, Failure> {
        let force = given.is_set("force");
        let table = Asked { option: "csv", path, form: Form::Numbers, force }.open()?;
        let mut manifest_file = None;
        if table.is_file() {
            let path = &beside(path, MANIFEST);
            // An earlier version left no mark in it.
            let force = force || manifest::is_one(path);
            manifest_file = Some(Asked { option: "csv", path, form: Form::Manifest, force }.open()?);
        }
        let description = run.protocol().description();
        let protocol = (description.snake_name(), description.fingerprint_text());
        let options = given.options().into_iter().filter(|(name, _)| !NOT_OF_A_CHECK.contains(name));
        let manifest = Manifest::of(json!({
            "check": protocol.0,
            "options": sorting::map(options.map(|(name, value)| (name.to_owned(), json!(value)))),
            "files": Contents::default().of(&run.files())?,
        }));
        let store = Store { table, beside: manifest_file, manifest, protocol, due: None };
        if store.table.is_file() && std::fs::metadata(path).is_ok_and(|found| found.len() > 0) {
            store.read(path, force, tally)?;
        }
        Ok(store)
    }

    fn read(&self, path: &Path, force: bool, tally: &mut Tally) -> Result<(), Failure> {
        const ANOTHER: &str = "name another file, or replace it with --force";
        let file = path.display();
        match self.manifest.judge(path) {
            Standing::Foreign | Standing::Other(_) if force => {}
            Standing::Foreign => {
                return Err(Failure::wrong(format!("--csv: {file} is there, and no check wrote it; {ANOTHER}")));
            }
            Standing::Other(command) => {
                return Err(Failure::wrong(format!("--csv: {file} is there, of other conditions (`{command}`); {ANOTHER}")));
            }
            Standing::Older => {
                notice(format_args!("{file} is of another version of this program: everything is checked again"))
            }
            Standing::Same(manifest) => match Tally::deserialize(&manifest["tally"]) {
                Ok(before) => *tally = before,
                Err(_) => notice(format_args!("what stands beside {file} cannot be read: everything is checked again")),
            },
        }
        Ok(())
    }

    /// The table.
    pub(super) fn path(&self) -> &Path {
        self.table.path()
    }

    /// Writes what is known if that was not done for a while.
    #[expect(clippy::disallowed_methods, reason = "how often it is written does not change what is written in the end")]
    pub(super) fn keep_now_and_then(&mut self, tally: &Tally) -> Result<(), Failure> {
        let started = Instant::now();
        if self.beside.is_none() || self.due.is_some_and(|due| started < due) {
            return Ok(());
        }
        self.keep(tally, false)?;
        let ended = Instant::now();
        self.due = Some(ended + SHARE_OF_WRITING * (ended - started));
        Ok(())
    }

    /// Writes what is known: all of it, if it is `complete`.
    pub(super) fn keep(&mut self, tally: &Tally, complete: bool) -> Result<(), Failure> {
        // First what the next check goes on from; the table follows from it.
        if let Some(file) = &mut self.beside {
            let (name, fingerprint) = &self.protocol;
            let told = json!({
                "complete": complete,
                "fingerprints": { name: fingerprint },
                "instances": tally.done(),
                "tally": tally,
            });
            file.replace(self.manifest.text(told).as_bytes())?;
        }
        self.table.replace(table::csv(&self.protocol.0, tally.classes()).as_bytes())
    }
}
