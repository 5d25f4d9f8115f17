//! Looks at what must hold always.

use core::cell::Cell;

use crate::execution::explain;
use crate::protocol::{AnyWorld, Description, NodeView, Stepped, Verdict, When};
use crate::topology::NodeIndex;

/// Something that must not be.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Violation {
    /// The property, by its place in [`Description::properties`]; `None` if a rule was broken.
    pub(crate) property: Option<usize>,
    /// The node that made the last step.
    pub(crate) node: NodeIndex,
    /// What is wrong, in words.
    pub(crate) what: String,
}

/// The properties that must hold always, by their places in [`Description::properties`].
#[derive(Debug)]
pub(crate) struct Judge {
    always: Vec<usize>,
    /// The one that is being looked at: it is the user's code, and may panic.
    looked_at: Cell<Option<usize>>,
}

impl Judge {
    /// All of them, or none.
    pub(crate) fn new(description: &Description, on: bool) -> Self {
        let mut always = Vec::new();
        for (place, property) in description.properties.iter().enumerate() {
            if on && property.when == When::Always {
                always.push(place);
            }
        }
        Judge { always, looked_at: Cell::new(None) }
    }

    /// Whether there is nothing to look at.
    #[inline]
    pub(super) fn is_idle(&self) -> bool {
        self.always.is_empty()
    }

    /// Looks at the world after a step of that node; local properties are looked at there only.
    pub(crate) fn look(&self, world: &dyn AnyWorld, node: NodeIndex) -> Option<Violation> {
        self.look_by(node, &|property| world.check(property, Some(node)))
    }

    /// The same, by something that tells whether a property holds after a step of that node.
    #[inline]
    pub(super) fn look_by(&self, node: NodeIndex, check: &dyn Fn(usize) -> Verdict) -> Option<Violation> {
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

    /// What is wrong if it was a property that panicked, after a step of that node.
    pub(crate) fn panicked(&self, node: NodeIndex, what: &str) -> Option<Violation> {
        let property = self.looked_at.take();
        property.map(|_| Violation { property, node, what: format!("it panicked: {what}") })
    }
}

/// What is wrong with a step by which the protocol broke its own word; `tag` is that of the message, if it was one.
#[cold]
pub(crate) fn broken(node: &dyn NodeView, tag: Option<u8>, stepped: Stepped, description: &Description) -> Violation {
    let what = explain::broken_word(stepped, tag, node.state_name(), description).unwrap_or_default();
    Violation { property: None, node: node.index(), what }
}
