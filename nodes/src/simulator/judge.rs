//! Looks at what must hold always.

use core::cell::Cell;

use super::engine::Violation;
use crate::protocol::{Check, Description, Property, Protocol, Stepped, When, World};
use crate::execution::explain;
use crate::topology::NodeIndex;

/// The properties that must hold always, each with its place in [`Protocol::properties`].
pub(crate) struct Judge<P: Protocol> {
    always: Vec<(usize, &'static Property<P>)>,
    /// The one that is being looked at: it is the user's code, and may panic.
    looked_at: Cell<Option<usize>>,
}

impl<P: Protocol> Judge<P> {
    /// All of them, or none.
    pub(crate) fn new(on: bool) -> Self {
        let properties = P::properties().iter().enumerate();
        Judge {
            always: properties.filter(|(_, property)| on && property.when == When::Always).collect(),
            looked_at: Cell::new(None),
        }
    }

    /// Whether there is nothing to look at.
    #[inline]
    pub(super) fn is_idle(&self) -> bool {
        self.always.is_empty()
    }

    /// Looks at the world after a step of that node; local properties are looked at there only.
    pub(crate) fn look(&self, world: &World<P>, node: NodeIndex) -> Option<Violation> {
        let found = self.always.iter().find_map(|(place, property)| {
            self.looked_at.set(Some(*place));
            let verdict = match property.check {
                Check::World(holds) => holds(world),
                Check::Local(holds) => holds(world.node(node)),
            };
            verdict.err().map(|what| Violation { property: Some(*place), node, what })
        });
        self.looked_at.set(None);
        found
    }

    /// What is wrong if it was a property that panicked, after a step of that node.
    pub(crate) fn panicked(&self, node: NodeIndex, what: &str) -> Option<Violation> {
        let property = self.looked_at.take();
        property.map(|_| Violation { property, node, what: format!("it panicked: {what}") })
    }
}

/// What is wrong with a step by which the protocol broke its own word; `tag` is that of the message, if it was one.
#[cold]
pub(crate) fn broken<P: Protocol>(
    world: &World<P>,
    node: NodeIndex,
    tag: Option<u8>,
    stepped: Stepped,
    description: &Description,
) -> Violation {
    let what = explain::broken_word(stepped, tag, world.node(node).state_name(), description).unwrap_or_default();
    Violation { property: None, node, what }
}
