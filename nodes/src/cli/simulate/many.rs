//! `simulate --runs K`: many seeds, and what they told.

use std::process::ExitCode;

use super::super::catalogue::Catalogue;
use super::super::choices::Choices;
use super::super::command::Given;
use super::super::failure::Failure;
use super::super::report::{Facts, counted, seconds};
use super::super::sheet::{Cell, Sheet};
use super::super::spinner::Spinner;
use super::super::stop::Stop;
use super::super::terminal::{Terminal, print, print_json, tell};
use super::super::values::MOST_RUNS;
use crate::campaign::{Campaign, Distribution, Failure as Failed, Findings};
use crate::execution::explain;
use crate::sorting;

/// So many failed runs are shown.
const SHOWN: usize = 5;

/// Reads `--runs`.
pub(super) fn runs(text: &str) -> Result<u64, Failure> {
    let runs =
        text.parse().ok().filter(|runs| *runs > 0).ok_or_else(|| {
            Failure::wrong(format!("--runs: `{text}` is not a number of runs; write one such as `--runs 1000`"))
        })?;
    if runs > MOST_RUNS {
        return Err(Failure::wrong(format!(
            "--runs {runs}: more than the {MOST_RUNS} that a command makes; write `--runs {MOST_RUNS}` or less, and make more with \
             another --seed"
        )));
    }
    Ok(runs)
}

/// Simulates with that many seeds.
fn campaign(choices: &Choices, given: &Given<'_>, runs: u64) -> Result<Findings, Failure> {
    let max_in_transit = given.value("max-in-transit", super::max_in_transit)?;
    let run = choices.run()?;
    let stop = Stop::on_signals()?;
    let bar = Spinner::bar(runs, "runs");
    let mut progress = |done: u64, failed: u64| {
        bar.at(done);
        if failed > 0 {
            bar.say(|| format!("{failed} failed"));
        }
    };
    let mut campaign = Campaign::of(runs).properties(!given.is_set("no-properties"));
    if let Some(messages) = max_in_transit {
        campaign = campaign.max_in_transit(messages);
    }
    let campaign = campaign.interrupt(stop.flag()).progress(&mut progress);
    let findings = campaign.run(&run);
    stop.is_computed();
    Ok(findings?)
}

pub(super) fn command(catalogue: &Catalogue<'_>, given: &Given<'_>, choices: &Choices, runs: u64) -> Result<ExitCode, Failure> {
    let of_one_run = [
        ("logs DIR", given.text("logs").is_some()),
        ("verbose", given.is_set("verbose")),
        ("trace FILE", given.text("trace").is_some()),
        ("live", given.is_set("live")),
        ("diagram", given.is_set("diagram")),
    ];
    for (option, there) in of_one_run {
        if there {
            return Err(Failure::wrong(format!(
                "--{option} is for one run, and --runs {runs} asks for many; leave out one of them, and repeat a run by its seed"
            )));
        }
    }
    let findings = campaign(choices, given, runs)?;
    if given.is_set("json") {
        let text = serde_json::to_string(&findings).map_err(|cause| Failure::failed(format!("the result: {cause}")))?;
        print_json(&format!("{text}\n"))?;
        for failure in &findings.failures {
            tell(failure);
        }
    } else {
        print(&report(&findings, runs, &catalogue.invocation, Terminal::stdout()))?;
    }
    Ok(if findings.is_well() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// The findings, for people.
fn report(findings: &Findings, planned: u64, invocation: &str, terminal: Terminal) -> String {
    let delay = findings.options.get("delay").and_then(|delay| delay.as_str()).unwrap_or("unit");
    let mixture = if delay == "mixture" { "a mixture of delays".to_owned() } else { format!("delay {delay}") };
    let mut text = format!(
        "{} on {}  {}\n",
        terminal.title(&findings.protocol),
        terminal.title(&findings.topology),
        terminal.quiet(format!("{}, {mixture}, seeds from {}", counted(planned, "run"), findings.seed))
    );
    let again = |line: Option<&String>, seed| explain::again(line.map(|line| format!("{invocation} {line}")), seed);
    let wall = seconds(findings.wall_s);
    let (runs, failed) = (findings.runs, findings.failed());
    text.push_str(&match (findings.interrupted, failed) {
        (true, 0) => format!("{}: none of {runs} runs has failed so far ({wall})\n", terminal.warning("interrupted")),
        (false, 0) => format!("{} in {wall}: all ended as they should\n", terminal.good(format!("✔ {runs} runs"))),
        (_, failed) => {
            format!("{} in {wall}\n", terminal.bad(format!("✘ {failed} of {} failed", counted(runs, "run"))))
        }
    });
    text.push('\n');
    let mut facts = Facts { text, terminal };
    let outcomes = findings.outcomes.iter().map(|(outcome, count)| format!("{} {count}", outcome.name()));
    facts.lines("outcomes", &[outcomes.collect()]);
    let width = findings.properties.keys().map(String::len).max().unwrap_or(0);
    let properties = findings.properties.iter().map(|(name, counts)| {
        let of = |count: u64, what: &str| (count > 0).then(|| format!("{what} {count}"));
        let status = [
            of(counts.holds, "holds").map(|text| terminal.good(text).to_string()),
            of(counts.violated, "violated").map(|text| terminal.bad(text).to_string()),
            of(counts.unchecked, "unchecked").map(|text| terminal.warning(text).to_string()),
        ];
        vec![format!("{name:<width$}  {}", status.into_iter().flatten().collect::<Vec<_>>().join(", "))]
    });
    facts.lines("properties", &properties.collect::<Vec<_>>());
    let mut text = facts.text;
    text.push('\n');
    text.push_str(&costs(findings, delay == "unit", terminal));
    if !findings.failures.is_empty() {
        text.push_str(&format!("\n  {}\n", terminal.quiet("the first that failed")));
        // Each property's first, then others.
        let first_of =
            |failure: &&Failed| findings.failures.iter().find(|other| other.property == failure.property) == Some(failure);
        let (mut shown, others): (Vec<_>, Vec<_>) = findings.failures.iter().partition(first_of);
        let room = SHOWN.saturating_sub(shown.len());
        shown.extend(others.into_iter().take(room));
        sorting::by_key(&mut shown, |failure| failure.seed);
        for failure in shown {
            text.push_str(&format!("  seed {}: {}\n", failure.seed, terminal.bad(failure.outcome.name())));
            for line in failure.explanation.iter().take(3) {
                text.push_str(&format!("    {line}\n"));
            }
            text.push_str(&format!("    {}\n", again(failure.replay.as_ref(), failure.seed)));
        }
    }
    let again = again(findings.replay.as_ref(), findings.seed);
    text.push_str(&format!("\n  {}{again}\n", terminal.quiet(format!("{:<12}", "again"))));
    text
}

/// What the runs cost, as a table.
fn costs(findings: &Findings, units: bool, terminal: Terminal) -> String {
    let number = |value: f64| if value.fract() == 0.0 { value.to_string() } else { format!("{value:.1}") };
    let time = |value: f64| if units { number(value) } else { seconds(value) };
    let row = |name: &'static str, of: &Distribution, text: &dyn Fn(f64) -> String| {
        let values = [of.min(), of.quantile(0.5), of.mean(), of.quantile(0.95), of.max()];
        (name, values.map(|value| value.map_or("-".to_owned(), text)), bars(&of.histogram(10)))
    };
    let rows = [
        row("messages", &findings.messages, &number),
        row(if units { "time (units)" } else { "time" }, &findings.time, &time),
        row("longest chain", &findings.causal, &number),
    ];
    let mut sheet = Sheet::new(terminal);
    sheet.head(&["", "min", "median", "mean", "95 %", "max", "histogram"]);
    for (name, values, bars) in rows {
        let mut cells = vec![sheet.name(name)];
        cells.extend(values.map(Cell::new));
        cells.push(sheet.quiet(&bars));
        sheet.row(cells);
    }
    (1..6).for_each(|column| sheet.numbers(column));
    sheet.text()
}

/// A histogram in a line: how high each part is.
fn bars(counts: &[usize]) -> String {
    const HEIGHTS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    // What is there is seen, however little it is.
    counts.iter().map(|count| HEIGHTS[(count * 8).div_ceil(most)]).collect()
}

#[cfg(test)]
mod tests {
    use super::bars;

    #[test]
    fn bars_show_also_the_smallest() {
        assert_eq!(bars(&[0, 1, 50, 100]), " ▁▄█");
        assert_eq!(bars(&[0, 0]), "  ");
    }
}
