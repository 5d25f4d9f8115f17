//! `check`: every schedule of a small instance, or of many.

mod every;
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
use super::report::{Facts, counted, fact_line, seconds};
use super::spinner::Spinner;
use super::stop::Stop;
use super::terminal::{Terminal, notice, print, print_json, tell};
use super::values;
use crate::campaign::{Plan, Tally};
use crate::check::{self, Check, Checked, Costs, Ending, GraphCount, Limit, Loop, Progress, Status, Verdict};
use crate::execution::{AnyRun, Wake, explain};
use crate::network::Schedule;
use crate::plain;
use every::Every;
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
        ("--synchronous 100ms", "messages take 100 ms at most, and alarms ring when they are due"),
        ("--faults crashes=1,losses=1", "a node may crash at any time, and a message be lost"),
        ("--most-states 1000000 --json", "not for ever; for programs"),
        ("--every-graph 4 --initiators every", "every graph of 4 nodes, whoever starts"),
    ],
    run: command,
};

/// What runs have, and a check has not: it knows no time, and faults have none.
const NOT_HERE: [&str; 3] = ["timeout", "for", "delay"];

fn options() -> Vec<Opt> {
    let mut options = choices::options("none", "any");
    options.retain(|option| option.heading.is_none() && !NOT_HERE.contains(&&*option.name));
    every::extend(&mut options);
    options.extend([
        Opt::switch("json", "One JSON document on standard output, and nothing else"),
        Opt::valued("depth", "D", "Look at states only to which at most so many events lead", "20").usually("no limit"),
        Opt::valued("most-states", "N", "Look at so many states at most", "1000000").usually("no limit"),
        Opt::valued("memory", "SIZE", "States may take so much memory", "8GiB").usually("4GiB"),
        Opt::valued("synchronous", "T", "Messages take T at most, and alarms ring when they are due", "100ms")
            .usually("alarms ring at any time"),
        Opt::valued("draws", "K", "Of each range that is drawn from, look at the K least values only", "2").usually("all"),
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
    ]);
    options
}

#[expect(clippy::disallowed_methods, reason = "how long a check took is shown, and nothing depends on it")]
fn command(catalogue: &Catalogue<'_>, given: &Given<'_>) -> Result<ExitCode, Failure> {
    let every = Every::read(given)?;
    let mut run = Choices::read(&given.without(&every.said), given.protocol()?)?.run()?;
    if every.any_wake {
        run = run.wake_up(Wake::Random);
    }
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
    let mut how = Check::new().watch(&mut watch);
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
    if given.is_set("json") {
        let text = serde_json::to_string(&checked).map_err(|cause| Failure::failed(format!("the result: {cause}")))?;
        print_json(&format!("{text}\n"))?;
        for failure in &checked.violations {
            tell(format_args!("{} {}", Terminal::stderr().bad(format!("{}:", checked.outcome.name())), failure.what));
        }
    } else {
        print(&(report(&checked, &catalogue.invocation, Terminal::stdout()) + &written))?;
    }
    Ok(ExitCode::from(match checked.outcome {
        Verdict::Holds => 0,
        Verdict::Violated | Verdict::Endless => 1,
        Verdict::Almost | Verdict::Suspected | Verdict::Unchecked | Verdict::Bounded => 3,
    }))
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

/// The result, for people.
fn report(checked: &Checked, invocation: &str, terminal: Terminal) -> String {
    let several = !checked.classes.is_empty();
    let size = if several {
        let graphs = checked.classes.iter().map(|class| class.graphs).sum();
        format!("{}, {}", counted(graphs, "graph"), counted(checked.instances, "instance"))
    } else {
        format!("{}, {}", counted(checked.nodes as u64, "node"), counted(checked.edges as u64, "link"))
    };
    let title = [terminal.title(&checked.protocol), terminal.title(&checked.topology)];
    let mut text = format!("{} on {}  {}\n", title[0], title[1], terminal.quiet(size));
    text.push_str(&format!("{}\n", headline(checked, terminal)));
    for failure in &checked.violations {
        text.push_str(&format!("  {}\n", plain::lines(&failure.what)));
        if several {
            text.push_str(&format!("  on {}\n", plain::line(&failure.instance)));
        }
        match &failure.schedule {
            Some(schedule) => {
                let shortest = if failure.shortest { ", and no fewer lead there" } else { "" };
                text.push_str(&format!(
                    "\n  {}\n",
                    terminal.quiet(format!("{}{shortest}", counted(failure.events as u64, "event")))
                ));
                text.push_str(&steps(schedule));
            }
            None => text.push_str("  there are no times at which these events can happen in this order\n"),
        }
    }
    if let Some(found) = &checked.endless {
        text.push_str(&endless(found, terminal));
    }
    for what in &checked.unchecked {
        text.push_str(&format!("  unchecked: {what}\n"));
    }
    text.push('\n');
    if several {
        text.push_str(&table::text(&checked.classes, terminal));
        text.push('\n');
    }
    let mut facts = Facts { text, terminal };
    let rate = checked.transitions as f64 / checked.time.wall_s.max(1e-9);
    if !checked.within.is_empty() {
        facts.lines("within", &checked.within.iter().map(|phrase| vec![phrase.clone()]).collect::<Vec<_>>());
    }
    if !several {
        costs(checked, &mut facts);
    }
    let width = checked.properties.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let properties = checked.properties.iter().map(|(name, status)| {
        let status = match status {
            Status::Holds => terminal.good("holds"),
            Status::Violated => terminal.bad("violated"),
            Status::Suspected => terminal.warning("suspected"),
            Status::Unchecked => terminal.warning("unchecked"),
        };
        vec![format!("{name:<width$}  {status}")]
    });
    facts.lines("properties", &properties.collect::<Vec<_>>());
    facts.lines(
        "time",
        &[vec![
            seconds(checked.time.wall_s),
            format!("{rate:.0} transitions a second"),
            format!("{:.0} bytes a state", checked.bytes_a_state),
        ]],
    );
    let again = explain::again(checked.replay.as_ref().map(|line| format!("{invocation} {line}")), 0);
    facts.text + &format!("\n  {}{again}\n", terminal.quiet(format!("{:<12}", "again")))
}

/// States and costs of an instance.
fn costs(checked: &Checked, facts: &mut Facts) {
    facts.lines(
        "states",
        &[vec![
            checked.states.total.to_string(),
            format!("transitions {}", checked.transitions),
            format!("ends {}", checked.ends),
            format!("depth {}", checked.depth),
        ]],
    );
    if let Some(delay) = &checked.synchronous {
        facts.lines("delays", &[vec![format!("at most {delay}")]]);
    }
    if let Some(text) = messages(&checked.messages) {
        facts.lines("messages", &[vec![text]]);
    }
    if let Some(longest) = checked.longest {
        facts.lines("longest run", &[vec![counted(longest, "event")]]);
    }
}

/// In a line, what was found.
fn headline(checked: &Checked, terminal: Terminal) -> String {
    match checked.outcome {
        Verdict::Holds => {
            let ends = match checked.runs_end {
                Some(Ending::Always) => "every run ends in which each message arrives and each alarm rings",
                _ => "every run ends",
            };
            format!("{}: {ends}, and all properties hold", terminal.good("✔ holds on every schedule"))
        }
        Verdict::Almost => format!(
            "{}: all properties hold, and every run ends with probability 1, not on every schedule",
            terminal.warning("almost")
        ),
        Verdict::Violated => terminal.bad("✘ violated").to_string(),
        Verdict::Endless => format!("{}: a run never ends", terminal.bad("✘ endless")),
        Verdict::Suspected if checked.violations.is_empty() => {
            format!(
                "{}: a run never ends if an alarm overtakes what should come first, or if time passes",
                terminal.warning("suspected")
            )
        }
        Verdict::Suspected => {
            format!("{}: wrong if an alarm overtakes what should come first, or if time passes", terminal.warning("suspected"))
        }
        Verdict::Unchecked => {
            format!("{}: nothing wrong was found, and not everything is decided", terminal.warning("unchecked"))
        }
        Verdict::Bounded => {
            let limit = checked.limit.map_or("interrupted", Limit::reached);
            let left = match checked.instances_left {
                0 => String::new(),
                left => format!(", {} left", counted(left, "instance")),
            };
            format!("{}: {limit}{left}, and nothing wrong was found until then", terminal.warning("bounded"))
        }
    }
}

/// What runs cost, if anything is known of it.
fn messages(costs: &Costs) -> Option<String> {
    Some(match (costs.least, costs.greatest) {
        (Some(least), Some(greatest)) if least == greatest => format!("{least} on every schedule"),
        (Some(least), Some(greatest)) => format!("{least} to {greatest}"),
        (Some(least), None) if costs.unbounded.is_some() => format!("{least} or more, unbounded"),
        (Some(least), None) => format!("{least} or more"),
        (None, _) => return None,
    })
}

/// A loop, for people.
fn endless(found: &Loop, terminal: Terminal) -> String {
    let Loop { prefix, events, draws, .. } = found;
    let leaves = if *draws { ", which only a draw leaves" } else { "" };
    let mut text =
        format!("  a loop of {} behind {}{leaves}\n", counted(*events as u64, "event"), counted(*prefix as u64, "event"));
    if let Some(schedule) = &found.schedule {
        text.push_str(&format!("\n  {}\n", terminal.quiet("the way there, and the loop once")));
        text.push_str(&steps(schedule));
    }
    text
}

/// The steps of a schedule, as far as people read.
fn steps(schedule: &Schedule) -> String {
    const MOST: usize = 60;
    let mut text = String::new();
    for step in schedule.steps.iter().take(MOST) {
        text.push_str(&format!("  {}\n", plain::line(&step.to_string())));
    }
    if let Some(more @ 1..) = schedule.steps.len().checked_sub(MOST) {
        text.push_str(&format!("  and {} more; `--schedule-out FILE` writes all\n", counted(more as u64, "event")));
    }
    text
}
