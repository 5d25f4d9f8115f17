//! `view`: a trace as a page to look at.

use std::path::Path;
use std::process::ExitCode;

use super::catalogue::Catalogue;
use super::command::{Command, Given, Word};
use super::failure::Failure;
use super::live::Live;
use super::option::Opt;
use super::output::{self, Asked, Form, Use};
use super::terminal::print;
use super::trace;
use crate::plain;
use crate::trace::Trace;
use crate::viewer;

pub(super) const COMMAND: Command = Command {
    name: "view",
    about: "See a recorded run in a browser: its trace as a page",
    more: "The page is served on this machine until Ctrl-C, or written: one HTML file that holds everything and needs no server.  Traces are written by `run --trace FILE` and `simulate --trace FILE`.",
    word: Some(Word::Other { name: "FILE", help: "The trace", example: "run.trace", uses: Use::Reads }),
    options: || {
        vec![
            Opt::valued("output", "FILE", "Where to write the page", "run.html").short('o').usually("served").uses(Use::Writes),
            output::force(),
        ]
    },
    configured: false,
    examples: &[("run.trace", "opens the page"), ("run.trace -o run.html", "writes it")],
    run: view,
};

fn view(catalogue: &Catalogue<'_>, given: &Given<'_>) -> Result<ExitCode, Failure> {
    let Some(file) = given.word() else {
        return Err(Failure::wrong(format!(
            "view: which trace? record one with `run {} --trace run.trace`, then write `view run.trace`",
            catalogue.some_name()
        )));
    };
    let bytes = trace::read(file)?;
    // All of it is looked at, so that the page has nothing to complain about.
    let trace = Trace::read(&bytes[..]).map_err(|error| trace::wrong(file, &error))?;
    if !trace.is_complete() {
        trace::tell_cut(file);
    }
    let header = trace.header();
    let page = viewer::page(&bytes, &format!("{} on {}", header.protocol, header.topology));
    let Some(output) = given.text("output").map(Path::new) else {
        Live::of_page(page)?.stay();
        return Ok(ExitCode::SUCCESS);
    };
    let mut written = Asked { option: "output", path: output, form: Form::Page, force: given.is_set("force") }.open()?;
    written.replace(page.as_bytes())?;
    // Else the page itself may be there.
    if written.is_file() {
        print(&format!("{}\n", plain::line(&output.display().to_string())))?;
    }
    Ok(ExitCode::SUCCESS)
}
