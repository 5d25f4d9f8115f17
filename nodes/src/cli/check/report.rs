//! What a check has found, for people.

use super::super::report::{Facts, counted, seconds};
use super::super::terminal::Terminal;
use super::replayed::Replayed;
use super::table;
use crate::check::{Checked, Costs, Count, Ending, Limit, Loop, Noncommuting, Reduction, Status, Verdict};
use crate::execution::explain;
use crate::network::Schedule;
use crate::plain;

/// So many steps of a schedule are told that is too long for a diagram.
const MOST_STEPS: usize = 60;

/// A search of at least this many transitions shows its rate.
const MANY: u64 = 10_000;

/// The report; `replayed` is the schedule that shows most.
pub(super) fn report(checked: &Checked, replayed: Option<&Replayed>, invocation: &str, terminal: Terminal) -> String {
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
        if let Some(past) = replayed.and_then(|replayed| replayed.past.as_ref()) {
            past.to_string().lines().for_each(|line| text.push_str(&format!("  {}\n", plain::lines(line))));
        }
        match &failure.schedule {
            Some(schedule) => {
                let count = counted(failure.events as u64, "event");
                let fewest = if failure.shortest { ", and no fewer lead there" } else { ", and fewer may lead there" };
                text.push_str(&format!("\n  {}\n\n", terminal.quiet(format!("{count}{fewest}"))));
                text.push_str(&picture(schedule, replayed, terminal));
            }
            None => text.push_str("  there are no times at which these events can happen in this order\n"),
        }
    }
    if let Some(found) = &checked.endless {
        text.push_str(&endless(found, replayed, terminal));
    }
    for what in &checked.unchecked {
        text.push_str(&format!("  {}: {what}\n", terminal.warning("unchecked")));
    }
    text.push('\n');
    if several {
        text.push_str(&table::text(&checked.classes, terminal));
        text.push('\n');
    }
    let mut facts = Facts { text, terminal };
    if !checked.within.is_empty() {
        facts.lines("within", &checked.within.iter().map(|phrase| vec![phrase.clone()]).collect::<Vec<_>>());
    }
    if several {
        let (searched, instances) = (checked.instances_searched, checked.instances);
        if searched < instances {
            let others = "the others are the same but for names of nodes and ports";
            facts.lines("searched", &[vec![format!("{searched} of {}: {others}", counted(instances, "instance"))]]);
        }
        reduction(checked, &mut facts);
    } else {
        costs(checked, &mut facts);
    }
    if let Some(count) = checked.schedules {
        facts.lines("schedules", &[vec![schedules(count)]]);
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
    let mut time = vec![seconds(checked.time.wall_s)];
    // A short search has mostly made tables, and says nothing of a long one.
    if checked.transitions >= MANY {
        let rate = checked.transitions as f64 / checked.time.wall_s.max(1e-9);
        time.push(format!("{rate:.0} transitions a second"));
        if !several {
            time.push(format!("{:.0} bytes a state", checked.bytes_a_state));
        }
    }
    if checked.spilled > 0 {
        time.push(format!("{} MiB of states in a file", checked.spilled.div_ceil(1 << 20)));
    }
    facts.lines("time", &[time]);
    let again = explain::again(checked.replay.as_ref().map(|line| format!("{invocation} {line}")), 0);
    facts.text + &format!("\n  {}{again}\n", terminal.quiet(format!("{:<12}", "again")))
}

/// States and costs of an instance.
fn costs(checked: &Checked, facts: &mut Facts) {
    let counts = [(checked.states.total, "state"), (checked.transitions, "transition"), (checked.ends, "end")];
    let counts = counts.map(|(count, what)| counted(count, what));
    facts.lines("looked at", &[counts.into_iter().chain([format!("depth {}", checked.depth)]).collect()]);
    reduction(checked, facts);
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

/// How many there are; of many, the first digits.
fn schedules(count: Count) -> String {
    match count {
        Count::Exact(count @ ..1_000_000_000_000) => count.to_string(),
        count => format!("about {:.2e}", count.about()),
    }
}

/// Which states were left out.
fn reduction(checked: &Checked, facts: &mut Facts) {
    match checked.reduction {
        Reduction::Auto | Reduction::Full => {}
        Reduction::Nodes => facts.lines("reduction", &[vec!["events of different nodes in one order".to_owned()]]),
        Reduction::Events => facts.lines("reduction", &[vec!["events that commute in one order".to_owned()]]),
    }
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
        Verdict::Holds => {
            let ends = match checked.runs_end {
                Some(Ending::Always) => "every run ends in which each message arrives and each alarm rings",
                _ => "every run ends",
            };
            let holds = terminal.good(format!("✔ holds on every schedule{}", unless_left_out(checked)));
            format!("{holds}: {ends}, and all properties hold")
        }
        Verdict::Almost => format!(
            "{}: all properties hold, and every run ends with probability 1, not on every schedule",
            terminal.warning(format!("almost{}", unless_left_out(checked)))
        ),
        Verdict::Violated => format!("{}: a schedule goes wrong", terminal.bad("✘ violated")),
        Verdict::Endless => format!("{}: a run never ends", terminal.bad("✘ endless")),
        Verdict::Suspected => {
            let what = if checked.violations.is_empty() { "a run never ends" } else { "wrong" };
            let suspected = terminal.warning("suspected");
            let bound = if checked.synchronous.is_none() { "; `--synchronous 10ms` bounds the time of messages" } else { "" };
            format!("{suspected}: {what} if an alarm overtakes what should come first, or if time passes{bound}")
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

/// What stands in the way of certainty where only fingerprints are left of states.
fn unless_left_out(checked: &Checked) -> String {
    if checked.omission == 0.0 {
        return String::new();
    }
    format!(", unless a state was left out (probability {:.1e} at most)", checked.omission)
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

/// A loop.
fn endless(found: &Loop, replayed: Option<&Replayed>, terminal: Terminal) -> String {
    let Loop { prefix, events, draws, .. } = found;
    let leaves = if *draws { ", and only a draw leaves them" } else { "" };
    let (events, prefix) = (counted(*events as u64, "event"), counted(*prefix as u64, "event"));
    let mut text = format!("  {prefix} lead to a state in which {events} lead back to the same state{leaves}\n");
    if let Some(schedule) = &found.schedule {
        text.push_str(&format!("\n  {}\n\n", terminal.quiet("the way there, and the loop once")));
        text.push_str(&picture(schedule, replayed, terminal));
        text.push('\n');
    }
    text
}

/// A schedule, as people read it: as a diagram, or if it is too large for one, step by step.
fn picture(schedule: &Schedule, replayed: Option<&Replayed>, terminal: Terminal) -> String {
    if let Some(diagram) = replayed.and_then(|replayed| replayed.diagram(terminal)) {
        return diagram;
    }
    let mut text = String::new();
    for step in schedule.steps.iter().take(MOST_STEPS) {
        text.push_str(&format!("  {}\n", plain::line(&step.to_string())));
    }
    if let Some(more @ 1..) = schedule.steps.len().checked_sub(MOST_STEPS) {
        text.push_str(&format!("  and {} more; `--schedule-out FILE` writes all\n", counted(more as u64, "event")));
    }
    text
}
