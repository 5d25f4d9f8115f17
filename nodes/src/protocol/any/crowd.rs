//! All nodes of a protocol made at run time.

use core::any::Any;
use core::fmt::{self, Debug};
use core::time::Duration;
use std::rc::Rc;
use std::sync::Arc;

use super::{AnyConfig, AnyEffect, AnyEvent, AnyInstance, AnyNode, AnyWorld, Asked, NodeStart, NodeView, Reads, WorldView};
use crate::panics::caught;
use crate::protocol::{Description, Local, Stepped, Verdict};
use crate::topology::{NodeIndex, Port};

/// Makes a node, in the beginning or after a crash: as [`Definition::node`](super::Definition::node).
pub type MakeNode = dyn Fn(NodeStart<'_>, &mut Vec<AnyEffect>) -> Result<Box<dyn AnyNode>, String>;

/// Looks at all nodes, or at one, for a property: as [`AnyWorld::check`].
pub type LookAt = dyn Fn(&Crowd, Option<NodeIndex>) -> Verdict;

/// All nodes of a protocol made at run time: what its [`Definition::world`](super::Definition::world) gives.
///
/// ```no_run
/// # use nodes::protocol::{AnyConfig, AnyInstance, AnyWorld, Asked, Crowd, Description, MakeNode, Reads};
/// # use nodes::topology::NodeIndex;
/// # use std::{rc::Rc, sync::Arc};
/// # fn world(
/// #     description: &Description,
/// #     instance: &Arc<dyn AnyInstance>,
/// #     config: &dyn AnyConfig,
/// #     reads: Reads,
/// #     make: Rc<MakeNode>,
/// # ) -> Result<(Box<dyn AnyWorld>, Asked), (NodeIndex, String)> {
/// let (crowd, asked) = Crowd::new(description, instance, config, reads, make)?;
/// let crowd = crowd.looking_at(|crowd, _| if crowd.all_terminal() { Ok(()) } else { Err("not all".into()) });
/// # Ok((Box::new(crowd), asked)) }
/// ```
pub struct Crowd {
    instance: Arc<dyn AnyInstance>,
    config: Box<dyn AnyConfig>,
    reads: Reads,
    make: Rc<MakeNode>,
    checks: Vec<Rc<LookAt>>,
    nodes: Vec<Box<dyn AnyNode>>,
    sent: Vec<u64>,
    arrived: Vec<u64>,
    /// How many live nodes have not decided.
    undecided: usize,
}

impl Crowd {
    /// All nodes as they are before anything happens, without properties.
    ///
    /// # Errors
    /// If a node does not come into being: which, and why.
    pub fn new(
        description: &Description,
        instance: &Arc<dyn AnyInstance>,
        config: &dyn AnyConfig,
        reads: Reads,
        make: Rc<MakeNode>,
    ) -> Result<(Self, Asked), (NodeIndex, String)> {
        let sent = vec![0; description.messages.len()];
        let mut crowd = Crowd::ended(instance, config, make, Vec::new(), sent);
        crowd.reads = reads;
        let mut asked = Vec::new();
        for index in instance.graph().nodes() {
            let mut effects = Vec::new();
            let made = caught(|| crowd.make(index, None, Duration::ZERO, &mut effects));
            let node = made.and_then(|made| made).map_err(|what| (index, what))?;
            crowd.undecided += usize::from(!node.view().is_decided());
            crowd.nodes.push(node);
            if !effects.is_empty() {
                asked.push((index, effects));
            }
        }
        Ok((crowd, asked))
    }

    /// Nodes that ended in other processes, and how many messages they sent by tag, none of them under way; without properties.  For
    /// [`Definition::ended_world`](super::Definition::ended_world).
    pub fn ended(
        instance: &Arc<dyn AnyInstance>,
        config: &dyn AnyConfig,
        make: Rc<MakeNode>,
        nodes: Vec<Box<dyn AnyNode>>,
        sent: Vec<u64>,
    ) -> Self {
        let waits = |node: &dyn NodeView| node.is_alive() && !node.is_decided();
        Crowd {
            instance: Arc::clone(instance),
            config: config.copied(),
            reads: Reads::default(),
            make,
            checks: Vec::new(),
            undecided: nodes.iter().filter(|node| waits(node.view())).count(),
            nodes,
            arrived: sent.clone(),
            sent,
        }
    }

    /// With one property more, the next in the order of [`Description::properties`].
    pub fn looking_at(mut self, check: impl Fn(&Crowd, Option<NodeIndex>) -> Verdict + 'static) -> Self {
        self.checks.push(Rc::new(check));
        self
    }

    /// What the run starts from: graph, ids, inputs.
    pub fn instance(&self) -> &dyn AnyInstance {
        &*self.instance
    }

    /// How many messages of that type are under way between neighbours.
    pub fn in_transit(&self, tag: u8) -> u64 {
        self.sent[usize::from(tag)].wrapping_sub(self.arrived[usize::from(tag)])
    }

    fn make(
        &self,
        node: NodeIndex,
        again: Option<(u32, Option<Box<[u8]>>)>,
        now: Duration,
        effects: &mut Vec<AnyEffect>,
    ) -> Result<Box<dyn AnyNode>, String> {
        let local = Local::encoded(&*self.instance, node)?;
        (self.make)(NodeStart { local, config: &*self.config, again, now, reads: self.reads }, effects)
    }

    fn waits(&self, node: NodeIndex) -> bool {
        let view = self.nodes[node.index()].view();
        view.is_alive() && !view.is_decided()
    }

    /// Does something to a node, and keeps count of who has not decided, also if that panics.
    fn with(&mut self, node: NodeIndex, deed: impl FnOnce(&mut Self)) {
        self.undecided -= usize::from(self.waits(node));
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| deed(self)));
        self.undecided += usize::from(self.waits(node));
        if let Err(panic) = done {
            std::panic::resume_unwind(panic);
        }
    }
}

impl Debug for Crowd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Crowd").field("nodes", &self.nodes.len()).field("sent", &self.sent).finish_non_exhaustive()
    }
}

impl WorldView for Crowd {
    fn node(&self, node: NodeIndex) -> &dyn NodeView {
        self.nodes[node.index()].view()
    }

    fn nodes(&self) -> core::ops::Range<usize> {
        0..self.nodes.len()
    }

    fn neighbour(&self, node: NodeIndex, port: Port) -> NodeIndex {
        self.instance.graph().end(node, port).neighbour
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl AnyWorld for Crowd {
    fn view(&self) -> &dyn WorldView {
        self
    }

    fn step(&mut self, node: NodeIndex, event: AnyEvent, now: Duration, effects: &mut Vec<AnyEffect>) -> Stepped {
        let mut stepped = Stepped::Ignored;
        self.with(node, |crowd| stepped = crowd.nodes[node.index()].step(event, now, effects));
        stepped
    }

    fn finish(&mut self, node: NodeIndex, now: Duration, effects: &mut Vec<AnyEffect>) {
        self.nodes[node.index()].finish(now, effects);
    }

    fn crash(&mut self, node: NodeIndex) {
        self.with(node, |crowd| crowd.nodes[node.index()].crash());
    }

    fn recover(&mut self, node: NodeIndex, now: Duration, effects: &mut Vec<AnyEffect>) {
        let (old, incarnation) = (&self.nodes[node.index()], self.node(node).incarnation());
        if self.node(node).is_alive() {
            return;
        }
        let again = Some((incarnation + 1, old.stored().map(Into::into)));
        match self.make(node, again, now, effects) {
            Ok(new) => self.with(node, |crowd| crowd.nodes[node.index()] = new),
            Err(what) => panic!("{what}"),
        }
    }

    fn count_sent(&mut self, tag: u8, copies: u64) {
        self.sent[usize::from(tag)] += copies;
    }

    fn count_copied(&mut self, tag: u8) {
        let arrived = &mut self.arrived[usize::from(tag)];
        *arrived = arrived.wrapping_sub(1);
    }

    fn count_arrived(&mut self, tag: u8) {
        let arrived = &mut self.arrived[usize::from(tag)];
        *arrived = arrived.wrapping_add(1);
    }

    fn sent_by_tag(&self) -> &[u64] {
        &self.sent
    }

    fn all_terminal(&self) -> bool {
        self.undecided == 0
    }

    fn check(&self, property: usize, at: Option<NodeIndex>) -> Verdict {
        self.checks.get(property).map_or(Ok(()), |check| check(self, at))
    }

    fn copied(&self) -> Box<dyn AnyWorld> {
        Box::new(Crowd {
            instance: Arc::clone(&self.instance),
            config: self.config.clone(),
            reads: self.reads,
            make: Rc::clone(&self.make),
            checks: self.checks.clone(),
            nodes: self.nodes.iter().map(|node| node.copied()).collect(),
            sent: self.sent.clone(),
            arrived: self.arrived.clone(),
            undecided: self.undecided,
        })
    }
}
