//! Where a sweep keeps its numbers.  The runs are what is kept, and what a later sweep goes on from; rows follow from them.
//!
//! Beside `costs.csv`, a table of rows, stand `costs.csv.runs.csv`, the table of their runs, and `costs.csv.manifest.json`.  A table
//! of runs that was asked for has a manifest of its own.  Each file is replaced whole, rows after the runs that they follow
//! from, so that a sweep may be killed at any moment.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::super::command::Given;
use super::super::failure::Failure;
use super::super::manifest::{self, Manifest, Standing};
use super::super::output::{Asked, Form, MANIFEST, Output, RUNS, beside};
use super::super::report::counted;
use super::super::terminal::notice;
use super::super::values::MOST_RUNS;
use super::cell::{Cell, Plan};
use super::ledger::{Ledger, Measured, Row, Runs};
use super::{rows_table, runs_table};
use crate::execution::content;
use crate::scarce::in_words;
use crate::sorting;

/// Writing may make a sweep longer by one part in so many.
const SHARE_OF_WRITING: u32 = 20;

/// What to do about a file that is there.
const ANOTHER: &str = "name another file, or replace it with --force";

/// A sweep's numbers, and the files that they are kept in, if there are any.
pub(super) struct Store {
    tables: Vec<Table>,
    manifest: Option<Manifest>,
    ledger: Ledger,
    /// Files that do not fit to what will be written.  They go before it is, so that no two files ever contradict each other.
    outdated: Vec<PathBuf>,
    /// When it is worth while to write again.
    due: Option<Instant>,
}

/// A table that was asked for.
struct Table {
    option: &'static str,
    file: PathBuf,
    /// The table of the runs: another file if this is one of rows.
    runs: PathBuf,
    /// The table, locked as long as the sweep lasts.
    output: Output,
    /// That of the runs, if it is another file.
    output_of_runs: Option<Output>,
    /// What stands beside it; a device or a pipe takes one table.
    manifest: Option<Output>,
    /// Whether what others wrote may be replaced.
    force: bool,
}

impl Table {
    fn is_of_rows(&self) -> bool {
        self.runs != self.file
    }

    fn wrong(&self, file: &Path, why: &str) -> Failure {
        Failure::wrong(format!("--{}: {}{why}", self.option, file.display()))
    }

    fn failed(&self, what: &str, file: &Path, cause: &io::Error) -> Failure {
        Failure::failed(format!("--{}: {} cannot be {what}: {}", self.option, file.display(), in_words(cause)))
    }

    /// What stands behind the name of the table, or that of its runs, if it is a link.
    fn target(&self, file: &Path) -> PathBuf {
        let output = if *file == self.file { Some(&self.output) } else { self.output_of_runs.as_ref() };
        output.map_or(file, Output::target).to_owned()
    }

    fn read(&self, file: &Path) -> Result<String, Failure> {
        crate::file::text(file).map_err(|cause| self.failed("read", file, &cause))
    }

    fn write(&mut self, manifest: &str, runs: &str, rows: &str) -> Result<(), Failure> {
        if let Some(output) = &mut self.manifest {
            output.replace(manifest.as_bytes())?;
        }
        if let Some(output) = &mut self.output_of_runs {
            output.replace(runs.as_bytes())?;
        }
        let table = if self.is_of_rows() { rows } else { runs };
        self.output.replace(table.as_bytes())
    }
}

impl Store {
    /// Reads what an earlier sweep under the same conditions left.
    pub(super) fn open(given: &Given<'_>, plan: &Plan) -> Result<Self, Failure> {
        let tables = tables(given)?;
        let manifest = (!tables.is_empty()).then(|| Manifest::of(plan.all_conditions()));
        let mut store = Store { tables: Vec::new(), manifest, ledger: Ledger::default(), outdated: Vec::new(), due: None };
        for table in tables {
            store.add(&table, plan)?;
            store.tables.push(table);
        }
        store.compare_files(plan);
        Ok(store)
    }

    /// Reads a table that is there.
    fn add(&mut self, table: &Table, plan: &Plan) -> Result<(), Failure> {
        let Some(manifest) = self.manifest.as_ref().filter(|_| table.output.is_file()) else { return Ok(()) };
        // In an empty file is nothing to go on from, and nothing to lose.
        let is_filled = |file: &&PathBuf| std::fs::metadata(file).is_ok_and(|found| found.len() > 0);
        let there = [&table.file, &table.runs].into_iter().filter(is_filled).collect::<Vec<_>>();
        let Some(first) = there.first() else { return Ok(()) };
        let is_there = there.contains(&&table.file);
        match manifest.judge(&table.file) {
            Standing::Foreign | Standing::Other(_) if table.force => {}
            Standing::Foreign => {
                return Err(table.wrong(first, &format!(" is there, and no sweep wrote it; {ANOTHER}")));
            }
            Standing::Other(command) if is_there => {
                let why = format!(" is there, of a sweep under other conditions (`{command}`); {ANOTHER}");
                return Err(table.wrong(first, &why));
            }
            Standing::Older if is_there => {
                notice(format_args!("{} is of another version of this program: everything is measured again", first.display()));
            }
            Standing::Same(_) if there.contains(&&table.runs) => {
                let variables = plan.variables();
                let ledger = runs_table::read(&table.read(&table.runs)?, &variables, plan.seed, MOST_RUNS);
                let edited = |file: &Path, why: &str| table.wrong(file, &format!(":{why}; mend it, or remove the file"));
                let ledger = ledger.map_err(|why| edited(&table.runs, &why))?;
                if is_there && table.is_of_rows() {
                    let checked = rows_table::check(&table.read(&table.file)?, &variables, &ledger);
                    checked.map_err(|why| edited(&table.file, &why))?;
                }
                self.ledger.add(ledger);
                return Ok(());
            }
            Standing::Same(_) => {
                let (file, runs) = (first.display(), table.runs.display());
                notice(format_args!("{file} is there, but its runs, {runs}, are not: everything is measured again"));
            }
            // The table itself was removed; what is left of it does not matter.
            Standing::Other(_) | Standing::Older => {}
        }
        self.outdated.extend(there.into_iter().map(|file| table.target(file)));
        Ok(())
    }

    /// Takes out what was measured of files that hold something else now, and says so.
    fn compare_files(&mut self, plan: &Plan) {
        let (mut rows, mut changed) = (0, Vec::new());
        let mut again = false;
        for task in &plan.tasks {
            let before = self.ledger.drop_others(&task.row);
            rows += u64::from(!before.is_empty());
            for before in before {
                changed.extend(content::changed(&task.files, &before, &task.row.files));
            }
            again |= self.ledger.of(&task.row).has_unexplained();
        }
        if rows > 0 {
            sorting::sort(&mut changed);
            changed.dedup();
            let files = changed.iter().map(|file| file.display().to_string()).collect::<Vec<_>>().join(", ");
            let files = if files.is_empty() { "a file that was read" } else { &files };
            notice(format_args!("{files} changed since then: {} measured again", counted(rows, "row")));
        }
        if rows > 0 || again {
            // Runs that are made again may tell something else than the rows that are there.
            let tables = self.tables.iter().filter(|table| table.is_of_rows());
            self.outdated.extend(tables.map(|table| table.target(&table.file)));
        }
    }

    /// The runs of a row.
    pub(super) fn runs(&self, row: &Row) -> &Runs {
        self.ledger.of(row)
    }

    /// Puts in a run.
    pub(super) fn put(&mut self, row: &Row, number: u64, measured: Measured) {
        self.ledger.put(row, number, measured);
    }

    /// The runs of a row are not needed any more, unless they are to be written.
    pub(super) fn is_done_with(&mut self, row: &Row) {
        if self.tables.is_empty() {
            self.ledger.drop_row(row);
        }
    }

    /// The tables.
    pub(super) fn files(&self) -> impl Iterator<Item = &Path> {
        self.tables.iter().map(|table| table.file.as_path())
    }

    /// Writes what is known if that was not done for a while.
    #[expect(clippy::disallowed_methods, reason = "how often it is written does not change what is written in the end")]
    pub(super) fn keep_now_and_then(&mut self, plan: &Plan, done: &[Option<Cell>]) -> Result<(), Failure> {
        let started = Instant::now();
        if self.tables.is_empty() || self.due.is_some_and(|due| started < due) {
            return Ok(());
        }
        self.keep(plan, done, false)?;
        let ended = Instant::now();
        self.due = Some(ended + SHARE_OF_WRITING * (ended - started));
        Ok(())
    }

    /// Writes what is known: of the rows those that are done, by task, which may be all.
    pub(super) fn keep(&mut self, plan: &Plan, done: &[Option<Cell>], complete: bool) -> Result<(), Failure> {
        let Some(manifest) = &self.manifest else { return Ok(()) };
        // What was measured of protocols and at places that are not asked for now is not thrown away.
        let mut asked = plan.tasks.iter().map(|task| &task.row).collect::<Vec<_>>();
        sorting::sort(&mut asked);
        let others = self.ledger.rows().filter(|row| asked.binary_search(row).is_err()).collect::<Vec<_>>();
        let cell = |row: &&Row| {
            let runs = self.ledger.of(row);
            Some(runs.unbroken()).filter(|count| *count > 0).map(|count| Cell::of(row, runs, count))
        };
        let cells_of_others = others.iter().filter_map(cell).collect::<Vec<_>>();
        let cells = done.iter().flatten().chain(&cells_of_others).collect::<Vec<_>>();
        let variables = plan.variables();
        let rows = plan.tasks.iter().map(|task| &task.row).chain(others.iter().copied());
        let runs = runs_table::text(&self.ledger, rows, &variables, plan.seed);
        let manifest = manifest.text(plan.told(cells.len(), complete));
        let table = rows_table::text(&cells, &variables);
        for file in core::mem::take(&mut self.outdated) {
            match std::fs::remove_file(&file) {
                Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
                    return Err(Failure::failed(format!("{} cannot be replaced: {cause}", file.display())));
                }
                _ => {}
            }
        }
        for of in &mut self.tables {
            if of.output.is_file() || complete {
                of.write(&manifest, &runs, &table)?;
            }
        }
        Ok(())
    }
}

/// The tables that were asked for, open.
fn tables(given: &Given<'_>) -> Result<Vec<Table>, Failure> {
    let force = given.is_set("force");
    let open = |option, path: &Path| Asked { option, path, form: Form::Numbers, force }.open();
    let mut tables = Vec::new();
    if let Some(file) = given.text("csv").map(PathBuf::from) {
        let (option, runs) = ("csv", beside(&file, RUNS));
        let output = open(option, &file)?;
        let output_of_runs = if output.is_file() { Some(open(option, &runs)?) } else { None };
        let manifest = manifest(option, &output, force)?;
        tables.push(Table { option, file, runs, output, output_of_runs, manifest, force });
    }
    if let Some(file) = given.text("csv-runs").map(PathBuf::from) {
        // Where the runs of the rows stand anyhow.
        if tables.iter().all(|table| table.runs != file) {
            let option = "csv-runs";
            let output = open(option, &file)?;
            let manifest = manifest(option, &output, force)?;
            tables.push(Table { option, runs: file.clone(), file, output, output_of_runs: None, manifest, force });
        }
    }
    Ok(tables)
}

/// Opens the manifest beside a table, so that nothing is measured which cannot be kept.
fn manifest(option: &'static str, table: &Output, force: bool) -> Result<Option<Output>, Failure> {
    if !table.is_file() {
        return Ok(None);
    }
    let path = &beside(table.path(), MANIFEST);
    // An earlier version left no mark in it.
    let force = force || manifest::is_one(path);
    Asked { option, path, form: Form::Manifest, force }.open().map(Some)
}
