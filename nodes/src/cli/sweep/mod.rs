//! `sweep`: what protocols cost, over any variables.

mod cell;
mod columns;
mod ledger;
mod measure;
mod plot;
mod report;
mod rows_table;
mod runs_table;
mod store;
mod theory;
mod variables;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::catalogue::Catalogue;
use super::choices;
use super::command::{Command, Given, Word};
use super::failure::Failure;
use super::option::Opt;
use super::output::{self, Asked, Form, Use};
use super::report::fact_line;
use super::stop::Stop;
use super::terminal::{Terminal, print, print_json, tell};
use cell::Plan;
use store::Store;
pub(super) use variables::variables;

pub(super) const COMMAND: Command = Command {
    name: "sweep",
    about: "Compare what protocols cost, over any variables",
    more: "A word in braces is a variable, in any option: --topology ring:{n} --n 5..45:5, --loss {p} --p 0,0.1,0.2.  Its \
           values are a list, of values and of ranges, to which both ends belong: 5..45:5, 3..9, 4..1024:x2 (each twice the \
           one before).  Several variables make a grid.\n\nAt each place of the grid each protocol makes the same number of \
           runs, with the same seeds for all, so that protocols meet the same graphs and ids.  Shown are means with their \
           95 % intervals, and the law of growth that they support.\n\nWith --csv, what is done is kept: interrupted, the \
           same command continues, and ranges, protocols, --seeds and --precision may be changed.  What was measured of a \
           file that has changed is measured again.  FILE.runs.csv keeps each run, and FILE.manifest.json tells how the \
           numbers came about.\n\nExit status: 0 if all is well, 1 if a run failed or the sweep was interrupted, 2 if the command line or an \
           input file is wrong.",
    word: Some(Word::Protocols),
    options,
    configured: true,
    examples: &[
        ("--topology ring:{n} --n 5..45:5 --ids shuffled", "over the size of rings"),
        ("--topology ring:{n} --n 4..1024:x2 --plot figure.svg --log", "as a picture, logarithmic"),
        ("--topology ring:{n} --n 5..45:5 --csv costs.csv --precision 1%", "as exact as needed"),
        ("--topology ring:{n} --n 3..9 --engine processes --seeds 3", "by real processes"),
    ],
    run: command,
};

fn options() -> Vec<Opt> {
    let mut options = choices::options("none; 60s for processes", "unit; for processes what it takes");
    options.extend(choices::rates());
    for option in &mut options {
        match option.name.as_str() {
            "seed" => {
                option.help = "The first seed; the others follow it".into();
                option.default = "1".into();
            }
            "initiators" => option.default = "all, unless the protocol needs one".into(),
            _ => {}
        }
    }
    options.extend([
        Opt::valued("engine", "ENGINE", "What makes the runs", "processes")
            .values("  simulator  over all cores\n  processes  real ones, one run after the other")
            .usually("simulator"),
        Opt::valued("seeds", "K", "So many runs of each protocol at each place", "20").usually("20"),
        Opt::valued("precision", "P", "Repeat until the 95 % interval is that narrow, to either side of the mean", "1%")
            .usually("as many runs as --seeds says"),
        Opt::valued("measure", "WHAT", "What growth, picture and precision are about", "time")
            .values("  messages  how many were sent\n  bytes     encoded, without headers\n  time      units under unit delay, else seconds\n  causal    the longest chain of messages")
            .usually("messages"),
        Opt::valued("csv", "FILE", "Keep the numbers: a row for each protocol at each place", "costs.csv").values(
            "  protocol, the variables, how many runs count and how many failed, nodes and edges (means); files, if any were \
             read: a hash of what they held; then of each cost\n  mean, sd     the mean, and the standard deviation of a \
             run\n  low, high    the 95 % interval of the mean\n  min, median, max",
        )
        .uses(Use::WritesNumbers),
        Opt::valued("csv-runs", "FILE", "Keep every run: a row for each, with its seed", "runs.csv").values(
            "  protocol, the variables, seed, outcome, nodes, edges, files as in --csv; then each cost: messages, bytes, time, \
             causal, and messages of each type",
        )
        .uses(Use::WritesRuns),
        Opt::valued("plot", "FILE", "Draw them, as SVG or PNG", "figure.png").uses(Use::Writes),
        output::force(),
        Opt::switch("log", "Both axes of the picture are logarithmic"),
        Opt::valued("threads", "N", "On how many cores to simulate; the results do not depend on it", "1").usually("all"),
        Opt::switch("json", "One JSON document on standard output, and nothing else"),
        Opt::switch("no-properties", "Do not look at properties: faster"),
    ]);
    options
}

fn command(catalogue: &Catalogue<'_>, given: &Given<'_>) -> Result<ExitCode, Failure> {
    let plan = Plan::read(given)?;
    let plot_file = given.text("plot").map(PathBuf::from);
    if let Some(file) = &plot_file
        && !is_png(file)
        && file.extension().is_none_or(|extension| extension != "svg")
    {
        return Err(Failure::wrong(format!("--plot {}: its name must end in .svg or .png", file.display())));
    }
    let form = |file: &Path| if is_png(file) { Form::Image } else { Form::Drawing };
    let asked = |path| Asked { option: "plot", path, form: form(path), force: given.is_set("force") };
    let mut drawing = plot_file.as_deref().map(|file| asked(file).open()).transpose()?;
    let mut store = Store::open(given, &plan)?;
    let stop = Stop::on_signals()?;
    let swept = plan.run(&mut store, &stop)?;
    stop.is_computed();
    let growth = report::growth(&plan, &swept);
    if let Some(drawing) = &mut drawing {
        let figure = plot::figure(&plan, &swept, &growth, given.is_set("log"));
        drawing.replace(&if is_png(drawing.path()) { figure.png() } else { figure.svg().into_bytes() })?;
    }
    if given.is_set("json") {
        print_json(&format!("{}\n", report::json(&plan, &swept, &growth)))?;
        swept.failures.iter().for_each(tell);
    } else {
        let mut text = report::table(catalogue, &plan, &swept, &growth, Terminal::stdout());
        for file in store.files().chain(plot_file.as_deref()) {
            text.push_str(&fact_line("written", &file.display().to_string()));
        }
        print(&text)?;
    }
    let well = swept.failures.is_empty() && swept.missing == 0;
    Ok(if well { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn is_png(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "png")
}
