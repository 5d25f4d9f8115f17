//! The files that a command line names: none may be read and written, or written twice.

use std::fs::{self, File};
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

use super::super::command::Given;
use super::super::failure::Failure;
use super::logs;
use super::place::{Identity, Place, beside, folder_of};

/// What a command does with a value of its options.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::cli) enum Use {
    /// It names no file.
    #[default]
    None,
    /// The file is read.
    Reads,
    /// It is read, if the value is `file:PATH`.
    ReadsBehindFile,
    /// It is read, if the value is the name of a file: any text may be meant.
    ReadsIfThere,
    /// It is written.
    Writes,
    /// The record of a run is written, by way of the folder of its parts if the run is one of processes.
    WritesRecord,
    /// It is written, and so are the table of its runs and the manifest beside it.
    WritesNumbers,
    /// It is written, and so is the manifest beside it, unless another option writes it anyhow.
    WritesRuns,
    /// The logs of nodes are written into this folder.
    WritesLogs,
}

/// What stands for the manifest beside the numbers of a sweep.
pub(in crate::cli) const MANIFEST: &str = ".manifest.json";

/// What stands for the folder of the parts beside a record of processes.
pub(in crate::cli) const PARTS: &str = ".parts";

/// What stands for the table of runs beside the rows of a sweep.
pub(in crate::cli) const RUNS: &str = ".runs.csv";

/// A file that a command line names.
struct Named {
    /// The option, and the value.
    option: String,
    path: PathBuf,
    /// The file, and what is written on the way to it.
    files: Vec<Identity>,
    /// The folder that it is in, and its name there.
    place: Option<(Identity, String)>,
    /// If it is a folder: which files in it are read or written.
    holds: Option<fn(&str) -> bool>,
}

/// Refuses a command line that writes what it reads, or writes something twice.  Nothing is opened.  All that one of the
/// command lines reads counts, and what the first writes.
pub(in crate::cli) fn check(lines: &[&Given<'_>]) -> Result<(), Failure> {
    let Some(first) = lines.first() else { return Ok(()) };
    check_names(first)?;
    let outputs = outputs(first);
    if outputs.is_empty() {
        return Ok(());
    }
    let inputs = lines.iter().flat_map(|line| inputs(line)).collect::<Vec<_>>();
    let own = standard_output(first);
    for (place, output) in outputs.iter().enumerate() {
        let wrong = |why: String| Err(Failure::wrong(format!("--{} {} {why}", output.option, output.path.display())));
        if let Some(input) = inputs.iter().find(|input| input.meets(output)) {
            let reader = if input.option.is_empty() { "this command".to_owned() } else { format!("--{}", input.option) };
            return wrong(format!("would replace what {reader} reads ({}); name another file", input.path.display()));
        }
        if let Some(other) = outputs[..place].iter().find(|other| other.meets(output)) {
            return wrong(format!("is what --{} writes too; name another file", other.option));
        }
        if own.as_ref().is_some_and(|own| output.files.contains(own)) {
            return wrong("is standard output, which the result goes to; name a file".to_owned());
        }
    }
    Ok(())
}

/// Refuses names of outputs that cannot be meant.
fn check_names(given: &Given<'_>) -> Result<(), Failure> {
    for (option, value, used) in given.files() {
        let raw = given.text(option).unwrap_or_default();
        match used {
            Use::None | Use::Reads | Use::ReadsBehindFile | Use::ReadsIfThere => {}
            Use::WritesLogs if value.is_empty() => {
                return Err(Failure::wrong(format!("--{option}: the name is empty; write for example `--{option} logs`")));
            }
            _ if value.is_empty() => {
                return Err(Failure::wrong(format!("--{option}: the name is empty; name a file")));
            }
            Use::WritesLogs => {}
            _ if value.ends_with('/') => {
                return Err(Failure::wrong(format!("--{option} {value}: this names a folder; name a file")));
            }
            _ if value != raw => {
                return Err(Failure::wrong(format!(
                    "--{option} {raw}: all places of a sweep go into one file, so its name holds no variable; name a file without"
                )));
            }
            _ => {}
        }
    }
    Ok(())
}

impl Named {
    fn of(option: &str, path: &Path, holds: Option<fn(&str) -> bool>) -> Self {
        let mut named = Named { option: option.to_owned(), path: path.to_owned(), files: Vec::new(), place: None, holds };
        let target = match Place::of(path) {
            Ok(Place::Descriptor(_)) => {
                named
                    .files
                    .extend(fs::metadata(path).ok().filter(|found| !is_nothing(found)).map(|found| Identity::of(&found)));
                return named;
            }
            Ok(Place::Taken(_, found)) if is_nothing(&found) => return named,
            Ok(Place::Taken(target, _) | Place::Free(target)) => target,
            // What is wrong with it is told when it is opened.
            Err(_) => return named,
        };
        named.files.extend(Identity::at(&target));
        let name = target.file_name().and_then(|name| name.to_str());
        named.place = Identity::at(folder_of(&target)).zip(name.map(str::to_owned));
        named
    }

    /// What is written there takes its place when it is whole.
    fn by_way_of_its_part(mut self) -> Self {
        if let Ok(Place::Taken(target, _) | Place::Free(target)) = Place::of(&self.path) {
            self.files.extend(Identity::at(&beside(&target, ".part")));
        }
        self
    }

    /// Until it is whole, its parts are written into a folder.
    fn by_way_of_its_parts(mut self) -> Self {
        self.files.extend(Identity::at(&beside(&self.path, PARTS)));
        self
    }

    /// Whether both are the same file, or one is a file in the other that this holds.
    fn meets(&self, other: &Named) -> bool {
        let is_in = |file: &Named, folder: &Named| {
            let Some(holds) = folder.holds else { return false };
            file.place.as_ref().is_some_and(|(place, name)| folder.files.first() == Some(place) && holds(name))
        };
        self.files.iter().any(|file| other.files.contains(file)) || is_in(self, other) || is_in(other, self)
    }
}

/// Whether it is `/dev/null`, which everything may go to.
fn is_nothing(found: &fs::Metadata) -> bool {
    let nothing = || fs::metadata("/dev/null").is_ok_and(|nothing| nothing.rdev() == found.rdev());
    found.file_type().is_char_device() && nothing()
}

fn inputs(given: &Given<'_>) -> Vec<Named> {
    // All of a folder of parts is read.
    let read = |option: &str, path: &str| Named::of(option, Path::new(path), Some(|_| true));
    let mut inputs = Vec::new();
    for (option, value, used) in given.files() {
        match used {
            Use::Reads => inputs.push(read(option, &value)),
            Use::ReadsIfThere if Path::new(&value).is_file() => inputs.push(read(option, &value)),
            Use::ReadsBehindFile => inputs.extend(value.trim_start().strip_prefix("file:").map(|path| read(option, path))),
            _ => {}
        }
    }
    inputs
}

fn outputs(given: &Given<'_>) -> Vec<Named> {
    let mut outputs = Vec::new();
    let rows = given.files().into_iter().filter(|(_, _, used)| *used == Use::WritesNumbers);
    let runs = rows.map(|(_, value, _)| beside(Path::new(&value), RUNS)).collect::<Vec<_>>();
    for (option, value, used) in given.files() {
        let path = Path::new(&value);
        let whole = |path: &Path| Named::of(option, path, None).by_way_of_its_part();
        match used {
            Use::Writes => outputs.push(whole(path)),
            Use::WritesRecord => outputs.push(whole(path).by_way_of_its_parts()),
            Use::WritesNumbers => outputs.extend([whole(path), whole(&beside(path, RUNS)), whole(&beside(path, MANIFEST))]),
            Use::WritesRuns if runs.iter().any(|runs| runs == path) => {}
            Use::WritesRuns => outputs.extend([whole(path), whole(&beside(path, MANIFEST))]),
            Use::WritesLogs => {
                let mut folder = Named::of(option, path, Some(logs::is_name_of_log));
                // They may be links to elsewhere.
                folder.files.extend(logs::there(path).filter_map(|log| Identity::at(&log)));
                outputs.push(folder);
            }
            _ => {}
        }
    }
    outputs
}

/// Standard output, if the result of the command goes there and it keeps what comes.
fn standard_output(given: &Given<'_>) -> Option<Identity> {
    if given.text("output").is_some() {
        return None;
    }
    let stdout = io::stdout().as_fd().try_clone_to_owned().ok()?;
    let found = File::from(stdout).metadata().ok()?;
    (!is_nothing(&found)).then(|| Identity::of(&found))
}
