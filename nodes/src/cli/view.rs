//! `view`: a trace as a page to look at.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use super::app::App;
use super::command::{Command, Given, Word};
use super::failure::Failure;
use super::option::Opt;
use super::terminal::print;
use super::trace;
use crate::trace::{Reader, TraceError};
use crate::viewer;

pub(super) const COMMAND: Command = Command {
    name: "view",
    about: "Make a page of a trace, to see the run in a browser",
    more: "The page is one HTML file that holds everything: it needs no network and no server.  Traces are written by `run --trace FILE` and `simulate --trace FILE`.",
    word: Some(Word::Other { name: "FILE", help: "The trace", example: "run.trace" }),
    options: |_| {
        vec![
            Opt::valued("output", "FILE", "Where to write the page", "run.html")
                .short('o')
                .usually("the trace's name, with .html"),
        ]
    },
    configured: false,
    examples: &[("run.trace", "writes run.html"), ("run.trace -o talk.html", "the page by another name")],
    run: view,
};

fn view(app: &App<'_>, given: &Given<'_>) -> Result<ExitCode, Failure> {
    let Some(file) = given.word() else {
        return Err(Failure::wrong(format!(
            "view: which trace? record one with `run {} --trace run.trace`, then write `view run.trace`",
            app.some_name()
        )));
    };
    let wrong = |error: TraceError| trace::wrong(file, &error);
    let trace = trace::read(file)?;
    // All of it is looked at, so that the page has nothing to complain about.
    let mut reader = Reader::new(&trace[..]).map_err(wrong)?;
    let mut is_complete = false;
    while reader.read_block(|event| is_complete = matches!(event.what, crate::trace::What::End { .. })).map_err(wrong)? {}
    if !is_complete {
        trace::tell_cut(file);
    }
    let header = reader.header();
    let page = viewer::page(&trace, &format!("{} on {}", header.protocol, header.topology));
    let output = given.text("output").map_or_else(|| Path::new(file).with_extension("html"), Into::into);
    let failed = |cause: std::io::Error| Failure::failed(format!("{}: cannot be written: {cause}", output.display()));
    fs::write(&output, page).map_err(failed)?;
    print(&format!("{}\n", output.display()))?;
    Ok(ExitCode::SUCCESS)
}
