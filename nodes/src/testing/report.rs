//! What a trial tells of a failure, and where it writes the schedule.

use core::fmt;
use std::path::PathBuf;

use super::Failure;
use crate::execution::explain;

/// So many steps of a schedule are told; the file has all.
const MOST_TOLD: usize = 60;

impl Failure {
    /// Writes the schedule beside the test's program, or among the temporary files.
    pub(super) fn write(&mut self) {
        let beside = std::env::current_exe().ok().and_then(|program| Some(program.parent()?.parent()?.join("schedules")));
        let folders = beside.into_iter().chain([std::env::temp_dir()]);
        let name = self.file_name();
        let mut wrong = String::new();
        for folder in folders {
            let path = folder.join(&name);
            match std::fs::create_dir_all(&folder).and_then(|()| std::fs::write(&path, self.schedule.to_string())) {
                Ok(()) => {
                    self.file = Some(Ok(path));
                    return;
                }
                Err(cause) => wrong = format!("{}: {cause}", path.display()),
            }
        }
        self.file = Some(Err(wrong));
    }

    /// Where the schedule has been written, if it has.
    pub fn file(&self) -> Option<&PathBuf> {
        self.file.as_ref()?.as_ref().ok()
    }

    /// Each test has a file of its own.
    fn file_name(&self) -> String {
        let thread = std::thread::current();
        let test = thread.name().filter(|name| *name != "main").unwrap_or_default().replace("::", "-");
        let protocol = &self.finished.document.protocol;
        if test.is_empty() { format!("{protocol}.schedule") } else { format!("{test}-{protocol}.schedule") }
    }
}

pub(super) fn report(failure: &Failure, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Failure { found, schedule, finished, past, file, .. } = failure;
    let document = &finished.document;
    writeln!(f, "{} fails with seed {}, run {} of this graph:", document.protocol, found.seed, found.tried)?;
    found.explanation.iter().try_for_each(|line| writeln!(f, "  {line}"))?;
    writeln!(f, "  as it was found: {}", explain::again(found.replay.clone(), found.seed))?;
    let steps = schedule.steps.len();
    writeln!(f, "\nmade small ({} nodes, {} links, {steps} events):", document.nodes, document.edges)?;
    finished.explanation.iter().try_for_each(|line| writeln!(f, "  {line}"))?;
    let text = schedule.to_string();
    for line in text.lines().skip(1).filter(|line| !line.is_empty()).take(MOST_TOLD) {
        writeln!(f, "  {line}")?;
    }
    if let Some(more) = steps.checked_sub(MOST_TOLD).filter(|more| *more > 0) {
        writeln!(f, "  and {more} more")?;
    }
    if let Some(past) = past {
        write!(f, "\n{past}")?;
    }
    match file {
        None => Ok(()),
        Some(Ok(path)) if document.replay.is_none() => writeln!(
            f,
            "\nreplay it from a program, with the same inputs: read {} as a `Schedule`, and call `.replay(&schedule)`",
            path.display()
        ),
        Some(Ok(path)) => {
            let name = failure.run.description.snake_name();
            writeln!(f, "\nreplay it: cargo run -- simulate {name} --schedule {}", path.display())
        }
        Some(Err(wrong)) => writeln!(f, "\nthe schedule cannot be written: {wrong}"),
    }
}
