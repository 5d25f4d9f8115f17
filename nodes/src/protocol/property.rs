//! Properties: what must hold always, and what must hold in the end.

use serde::Serialize;

use super::{Node, Protocol, World};
use crate::topology::NodeIndex;

/// When a property must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum When {
    /// In every configuration that a run goes through: `#[always]`, a safety property.
    Always,
    /// When the run has ended: `#[finally]`.
    Finally,
}

/// Whether a property holds; if not, what is wrong (may be empty).
pub type Verdict = Result<(), String>;

/// What the function of a property may return.
pub trait IntoVerdict {
    /// As a verdict.
    fn into_verdict(self) -> Verdict;
}

impl IntoVerdict for bool {
    fn into_verdict(self) -> Verdict {
        if self { Ok(()) } else { Err(String::new()) }
    }
}

impl IntoVerdict for Result<(), String> {
    fn into_verdict(self) -> Verdict {
        self
    }
}

/// What a property looks at.
#[derive(Debug)]
pub enum Check<P: Protocol> {
    /// All nodes.
    World(fn(&World<P>) -> Verdict),
    /// Each node by itself: a local invariant.
    Local(fn(&Node<P>) -> Verdict),
}

/// A property of protocol `P`.
#[derive(Debug)]
pub struct Property<P: Protocol> {
    /// The function's name.
    pub name: &'static str,
    /// What stands above it.
    pub doc: &'static str,
    /// When it must hold.
    pub when: When,
    /// The function.
    pub check: Check<P>,
}

impl<P: Protocol> Property<P> {
    /// Looks at the whole world; a local invariant is looked at on every live node.
    ///
    /// # Panics
    /// If the function does.
    pub fn check(&self, world: &World<P>) -> Verdict {
        self.check_at(world, None)
    }

    /// The same; if a node is given, a local invariant is looked at there only.
    pub(crate) fn check_at(&self, world: &World<P>, at: Option<NodeIndex>) -> Verdict {
        match (&self.check, at) {
            (Check::World(holds), _) => holds(world),
            (Check::Local(holds), Some(node)) => holds(world.node(node)),
            (Check::Local(holds), None) => {
                for node in world.nodes() {
                    if node.is_alive()
                        && let Err(what) = holds(node)
                    {
                        return Err(at_node(node.index(), &what));
                    }
                }
                Ok(())
            }
        }
    }
}

fn at_node(node: NodeIndex, what: &str) -> String {
    if what.is_empty() { format!("at node {node}") } else { format!("at node {node}: {what}") }
}
