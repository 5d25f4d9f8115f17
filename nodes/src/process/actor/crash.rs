//! A crash as planned: in the next step that the node begins.

use core::time::Duration;

use super::Actor;
use super::step::Occasion;
use crate::link::Endpoint;
use crate::network::{Fate, Happening, Leaving, Observer, Sent, draws, over_links};
use crate::process::clock;
use crate::protocol::{AnyMessage, Effect, Stepped, WorldView};
use crate::topology::Port;

impl Actor {
    /// From now on it crashes in the next step that it begins.
    pub(in crate::process) fn doom(&mut self, leaving: Leaving) {
        self.doomed = Some(leaving);
        self.followers.before(self.now(), self.own.index, &Happening::Doomed, &self.own);
    }

    /// When it crashed in its last step, on the machine's clock, if it has.
    pub(in crate::process) fn crashed(&self) -> Option<Duration> {
        self.crashed
    }

    /// The last step: what it stores is stored, and what leaves is sent.  Nobody hears of anything else.
    #[cold]
    pub(super) fn crash_in_step(&mut self, occasion: Occasion, number: u64, leaving: Leaving, endpoint: &mut Endpoint) {
        let now = self.now();
        self.tell_before(&occasion, number, now);
        if let Err(failure) = self.run_handler(occasion, now, &mut Stepped::Handled) {
            return self.fail(failure.violation, failure.what, endpoint);
        }
        self.read = clock::now();
        self.look();
        // It has arrived; what the step has made of the node is not on record.
        self.followers.set_now(self.now());
        let (stored, asked) =
            std::mem::take(&mut self.effects).into_iter().partition(|effect| matches!(effect, Effect::Store(_)));
        self.effects = stored;
        let messages = over_links(asked, self.own.peers.len(), &|port| self.sends[port.index()]);
        let random = draws(self.seed, self.own.index, self.own.view().incarnation());
        let leaves = leaving.choose(&mut messages.iter().map(|(port, _)| *port), self.links, random);
        for ((port, msg), leaves) in messages.into_iter().zip(leaves) {
            if leaves {
                self.effects.push(Effect::Send { port, msg });
                self.carry_out(endpoint);
            } else {
                self.tell_of_what_stays(port, &msg);
            }
        }
        self.carry_out(endpoint);
        self.over = true;
        self.to_self.clear();
        self.crashed = Some(self.read);
    }

    fn tell_of_what_stays(&mut self, port: Port, msg: &AnyMessage) {
        let (from, number, length) = (self.own.index, self.next_number, msg.length().unwrap_or_default() as u64);
        let to = self.own.neighbour(from, port);
        self.followers.sent(&Sent { from, port, to, msg, length, number });
        self.followers.fate(from, port, number, Fate::Lost);
        self.next_number += 1;
    }
}
