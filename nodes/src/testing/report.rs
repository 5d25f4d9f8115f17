//! What a trial or a proof tells of a failure, and where it writes the schedule.

use core::fmt;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{Failure, Found, Tried};
use crate::check::Checked;
use crate::execution::{InputChoice, explain};
use crate::os;
use crate::protocol::AnyInputs;

/// So many steps of a schedule are told; the file has all.
const MOST_TOLD: usize = 60;

impl Failure {
    /// Writes the schedule beside the test's program, or among the temporary files.
    pub(super) fn write(&mut self) {
        let beside = std::env::current_exe().ok().and_then(|program| Some(program.parent()?.parent()?.join("schedules")));
        let name = self.file_name();
        let beside = beside.map(|folder| (folder.join(&name), false));
        // There a stranger who knows the name may lay a link to a file of ours.
        let mut random = [0; 8];
        let drawn = os::random(&mut random).map(|()| format!("nodes-{:016x}-{name}", u64::from_le_bytes(random)));
        let temporary = drawn.ok().map(|name| (std::env::temp_dir().join(name), true));
        let mut wrong = String::new();
        for (path, new) in beside.into_iter().chain(temporary) {
            match put(&path, new, &self.schedule.to_string()) {
                Ok(()) => {
                    self.file = Some(Ok(path));
                    return;
                }
                Err(cause) => wrong = format!("{}: {cause}", path.display()),
            }
        }
        self.file = Some(Err(wrong));
    }

    /// What the nodes of the small run were given, if no text in its schedule stands for it.
    pub fn inputs_without_text(&self) -> Option<&AnyInputs> {
        match &self.run.inputs {
            InputChoice::Values(values) if values.texts().is_none() => Some(values),
            _ => None,
        }
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

/// Writes a file; if it must be a new one, nothing may stand there.
fn put(path: &Path, new: bool, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut options = File::options();
    options.write(true).create(true).truncate(true).create_new(new);
    options.open(path)?.write_all(text.as_bytes())
}

pub(super) fn report(failure: &Failure, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Failure { found, schedule, finished, past, file, .. } = failure;
    let document = &finished.document;
    let steps = schedule.steps.len();
    let size = format!("{} nodes, {} links, {steps} events", document.nodes, document.edges);
    match found {
        Found::Tried(Tried { seed, tried, explanation, replay }) => {
            writeln!(f, "{} fails with seed {seed}, run {tried} of this graph:", document.protocol)?;
            explanation.iter().try_for_each(|line| writeln!(f, "  {line}"))?;
            writeln!(f, "  as it was found: {}", explain::again(replay.clone(), *seed))?;
            writeln!(f, "\nmade small ({size}):")?;
        }
        Found::Checked(checked) => checked_first(checked, &size, f)?,
    }
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
        Some(Ok(path)) if document.replay.is_none() => {
            if let Some(values) = failure.inputs_without_text() {
                writeln!(f, "\nthe inputs of its nodes: {values:?}")?;
            }
            let path = path.display();
            writeln!(
                f,
                "\nreplay it from a program, with these inputs: read {path} as a `Schedule`, and call `.replay(&schedule)`"
            )
        }
        Some(Ok(path)) => {
            let name = failure.run.description.snake_name();
            writeln!(f, "\nreplay it: cargo run -- simulate {name} --schedule {}", path.display())
        }
        Some(Err(wrong)) => writeln!(f, "\nthe schedule cannot be written: {wrong}"),
    }
}

/// What a check has found, before the events of the schedule.
fn checked_first(checked: &Checked, size: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Checked { protocol, topology, outcome, states, .. } = checked;
    writeln!(f, "{protocol} on {topology} does not hold on every schedule ({}, {} states):", outcome.name(), states.total)?;
    for failure in &checked.violations {
        writeln!(f, "  {}", failure.what)?;
        if !checked.classes.is_empty() {
            writeln!(f, "  on {}", failure.instance)?;
        }
    }
    checked.unchecked.iter().try_for_each(|what| writeln!(f, "  unchecked: {what}"))?;
    if let Some(again) = &checked.replay {
        writeln!(f, "  check it again: {again}")?;
    }
    match &checked.endless {
        Some(found) => writeln!(f, "\na run that never ends ({size}; the last {} again and again):", found.events),
        None => writeln!(f, "\na shortest run that goes wrong ({size}):"),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn what_must_be_new_follows_no_link() {
        let folder = std::env::temp_dir().join(format!("nodes-report-{}", std::process::id()));
        let (mine, link) = (folder.join("mine"), folder.join("link"));
        put(&mine, false, "old").expect("there is room");
        put(&mine, false, "mine").expect("it may be replaced");
        symlink("mine", &link).expect("there are links");
        let taken = [&mine, &link].map(|path| put(path, true, "other").map_err(|cause| cause.kind()));
        let content = fs::read_to_string(&mine);
        fs::remove_dir_all(&folder).expect("it is ours");
        assert_eq!(taken, [Err(io::ErrorKind::AlreadyExists); 2]);
        assert_eq!(content.expect("it is there"), "mine");
    }
}
