//! `check`: every schedule of a small instance, or of many.

mod every;
mod replayed;
mod report;
mod store;
mod table;

use core::ops::ControlFlow;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use super::catalogue::Catalogue;
use super::choices::{self, Choices};
use super::command::{Command, Given, Word};
use super::failure::Failure;
use super::faults;
use super::option::Opt;
use super::output::{self, Asked, Form, Output, Use};
use super::report::{counted, fact_line};
use super::spinner::Spinner;
use super::stop::Stop;
use super::terminal::{Terminal, notice, print, print_json, tell};
use super::values::{self, keyword};
use crate::campaign::{Plan, Tally};
use crate::check::{self, Check, Checked, GraphCount, Progress, Reduction, Verdict};
use crate::execution::{AnyRun, Wake};
use crate::network::Schedule;
use crate::protocol::AnyProtocol;
pub(super) use every::Every;
use replayed::Replayed;
use store::Store;

pub(super) const COMMAND: Command = Command {
    name: "check",
    about: "Check a protocol: every schedule of a small instance",
    more: "Everything that links, initiators and alarms allow to happen next is followed, in every state.  What is found holds for \
           every schedule on that graph, or is refuted by a shortest one.\n\nWith --every-graph, --ids all, --ports all, \
           --initiators every or --inputs every:VALUES, many instances are looked at, over all cores, up to the first that goes \
           wrong; limits hold for each of them.  With --csv, what is done is kept: interrupted, the same command continues, and FILE.manifest.json tells how the \
           numbers came about.\n\nExit status: 0 if all is well on every schedule (holds), \
           1 if not (violated, endless), 2 if the command line or an input file is wrong, 3 if it is not decided (bounded, suspected, \
           unchecked), or if runs end with probability 1 and not on every schedule (almost).",
    word: Some(Word::Protocol),
    options,
    configured: true,
    examples: &[
        ("", "on the usual graph"),
        ("--topology GRAPH --initiators all", "everyone starts"),
        ("--links reliable --schedule-out bad.schedule", "a schedule that goes wrong, for `simulate --schedule`"),
        ("--links reliable --view", "the same in a browser: step through it, and see what led there"),
        ("--synchronous 100ms", "messages take 100 ms at most, and alarms ring when they are due"),
        ("--faults crashes=1,losses=1", "a node may crash at any time, and a message be lost"),
        ("--most-states 1000000 --json", "not for ever; for programs"),
        ("--every-graph 4 --initiators every", "every graph of 4 nodes, with each set of initiators"),
    ],
    run: command,
};

/// What runs have, and a check has not, or another: it knows no time but that on the wall, and faults have none.
const NOT_HERE: [&str; 3] = ["timeout", "for", "delay"];

fn options() -> Vec<Opt> {
    let mut options = choices::options("none", "any");
    options.retain(|option| option.heading.is_none() && !NOT_HERE.contains(&&*option.name));
    every::extend(&mut options);
    options.extend([
        Opt::switch("json", "One JSON document on standard output, and nothing else"),
        Opt::valued("depth", "D", "Look at states only to which at most so many events lead", "20").usually("no limit"),
        Opt::valued("most-states", "N", "Look at so many states at most", "1000000").usually("no limit"),
        Opt::valued("memory", "SIZE", "States may take so much memory", "8GiB")
            .values("  Beyond it, half of them lies in a file in $TMPDIR, or /tmp; see also --compact.")
            .usually("4GiB"),
        Opt::valued("timeout", "TIME", "End after that time, with what is known by then", "10m")
            .values("  Of many instances, with those that were looked at; with --csv, the same command goes on from there.")
            .usually("none"),
        Opt::switch(
            "compact",
            "Beyond that memory, keep only 64 bits of each state that has been looked at, in place of a file: one may be taken for \
             another, and the result says how likely that is",
        ),
        Opt::valued("synchronous", "T", "Messages take T at most, and alarms ring when they are due", "100ms")
            .usually("alarms ring at any time"),
        Opt::valued("draws", "K", "Of each range that is drawn from, look at the K least values only", "2").usually("all"),
        Opt::valued("reduction", "WHICH", "Which states are left out, since others show the same", "events")
            .values(
                "  full     none\n  nodes    events of different nodes are followed in one order\n  events   so are those of one node \
                 that commute\n  auto     as events, if there are many states and few are left",
            )
            .usually("auto"),
        Opt::switch("why", "Tell which pairs of messages do not commute, and the field that tells the orders apart"),
        Opt::valued(
            "schedule-out",
            "FILE",
            "Write the schedule of what goes wrong; else that of most messages",
            "bad.schedule",
        )
        .values("  `simulate --schedule FILE` replays it, and `--trace` records it for the page.")
        .uses(Use::Writes),
        Opt::valued("csv", "FILE", "Keep the numbers of many instances: a row for each size of graphs", "checked.csv")
            .values(
                "  protocol, nodes, edges, how many graphs, instances and states, the states of the largest instance, transitions, \
                 the fewest and the most messages of a run, the events of the longest, outcome",
            )
            .uses(Use::WritesRuns),
        output::force(),
        faults::budget(""),
        Opt::switch("view", "Open that schedule in a browser, at its last event; the page is served until Ctrl-C"),
    ]);
    options
}

#[expect(clippy::disallowed_methods, reason = "how long a check took is shown, and nothing depends on it")]
fn command(catalogue: &Catalogue<'_>, given: &Given<'_>) -> Result<ExitCode, Failure> {
    let (run, every, how) = read(given, given.protocol()?)?;
    let several = every.instances.vary() || given.text("csv").is_some();
    let plan = several.then(|| Plan::of(&run, &every.instances)).transpose()?;
    let mut tally = Tally::default();
    let csv = given.text("csv").map(|path| Store::open(Path::new(path), given, &run, &mut tally));
    let mut csv = csv.transpose()?;
    if let Some(plan) = &plan {
        announce(plan, &tally, &run);
    }
    let stop = Stop::on_signals()?;
    let spinner = match &plan {
        Some(plan) => Spinner::bar(plan.len(), "instances"),
        None => Spinner::new(true),
    };
    let begun = Instant::now();
    let mut watch = |progress: &Progress| {
        let Progress { instances, of: _, states, frontier, transitions, depth, memory } = *progress;
        spinner.at(instances);
        spinner.say(|| {
            if several {
                let rate = transitions as f64 / begun.elapsed().as_secs_f64().max(1e-9);
                return format!("{states} states, {rate:.0} steps a second");
            }
            let memory = memory >> 20;
            format!("{states} states, {frontier} to look at, {transitions} steps, depth {depth}, {memory} MiB")
        });
        if stop.is_asked() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let how = how.watch(&mut watch);
    let schedule = given.text("schedule-out").map(|path| {
        Asked { option: "schedule-out", path: Path::new(path), form: Form::Schedule, force: given.is_set("force") }.open()
    });
    let mut schedule = schedule.transpose()?;
    let started = Instant::now();
    let mut unkept = None;
    let checked = match &plan {
        None => check::check(&run, how),
        Some(plan) => every.instances.check_from(plan, how, &mut tally, &mut |tally| {
            unkept = csv.as_mut().and_then(|csv| csv.keep_now_and_then(tally).err());
            if unkept.is_none() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        }),
    };
    stop.is_computed();
    drop(spinner);
    unkept.map_or(Ok(()), Err)?;
    let mut checked = checked?;
    if let Some(csv) = &mut csv {
        csv.keep(&tally, checked.instances_left == 0 || tally.is_decided())?;
    }
    checked.time.wall_s = started.elapsed().as_secs_f64();
    checked.notices.iter().for_each(notice);
    let mut written = csv.map_or_else(String::new, |csv| fact_line("written", &csv.path().display().to_string()));
    if let Some(file) = &mut schedule {
        written += &write_schedule(&checked, file)?;
    }
    let (json, view) = (given.is_set("json"), given.is_set("view"));
    let schedule = shown(&checked).filter(|_| view || !(json || checked.holds()));
    let replayed = schedule.map(|schedule| Replayed::of(schedule, given)).transpose()?;
    if json {
        let text = serde_json::to_string(&checked).map_err(|cause| Failure::failed(format!("the result: {cause}")))?;
        print_json(&format!("{text}\n"))?;
        for failure in &checked.violations {
            tell(format_args!("{} {}", Terminal::stderr().bad(format!("{}:", checked.outcome.name())), failure.what));
        }
    } else {
        let text = report::report(&checked, replayed.as_ref(), &catalogue.invocation, Terminal::stdout());
        print(&(text + &written))?;
    }
    if view {
        let Some(replayed) = replayed else {
            return Err(Failure::failed("--view: no schedule was found that could be shown"));
        };
        replayed.page()?.stay();
    }
    Ok(ExitCode::from(match checked.outcome {
        Verdict::Holds => 0,
        Verdict::Violated | Verdict::Endless => 1,
        Verdict::Almost | Verdict::Suspected | Verdict::Unchecked | Verdict::Bounded => 3,
    }))
}

/// The run, which instances of it are to be checked, and how.
pub(super) fn read<'a>(given: &Given<'_>, protocol: &AnyProtocol) -> Result<(AnyRun, Every, Check<'a>), Failure> {
    let every = Every::read(given)?;
    let mut run = Choices::read(&given.without(&every.said), protocol)?.run()?;
    if every.any_wake {
        run = run.wake_up(Wake::Random);
    }
    let mut how = Check::new();
    // A run would have failed by then.
    if let Some(time) = run.timeout.take() {
        how = how.timeout(time);
    }
    if let Some(depth) = given.value("depth", |text| number("depth", text))? {
        how = how.depth(depth);
    }
    if let Some(states) = given.value("most-states", |text| number("most-states", text))? {
        how = how.most_states(states);
    }
    if let Some(bytes) = given.value("memory", memory)? {
        how = how.memory(bytes);
    }
    if let Some(delay) = given.value("synchronous", |text| values::duration("synchronous", text))? {
        how = how.synchronous(delay);
    }
    if let Some(values) = given.value("draws", |text| number("draws", text))? {
        how = how.draws(values);
    }
    if let Some(which) = given.value("reduction", reduction)? {
        how = how.reduction(which);
    }
    Ok((run, every, how.why(given.is_set("why")).compact(given.is_set("compact"))))
}

fn number(option: &str, text: &str) -> Result<u64, Failure> {
    text.parse().ok().filter(|number| *number > 0).ok_or_else(|| {
        Failure::wrong(format!("--{option}: `{text}` is not a number above 0; write one such as `--{option} 1000000`"))
    })
}

/// Says how much there is to do before it begins.
fn announce(plan: &Plan, tally: &Tally, run: &AnyRun) {
    let GraphCount { total, left_out } = plan.graphs();
    let instances = counted(plan.len(), "instance");
    let mut text = match left_out {
        0 => format!("{instances} on {}", counted(total, "graph")),
        _ => {
            let class = &run.protocol().description().topology.name;
            format!(
                "{instances} on {} of {total} graphs: the others are not of the protocol's class, {class}",
                total - left_out
            )
        }
    };
    if tally.done() > 0 {
        text += &format!("; {} were checked before", tally.done());
    }
    notice(text);
}

fn reduction(text: &str) -> Result<Reduction, Failure> {
    let names = Reduction::ALL.map(Reduction::name);
    let found = Reduction::ALL.into_iter().find(|reduction| reduction.name() == text);
    found.ok_or_else(|| keyword("reduction", text, &names, "write `auto`, `full`, `nodes` or `events`"))
}

/// A size in bytes: `512MiB`, `4GiB`.
fn memory(text: &str) -> Result<u64, Failure> {
    let units = [("GiB", 30), ("MiB", 20), ("KiB", 10)];
    let sizes = units.iter().filter_map(|(unit, shift)| {
        let count = text.strip_suffix(unit)?.trim_end().parse::<u64>().ok()?;
        count.checked_mul(1 << shift).filter(|bytes| *bytes > 0)
    });
    sizes.into_iter().next().ok_or_else(|| {
        Failure::wrong(format!("--memory: `{text}` is not a size; write one such as `--memory 4GiB` or `--memory 512MiB`"))
    })
}

/// The schedule that shows most: what goes wrong, else a loop, else the run with most messages.
fn shown(checked: &Checked) -> Option<&Schedule> {
    let wrong = checked.failure().and_then(|failure| failure.schedule.as_ref());
    let endless = || checked.endless.as_ref().and_then(|found| found.schedule.as_ref());
    wrong.or_else(endless).or(checked.messages.greatest_replay.as_ref())
}

fn write_schedule(checked: &Checked, file: &mut Output) -> Result<String, Failure> {
    let path = file.path().display().to_string();
    let Some(schedule) = shown(checked) else {
        return Err(Failure::failed(format!("--schedule-out: no schedule was found, so {path} is not written")));
    };
    file.replace(schedule.to_string().as_bytes())?;
    Ok(fact_line("schedule", &format!("simulate {} --schedule {path}", schedule.arguments.first().map_or("", String::as_str))))
}
