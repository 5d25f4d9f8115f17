//! All nodes of a protocol made at run time.

use core::fmt::{self, Debug};
use core::time::Duration;
use std::rc::Rc;
use std::sync::Arc;

use super::{
    Act, AnyConfig, AnyEffect, AnyEvent, AnyInstance, AnyNode, AnyWorld, Asked, Glance, KeptNode, Look, NodeStart, NodeView,
    Reads, Totals, WorldView,
};
use crate::protocol::fingerprint::Print;
use crate::protocol::traffic::Traffic;
use crate::protocol::{Description, Local, Stepped, Verdict, watch};
use crate::topology::{Graph, NodeIndex};

/// Makes a node, at the start or after a crash: as [`Definition::node`](super::Definition::node).
pub type MakeNode = dyn Fn(NodeStart<'_>, &mut Vec<AnyEffect>) -> Result<Box<dyn AnyNode>, String>;

/// Checks a property on all nodes, or on one: as [`AnyWorld::check`].
pub type LookAt = dyn Fn(&Crowd, Option<NodeIndex>) -> Verdict;

/// All nodes of a protocol made at run time: what its [`Definition::make_world`](super::Definition::make_world) gives.
///
/// ```no_run
/// # use nodes::protocol::{AnyConfig, AnyInstance, AnyWorld, Asked, Crowd, Description, MakeNode, Reads};
/// # use nodes::topology::NodeIndex;
/// # use std::{rc::Rc, sync::Arc};
/// # fn make_world(
/// #     description: &Description,
/// #     instance: &Arc<dyn AnyInstance>,
/// #     config: &dyn AnyConfig,
/// #     reads: Reads,
/// #     make: Rc<MakeNode>,
/// #     making: &mut NodeIndex,
/// # ) -> (Box<dyn AnyWorld>, Asked) {
/// let (crowd, asked) = Crowd::new(description, instance, config, reads, make, making);
/// let crowd = crowd.looking_at(|crowd, _| if crowd.all_terminal() { Ok(()) } else { Err("not all".into()) });
/// (Box::new(crowd), asked)
/// # }
/// ```
pub struct Crowd {
    instance: Arc<dyn AnyInstance>,
    config: Box<dyn AnyConfig>,
    reads: Reads,
    make: Rc<MakeNode>,
    checks: Vec<Rc<LookAt>>,
    nodes: Vec<Box<dyn AnyNode>>,
    traffic: Traffic,
    /// How many live nodes have not decided.
    undecided: usize,
}

impl Crowd {
    /// All nodes as they are before any event, without properties.
    ///
    /// # Panics
    /// If a node cannot be made; `making` says which.
    pub fn new(
        description: &Description,
        instance: &Arc<dyn AnyInstance>,
        config: &dyn AnyConfig,
        reads: Reads,
        make: Rc<MakeNode>,
        making: &mut NodeIndex,
    ) -> (Self, Asked) {
        let sent = vec![0; description.messages.len()];
        let mut crowd = Crowd::ended(instance, config, make, Vec::new(), sent);
        crowd.reads = reads;
        let mut asked = Vec::new();
        for index in instance.graph().nodes() {
            *making = index;
            let mut effects = Vec::new();
            let node = crowd.make(index, None, Duration::ZERO, &mut effects).unwrap_or_else(|what| panic!("{what}"));
            crowd.undecided += usize::from(!node.view().is_decided());
            crowd.nodes.push(node);
            if !effects.is_empty() {
                asked.push((index, effects));
            }
        }
        (crowd, asked)
    }

    /// Nodes that ended in other processes, and how many messages of each tag they sent; none is under way.  Without properties.  For
    /// [`Definition::ended_world`](super::Definition::ended_world).
    pub fn ended(
        instance: &Arc<dyn AnyInstance>,
        config: &dyn AnyConfig,
        make: Rc<MakeNode>,
        nodes: Vec<Box<dyn AnyNode>>,
        sent: Vec<u64>,
    ) -> Self {
        let mut undecided = 0;
        for node in &nodes {
            undecided += usize::from(node.view().is_alive() && !node.view().is_decided());
        }
        Crowd {
            instance: Arc::clone(instance),
            config: config.copied(),
            reads: Reads::default(),
            make,
            checks: Vec::new(),
            undecided,
            nodes,
            traffic: Traffic::ended(sent),
        }
    }

    /// Adds a property: the next in the order of [`Description::properties`].
    pub fn looking_at(mut self, check: impl Fn(&Crowd, Option<NodeIndex>) -> Verdict + 'static) -> Self {
        self.checks.push(Rc::new(check));
        self
    }

    /// What the run starts from: graph, ids, inputs.
    pub fn instance(&self) -> &dyn AnyInstance {
        &*self.instance
    }

    /// Whether every live node has decided.
    pub fn all_terminal(&self) -> bool {
        self.undecided == 0
    }

    /// How many messages of that tag are under way.
    ///
    /// # Panics
    /// If the protocol has no message of that tag.
    pub fn in_transit_by_tag(&self, tag: u8) -> u64 {
        self.traffic.under_way(tag)
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

    /// The step in which a node crashes: see `AnyWorld::last_step`.  What cannot be copied stands there as that step leaves it.
    pub(super) fn last_step(&mut self, node: NodeIndex, event: AnyEvent, now: Duration, effects: &mut Vec<AnyEffect>) {
        match self.nodes[node.index()].copied() {
            Some(mut last) => drop(last.step(event, now, effects)),
            None => drop(self.act(node, Act::Step(event), now, effects)),
        }
    }

    /// A copy of a node, and what its future depends on: see `AnyWorld::keep`.
    pub(super) fn keep(&self, node: NodeIndex, fingerprint: &mut Vec<u8>) -> Result<KeptNode, String> {
        let kept = &self.nodes[node.index()];
        let copy = kept.copied().ok_or("these nodes cannot be copied: `AnyNode::copied` gives none")?;
        made_print(&**kept, fingerprint, Box::new(copy))
    }

    /// Does something to a node, and keeps the count of undecided nodes right, even if that panics.
    fn with(&mut self, node: NodeIndex, deed: &mut dyn FnMut(&mut Self)) {
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
        f.debug_struct("Crowd").field("nodes", &self.nodes.len()).field("sent", &self.traffic.sent()).finish_non_exhaustive()
    }
}

impl WorldView for Crowd {
    fn node(&self, node: NodeIndex) -> &dyn NodeView {
        self.nodes[node.index()].view()
    }

    fn graph(&self) -> Option<&Graph> {
        Some(self.instance.graph())
    }
}

impl AnyWorld for Crowd {
    fn glance(&self, node: NodeIndex) -> Glance {
        let look = self.node(node).look();
        Glance::new(look.is_alive, look.is_plain, look.is_decided, look.has_offer, look.next_alarm)
    }

    fn act(&mut self, node: NodeIndex, act: Act, now: Duration, effects: &mut Vec<AnyEffect>) -> Stepped {
        let mut stepped = Stepped::Handled;
        match act {
            Act::Step(event) => {
                self.with(node, &mut |crowd| stepped = crowd.nodes[node.index()].step(event.clone(), now, effects));
            }
            Act::Finish => self.nodes[node.index()].finish(now, effects),
            Act::Recover(stored) => {
                let Look { is_alive, incarnation, .. } = self.node(node).look();
                if is_alive {
                    return stepped;
                }
                let stored = stored.or_else(|| self.nodes[node.index()].stored().map(Into::into));
                let again = Some((incarnation + 1, stored));
                let mut new = Some(self.make(node, again, now, effects).unwrap_or_else(|what| panic!("{what}")));
                self.with(node, &mut |crowd| {
                    if let Some(new) = new.take() {
                        crowd.nodes[node.index()] = new;
                    }
                });
            }
        }
        stepped
    }

    fn crash(&mut self, node: NodeIndex) {
        self.with(node, &mut |crowd| crowd.nodes[node.index()].crash());
    }

    fn count(&mut self, tag: u8, sent: u64, under_way: i64) {
        self.traffic.count(tag, sent, under_way);
    }

    fn totals(&self) -> Totals<'_> {
        let (sent, in_transit) = (self.traffic.sent(), self.traffic.all_under_way());
        Totals { sent, in_transit, all_terminal: self.undecided == 0 }
    }

    fn check(&self, property: usize, at: Option<NodeIndex>) -> Verdict {
        watch::note_all();
        self.checks.get(property).map_or(Ok(()), |check| check(self, at))
    }

    fn place(&mut self, kept: &KeptNode) {
        let copy = kept.downcast_ref::<Box<dyn AnyNode>>().and_then(|kept| kept.copied());
        let mut copy = Some(copy.unwrap_or_else(|| super::not_of("a protocol made at run time")));
        let node = copy.as_ref().map_or(NodeIndex::new(0), |copy| copy.view().index());
        self.with(node, &mut |crowd| {
            if let Some(copy) = copy.take() {
                crowd.nodes[node.index()] = copy;
            }
        });
    }

    fn copied(&self) -> Box<dyn AnyWorld> {
        let no_copy = || panic!("these nodes cannot be copied: `AnyNode::copied` gives none");
        Box::new(Crowd {
            instance: Arc::clone(&self.instance),
            config: self.config.clone(),
            reads: self.reads,
            make: Rc::clone(&self.make),
            checks: self.checks.clone(),
            nodes: self.nodes.iter().map(|node| node.copied().unwrap_or_else(no_copy)).collect(),
            traffic: self.traffic.clone(),
            undecided: self.undecided,
        })
    }
}

/// All that the future of a node depends on: what can be seen of it.
fn made_print(node: &dyn AnyNode, bytes: &mut Vec<u8>, copy: KeptNode) -> Result<KeptNode, String> {
    let view = node.view();
    let look = view.look();
    if look.next_alarm.is_some() {
        return Err("a node of a protocol made at run time sets an alarm, which a checker cannot see whole".to_owned());
    }
    let mut print = Print::of(bytes, look.is_alive, view.encode());
    print.kept(view, &node.stored().map(Into::into), look.incarnation, usize::from(look.has_offer), false, 0);
    print.finish(copy)
}
