//! What the nodes say, and how their processes end.

use serde_json::Value;

use super::Initializer;
use crate::link::LinkId;
use crate::network::OnCrash;
use crate::process::children::how_ended;
use crate::process::control::{Failure, FromNode, Status, ToNode};
use crate::process::ending::{AS_PLANNED, Death, End};
use crate::process::member::Stage;
use crate::process::tally::Conclusion;
use crate::process::{Progress, clock};
use crate::protocol::bounded;

impl Initializer {
    /// Takes what a node says.
    pub(super) fn hear(&mut self, node: usize) {
        let said = match bounded::decode::<FromNode>(&self.inbox) {
            Ok(said) => said,
            Err(cause) => {
                let failure = Failure { violation: false, what: format!("what it says does not decode: {cause}") };
                return self.fail(node, failure);
            }
        };
        match said {
            FromNode::Hello { fingerprint } => {
                if !self.is_same_build(node, fingerprint, self.default_fingerprint) {
                    return;
                }
                self.members[node].address = self.endpoint.peer(LinkId::new(node as u32)).address;
                self.members[node].stage = Stage::Present;
                self.introduce_around(node);
            }
            FromNode::Ready { fingerprint } => {
                if !self.is_same_build(node, fingerprint, self.fingerprint) {
                    return;
                }
                self.members[node].stage = Stage::Ready;
                self.ready += 1;
                if self.members[node].incarnation > 0 {
                    self.announce(node);
                }
            }
            FromNode::Aware { of } => self.note_aware(node, of as usize),
            FromNode::Woken => self.members[node].stage = Stage::Woken,
            FromNode::Status(status) => self.note_status(node, status),
            FromNode::Log(line) => self.tell_progress(Progress::Log { node, line }),
            FromNode::Trouble(what) => self.unwritten.push(format!("node {node}: {what}")),
            FromNode::Report { name, value } => {
                let value = serde_json::from_str(&value).unwrap_or(Value::String(value));
                self.members[node].reported.insert(name, value);
            }
            FromNode::Failed(failure) => self.fail(node, failure),
            FromNode::Final(last) => self.members[node].last = Some(last),
        }
    }

    /// Whether a node has the protocol that this program has; if not, the run fails.
    fn is_same_build(&mut self, node: usize, fingerprint: u64, expected: u64) -> bool {
        if fingerprint != expected {
            let what = format!(
                "it is another build: its messages and fields have the fingerprint {fingerprint:016x}, this program's {expected:016x}"
            );
            self.fail(node, Failure { violation: false, what });
        }
        fingerprint == expected
    }

    /// A node's process has ended: as planned, as the run goes on after, or against all plans.
    pub(super) fn note_ended(&mut self, node: usize) {
        let how = match self.children.await_end(node) {
            Some(status) => how_ended(status),
            None => "closed its end of the pipe".to_owned(),
        };
        let at = self.started.map(|started| clock::now().saturating_sub(started));
        self.orders.forget(node);
        let member = &mut self.members[node];
        if std::mem::replace(&mut member.gone, true) || member.last.is_some() {
            return;
        }
        let planned = member.planned;
        let what = match self.children.last_words(node) {
            _ if planned => AS_PLANNED.to_owned(),
            Some(why) => format!("its process cannot go on: {why}"),
            None => format!("its process {how}"),
        };
        if let (Some(recorded), Some(at)) = (&self.recorded, at) {
            recorded.note_death(node, at, &what);
        }
        let ends = self.prepared.faults.on_crash == OnCrash::Stop && !self.will_recover(node);
        if ends || self.started.is_none() {
            let failure = Failure { violation: false, what };
            let failed = End::Failed { node, at, failure, report: None };
            return self.end_by(if planned { End::Crashed { node, at } } else { failed });
        }
        self.deaths.push(Death { node, at, what });
        self.endpoint.peer_died(LinkId::new(node as u32));
        for other in 0..self.nodes() {
            self.tell(other, &ToNode::Died { node: node as u32 });
        }
        if self.will_recover(node) {
            self.tally.expect();
        } else {
            // Nobody wakes the dead.
            self.prepared.initiators.retain(|(initiator, _)| initiator.index() != node);
        }
        self.forget_unaware(node);
        let conclusion = self.tally.bury(node);
        self.conclude(conclusion);
        self.expect_no_more_impulses();
    }

    /// A node cannot go on.  That is a mistake in the protocol, which ends the run even if crashes do not.
    pub(super) fn fail(&mut self, node: usize, failure: Failure) {
        let at = self.started.map(|started| clock::now().saturating_sub(started));
        // It was written before the node said that it has failed.
        let report = self.children.last_words(node);
        self.end_by(End::Failed { node, at, failure, report });
    }

    fn note_status(&mut self, node: usize, status: Status) {
        let conclusion = self.tally.note(node, status);
        self.conclude(conclusion);
    }

    pub(super) fn conclude(&mut self, conclusion: Conclusion) {
        match conclusion {
            Conclusion::Open => {}
            Conclusion::Probe(wave) => {
                for node in 0..self.nodes() {
                    self.tell(node, &ToNode::Probe { wave });
                }
            }
            Conclusion::Quiet => self.end_by(End::Quiet),
        }
    }
}
