//! Where output goes: how wide it is, and whether it shows colours.

use std::fmt::Display;
use std::io::{self, Write};

use console::{Style, StyledObject, Term};

use crate::plain;

/// The width that lines are laid out for where nobody tells.
const USUAL_WIDTH: usize = 80;

/// A place that people read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terminal {
    /// In columns.
    pub(super) width: usize,
    /// Whether it shows colours: it is a terminal, and the environment does not say `NO_COLOR`.
    pub(super) colour: bool,
    /// Whether somebody watches it.
    pub(super) watched: bool,
}

impl Terminal {
    pub(super) fn stdout() -> Self {
        Terminal::of(&Term::stdout(), console::colors_enabled())
    }

    /// For a program, which gets the same text wherever it runs.
    pub(super) fn none() -> Self {
        Terminal { width: 100, colour: false, watched: false }
    }

    pub(super) fn stderr() -> Self {
        Terminal::of(&Term::stderr(), console::colors_enabled_stderr())
    }

    /// How wide help is: lines of much more are hard to read.
    pub(super) fn help_width(self) -> usize {
        self.width.min(100)
    }

    fn of(term: &Term, colour: bool) -> Self {
        let asked = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        let width = term.size_checked().map(|(_, columns)| usize::from(columns)).or(asked);
        Terminal { width: width.unwrap_or(USUAL_WIDTH).max(40), colour, watched: term.is_term() }
    }

    /// In that style; what stands in the text itself sets none.
    pub(super) fn paint<D: Display>(self, style: Style, text: D) -> StyledObject<String> {
        style.force_styling(self.colour).apply_to(plain::lines(&text.to_string()).into_owned())
    }

    pub(super) fn good<D: Display>(self, text: D) -> StyledObject<String> {
        self.paint(Style::new().green().bold(), text)
    }

    pub(super) fn bad<D: Display>(self, text: D) -> StyledObject<String> {
        self.paint(Style::new().red().bold(), text)
    }

    pub(super) fn warning<D: Display>(self, text: D) -> StyledObject<String> {
        self.paint(Style::new().yellow(), text)
    }

    pub(super) fn title<D: Display>(self, text: D) -> StyledObject<String> {
        self.paint(Style::new().bold(), text)
    }

    pub(super) fn heading<D: Display>(self, text: D) -> StyledObject<String> {
        self.paint(Style::new().cyan().bold(), text)
    }

    pub(super) fn quiet<D: Display>(self, text: D) -> StyledObject<String> {
        self.paint(Style::new().dim(), text)
    }

    /// A line of a node's log, among those of others.
    pub(super) fn log_line(self, node: usize, line: &str) -> String {
        format!("{} {}", self.one_of_many(node, format!("node {node:<4}")), plain::lines(line))
    }

    /// One of a few well distinguishable colours, the same for the same number.
    fn one_of_many<D: Display>(self, number: usize, text: D) -> StyledObject<String> {
        const COLOURS: [u8; 12] = [39, 208, 78, 205, 226, 141, 45, 215, 113, 171, 220, 75];
        self.paint(Style::new().color256(COLOURS[number % COLOURS.len()]), text)
    }
}

/// Standard output cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("standard output cannot be written: {0}")]
pub(super) struct Unwritten(pub(super) io::Error);

/// Shows text on standard output, without what would act on a terminal, wherever it came from.
pub(super) fn print(text: &str) -> Result<(), Unwritten> {
    print_document(&if Terminal::stdout().colour { plain::coloured(text) } else { plain::lines(text) })
}

/// Writes JSON to standard output.
pub(super) fn print_json(text: &str) -> Result<(), Unwritten> {
    print_document(&plain::json(text))
}

/// Writes a document for another program to standard output, as it is.  A reader that has gone (`| head`) has read enough.
pub(super) fn print_document(text: &str) -> Result<(), Unwritten> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(cause) if cause.kind() != io::ErrorKind::BrokenPipe => Err(Unwritten(cause)),
        _ => Ok(()),
    }
}

/// Writes a line to standard error.  Where nobody reads it (`2>&1 | head`), the command does its work all the same.
pub(super) fn tell(line: impl Display) {
    let line = line.to_string();
    let line = if Terminal::stderr().colour { plain::coloured(&line) } else { plain::lines(&line) };
    let _ = writeln!(io::stderr(), "{line}");
}

/// Tells what the user should know besides.
pub(super) fn notice(what: impl Display) {
    tell(format_args!("{} {}", Terminal::stderr().warning("notice:"), plain::line(&what.to_string())));
}
