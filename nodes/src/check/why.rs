//! Which messages do not commute: what their order is kept for.

use serde::{Deserialize, Serialize};

use super::Limit;
use super::commute::Commute;
use super::guard::Guard;
use super::machine::{Cause, LocalId, Machine};
use super::matters::Unusable;
use super::search::Search;
use super::space::Move;
use crate::protocol::NodeView;
use crate::sorting;

/// Two events of a node that can both happen next, and whose order matters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Noncommuting {
    /// The types of the messages or alarms, or `impulse`.
    pub messages: [String; 2],
    /// A field that tells the orders apart, or `state`; `None` if what is sent does, or which rules are broken.
    pub field: Option<String>,
}

impl Noncommuting {
    /// Puts the pairs of another instance to these, which are in the order of their names.
    pub(crate) fn add(pairs: &mut Vec<Noncommuting>, others: Vec<Noncommuting>) {
        for other in others {
            match pairs.binary_search_by(|pair| pair.messages.cmp(&other.messages)) {
                Ok(place) => pairs[place].field = pairs[place].field.take().or(other.field),
                Err(place) => pairs.insert(place, other),
            }
        }
    }
}

impl Search {
    /// The pairs of events that do not commute in a state that was looked at; and the limit, if one was reached before all states were.
    pub(super) fn noncommuting(&mut self, guard: &mut Guard<'_, '_>) -> Result<(Vec<Noncommuting>, Option<Limit>), Unusable> {
        let (mut commute, mut pairs) = (Commute::new(), Vec::<Noncommuting>::new());
        let (mut moves, mut state) = (Vec::new(), self.start.clone());
        let mut limit = None;
        for number in 0..self.states.len() as u32 {
            limit = guard.look(|| 0).err();
            if limit.is_some() {
                break;
            }
            self.read(number, &mut state)?;
            self.space.moves(&self.machine, &state, &mut moves);
            let event = |what: &Move| if let Move::React { node, cause, .. } = what { Some((*node, *cause)) } else { None };
            let mut events = moves.iter().filter_map(event).collect::<Vec<_>>();
            sorting::sort(&mut events);
            events.dedup();
            for (place, (node, one)) in events.iter().enumerate() {
                for (_, other) in events[place + 1..].iter().take_while(|(at, _)| at == node) {
                    let local = state.locals[node.index()];
                    if !self.machine.locals[local as usize].alive {
                        continue;
                    }
                    // What no run does cannot be tried at times.
                    let known = match commute.commute(&mut self.machine, local, *one, *other) {
                        Err(Unusable::Refused(_) | Unusable::Limit(_)) => true,
                        known => known?,
                    };
                    if !known {
                        let mut names = [*one, *other].map(|cause| name(&self.machine, local, cause));
                        sorting::sort(&mut names);
                        let place = pairs.binary_search_by(|pair| pair.messages.cmp(&names)).unwrap_or_else(|place| {
                            pairs.insert(place, Noncommuting { messages: names, field: None });
                            place
                        });
                        if pairs[place].field.is_none() {
                            pairs[place].field = self.field(&commute, local, *one, *other)?;
                        }
                    }
                }
            }
        }
        Ok((pairs, limit))
    }

    /// A field that one order leaves other than the other does.
    fn field(&mut self, commute: &Commute, local: LocalId, one: Cause, other: Cause) -> Result<Option<String>, Unusable> {
        let mut led = |first, second| {
            let both = commute.in_order(&mut self.machine, local, first, second)?;
            let last = both.into_iter().flatten().map(|(_, last)| last);
            Ok(last.map(|last| self.machine.outcome(last).to).collect::<Vec<_>>())
        };
        let (there, back) = (led(one, other)?, led(other, one)?);
        let apart = there.iter().find(|to| !back.contains(to)).zip(back.iter().find(|to| !there.contains(to)));
        let Some((there, back)) = apart else { return Ok(None) };
        if self.machine.locals[*there as usize].state != self.machine.locals[*back as usize].state {
            return Ok(Some("state".to_owned()));
        }
        let [there, back] = [*there, *back].map(|local| {
            self.machine.place(local);
            let node = self.machine.locals[local as usize].node;
            <dyn NodeView>::fields(self.machine.world.node(node))
        });
        let fields = there.as_object().into_iter().flatten();
        Ok(fields.into_iter().find(|(name, value)| back.get(name) != Some(value)).map(|(name, _)| name.clone()))
    }
}

/// What an event is for people.
fn name(machine: &Machine, local: LocalId, cause: Cause) -> String {
    match cause {
        Cause::Impulse => "impulse".to_owned(),
        Cause::Packet(packet) => {
            let tag = machine.packets[packet as usize].msg.tag();
            machine.description.messages[usize::from(tag)].name.clone()
        }
        Cause::Recover => "recovery".to_owned(),
        Cause::Alarm(index) => {
            let tag = machine.locals[local as usize].alarms()[index as usize].tag;
            machine.description.alarms[usize::from(tag)].name.clone()
        }
    }
}
