//! Properties: what must hold always, and what must hold in the end.

use core::fmt::{self, Debug};
use std::borrow::Cow;
use std::sync::Arc;

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

/// Looks at all nodes, for a property that is made at run time.
pub type CheckWorld<P> = dyn Fn(&World<P>) -> Verdict + Send + Sync;

/// Looks at one node, for a local invariant that is made at run time.
pub type CheckNode<P> = dyn Fn(&Node<P>) -> Verdict + Send + Sync;

/// What a property looks at.
pub enum Check<P: Protocol> {
    /// All nodes.
    World(fn(&World<P>) -> Verdict),
    /// Each node by itself: a local invariant.
    Local(fn(&Node<P>) -> Verdict),
    /// All nodes, by what was made at run time.
    Closure(Arc<CheckWorld<P>>),
    /// Each node by itself, by what was made at run time.
    LocalClosure(Arc<CheckNode<P>>),
}

impl<P: Protocol> Debug for Check<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Check::World(_) => "World(..)",
            Check::Local(_) => "Local(..)",
            Check::Closure(_) => "Closure(..)",
            Check::LocalClosure(_) => "LocalClosure(..)",
        })
    }
}

/// A property of protocol `P`.
#[derive(Debug)]
pub struct Property<P: Protocol> {
    /// The function's name.
    pub name: Cow<'static, str>,
    /// What stands above it.
    pub doc: Cow<'static, str>,
    /// When it must hold.
    pub when: When,
    /// The function.
    pub check: Check<P>,
}

impl<P: Protocol> Property<P> {
    /// A property that is known when the program is compiled.
    pub const fn new(name: &'static str, doc: &'static str, when: When, check: Check<P>) -> Self {
        Property { name: Cow::Borrowed(name), doc: Cow::Borrowed(doc), when, check }
    }

    /// A property that is made at run time.
    pub fn made(
        name: impl Into<String>,
        doc: impl Into<String>,
        when: When,
        check: impl Fn(&World<P>) -> Verdict + Send + Sync + 'static,
    ) -> Self {
        Property { name: Cow::Owned(name.into()), doc: Cow::Owned(doc.into()), when, check: Check::Closure(Arc::new(check)) }
    }

    /// A local invariant that is made at run time.
    pub fn made_local(
        name: impl Into<String>,
        doc: impl Into<String>,
        when: When,
        check: impl Fn(&Node<P>) -> Verdict + Send + Sync + 'static,
    ) -> Self {
        let check = Check::LocalClosure(Arc::new(check));
        Property { name: Cow::Owned(name.into()), doc: Cow::Owned(doc.into()), when, check }
    }

    /// Looks at the whole world; a local invariant is looked at on every live node.
    ///
    /// # Panics
    /// If the function does.
    pub fn check(&self, world: &World<P>) -> Verdict {
        self.check_at(world, None)
    }

    /// The same after a step of that node: a local invariant is looked at there only.
    #[inline(always)]
    pub(crate) fn check_after(&self, world: &World<P>, node: NodeIndex) -> Verdict {
        match &self.check {
            Check::Local(holds) => holds(world.peek(node)),
            _ => self.check_at(world, Some(node)),
        }
    }

    /// The same; if a node is given, a local invariant is looked at there only.
    pub(crate) fn check_at(&self, world: &World<P>, at: Option<NodeIndex>) -> Verdict {
        match (&self.check, at) {
            (Check::World(holds), _) => holds(world),
            (Check::Closure(holds), _) => holds(world),
            (_, Some(node)) => self.check_node(world.peek(node)),
            (_, None) => {
                for node in world.nodes() {
                    if node.is_alive()
                        && let Err(what) = self.check_node(node)
                    {
                        return Err(at_node(node.index(), &what));
                    }
                }
                Ok(())
            }
        }
    }

    /// A local invariant, at one node.
    #[inline(always)]
    fn check_node(&self, node: &Node<P>) -> Verdict {
        match &self.check {
            Check::Local(holds) => holds(node),
            Check::LocalClosure(holds) => holds(node),
            Check::World(_) | Check::Closure(_) => Ok(()),
        }
    }
}

fn at_node(node: NodeIndex, what: &str) -> String {
    if what.is_empty() { format!("at node {node}") } else { format!("at node {node}: {what}") }
}
