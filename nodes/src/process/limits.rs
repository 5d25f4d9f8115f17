//! Whether the system allows a run of that size; asked before anything is started.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::run::RunError;

/// What the initializer itself needs.
const OWN_FILES: u64 = 64;

/// Raises the limit of open files as far as needed, or refuses.
pub(super) fn allow(nodes: usize) -> Result<(), RunError> {
    let files = nodes as u64 + OWN_FILES;
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_some_and(|current| current < files) {
        if limit.maximum.is_some_and(|maximum| maximum < files) {
            return Err(RunError::refused(format!(
                "{nodes} node processes need {files} open files, and this process may have {}; raise the limit (`ulimit -Hn`), \
                 or take a smaller graph",
                limit.maximum.unwrap_or_default()
            )));
        }
        setrlimit(Resource::Nofile, Rlimit { current: Some(files), maximum: limit.maximum }).map_err(|cause| {
            RunError::System { what: format!("the limit of open files cannot be raised to {files}"), cause: cause.into() }
        })?;
    }
    let processes = getrlimit(Resource::Nproc);
    if let Some(allowed) = processes.current.filter(|allowed| *allowed < nodes as u64) {
        return Err(RunError::refused(format!(
            "{nodes} node processes are more than the {allowed} processes that this user may have; raise the limit \
             (`ulimit -u`), or take a smaller graph"
        )));
    }
    Ok(())
}
