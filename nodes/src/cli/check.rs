//! `check`: every schedule of a small instance.

use core::ops::ControlFlow;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use super::catalogue::Catalogue;
use super::choices::{self, Choices};
use super::command::{Command, Given, Word};
use super::failure::Failure;
use super::option::Opt;
use super::output::{self, Asked, Form, Output, Use};
use super::report::{Facts, counted, fact_line, seconds};
use super::spinner::Spinner;
use super::stop::Stop;
use super::terminal::{Terminal, notice, print, print_json, tell};
use super::values::keyword;
use crate::check::{self, Check, Checked, Limit, Loop, Noncommuting, Progress, Reduction, Status, Verdict};
use crate::execution::explain;
use crate::network::Schedule;
use crate::plain;

pub(super) const COMMAND: Command = Command {
    name: "check",
    about: "Check a protocol: every schedule of a small instance",
    more: "Everything that links, initiators and alarms allow to happen next is followed, in every state.  What is found holds for \
           every schedule on that graph, or is refuted by a shortest one.  Exit status: 0 if all is well on every schedule (holds), \
           1 if not (violated, endless), 2 if the command line or an input file is wrong, 3 if it is not decided (bounded, suspected, \
           unchecked).",
    word: Some(Word::Protocol),
    options,
    configured: true,
    examples: &[
        ("", "on the usual graph"),
        ("--topology GRAPH --initiators all", "everyone starts"),
        ("--links reliable --schedule-out bad.schedule", "a schedule that goes wrong, for `simulate --schedule`"),
        ("--most-states 1000000 --json", "not for ever; for programs"),
    ],
    run: command,
};

/// What runs have, and a check has not: it knows no time, and no faults but those of the links.
const NOT_HERE: [&str; 3] = ["timeout", "for", "delay"];

fn options() -> Vec<Opt> {
    let mut options = choices::options("none", "any");
    options.retain(|option| option.heading.is_none() && !NOT_HERE.contains(&&*option.name));
    options.extend([
        Opt::switch("json", "One JSON document on standard output, and nothing else"),
        Opt::valued("depth", "D", "Look at states only to which at most so many events lead", "20").usually("no limit"),
        Opt::valued("most-states", "N", "Look at so many states at most", "1000000").usually("no limit"),
        Opt::valued("memory", "SIZE", "States may take so much memory", "8GiB").usually("4GiB"),
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
        output::force(),
    ]);
    options
}

#[expect(clippy::disallowed_methods, reason = "how long a check took is shown, and nothing depends on it")]
fn command(catalogue: &Catalogue<'_>, given: &Given<'_>) -> Result<ExitCode, Failure> {
    let run = Choices::read(given, given.protocol()?)?.run()?;
    let stop = Stop::on_signals()?;
    let spinner = Spinner::new(true);
    let mut watch = |progress: &Progress| {
        let Progress { states, frontier, transitions, depth, memory } = *progress;
        spinner.say(|| {
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
    if let Some(which) = given.value("reduction", reduction)? {
        how = how.reduction(which);
    }
    how = how.why(given.is_set("why"));
    let schedule = given.text("schedule-out").map(|path| {
        Asked { option: "schedule-out", path: Path::new(path), form: Form::Schedule, force: given.is_set("force") }.open()
    });
    let mut schedule = schedule.transpose()?;
    let started = Instant::now();
    let checked = check::check(&run, how);
    stop.is_computed();
    drop(spinner);
    let mut checked = checked?;
    checked.time.wall_s = started.elapsed().as_secs_f64();
    checked.notices.iter().for_each(notice);
    let mut written = String::new();
    if let Some(file) = &mut schedule {
        written = write_schedule(&checked, file)?;
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
        Verdict::Suspected | Verdict::Unchecked | Verdict::Bounded => 3,
    }))
}

fn number(option: &str, text: &str) -> Result<u64, Failure> {
    text.parse().ok().filter(|number| *number > 0).ok_or_else(|| {
        Failure::wrong(format!("--{option}: `{text}` is not a number above 0; write one such as `--{option} 1000000`"))
    })
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

/// The result, for people.
fn report(checked: &Checked, invocation: &str, terminal: Terminal) -> String {
    let size = format!("{}, {}", counted(checked.nodes as u64, "node"), counted(checked.edges as u64, "link"));
    let title = [terminal.title(&checked.protocol), terminal.title(&checked.topology)];
    let mut text = format!("{} on {}  {}\n", title[0], title[1], terminal.quiet(size));
    text.push_str(&format!("{}\n", headline(checked, terminal)));
    for failure in &checked.violations {
        text.push_str(&format!("  {}\n", plain::lines(&failure.what)));
        match &failure.schedule {
            Some(schedule) => {
                let fewest = if failure.shortest { "and no fewer lead there" } else { "and fewer may lead there" };
                text.push_str(&format!(
                    "\n  {}\n",
                    terminal.quiet(format!("{}, {fewest}", counted(failure.events as u64, "event")))
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
    let mut facts = Facts { text, terminal };
    let rate = checked.transitions as f64 / checked.time.wall_s.max(1e-9);
    facts.lines(
        "states",
        &[vec![
            checked.states.total.to_string(),
            format!("transitions {}", checked.transitions),
            format!("ends {}", checked.ends),
            format!("depth {}", checked.depth),
        ]],
    );
    match checked.reduction {
        Reduction::Auto | Reduction::Full => {}
        Reduction::Nodes => facts.lines("reduction", &[vec!["events of different nodes in one order".to_owned()]]),
        Reduction::Events => facts.lines("reduction", &[vec!["events that commute in one order".to_owned()]]),
    }
    let costs = &checked.messages;
    if let (Some(least), Some(greatest)) = (costs.least, costs.greatest) {
        let text = if least == greatest { format!("{least} on every schedule") } else { format!("{least} to {greatest}") };
        facts.lines("messages", &[vec![text]]);
    }
    if let Some(longest) = checked.longest {
        facts.lines("longest run", &[vec![counted(longest, "event")]]);
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
    facts.lines("order", &order(checked));
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

/// Whose order matters, if that was asked for.
fn order(checked: &Checked) -> Vec<Vec<String>> {
    let Some(pairs) = &checked.noncommuting else { return Vec::new() };
    if pairs.is_empty() {
        return vec![vec!["all that can happen at a node commutes".to_owned()]];
    }
    let pair = |pair: &Noncommuting| {
        let [one, other] = &pair.messages;
        let field = pair.field.as_ref().map_or_else(|| "what is sent".to_owned(), |field| format!("`{field}`"));
        vec![format!("{one} and {other} do not commute: {field} tells")]
    };
    pairs.iter().map(pair).collect()
}

/// In a line, what was found.
fn headline(checked: &Checked, terminal: Terminal) -> String {
    match checked.outcome {
        Verdict::Holds => format!("{}: every run ends, and all properties hold", terminal.good("✔ holds on every schedule")),
        Verdict::Violated => terminal.bad("✘ violated").to_string(),
        Verdict::Endless => format!("{}: a run never ends", terminal.bad("✘ endless")),
        Verdict::Suspected => {
            format!("{}: wrong if an alarm overtakes what should come first, or if time passes", terminal.warning("suspected"))
        }
        Verdict::Unchecked => {
            format!("{}: nothing wrong was found, and not everything is decided", terminal.warning("unchecked"))
        }
        Verdict::Bounded => {
            let limit = match checked.limit {
                Some(Limit::Depth) => "--depth was reached",
                Some(Limit::MostStates) => "--most-states was reached",
                Some(Limit::Memory) => "--memory was reached",
                Some(Limit::Interrupted) | None => "interrupted",
            };
            format!("{}: {limit}, and nothing wrong was found until then", terminal.warning("bounded"))
        }
    }
}

/// A loop, for people.
fn endless(found: &Loop, terminal: Terminal) -> String {
    let Loop { prefix, events, .. } = found;
    let mut text = format!("  a loop of {} behind {}\n", counted(*events as u64, "event"), counted(*prefix as u64, "event"));
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
