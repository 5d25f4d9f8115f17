//! What counts for the detection of the end: messages to and from neighbours that are alive.

use std::net::SocketAddr;

use super::Actor;
use crate::link::Endpoint;
use crate::process::control::Status;
use crate::process::links::link_of;
use crate::protocol::Links;
use crate::topology::Port;

impl Actor {
    /// A node is dead: what it sent and what was sent to it no longer counts for the end of the run.
    pub(in crate::process) fn note_death(&mut self, node: u32, endpoint: &mut Endpoint) {
        self.changes += 1;
        for port in (0..self.own.peers.len()).filter(|port| self.own.peers[*port].node == node) {
            if !std::mem::replace(&mut self.dead[port], true) {
                let (sent_before, _) = self.before[port];
                self.sent -= self.followers.counting.counts.sent_through.get(port).copied().unwrap_or_default() - sent_before;
                self.received -= std::mem::take(&mut self.received_from[port]);
                endpoint.peer_died(link_of(Port::new(port)));
            }
        }
    }

    /// A node is back: what is sent to it, and what it sends, counts again.
    pub(in crate::process) fn note_recovery(
        &mut self,
        node: u32,
        incarnation: u32,
        address: SocketAddr,
        endpoint: &mut Endpoint,
    ) {
        self.changes += 1;
        for port in (0..self.own.peers.len()).filter(|port| self.own.peers[*port].node == node) {
            let link = link_of(Port::new(port));
            endpoint.peer_restarted(link, incarnation, Some(address));
            // What its former life sent must not count as sent by this one.
            self.held.retain(|held| held.sender.index() != port);
            self.dead[port] = false;
            let sent = self.followers.counting.counts.sent_through.get(port).copied().unwrap_or_default();
            self.before[port] = (sent, endpoint.link_stats(link).lost);
        }
    }

    /// What it counts for the detection of the end.
    pub(in crate::process) fn status(&self, wave: u32, endpoint: &Endpoint) -> Status {
        let lost = if self.links == Links::Lossy {
            let live = (0..self.own.peers.len()).filter(|port| !self.dead[*port]).map(Port::new);
            live.map(|port| endpoint.link_stats(link_of(port)).lost - self.before[port.index()].1).sum()
        } else {
            0
        };
        Status {
            wave,
            sent: self.sent,
            settled: self.received + lost,
            changes: self.changes,
            idle: self.begun && self.impulses == 0 && self.to_self.is_empty(),
            alarm: self.alarm.is_some(),
            decided: self.decided,
        }
    }
}
