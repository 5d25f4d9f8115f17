//! Crashes as planned, and recoveries: a new process for a node that has crashed.
//!
//! A node that is to crash is told so, and dies in the next step that it begins: see [`Doom`](ToNode::Doom).  It is killed if it has
//! begun none when it is to recover, or when the run is over.  Crashes and recoveries of a node take turns: each waits for the one
//! before, however long a process takes to end or to come up.
//!
//! The new process says Hello, and is set up as the first was, with what the node had stored.  When it is ready, everybody is
//! told; once each live neighbour has said that it knows, the node begins.  So what is sent to it from then on reaches it, and
//! what its former life had on the way is addressed to the dead.

use core::time::Duration;

use mio::Token;

use super::Initializer;
use crate::link::LinkId;
use crate::network::{Crash, Leaving, Recovery};
use crate::process::clock;
use crate::process::control::{Failure, ToNode};
use crate::process::ending::Death;
use crate::process::member::Stage;
use crate::scarce::in_words;
use crate::sorting;
use crate::topology::NodeIndex;

impl Initializer {
    /// When the next crash or recovery is due.
    pub(super) fn next_fault(&self) -> Option<Duration> {
        let started = self.started?;
        let faults = &self.prepared.faults;
        let crashes = faults.crashes.iter().filter(|crash| !self.members[crash.node].planned);
        let recoveries = faults.recoveries.iter().filter(|recovery| self.is_down(recovery.node));
        let times = crashes.map(|crash| crash.at).chain(recoveries.map(|recovery| recovery.at));
        times.map(|at| started.saturating_add(at)).min()
    }

    /// Tells the nodes whose time has come, and starts those again whose time it is.
    pub(super) fn crash_and_recover_due(&mut self, now: Duration) {
        let Some(origin) = self.started else { return };
        let is_due = |at: Duration| origin.saturating_add(at) <= now;
        let may_crash = |this: &Self, crash: &Crash| is_due(crash.at) && !this.members[crash.node].planned;
        while let Some(place) = self.prepared.faults.crashes.iter().position(|crash| may_crash(self, crash)) {
            let Crash { node, leaving, .. } = self.prepared.faults.crashes.remove(place);
            self.doom(node, leaving);
        }
        let recoveries = &self.prepared.faults.recoveries;
        let late = recoveries.iter().filter(|recovery| is_due(recovery.at) && self.members[recovery.node].planned);
        late.for_each(|recovery| self.children.kill_one(recovery.node));
        // Who has not ended yet is started again when it has.
        let may_recover = |this: &Self, recovery: &Recovery| is_due(recovery.at) && this.members[recovery.node].gone;
        while let Some(place) = self.prepared.faults.recoveries.iter().position(|recovery| may_recover(self, recovery)) {
            let Recovery { node, .. } = self.prepared.faults.recoveries.remove(place);
            self.restart(node);
        }
    }

    /// Whether a node has crashed, or will in its next step.
    fn is_down(&self, node: usize) -> bool {
        self.members[node].gone || self.members[node].planned
    }

    /// The node dies in its next step; at once if it cannot be told.
    fn doom(&mut self, node: usize, leaving: Leaving) {
        if self.members[node].gone || std::mem::replace(&mut self.members[node].planned, true) {
            return;
        }
        let first = match leaving {
            Leaving::Drawn => None,
            Leaving::First(messages) => Some(messages as u64),
        };
        if self.members[node].stage < Stage::Ready {
            self.children.kill_one(node);
        } else {
            self.tell(node, &ToNode::Doom { first });
        }
        if self.will_recover(node) {
            self.tally.expect();
        }
    }

    /// The run is over: who was to crash, and has made no step since, is killed.
    pub(super) fn crash_the_doomed(&mut self) {
        for node in 0..self.nodes() {
            if self.members[node].planned && !self.members[node].gone {
                self.children.kill_one(node);
                self.note_ended(node);
            }
        }
    }

    /// Whether a node that has crashed, or is to, is to come back: then the run is not over.
    pub(super) fn expects_recoveries(&self) -> bool {
        let faults = &self.prepared.faults;
        faults.recoveries.iter().any(|recovery| self.is_down(recovery.node))
            || self.members.iter().any(|member| member.incarnation > 0 && !member.gone && !member.begun)
    }

    /// Whether the crash of that node was planned, and its recovery is.
    pub(super) fn will_recover(&self, node: usize) -> bool {
        self.members[node].planned && self.prepared.faults.recoveries.iter().any(|recovery| recovery.node == node)
    }

    fn restart(&mut self, node: usize) {
        let member = &mut self.members[node];
        member.incarnation += 1;
        (member.stage, member.address, member.gone, member.planned, member.begun) = (Stage::Started, None, false, false, false);
        let incarnation = member.incarnation;
        self.endpoint.peer_restarted(LinkId::new(node as u32), incarnation, None);
        let started = self.birth(node).and_then(|birth| {
            let child = self.starter.launch(&self.prepared.description.name, &birth)?;
            self.children.replace(node, child, self.poll.registry(), Token(node))
        });
        if let Err(cause) = started {
            self.fail(
                node,
                Failure { violation: false, what: format!("its process cannot be started again: {}", in_words(&cause)) },
            );
        }
    }

    /// A node that was started again is set up: everybody is told.
    pub(super) fn announce(&mut self, node: usize) {
        let Some(address) = self.members[node].address else { return };
        let incarnation = self.members[node].incarnation;
        let graph = self.prepared.instance.graph();
        let neighbours = graph.ends(NodeIndex::new(node)).map(|end| end.neighbour.index());
        // A neighbour that is not set up itself learns of it then.
        let told =
            |other: &usize| *other != node && !self.members[*other].gone && self.members[*other].stage >= Stage::Introduced;
        self.members[node].unaware = sorting::set(neighbours.filter(told));
        self.tally.resurrect(node);
        for other in 0..self.nodes() {
            self.tell(other, &ToNode::Recovered { node: node as u32, incarnation, address });
        }
        self.begin_if_known(node);
    }

    /// A node knows that another is back.
    pub(super) fn note_aware(&mut self, node: usize, of: usize) {
        if let Some(member) = self.members.get_mut(of)
            && member.unaware.remove(&node)
        {
            self.begin_if_known(of);
        }
    }

    /// Nobody waits for the dead.
    pub(super) fn forget_unaware(&mut self, dead: usize) {
        for node in 0..self.nodes() {
            if self.members[node].unaware.remove(&dead) {
                self.begin_if_known(node);
            }
        }
        self.members[dead].unaware.clear();
    }

    fn begin_if_known(&mut self, node: usize) {
        let member = &mut self.members[node];
        if !member.unaware.is_empty()
            || member.stage < Stage::Ready
            || member.gone
            || std::mem::replace(&mut member.begun, true)
        {
            return;
        }
        let Some(origin) = self.started else { return };
        let at = clock::now().saturating_sub(origin);
        self.recovered.push(Death { node, at: Some(at), what: "recovered, as planned".into() });
        self.tell(node, &ToNode::Begin { origin });
        self.expect_no_more_impulses();
    }
}
