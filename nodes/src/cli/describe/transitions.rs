//! The state diagram: which event may lead from which state to which.

use std::collections::BTreeSet;

use crate::protocol::{Action, Description, Trigger};

/// A state diagram.
#[derive(Debug)]
pub(super) struct Transitions {
    /// In which states (indices) nodes begin.
    pub(super) initial: BTreeSet<usize>,
    /// From state to state, in their order: the names of the events, in the order of the rules.
    pub(super) edges: Vec<((usize, usize), Vec<String>)>,
    /// The events that a state handles without any rule that would leave it.
    pub(super) inner: Vec<Vec<String>>,
}

impl Transitions {
    pub(super) fn of(description: &Description, initial: &BTreeSet<usize>) -> Self {
        let mut edges: Vec<((usize, usize), Vec<String>)> = Vec::new();
        let mut inner = vec![Vec::new(); description.states.len()];
        for rule in &description.rules {
            let Action::Handle { becomes, .. } = &rule.action else { continue };
            let event = event_name(description, rule.trigger);
            for &from in &rule.states {
                // A handler may be written for several states, of which it leaves one for another.
                for &to in becomes.iter().filter(|to| **to != from) {
                    let place = edges.binary_search_by_key(&(from, to), |(edge, _)| *edge).unwrap_or_else(|place| {
                        edges.insert(place, ((from, to), Vec::new()));
                        place
                    });
                    add(&mut edges[place].1, event);
                }
                if becomes.iter().all(|to| *to == from) {
                    add(&mut inner[from], event);
                }
            }
        }
        Transitions { initial: initial.clone(), edges, inner }
    }
}

fn add(names: &mut Vec<String>, name: &str) {
    if !names.iter().any(|known| known == name) {
        names.push(name.to_owned());
    }
}

/// What an event is called.
pub(super) fn event_name(description: &Description, trigger: Trigger) -> &str {
    match trigger {
        Trigger::Spontaneously => "Spontaneously",
        Trigger::Message(tag) => description.messages.get(usize::from(tag)).map_or("?", |message| &message.name),
        Trigger::Alarm(tag) => description.alarms.get(usize::from(tag)).map_or("?", |alarm| &alarm.name),
    }
}
