//! `--trace` and `--diagram`: what is recorded of a run, and where it goes.

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;

use super::command::Given;
use super::failure::Failure;
use super::option::Opt;
use super::report;
use super::values::keyword;
use crate::trace::Detail;

const HEADING: &str = "What is recorded";

/// The options.
pub(super) fn options() -> Vec<Opt> {
    let mut options = vec![
        Opt::valued("trace", "FILE", "Record the run: all that happened, for `trace` and `view`", "run.trace"),
        Opt::valued("trace-detail", "HOW", "Whether contents of messages and fields of nodes are recorded too", "full")
            .values(
                "  auto  until they take 4 MiB: a small run is recorded whole, and a large one costs little\n  full  all\n  none  \
                 only what happened",
            )
            .usually("auto"),
    ];
    for option in &mut options {
        option.heading = Some(HEADING.into());
    }
    options
}

/// What is asked for.
#[derive(Clone, Debug)]
pub(super) struct Recording {
    pub(super) file: Option<PathBuf>,
    pub(super) detail: Detail,
}

impl Recording {
    /// Reads what was given.
    pub(super) fn read(given: &Given<'_>) -> Result<Self, Failure> {
        let file = given.text("trace").map(PathBuf::from);
        let detail = given.value("trace-detail", |text| match text {
            "auto" => Ok(Detail::default()),
            "full" => Ok(Detail::Full),
            "none" => Ok(Detail::None),
            _ => Err(keyword("trace-detail", text, &["auto", "full", "none"], "write `auto`, `full` or `none`")),
        })?;
        if detail.is_some() && file.is_none() {
            return Err(Failure::wrong("--trace-detail: nothing is recorded; add `--trace FILE`"));
        }
        Ok(Recording { file, detail: detail.unwrap_or_default() })
    }

    /// Whether anything is recorded.
    pub(super) fn is_on(&self) -> bool {
        self.file.is_some()
    }

    /// Opens what is written to; before the run, so that nothing runs in vain.
    pub(super) fn open(&self) -> Result<Sink, Failure> {
        let file =
            match &self.file {
                None => None,
                // What stands there goes when the run begins: a mistake on the command line costs nobody his record.
                Some(path) => Some(File::options().write(true).create(true).truncate(false).open(path).map_err(|cause| {
                    Failure::wrong(format!("--trace: the file {} cannot be written: {cause}", path.display()))
                })?),
            };
        Ok(Sink { file, begun: false })
    }

    /// What stands below the result; an error if the record is not whole.
    pub(super) fn closed(&self, written: io::Result<Sink>) -> Recorded {
        let Some(path) = &self.file else { return Recorded::default() };
        match written {
            Ok(_) => Recorded { text: report::fact_line("trace", &path.display().to_string()), failure: None },
            Err(cause) => {
                let what = format!("--trace: the record in {} is not whole: {cause}", path.display());
                Recorded { text: String::new(), failure: Some(Failure::failed(what)) }
            }
        }
    }
}

/// What came of recording.
#[derive(Debug, Default)]
pub(super) struct Recorded {
    /// For below the result.
    pub(super) text: String,
    /// If the record is not whole.
    pub(super) failure: Option<Failure>,
}

/// Where a record goes.
#[derive(Debug)]
pub(super) struct Sink {
    file: Option<File>,
    begun: bool,
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(file) = &mut self.file {
            if !std::mem::replace(&mut self.begun, true) && file.metadata()?.is_file() {
                file.set_len(0)?;
            }
            file.write_all(bytes)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
