//! Checks the properties that must hold always, and those that must hold at the end.

use core::cell::Cell;
use std::sync::Arc;

use super::{End, PropertyStatus, explain};
use crate::protocol::{AnyWorld, Description, NodeView, Stepped, Verdict, When};
use crate::topology::NodeIndex;

/// A property that does not hold, or a rule that the protocol has broken.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    /// The property's index in [`Description::properties`]; `None` if the protocol has broken its own rules.
    pub property: Option<usize>,
    /// The node that made the last step.
    pub node: NodeIndex,
    /// What is wrong, in words.
    pub what: String,
}

/// Checks each step for an engine: whether the properties that must hold always do, and whether the protocol has kept its own rules.
/// At the end it gives the status of each property.
#[derive(Debug)]
pub struct Judge {
    description: Arc<Description>,
    on: bool,
    /// The properties that must hold always: their indices in [`Description::properties`].
    always: Vec<usize>,
    /// The one that is being checked: it is the user's code, and may panic.
    looked_at: Cell<Option<usize>>,
}

impl Judge {
    /// A judge that checks all properties; if not `on`, none of them, but still the protocol's own rules.
    pub fn new(description: &Arc<Description>, on: bool) -> Self {
        let mut always = Vec::new();
        for (place, property) in description.properties.iter().enumerate() {
            if on && property.when == When::Always {
                always.push(place);
            }
        }
        Judge { description: Arc::clone(description), on, always, looked_at: Cell::new(None) }
    }

    /// What is wrong after a step of that node, if anything is; a local property is checked at that node only.  `tag` is the type of
    /// the message, if one was handled, as [`take_step`](crate::network::take_step) returns it.
    ///
    /// # Panics
    /// If a property panics: give the message to [`panicked`](Judge::panicked).
    pub fn look(&self, world: &dyn AnyWorld, node: NodeIndex, stepped: Stepped, tag: Option<u8>) -> Option<Violation> {
        match stepped {
            Stepped::Never | Stepped::LeftTerminal { .. } => Some(self.broken(world.node(node), stepped, tag)),
            _ => self.look_by(node, &|property| world.check(property, Some(node))),
        }
    }

    /// The end of a run in which a step of that node panicked, or a property that was checked after it.  `said` is the message of the
    /// panic.
    pub fn panicked(&self, node: NodeIndex, said: String) -> End {
        match self.looked_at.take() {
            None => End::Panicked { node, said },
            property => End::Violated(Violation { property, node, what: format!("it panicked: {said}") }),
        }
    }

    /// The status of each property in a run of which every step was checked, up to its end or to that violation.  A property that must
    /// hold at the end is checked if nothing is under way; why it does not hold is appended to `explanation`.
    pub fn verdicts(
        &self,
        world: &dyn AnyWorld,
        violation: Option<&Violation>,
        at_rest: bool,
        explanation: &mut Vec<String>,
    ) -> Vec<(String, PropertyStatus)> {
        let mut verdicts = Vec::new();
        for (place, property) in self.description.properties.iter().enumerate() {
            let status = match property.when {
                _ if !self.on => PropertyStatus::Unchecked,
                When::Always if violation.is_some_and(|violation| violation.property == Some(place)) => {
                    PropertyStatus::Violated
                }
                When::Always => PropertyStatus::Holds,
                When::Finally if !at_rest => PropertyStatus::Unchecked,
                When::Finally => match explain::verdict(world, place) {
                    Ok(()) => PropertyStatus::Holds,
                    Err(what) => {
                        explanation.push(explain::does_not_hold(&property.name, &what));
                        PropertyStatus::Violated
                    }
                },
            };
            verdicts.push((property.name.clone(), status));
        }
        verdicts
    }

    /// Whether properties are looked at.
    pub fn is_on(&self) -> bool {
        self.on
    }

    /// Whether there is no property to check after a step.
    #[inline]
    pub(crate) fn is_idle(&self) -> bool {
        self.always.is_empty()
    }

    /// Checks the properties by a function that tells whether the one of an index holds after a step of that node.
    #[inline]
    pub(crate) fn look_by(&self, node: NodeIndex, check: &dyn Fn(usize) -> Verdict) -> Option<Violation> {
        for place in &self.always {
            self.looked_at.set(Some(*place));
            if let Err(what) = check(*place) {
                self.looked_at.set(None);
                return Some(Violation { property: Some(*place), node, what });
            }
        }
        self.looked_at.set(None);
        None
    }

    /// What is wrong with a step that broke the protocol's own rules; `tag` is that of the message, if the event was one.
    #[cold]
    pub(crate) fn broken(&self, node: &dyn NodeView, stepped: Stepped, tag: Option<u8>) -> Violation {
        let what = explain::broken_word(stepped, tag, node.state_name(), &self.description).unwrap_or_default();
        Violation { property: None, node: node.index(), what }
    }
}
