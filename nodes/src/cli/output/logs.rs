//! The folder that the logs of nodes are written into.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::super::failure::Failure;
use super::{Form, is_ours};
use crate::os;
use crate::scarce::in_words;

/// The folder for the logs of a run, locked as long as the run goes on.
#[derive(Debug)]
pub(in crate::cli) struct LogFolder {
    path: PathBuf,
    /// Holds the lock.
    _folder: Option<File>,
}

impl LogFolder {
    /// Makes the folder.  Logs of another run are to be replaced; a file of another kind is not, unless `force`.
    pub(in crate::cli) fn open(path: &Path, force: bool) -> Result<Self, Failure> {
        let refuse = |why: String| Failure::wrong(format!("--logs: {why}"));
        fs::create_dir_all(path)
            .map_err(|cause| refuse(format!("the directory {} cannot be made: {}", path.display(), in_words(&cause))))?;
        // Who may write into a folder need not be allowed to read it.
        let folder = File::open(path).ok();
        if let Some(folder) = &folder
            && !os::lock(folder, false).unwrap_or(true)
        {
            return Err(refuse(format!(
                "another run writes its logs into {}; wait until it has ended, or name another directory",
                path.display()
            )));
        }
        for log in there(path).filter(|_| !force) {
            let is_log = !log.is_file() || File::open(&log).and_then(|file| is_ours(Form::Log, &file)).unwrap_or(false);
            if !is_log {
                return Err(refuse(format!(
                    "{} is there already, and is not the log of a node; name another directory, or replace it with --force",
                    log.display()
                )));
            }
        }
        Ok(LogFolder { path: path.to_owned(), _folder: folder })
    }

    /// Where the log of a node is.
    pub(in crate::cli) fn file(&self, node: usize) -> PathBuf {
        self.path.join(format!("node-{node}.log"))
    }

    /// Empties the logs of the run before: one of these nodes that logs nothing must not keep its.
    pub(in crate::cli) fn clear(&self, nodes: usize) -> Result<(), Failure> {
        for log in (0..nodes).map(|node| self.file(node)).filter(|log| log.is_file()) {
            let cleared = File::options().write(true).truncate(true).open(&log);
            cleared.map_err(|cause| {
                Failure::wrong(format!("--logs: {} cannot be written: {}", log.display(), in_words(&cause)))
            })?;
        }
        Ok(())
    }
}

/// The logs that are in a folder.
pub(super) fn there(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter(|entry| entry.file_name().to_str().is_some_and(is_name_of_log)).map(|entry| entry.path())
}

/// Whether it is the name of a node's log.
pub(super) fn is_name_of_log(name: &str) -> bool {
    let number = name.strip_prefix("node-").and_then(|name| name.strip_suffix(".log"));
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}
