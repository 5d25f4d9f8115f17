//! Which instances `check` looks at, where it is several.

use std::borrow::Cow;

use super::super::command::Given;
use super::super::failure::Failure;
use super::super::option::Opt;
use crate::campaign::Instances;

/// The options that change a graph of its own.
const OF_A_GRAPH: [&str; 5] = ["topology", "keep", "drop", "both-ways", "weights"];

/// What varies, and which options say so.
pub(in crate::cli) struct Every {
    pub(in crate::cli) instances: Instances,
    /// Initiators start at any moment.
    pub(in crate::cli) any_wake: bool,
    /// They have no meaning for a single run.
    pub(in crate::cli) said: Vec<&'static str>,
}

/// The options of the checker, and what it understands besides by those that all engines have.
pub(super) fn extend(options: &mut Vec<Opt>) {
    for option in options.iter_mut() {
        let more = match &*option.name {
            "ids" => "all         every order of 0..n-1",
            "ports" => "all          every order, at each node",
            "initiators" => "every          every set of nodes that the protocol allows",
            "inputs" => "every:0,1        each of these, at each node",
            "seed" => {
                option.default = "random, and shown with the result; 1 for several instances".to_owned();
                continue;
            }
            "wake" => {
                option.values =
                    "  together  all start before any message is delivered\n  any       each at any moment".to_owned();
                option.example = "--wake any".to_owned();
                continue;
            }
            _ => continue,
        };
        option.values = format!("{}\n  {more}", option.values);
    }
    options.extend([
        Opt::valued("every-graph", "N", "Every connected graph of so many nodes, instead of one", "5").values(
            "  5     728 graphs: they differ if one has a link between two nodes that the other has not\n  3..5  of 3, 4 and 5 \
             nodes\n  A protocol takes those that are of its class.",
        ),
        Opt::valued("threads", "N", "On how many cores several instances are checked; the results do not depend on it", "1")
            .usually("all"),
    ]);
}

impl Every {
    pub(in crate::cli) fn read(given: &Given<'_>) -> Result<Self, Failure> {
        let (mut instances, mut said) = (Instances::new(), Vec::new());
        if let Some(text) = given.text("every-graph") {
            if let Some(other) = OF_A_GRAPH.into_iter().find(|name| given.text(name).is_some() || given.is_set(name)) {
                return Err(Failure::wrong(format!(
                    "--every-graph contradicts --{other}: one says that each graph of some size is looked at, the other which; \
                     leave out one"
                )));
            }
            let sizes = match text.split_once("..") {
                Some((least, most)) => Some((least.parse().ok(), most.parse().ok())),
                None => Some((text.parse().ok(), text.parse().ok())),
            };
            let Some((Some(least), Some(most))) = sizes else {
                return Err(Failure::wrong(format!(
                    "--every-graph: `{text}` is not a number of nodes; write for example `--every-graph 5` or `--every-graph 3..5`"
                )));
            };
            instances = instances.every_graph(least..=most);
        }
        let mut is = |name: &'static str, word: &str| {
            let is = given.text(name) == Some(word);
            said.extend(is.then_some(name));
            is
        };
        if is("ids", "all") {
            instances = instances.every_ids();
        }
        if is("ports", "all") {
            instances = instances.every_ports();
        }
        if is("initiators", "every") {
            instances = instances.every_initiators();
        }
        let any_wake = is("wake", "any");
        if let Some(list) = given.text("inputs").and_then(|text| text.strip_prefix("every")) {
            said.push("inputs");
            instances = instances.every_input(values(list)?);
        }
        if let Some(threads) = given.value("threads", |text| super::number("threads", text))? {
            instances = instances.threads(usize::try_from(threads).unwrap_or(usize::MAX));
        }
        Ok(Every { instances, any_wake, said })
    }
}

/// `:0,1`.
fn values(list: &str) -> Result<Vec<Cow<'_, str>>, Failure> {
    let values = list.strip_prefix(':').unwrap_or_default().split(',').map(|value| Cow::Borrowed(value.trim()));
    let values = values.collect::<Vec<_>>();
    if values.iter().any(|value| value.is_empty()) {
        return Err(Failure::wrong(format!(
            "--inputs: `every{list}` does not say which values; write them such as `--inputs every:0,1`"
        )));
    }
    Ok(values)
}
