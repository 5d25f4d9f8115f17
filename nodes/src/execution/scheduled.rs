//! Choices as a schedule, which a simulation replays.

use core::time::Duration;

use super::{AnyRun, Prepared};
use crate::network::{Choice, Schedule, Step, System};
use crate::panics::caught;
use crate::protocol::watch::Script;
use crate::shell::words;

/// So many steps of a schedule have a comment: nobody reads on in a run without end.
const COMMENTS: usize = 10_000;

/// A choice; with its time, and with what is drawn by it, if that matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chosen {
    pub(crate) at: Option<Duration>,
    pub(crate) choice: Choice,
    pub(crate) draws: Vec<u64>,
}

/// Makes a choice in a system at its time; if there are draws, they are what is drawn.
pub(crate) fn make<T>(system: &mut System, at: Option<Duration>, draws: &[u64], make: &mut dyn FnMut(&mut System) -> T) -> T {
    system.pass_time(at.unwrap_or_default());
    if draws.is_empty() { make(system) } else { Script::of(draws).run(|| make(system)) }
}

/// The choices as a schedule, each with what happens by it.
pub(crate) fn schedule(run: &AnyRun, prepared: &Prepared, choices: &[Chosen]) -> Schedule {
    let mut arguments = words(&prepared.arguments.join(" ")).unwrap_or_default();
    let mut graph = None;
    // A graph that was made here has no name.
    let named = run.topology.as_ref().is_ok_and(|topology| topology.family().is_some());
    if !named && arguments.len() >= 2 {
        arguments.drain(..2);
        graph = Some(prepared.instance.graph().clone());
    }
    arguments.insert(0, prepared.description.snake_name());
    let mut system = caught(|| prepared.system()).ok();
    let step = |(place, chosen): (usize, &Chosen)| {
        let system = system.as_mut().filter(|_| place < COMMENTS);
        let comment = system.map(|system| told(system, chosen)).unwrap_or_default();
        Step { line: 0, at: chosen.at, choice: chosen.choice, draws: chosen.draws.clone(), comment }
    };
    let steps = choices.iter().enumerate().map(step).collect();
    Schedule { arguments, graph, steps }
}

/// Makes a choice, and tells what it is.
fn told(system: &mut System, chosen: &Chosen) -> String {
    let choice = chosen.choice;
    let graph = system.topology();
    let (what, node) = match choice {
        Choice::Deliver(passage) | Choice::Lose(passage) | Choice::Duplicate(passage) => {
            let to = graph.end(passage.from, passage.port).neighbour;
            let msg = system.message(passage).map(|msg| format!("{msg:?}"));
            (format!("{} to node {to}", msg.unwrap_or_default()), Some(to))
        }
        Choice::Impulse(node) | Choice::ToSelf(node) | Choice::Alarm(node) => (String::new(), Some(node)),
        Choice::Doom(_) | Choice::Crash(_) | Choice::Recover(_) | Choice::Cut(_) | Choice::Mend(_) => (String::new(), None),
    };
    let state = |system: &System| node.map(|node| system.world().node(node).state_name().to_owned());
    let before = state(system);
    let _ = caught(|| make(system, chosen.at, &chosen.draws, &mut |system| system.apply(choice)));
    match (before, state(system)) {
        (Some(before), Some(after)) if before != after && what.is_empty() => format!("{before} -> {after}"),
        (Some(before), Some(after)) if before != after => format!("{what}: {before} -> {after}"),
        _ => what,
    }
}
