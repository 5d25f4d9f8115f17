//! Looks at what must hold always, and at what must hold in the end.

use core::cell::Cell;
use std::sync::Arc;

use super::{End, PropertyStatus, explain};
use crate::protocol::{AnyWorld, Description, NodeView, Stepped, Verdict, When};
use crate::topology::NodeIndex;

/// Something that must not be.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    /// The property, by its place in [`Description::properties`]; `None` if the protocol has broken its own rules.
    pub property: Option<usize>,
    /// The node that made the last step.
    pub node: NodeIndex,
    /// What is wrong, in words.
    pub what: String,
}

/// Tells an engine after each step whether all is well: whether the properties hold that must hold always, and whether the protocol
/// has kept its own rules; and in the end, what became of each property.
#[derive(Debug)]
pub struct Judge {
    description: Arc<Description>,
    on: bool,
    /// The properties that must hold always, by their places in [`Description::properties`].
    always: Vec<usize>,
    /// The one that is being looked at: it is the user's code, and may panic.
    looked_at: Cell<Option<usize>>,
}

impl Judge {
    /// One who looks at all properties, or at none.
    pub fn new(description: &Arc<Description>, on: bool) -> Self {
        let mut always = Vec::new();
        for (place, property) in description.properties.iter().enumerate() {
            if on && property.when == When::Always {
                always.push(place);
            }
        }
        Judge { description: Arc::clone(description), on, always, looked_at: Cell::new(None) }
    }

    /// What is wrong after a step of that node, if anything is; local properties are looked at there only.  `tag` is the type of the
    /// message, if one was handled, as [`take_step`](crate::network::take_step) returns it.
    ///
    /// # Panics
    /// If a property does; then [`panicked`](Judge::panicked) tells so.
    pub fn look(&self, world: &dyn AnyWorld, node: NodeIndex, stepped: Stepped, tag: Option<u8>) -> Option<Violation> {
        match stepped {
            Stepped::Never | Stepped::LeftTerminal { .. } => Some(self.broken(world.node(node), stepped, tag)),
            _ => self.look_by(node, &|property| world.check(property, Some(node))),
        }
    }

    /// What ends a run in which a step of that node panicked, or a property that was looked at after it; `said` is what the panic said.
    pub fn panicked(&self, node: NodeIndex, said: String) -> End {
        match self.looked_at.take() {
            None => End::Panicked { node, said },
            property => End::Violated(Violation { property, node, what: format!("it panicked: {said}") }),
        }
    }

    /// What became of each property in a run whose steps have all been looked at, to the end or to that violation; those that must
    /// hold in the end are looked at if everything is at rest.  Why one of them does not hold is appended to `explanation`.
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

    /// Whether there is nothing to look at.
    #[inline]
    pub(crate) fn is_idle(&self) -> bool {
        self.always.is_empty()
    }

    /// Looks at the properties by something that tells whether one holds after a step of that node.
    #[inline]
    pub(crate) fn look_by(&self, node: NodeIndex, check: &dyn Fn(usize) -> Verdict) -> Option<Violation> {
        let mut found = None;
        for place in &self.always {
            self.looked_at.set(Some(*place));
            if let Err(what) = check(*place) {
                found = Some(Violation { property: Some(*place), node, what });
                break;
            }
        }
        self.looked_at.set(None);
        found
    }

    /// What is wrong with a step by which the protocol broke its own word; `tag` is that of the message, if it was one.
    #[cold]
    pub(crate) fn broken(&self, node: &dyn NodeView, stepped: Stepped, tag: Option<u8>) -> Violation {
        let what = explain::broken_word(stepped, tag, node.state_name(), &self.description).unwrap_or_default();
        Violation { property: None, node: node.index(), what }
    }
}
