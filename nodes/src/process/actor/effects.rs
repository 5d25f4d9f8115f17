//! What a step asked for: messages, and words for the outside.

use super::Actor;
use crate::link::{Endpoint, MAX_MESSAGE};
use crate::process::control::FromNode;
use crate::process::links::{CONTROL, link_of, tell};
use crate::process::memory;
use crate::process::record::stamp;
use crate::protocol::{Effect, MessageSet, Protocol};
use crate::execution::LogLine;
use crate::topology::{NodeIndex, Port};

impl<P: Protocol> Actor<P> {
    /// Does what the last step asked for.
    pub(super) fn carry_out(&mut self, endpoint: &mut Endpoint) {
        let mut effects = self.net.take_effects();
        // Nobody hears of what may yet be forgotten.
        self.store(&effects, endpoint);
        for effect in effects.drain(..) {
            match effect {
                Effect::Send { port, msg } => {
                    if let Some(length) = self.encode(&msg, endpoint) {
                        self.send(port, &msg, length, endpoint);
                    }
                }
                Effect::SendAll { except, msg } => {
                    if let Some(length) = self.encode(&msg, endpoint) {
                        for port in (0..self.peers.len()).map(Port::new) {
                            if self.net.can_send(port) && !except.contains(port) {
                                self.send(port, &msg, length, endpoint);
                            }
                        }
                    }
                }
                Effect::ToSelf { msg } => self.send_to_self(msg, endpoint),
                Effect::Log(line) => {
                    if let Some(record) = &mut self.record {
                        record.logs(&line);
                    }
                    self.journal.note(self.now(), &LogLine::Says(&line));
                }
                Effect::Report { name, value } => {
                    if let Some(record) = &mut self.record {
                        record.reports(&name, &value);
                    }
                    self.journal.note(self.now(), &LogLine::Reports { name: &name, value: &value });
                    let told = tell(endpoint, &FromNode::Report { name: name.to_string(), value: value.to_string() });
                    if let Err(cause) = told {
                        self.fail(false, format!("its report `{name}` cannot be told: {cause}"), endpoint);
                    }
                }
                effect @ (Effect::SetAlarm { .. } | Effect::Cancel { .. }) => {
                    if let Some(record) = &mut self.record {
                        record.alarm(&effect);
                    }
                }
                Effect::Store(_) => {}
            }
        }
        self.net.give_back(effects);
        if let Some(what) = self.journal.take_trouble() {
            let _ = tell(endpoint, &FromNode::Trouble(what));
        }
        for line in self.journal.take_lines() {
            // A line that is too long for a message stands in the file, if there is one.
            let _ = tell(endpoint, &FromNode::Log(line));
        }
    }

    fn encode(&mut self, msg: &P::Msg, endpoint: &mut Endpoint) -> Option<usize> {
        match msg.encode_growing(&mut self.buffer) {
            Ok(length) => Some(length),
            Err(cause) => {
                let name = &self.description.messages[usize::from(msg.tag())].name;
                let cause = match msg.length() {
                    Some(length) if length > MAX_MESSAGE => format!("it has {length} bytes, more than {MAX_MESSAGE}"),
                    _ => cause.to_string(),
                };
                self.fail(false, format!("`{name}` cannot be sent: {cause}"), endpoint);
                None
            }
        }
    }

    fn send(&mut self, port: Port, msg: &P::Msg, length: usize, endpoint: &mut Endpoint) {
        if self.journal.is_open() {
            let to = NodeIndex::new(self.peers[port.index()].node as usize);
            self.journal.note(self.now(), &LogLine::Sends { msg, to, port });
        }
        let to = self.peers[port.index()].node;
        let waiting = endpoint.queued_total() - endpoint.queued(CONTROL);
        if waiting + length > self.outbox_limit {
            let (link, limit) = (endpoint.queued(link_of(port)), self.outbox_limit);
            let what = format!(
                "{waiting} bytes wait to be sent, {link} of them to node {to} (port {port}), and with {length} more they would \
                 pass the limit of {limit}: it sends faster than its neighbours take; a higher limit is given by `--outbox-limit`"
            );
            return self.fail(false, what, endpoint);
        }
        let depth = self.depth + 1;
        let stamp = self.record.as_ref().map_or(depth, |record| stamp(depth, record.next_number()));
        match endpoint.send(link_of(port), stamp, &self.buffer[..length]) {
            Ok(()) => {
                if let Some(record) = &mut self.record {
                    record.sends(port, msg, length);
                }
                self.sent += u64::from(!self.dead[port.index()]);
                self.counts.by_type[usize::from(msg.tag())] += 1;
                self.counts.bytes += length as u64;
                self.counts.max_bytes = self.counts.max_bytes.max(length as u64);
                self.counts.sent_through[port.index()] += 1;
            }
            Err(cause) => {
                self.fail(false, format!("nothing more can be sent to node {to} (port {port}): {cause}"), endpoint);
            }
        }
    }

    /// Puts what was stored last where a crash does not reach it.
    fn store(&mut self, effects: &[Effect<P::Msg, P::Alarm>], endpoint: &mut Endpoint) {
        let Some(path) = &self.memory else { return };
        let stored = effects.iter().rev().find_map(|effect| if let Effect::Store(bytes) = effect { Some(bytes) } else { None });
        if let Some(bytes) = stored
            && let Err(cause) = memory::write(path, bytes)
        {
            self.fail(false, format!("what it stores cannot be written: {cause}"), endpoint);
        }
    }

    /// What waits for the node itself is bounded too: a handler may send itself more than it takes.
    fn send_to_self(&mut self, msg: P::Msg, endpoint: &mut Endpoint) {
        let (waiting, limit) = (self.to_self.len(), self.outbox_limit);
        if (waiting + 1) * size_of::<P::Msg>().max(1) > limit {
            let what = format!(
                "{waiting} messages that it sent to itself wait, and with one more they would pass the limit of {limit} bytes; \
                 a higher limit is given by `--outbox-limit`"
            );
            return self.fail(false, what, endpoint);
        }
        if let Some(record) = &mut self.record {
            record.sends(Port::SELF, &msg, 0);
        }
        self.to_self.push_back(msg);
    }
}
