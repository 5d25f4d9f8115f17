//! The sentences that explain the end of a run, the same for all engines.

use core::time::Duration;
use std::borrow::Cow;

use super::duration_text;
use crate::panics::caught;
use crate::plain;
use crate::protocol::{Action, AnyWorld, Description, NodeView, PropertyInfo, Stepped, Trigger, Verdict, When, of_state};
use crate::sorting;
use crate::topology::{NodeIndex, Port};

/// An explanation describes at most this many nodes one by one.
pub(crate) const TOLD_ONE_BY_ONE: usize = 20;

/// Of each message that is left deferred, so many characters are told.
const TOLD_OF_EACH: usize = 100;

/// Why a run that the user ended is not complete.
pub(crate) const INTERRUPTED: &str = "interrupted: the counts are those so far";

/// What is wrong if `#[finish]` does more than it may.
pub(crate) const FINISH_DOES_MORE: &str =
    "`#[finish]` sends a message or sets an alarm, but the run is over: it may only report and log";

/// How to repeat a run, for people: by that command line, or else from a program.
pub(crate) fn again(line: Option<String>, seed: u64) -> String {
    let given = || format!("from a program, with the same inputs and `.seed({seed})`: they have no text for a command line");
    line.map_or_else(given, |line| plain::line(&line).into_owned())
}

/// Why a run is stuck.
pub(crate) fn stuck(undecided: usize, nodes: usize) -> String {
    format!("stuck: nothing is under way, and {undecided} of {nodes} nodes have not decided")
}

/// Why properties of the end are not checked in a run that was stopped, if there are any.
pub(crate) fn end_not_reached(properties: &[PropertyInfo]) -> Option<String> {
    let of_the_end = properties.iter().filter(|property| property.when == When::Finally);
    let names = of_the_end.map(|property| format!("`{}`", property.name)).collect::<Vec<_>>().join(", ");
    let why = "`#[finally]` is looked at when a run has come to its end by itself, and `--for` ended this one";
    (!names.is_empty()).then(|| format!("unchecked: {names}: {why}"))
}

/// Why a run that reached its time limit is not complete.
pub(crate) fn out_of_time(after: Duration) -> String {
    format!("the run did not end within {}; `--timeout` gives it more time", duration_text(after))
}

/// Why a run that takes too long on the clock is not complete.
pub(crate) fn overtime(after: Duration, moment: &str) -> String {
    let after = duration_text(after);
    format!("the run did not end within {after} on the clock ({moment}); `--timeout` gives it more time")
}

/// Why a run whose times are too large is not complete.
pub(crate) const TIME_USED_UP: &str =
    "time is used up: what comes next comes later than 584 years after the start; shorten delays, pauses or alarms";

/// Why a run that stays at one moment is not complete.
pub(crate) fn stood_still(events: u64, moment: &str, why: &str) -> String {
    format!("time stands still: {events} events {moment}, and no end: {why}")
}

/// Why a run with too many events is not complete.
pub(crate) fn too_many_events(events: u64, in_transit: u64) -> String {
    format!("the run did not end within {events} events; {in_transit} messages are under way")
}

/// Why a run with too many messages is not complete.
pub(crate) fn multiplied(in_transit: u64, duplicated: u64) -> String {
    let links = if duplicated > 0 { format!("links have duplicated {duplicated}; ") } else { String::new() };
    format!("messages multiply: {in_transit} are under way; {links}`--max-in-transit` allows more")
}

/// A line for each node; if there are many, for the first ones.
pub(crate) fn one_by_one(nodes: &mut dyn Iterator<Item = NodeIndex>, tell: &mut dyn FnMut(NodeIndex) -> String) -> Vec<String> {
    let mut nodes = nodes;
    let mut told = (&mut nodes).take(TOLD_ONE_BY_ONE).map(tell).collect::<Vec<_>>();
    if let more @ 1.. = nodes.count() {
        told.push(format!("and {more} more nodes"));
    }
    told
}

/// What is wrong with a step that ended in `state`, if it broke the protocol's own rules.  `tag` is that of the message, if the event
/// was one.
#[cold]
pub(crate) fn broken_word(stepped: Stepped, tag: Option<u8>, state: &str, description: &Description) -> Option<String> {
    match stepped {
        Stepped::Never => {
            let event = tag.map_or("an event", |tag| &description.messages[usize::from(tag)].name);
            let (in_state, here) = (of_state(" in state ", state), of_state(" in ", state));
            Some(format!("`{event}` arrived{in_state}, which `#[never({event}{here})]` rules out"))
        }
        Stepped::LeftTerminal { from } => {
            let from = &description.states[from].name;
            Some(format!("a handler left the terminal state {from} for {state}: a node that has decided stays decided"))
        }
        _ => None,
    }
}

/// What a node handled last.
pub(crate) fn handled(last_message: Option<&str>) -> String {
    last_message.map_or_else(|| "has handled no message".to_owned(), |message| format!("last handled {message}"))
}

/// The state of a node, what it handled last if that is known, and what it waits for.
pub(crate) fn situation(node: &dyn NodeView, handled: Option<&str>, deferred: &[String], description: &Description) -> String {
    let (index, state, here) = (node.index(), of_state(" is in ", node.state_name()), node.state());
    let handled = handled.map_or_else(String::new, |handled| format!("{handled}; "));
    let mut waits = description
        .rules
        .iter()
        .filter(|rule| rule.states.contains(&here) && matches!(rule.action, Action::Handle { .. }))
        .filter_map(|rule| match rule.trigger {
            Trigger::Message(tag) => Some(description.messages[usize::from(tag)].name.as_str()),
            Trigger::Spontaneously => Some("its impulse"),
            Trigger::Alarm(_) => None,
        })
        .collect::<Vec<_>>();
    sorting::sort(&mut waits);
    waits.dedup();
    let waits = if waits.is_empty() { "waits for nothing".to_owned() } else { format!("waits for {}", waits.join(", ")) };
    let deferred = if deferred.is_empty() { String::new() } else { format!("; deferred: {}", deferred.join(", ")) };
    format!("node {index}{state}: {handled}{waits}{deferred}")
}

/// At the end of a run, that messages are still deferred: of so many nodes, which ones, for the first few of them.
pub(crate) fn left_deferred(nodes: &mut dyn Iterator<Item = (NodeIndex, Vec<String>)>) -> Option<String> {
    let (mut count, mut told) = (0, Vec::new());
    for (node, deferred) in nodes {
        count += deferred.len();
        let room = TOLD_ONE_BY_ONE - told.len();
        told.extend(deferred.iter().take(room).map(|message| format!("node {node}: {}", shortened(message))));
    }
    let more = if count > told.len() { format!("; and {} more", count - told.len()) } else { String::new() };
    let messages = if count == 1 { "1 message is" } else { &format!("{count} messages are") };
    (count > 0).then(|| format!("{messages} still deferred at the end: {}{more}", told.join("; ")))
}

fn shortened(message: &str) -> Cow<'_, str> {
    match message.char_indices().nth(TOLD_OF_EACH) {
        Some((end, _)) => format!("{}…", &message[..end]).into(),
        None => message.into(),
    }
}

/// The messages that a node still defers.
pub(crate) fn deferred(node: &dyn NodeView) -> Vec<String> {
    let from = |port: Port| if port == Port::SELF { "itself".to_owned() } else { format!("port {port}") };
    node.deferred().iter().map(|(port, msg)| format!("{msg} from {}", from(*port))).collect()
}

/// Checks a property.  It is the user's code: if it panics, it does not hold.
pub(crate) fn verdict(world: &dyn AnyWorld, property: usize) -> Verdict {
    caught(|| world.check(property, None)).unwrap_or_else(|said| Err(format!("it panicked: {said}")))
}

/// The sentence for a property that does not hold.
pub(crate) fn does_not_hold(name: &str, what: &str) -> String {
    if what.is_empty() { format!("`{name}` does not hold") } else { format!("`{name}` does not hold: {what}") }
}
