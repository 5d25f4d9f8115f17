//! What a step asked for: messages, and words for the outside.

use serde_json::Value;

use super::Actor;
use crate::link::{DEFAULT_MAX_MESSAGE, Endpoint};
use crate::network::{Carrier, Observer, Sent, carry_out, too_large};
use crate::process::control::FromNode;
use crate::process::links::{CONTROL, link_of, tell};
use crate::process::memory;
use crate::process::record::stamp;
use crate::protocol::codec::EncodeError;
use crate::protocol::{AnyAlarm, AnyMessage, WorldView};
use crate::topology::{NodeIndex, Port};

impl Actor {
    /// Does what the node has asked for.
    pub(super) fn carry_out(&mut self, endpoint: &mut Endpoint) {
        self.followers.pass_time(self.now());
        if !self.effects.is_empty() {
            let mut effects = std::mem::take(&mut self.effects);
            carry_out(self.own.index, &mut effects, &mut Outbox { actor: self, endpoint });
            self.effects = effects;
        }
        // A large message is rare, and its room is not kept for the next.
        if self.buffer.len() > DEFAULT_MAX_MESSAGE {
            self.buffer = Vec::new();
        }
        let Some(journal) = self.followers.journal() else { return };
        if let Some(what) = journal.take_trouble() {
            let _ = tell(endpoint, &FromNode::Trouble(what));
        }
        for line in journal.take_lines() {
            // A line that is too long for a message stands in the file, if there is one.
            let _ = tell(endpoint, &FromNode::Log(line));
        }
    }
}

/// Carries out what the node asks for, through its links.
struct Outbox<'a> {
    actor: &'a mut Actor,
    endpoint: &'a mut Endpoint,
}

impl Outbox<'_> {
    fn fail(&mut self, what: String) {
        self.actor.fail(false, what, self.endpoint);
    }

    /// Hands the encoded message to the link, if so much may wait; the error says why not.
    fn hand_over(&mut self, port: Port, length: usize) -> Result<(), String> {
        let Outbox { actor, endpoint } = self;
        let to = actor.own.peers[port.index()].node;
        let waiting = endpoint.queued_total() - endpoint.queued(CONTROL);
        if waiting + length > actor.outbox_limit {
            let (link, limit) = (endpoint.queued(link_of(port)), actor.outbox_limit);
            return Err(format!(
                "{waiting} bytes wait to be sent, {link} of them to node {to} (port {port}), and with {length} more they would \
                 pass the limit of {limit}: it sends faster than its neighbours take; a higher limit is given by `--outbox-limit`"
            ));
        }
        let depth = actor.depth + 1;
        let stamp = if actor.followers.record.is_some() { stamp(depth, actor.next_number) } else { depth };
        endpoint
            .send(link_of(port), stamp, &actor.buffer[..length])
            .map_err(|cause| format!("nothing more can be sent to node {to} (port {port}): {cause}"))
    }
}

impl Carrier<AnyMessage, AnyAlarm> for Outbox<'_> {
    fn observer(&mut self) -> Option<&mut dyn Observer> {
        Some(&mut self.actor.followers)
    }

    fn ports(&self, _node: NodeIndex) -> usize {
        self.actor.own.peers.len()
    }

    fn can_send(&self, _node: NodeIndex, port: Port) -> bool {
        self.actor.sends[port.index()]
    }

    /// Encodes the message; [`send`](Carrier::send) takes it from the buffer.
    fn length(&mut self, _node: NodeIndex, msg: &AnyMessage) -> Option<u64> {
        let actor = &mut *self.actor;
        let limit = actor.description.max_message;
        // Content that a program wrote by hand may ignore the limit.
        let within = |length| if length <= limit { Ok(length) } else { Err(EncodeError::Full) };
        match msg.encode_into(&mut actor.buffer, limit).and_then(within) {
            Ok(length) => Some(length as u64),
            Err(cause) => {
                let what = match msg.length() {
                    Some(length) if length > limit => too_large(length, msg.tag(), &actor.description),
                    _ => {
                        let name = &actor.description.messages[usize::from(msg.tag())].name;
                        format!("`{name}` cannot be sent: {cause}")
                    }
                };
                self.fail(what);
                None
            }
        }
    }

    fn send(&mut self, node: NodeIndex, port: Port, msg: AnyMessage, length: u64) {
        let handed_over = self.hand_over(port, length as usize);
        let actor = &mut *self.actor;
        let to = actor.own.neighbour(node, port);
        let sent = Sent { from: node, port, to, msg: &msg, length, number: actor.next_number };
        match handed_over {
            Ok(()) => {
                actor.followers.sent(&sent);
                actor.next_number += 1;
                actor.sent += u64::from(!actor.dead[port.index()]);
            }
            Err(what) => {
                actor.followers.sent_in_vain(&sent);
                self.fail(what);
            }
        }
    }

    /// What waits for the node itself is bounded too: a handler may send itself more than it takes.
    fn send_to_self(&mut self, node: NodeIndex, msg: AnyMessage) {
        let actor = &mut *self.actor;
        let (waiting, limit) = (actor.to_self.len(), actor.outbox_limit);
        if (waiting + 1) * msg.size() > limit {
            return self.fail(format!(
                "{waiting} messages that it sent to itself wait, and with one more they would pass the limit of {limit} bytes; \
                 a higher limit is given by `--outbox-limit`"
            ));
        }
        let number = actor.next_number;
        actor.followers.sent(&Sent { from: node, port: Port::SELF, to: node, msg: &msg, length: 0, number });
        actor.next_number += 1;
        actor.to_self.push_back((msg, number));
    }

    /// Puts it where a crash does not reach it.
    fn store(&mut self, _node: NodeIndex, bytes: &[u8]) {
        let Some(path) = &self.actor.memory else { return };
        if let Err(cause) = memory::write(path, bytes) {
            self.fail(format!("what it stores cannot be written: {cause}"));
        }
    }

    fn report(&mut self, _node: NodeIndex, name: &str, value: Value) {
        let told = tell(self.endpoint, &FromNode::Report { name: name.to_owned(), value: value.to_string() });
        if let Err(cause) = told {
            self.fail(format!("its report `{name}` cannot be told: {cause}"));
        }
    }
}
