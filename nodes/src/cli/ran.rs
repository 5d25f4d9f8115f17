//! A run that has ended, without its type: what every engine's command shows, and the exit status.

use std::process::ExitCode;

use super::failure::Failure;
use super::recording::Recorded;
use super::report;
use super::terminal::{Terminal, print, tell};
use crate::protocol::{Description, Protocol, States};
use crate::execution::{Document, Finished};

/// A run that has ended, without its type.
pub(super) struct Ran {
    /// The result.
    pub(super) document: Document,
    /// Why it ended so.
    pub(super) explanation: Vec<String>,
    /// What else people should know.
    pub(super) notices: Vec<String>,
    /// What a file calls the nodes.
    pub(super) labels: Option<Vec<String>>,
    /// How many nodes ended in each state, the fewest first; crashed ones apart.
    pub(super) states: Vec<(&'static str, usize)>,
    /// How many nodes crashed, or are not known.
    pub(super) gone: usize,
    /// What came of recording it.
    pub(super) recorded: Recorded,
}

impl Ran {
    pub(super) fn of<P: Protocol>(finished: Finished<P>) -> Self {
        let Finished { document, world, explanation, notices } = finished;
        let labels = world.as_ref().and_then(|world| {
            let graph = world.topology();
            graph.nodes().map(|node| graph.name(node).map(str::to_owned)).collect()
        });
        let mut counts = vec![0; P::State::NAMES.len()];
        match &world {
            Some(world) => world.correct().for_each(|node| counts[node.state().index()] += 1),
            None => {
                let known = document.nodes_final.iter().filter_map(|node| node.state.as_deref());
                let places = known.filter_map(|state| P::State::NAMES.iter().position(|name| *name == state));
                places.for_each(|place| counts[place] += 1);
            }
        }
        let gone = document.nodes - counts.iter().sum::<usize>();
        let mut states = P::State::NAMES.iter().copied().zip(counts).filter(|(_, count)| *count > 0).collect::<Vec<_>>();
        states.sort_by_key(|(_, count)| *count);
        Ran { document, explanation, notices, labels, states, gone, recorded: Recorded::default() }
    }

    /// Prints it, as a table or as one JSON document; `more` stands below the table.  Its page, if it has one, is served until
    /// Ctrl-C.
    pub(super) fn show(self, description: &Description, invocation: &str, json: bool, more: &str) -> Result<ExitCode, Failure> {
        let errors = Terminal::stderr();
        for notice in &self.notices {
            tell(format_args!("{} {notice}", errors.warning("notice:")));
        }
        if json {
            let text =
                serde_json::to_string(&self.document).map_err(|cause| Failure::failed(format!("the result: {cause}")))?;
            print(&format!("{text}\n"))?;
            for line in &self.explanation {
                tell(format_args!("{} {line}", errors.bad(format!("{}:", self.document.outcome.name()))));
            }
        } else {
            let mut text = report::report(&self, description, invocation, Terminal::stdout());
            text.push_str(more);
            text.push_str(&self.recorded.text);
            print(&text)?;
        }
        if let Some(failure) = self.recorded.failure {
            return Err(failure);
        }
        if let Some(live) = self.recorded.live {
            live.stay();
        }
        Ok(if self.document.outcome.is_well() { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }
}
