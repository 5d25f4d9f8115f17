//! What a file that a command writes is in, and how one of ours is told from the files of others.

use crate::trace::{ExportFormat, MAGIC};

/// How much of a file is looked at.
pub(super) const BEGINNING: usize = 256;

/// What a file is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Form {
    /// A trace.
    Trace,
    /// A page of the viewer.
    Page,
    /// A trace in the form of another tool.
    Export(ExportFormat),
    /// A picture of a sweep, as SVG.
    Drawing,
    /// The same as PNG.
    Image,
    /// The numbers of a sweep or of a check, as CSV; the manifest beside them says the rest.
    Numbers,
    /// How these numbers came about.
    Manifest,
    /// A schedule of a run.
    Schedule,
    /// What a node did, line by line.
    Log,
}

impl Form {
    /// Its name, with an article.
    pub(super) fn name(self) -> &'static str {
        match self {
            Form::Trace => "a trace",
            Form::Page => "a page of `view`",
            Form::Export(ExportFormat::Shiviz) => "a log for ShiViz",
            Form::Export(ExportFormat::Perfetto) => "a trace for Perfetto",
            Form::Export(ExportFormat::Dot) => "a DOT file of `trace`",
            Form::Export(ExportFormat::Svg) => "a diagram of `trace`",
            Form::Export(ExportFormat::Csv) => "a CSV file of `trace`",
            Form::Export(ExportFormat::Ndjson) => "an NDJSON file of `trace`",
            Form::Drawing | Form::Image => "a picture of `sweep`",
            Form::Numbers => "a CSV file of `sweep` or `check`",
            Form::Manifest => "the manifest of such a file",
            Form::Schedule => "a schedule",
            Form::Log => "the log of a node",
        }
    }

    /// What stands at the beginning of ours, and of no other file; `None` if the form has no place for a mark.
    pub(super) fn mark(self) -> Option<&'static [u8]> {
        match self {
            Form::Trace => Some(&MAGIC),
            Form::Page | Form::Drawing | Form::Export(ExportFormat::Svg) => Some(b"data-by=\"nodes\""),
            Form::Export(ExportFormat::Shiviz) => None,
            Form::Export(ExportFormat::Perfetto) => Some(b"\"by\":\"nodes\""),
            Form::Export(ExportFormat::Dot) => Some(b"// made by nodes\n"),
            Form::Export(ExportFormat::Csv) => Some(b"event,time_ns,node,id,kind,lamport,"),
            Form::Export(ExportFormat::Ndjson) => Some(b"{\"event\":0,\"time_ns\":"),
            Form::Image => Some(b"tEXtSoftware\0nodes"),
            Form::Numbers => Some(b"protocol,"),
            Form::Manifest => Some(b"{\n  \"by\": \"nodes\""),
            Form::Schedule => Some(b"nodes schedule "),
            // Known by the form of its first line.
            Form::Log => None,
        }
    }

    /// Whether a file that begins so is one of ours.
    pub(super) fn is_ours(self, beginning: &[u8]) -> bool {
        let within = |mark: &[u8]| beginning.windows(mark.len()).any(|part| part == mark);
        match (self, self.mark()) {
            (Form::Log, _) => is_log(&String::from_utf8_lossy(beginning)).is_some(),
            (_, None) => false,
            (Form::Page | Form::Drawing | Form::Image, Some(mark)) => within(mark),
            (Form::Export(ExportFormat::Svg | ExportFormat::Perfetto), Some(mark)) => within(mark),
            (_, Some(mark)) => beginning.starts_with(mark),
        }
    }
}

/// Whether it begins with the time of a log's line: seconds in 12 columns or more, and two blanks.
fn is_log(beginning: &str) -> Option<()> {
    let line = beginning.trim_start_matches(' ');
    let (time, _) = line.split_once("  ")?;
    let (seconds, decimals) = time.split_once('.')?;
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let columns = beginning.len() - line.len() + time.len();
    (digits(seconds) && digits(decimals) && decimals.len() == 6 && columns >= 12).then_some(())
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use super::*;
    use crate::execution::LogLine;

    #[test]
    fn the_lines_of_a_log_are_known_by_their_times() {
        for now in [Duration::ZERO, Duration::from_micros(1234), Duration::from_secs(999_999)] {
            assert!(Form::Log.is_ours(LogLine::WakesUp.at(now).as_bytes()), "{now:?}");
        }
        for other in ["", "wakes up", "    0.005000", "    0,005000  wakes up", "    five.    wakes up", "1.0  wakes up"] {
            assert!(!Form::Log.is_ours(other.as_bytes()), "`{other}`");
        }
    }

    #[test]
    fn every_form_has_a_mark_but_the_log_for_shiviz() {
        let exports = ExportFormat::ALL.map(Form::Export);
        let others = [Form::Trace, Form::Page, Form::Drawing, Form::Image, Form::Numbers, Form::Manifest, Form::Schedule];
        for form in exports.into_iter().chain(others) {
            match form.mark() {
                Some(mark) => assert!(form.is_ours(&[mark, b"more"].concat()) && !form.is_ours(b"my notes\n"), "{form:?}"),
                None => assert_eq!(form, Form::Export(ExportFormat::Shiviz)),
            }
        }
    }
}
