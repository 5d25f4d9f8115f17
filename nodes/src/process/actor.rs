//! The protocol's part of a node process: takes what arrives, lets the node make its steps, and carries out what they ask for.

mod arrivals;
mod crash;
mod detection;
mod effects;
mod followers;
mod own;
mod start;
mod step;

use core::time::Duration;
use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;

use self::arrivals::Held;
use self::followers::Followers;
use self::own::Own;
use self::step::{Occasion, guarded};
use super::clock;
use super::control::{Failure, Final, FromNode};
use super::links::tell;
use crate::execution::explain;
use crate::link::Endpoint;
use crate::network::{Leaving, Observer};
use crate::protocol::{AnyEffect, AnyMessage, Description, Effect, Event, Links};
use crate::topology::Port;

/// How long a node may be busy with itself before it looks at its links again.
const TURN: Duration = Duration::from_micros(50);

/// The protocol's part of a node process.
pub(super) struct Actor {
    description: Arc<Description>,
    own: Own,
    /// By port: whether the link leads out.
    sends: Vec<bool>,
    /// What the node asked for and has not been carried out.
    effects: Vec<AnyEffect>,
    followers: Followers,
    /// When the run began on the machine's clock; before that, nothing is handled.
    origin: Option<Duration>,
    /// What the clock said when it was read last: it is read once a step.
    read: Duration,
    begun: bool,
    /// So many impulses have come and are not handled yet.
    impulses: u32,
    held: Vec<Held>,
    /// Messages to the node itself, with their numbers.
    to_self: VecDeque<(AnyMessage, u64)>,
    /// The number that the next message gets.
    next_number: u64,
    /// Where messages are encoded.
    buffer: Vec<u8>,
    /// How many bytes of messages may wait to be sent.
    outbox_limit: usize,
    /// It has failed, or told how it ended: it takes no more steps.
    over: bool,
    failed: bool,
    /// Messages sent to, and taken from, neighbours that are alive.
    sent: u64,
    received: u64,
    received_from: Vec<u64>,
    /// By port: whether the neighbour is dead.
    dead: Vec<bool>,
    /// By port: how many messages were sent to the neighbour's former lives, and lost by it.
    before: Vec<(u64, u64)>,
    /// How many deaths and recoveries it knows of.
    changes: u32,
    /// Where it stores.
    memory: Option<PathBuf>,
    /// What they promise: where messages may be lost, the links' own accounts matter.
    links: Links,
    /// The run's.
    seed: u64,
    /// It crashes in its next step, of which so much leaves; when it has, on the machine's clock.
    doomed: Option<Leaving>,
    crashed: Option<Duration>,
    /// Since its last step: whether the node has decided, and when its next alarm rings.
    decided: bool,
    alarm: Option<Duration>,
    /// The longest chain of messages that led here.
    depth: u64,
    /// How it ended, as far as that is known.
    last: Final,
}

impl Actor {
    /// That of the protocol under the configuration of the run.
    pub(super) fn fingerprint(&self) -> u64 {
        self.description.fingerprint()
    }

    /// An impulse is to be handled, as soon as the outbox allows; what arrives may still be held back.
    pub(super) fn wake(&mut self, origin: Duration) {
        self.origin.get_or_insert(origin);
        self.impulses += 1;
    }

    /// From now on messages are handled.
    pub(super) fn begin(&mut self, origin: Duration, endpoint: &mut Endpoint) {
        self.origin.get_or_insert(origin);
        if !self.begun {
            self.begun = true;
            // What `#[init]` asked for.
            self.carry_out(endpoint);
            for Held { sender, stamp, copy, bytes } in std::mem::take(&mut self.held) {
                if let Some(received) = self.decode(sender, stamp, copy, &bytes) {
                    self.handle(received, endpoint);
                }
            }
        }
    }

    /// The clock was just read.
    #[inline]
    pub(super) fn set_clock(&mut self, read: Duration) {
        self.read = read;
    }

    /// Does what may wait while the outbox is full: impulses, messages to the node itself, and alarms that are due.
    pub(super) fn advance(&mut self, endpoint: &mut Endpoint) {
        self.read = clock::now();
        while self.impulses > 0 && !endpoint.is_over_limit() {
            self.impulses -= 1;
            if !self.over {
                self.step(Occasion::Event(Event::Impulse), 0, endpoint);
            }
            let _ = tell(endpoint, &FromNode::Woken);
        }
        // A handler that sends to itself for ever must not keep the process from its links.
        let until = self.read + TURN;
        while self.begun && !self.over && self.read <= until && !endpoint.is_over_limit() {
            if let Some((msg, number)) = self.to_self.pop_front() {
                self.step(Occasion::Event(Event::Message { sender: Port::SELF, msg }), number, endpoint);
            } else if self.alarm.is_some_and(|at| at <= self.now()) {
                self.step(Occasion::Event(Event::Alarm), 0, endpoint);
            } else {
                break;
            }
        }
    }

    /// When [`advance`](Actor::advance) should be called again, on the machine's clock.
    pub(super) fn next_call(&self) -> Option<Duration> {
        if !self.begun || self.over {
            None
        } else if !self.to_self.is_empty() {
            Some(Duration::ZERO)
        } else {
            Some(self.origin?.saturating_add(self.alarm?))
        }
    }

    /// The time since the run began, when the clock was read last.
    pub(super) fn now(&self) -> Duration {
        self.origin.map_or(Duration::ZERO, |origin| self.read.saturating_sub(origin))
    }

    /// Whether it cannot go on.
    #[inline]
    pub(super) fn has_failed(&self) -> bool {
        self.failed
    }

    /// Records what has happened; to be called before anything leaves.
    #[inline]
    pub(super) fn record(&mut self, endpoint: &Endpoint) {
        let now = self.now();
        if let Some(record) = &mut self.followers.record {
            record.flush(now, endpoint);
        }
    }

    /// The run is over: `#[finish]`, and how the node ended.
    pub(super) fn finish(&mut self, endpoint: &mut Endpoint) -> Final {
        if !self.over {
            self.finish_node(endpoint);
        }
        self.over = true;
        self.record(endpoint);
        Final {
            fields: self.own.view().encode().unwrap_or_default().into(),
            counts: std::mem::take(&mut self.followers.counting.counts),
            causal: self.depth,
            deferred: explain::deferred(self.own.view()),
            unrecorded: self.followers.record.as_ref().and_then(|record| record.trouble()),
            ..std::mem::take(&mut self.last)
        }
    }

    fn finish_node(&mut self, endpoint: &mut Endpoint) {
        let now = self.now();
        self.followers.set_now(now);
        let (node, effects) = (&mut self.own.node, &mut self.effects);
        match guarded(|| node.finish(now, effects)) {
            Ok(()) if self.effects.iter().any(Effect::is_more_than_words) => {
                self.fail(true, explain::FINISH_DOES_MORE.to_owned(), endpoint);
            }
            Ok(()) => self.carry_out(endpoint),
            Err(failure) => self.fail(failure.violation, failure.what, endpoint),
        }
    }

    fn fail(&mut self, violation: bool, what: String, endpoint: &mut Endpoint) {
        if self.over {
            return;
        }
        (self.over, self.failed) = (true, true);
        self.followers.pass_time(self.now());
        if violation {
            self.followers.violated(self.own.index, None, &what);
        } else {
            self.followers.failed(self.own.index, &what);
        }
        let _ = tell(endpoint, &FromNode::Failed(Failure { violation, what }));
    }
}
