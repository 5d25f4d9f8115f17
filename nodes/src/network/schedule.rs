//! A run of explicit choices, as a file.
//!
//! ```text
//! nodes schedule 1
//! simulate lamport --links reliable --requests 1 --seed 17
//! graph 3: 0-1 0-2 1-2:2.5
//!
//! impulse 0
//! alarm 0 at 3ms          # a choice may have a time, which handlers see
//! impulse 1 drawing 4,0   # what the step draws, where that is not left to the seed: of each range, counted from its least
//! deliver 0:1 2           # the second message that node 0 sent through its port 1
//! doom 2                  # node 2 crashes in its next step,
//! impulse 2               # which is this one:
//! lose 2:0 1              # what it sends by that through its port 0 does not leave
//! ```
//!
//! The first line tells the format's version, the second the run, as on a command line.  The third, which may be left out, is the
//! graph (`0->1` for a link that leads one way, weights behind a colon).  Then one [`Choice`] a line; what stands behind `#` is for
//! people.

use core::fmt;
use core::str::FromStr;
use core::time::Duration;

use super::Choice;
use crate::shell::{quoted, words};
use crate::time::{duration_text, parse_duration};
use crate::topology::{Graph, GraphBuilder};

/// The version of the format.
const VERSION: &str = "1";

/// No schedule is for a larger graph: whoever reads the file must not run out of memory.
const MOST_NODES: usize = 1 << 20;

/// A run of explicit choices: what `simulate --schedule FILE` replays.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Schedule {
    /// The run, as behind `simulate` on a command line, word by word.
    pub arguments: Vec<String>,
    /// The graph, if it is not among the arguments.
    pub graph: Option<Graph>,
    /// What happens, in order.
    pub steps: Vec<Step>,
}

/// One line of a schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The line of the file that it stands in, from 1; 0 if it comes from none.
    pub line: usize,
    /// When it happens, if that matters.
    pub at: Option<Duration>,
    /// What happens.
    pub choice: Choice,
    /// What the step draws, each number from the least of its range: if there are any, they are drawn, and not what the seed says.
    pub draws: Vec<u64>,
    /// For people.
    pub comment: String,
}

/// A file that is no schedule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct ScheduleError {
    /// Where, from 1.
    pub line: usize,
    /// What is wrong, and what was expected.
    pub what: String,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = self.choice.to_string();
        if let Some(at) = self.at {
            text += &format!(" at {}", duration_text(at));
        }
        if !self.draws.is_empty() {
            let draws = self.draws.iter().map(u64::to_string).collect::<Vec<_>>();
            text += &format!(" drawing {}", draws.join(","));
        }
        match self.comment.as_str() {
            "" => f.write_str(&text),
            comment => write!(f, "{text:<20} # {comment}"),
        }
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let arguments = self.arguments.iter().map(|word| quoted(word)).collect::<Vec<_>>();
        writeln!(f, "nodes schedule {VERSION}\nsimulate {}", arguments.join(" "))?;
        if let Some(graph) = &self.graph {
            let arrow = if graph.is_directed() { "->" } else { "-" };
            write!(f, "graph {}:", graph.node_count())?;
            for link in graph.links() {
                write!(f, " {}{arrow}{}", link.a, link.b)?;
                if link.weight != 1.0 {
                    write!(f, ":{}", link.weight)?;
                }
            }
            writeln!(f)?;
        }
        writeln!(f)?;
        self.steps.iter().try_for_each(|step| writeln!(f, "{step}"))
    }
}

impl FromStr for Schedule {
    type Err = ScheduleError;

    /// Reads what [`Display`](fmt::Display) writes, and what people make of it.
    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        let lines = text.lines().enumerate().map(|(place, line)| (place + 1, line));
        let mut lines =
            lines.map(|(line, text)| (line, text.trim())).filter(|(_, text)| !text.is_empty() && !text.starts_with('#'));
        let wrong = |line: usize, what: String| ScheduleError { line, what };
        let last = text.lines().count().max(1);
        let (line, first) = lines.next().unwrap_or((last, ""));
        match first.strip_prefix("nodes schedule ").map(str::trim) {
            Some(VERSION) => {}
            Some(other) => {
                let what = format!("version `{other}` of the format is not known here; expected `nodes schedule {VERSION}`");
                return Err(wrong(line, what));
            }
            None => {
                return Err(wrong(
                    line,
                    format!("`{first}` is not how a schedule begins; expected `nodes schedule {VERSION}`"),
                ));
            }
        }
        let (line, second) = lines.next().unwrap_or((last, ""));
        let run = second.strip_prefix("simulate").filter(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace));
        let Some(run) = run else {
            let example = "the run, such as `simulate lamport --topology complete:3 --seed 7`";
            return Err(wrong(line, format!("`{second}` is no run; expected {example}")));
        };
        let mut schedule =
            Schedule { arguments: words(run).map_err(|what| wrong(line, what))?, graph: None, steps: Vec::new() };
        for (line, text) in lines {
            if let Some(rest) = text.strip_prefix("graph ") {
                if schedule.graph.is_some() || !schedule.steps.is_empty() {
                    return Err(wrong(line, "a schedule has one graph, before what happens on it".into()));
                }
                schedule.graph = Some(graph(rest).map_err(|what| wrong(line, what))?);
            } else {
                schedule.steps.push(step(line, text).map_err(|what| wrong(line, what))?);
            }
        }
        Ok(schedule)
    }
}

fn step(line: usize, text: &str) -> Result<Step, String> {
    let (text, comment) = text.split_once('#').unwrap_or((text, ""));
    let (text, draws) = match text.split_once(" drawing ") {
        None => (text, Vec::new()),
        Some((text, drawn)) => {
            let numbers = drawn.split(',').map(|number| number.trim().parse::<u64>().ok());
            let wrong = || format!("`{}` is not what is drawn; expected numbers such as `drawing 4,0`", drawn.trim());
            (text, numbers.collect::<Option<Vec<_>>>().ok_or_else(wrong)?)
        }
    };
    let (choice, at) = match text.split_once(" at ") {
        None => (text, None),
        Some((choice, time)) => {
            let at = parse_duration(time);
            (choice, Some(at.ok_or_else(|| format!("`{}` is not a time; expected one such as `at 3ms`", time.trim()))?))
        }
    };
    Ok(Step { line, at, choice: choice.trim().parse()?, draws, comment: comment.trim().to_owned() })
}

/// `3: 0-1 0-2 1-2:2.5`.
fn graph(text: &str) -> Result<Graph, String> {
    const FORM: &str = "expected a number of nodes and the links, as in `graph 3: 0-1 0-2 1-2:2.5`";
    let (nodes, links) = text.split_once(':').ok_or_else(|| format!("`{text}` is no graph; {FORM}"))?;
    let nodes = nodes.trim().parse::<usize>().ok().filter(|nodes| (1..=MOST_NODES).contains(nodes));
    let nodes = nodes.ok_or_else(|| format!("`graph {text}` has no number of nodes from 1 to {MOST_NODES}; {FORM}"))?;
    let directed = links.contains("->");
    let mut builder = if directed { GraphBuilder::new(nodes).directed() } else { GraphBuilder::new(nodes) };
    for link in links.split_whitespace() {
        let (ends, weight) = link.split_once(':').unwrap_or((link, "1"));
        let ends = if directed { ends.split_once("->") } else { ends.split_once('-') };
        let end = |text: &str| text.parse::<usize>().ok().filter(|node| *node < nodes);
        let weight = weight.parse::<f64>().ok().filter(|weight| weight.is_finite());
        match (ends.map(|(a, b)| (end(a), end(b))), weight) {
            (Some((Some(a), Some(b))), Some(weight)) => {
                builder.weighted_link(a, b, weight);
            }
            _ => return Err(format!("`{link}` is no link between nodes 0 to {}; {FORM}", nodes - 1)),
        }
    }
    Ok(builder.build())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "nodes schedule 1
simulate lamport --links reliable --inputs 'a b'\\''c' --seed 17
graph 3: 0-1 0-2 1-2:2.5

impulse 0
alarm 0 at 3ms       # Ask
deliver 0:1 2 at 1.234567891s
";

    #[test]
    fn a_schedule_is_read_as_it_is_written() {
        let schedule = TEXT.parse::<Schedule>().unwrap();
        assert_eq!(schedule.arguments, ["lamport", "--links", "reliable", "--inputs", "a b'c", "--seed", "17"]);
        assert_eq!(schedule.graph.as_ref().map(Graph::link_count), Some(3));
        assert_eq!(schedule.steps.iter().map(|step| step.line).collect::<Vec<_>>(), [5, 6, 7]);
        assert_eq!(schedule.to_string(), TEXT);
    }

    #[test]
    fn a_directed_graph_stays_directed() {
        let text = "nodes schedule 1\nsimulate\ngraph 3: 0->1 1->2 2->0\n\n";
        let schedule = text.parse::<Schedule>().unwrap();
        assert!(schedule.graph.as_ref().unwrap().is_directed());
        assert_eq!(schedule.to_string().trim_end(), text.trim_end().replace("simulate\n", "simulate \n"));
    }

    #[test]
    fn what_is_no_schedule_is_refused_with_its_line() {
        for (wrong, line, hint) in [
            ("", 1, "expected `nodes schedule 1`"),
            ("{}", 1, "expected `nodes schedule 1`"),
            ("nodes schedule 2\n", 1, "version `2`"),
            ("nodes schedule 1\n", 1, "expected the run"),
            ("nodes schedule 1\n\nrun lamport\n", 3, "expected the run"),
            ("nodes schedule 1\nsimulate 'lamport\n", 2, "not closed"),
            ("nodes schedule 1\nsimulate lamport\ngraph 3 0-1\n", 3, "as in `graph 3:"),
            ("nodes schedule 1\nsimulate lamport\ngraph 3: 0-3\n", 3, "nodes 0 to 2"),
            ("nodes schedule 1\nsimulate lamport\ngraph 3: 0-1:x\n", 3, "`0-1:x` is no link"),
            ("nodes schedule 1\nsimulate lamport\ngraph 99999999999: 0-1\n", 3, "number of nodes"),
            ("nodes schedule 1\nsimulate lamport\nimpulse 0\ngraph 2: 0-1\n", 4, "one graph"),
            ("nodes schedule 1\nsimulate lamport\n# so far\nimpulse 0\nfly 0\n", 5, "`fly` is no event"),
            ("nodes schedule 1\nsimulate lamport\nimpulse 0 at noon\n", 3, "as `at 3ms`"),
        ] {
            let error = wrong.parse::<Schedule>().unwrap_err();
            assert_eq!(error.line, line, "{wrong}: {error}");
            assert!(error.what.contains(hint), "{wrong}: {error}");
        }
    }
}
