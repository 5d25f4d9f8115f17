//! The initializer: starts the nodes, introduces them to each other, wakes some, waits for the end, collects what they tell.

mod hearing;
mod introduction;
mod orders;
mod recovery;
mod start;
mod turn;

use core::time::Duration;

use mio::{Events, Poll};

use self::orders::Orders;
use super::children::Children;
use super::control::ToNode;
use super::ending::{Death, End, Ending};
use super::launcher::Starter;
use super::member::{Member, Stage};
use super::recording::Recorded;
use super::socket::DatagramSocket;
use super::tally::Tally;
use super::{DEFAULT_TIMEOUT, Processes, Progress, clock, memory, result};
use crate::execution::{AnyFinished, Prepared, RunError};
use crate::link::{DEFAULT_MAX_MESSAGE, Endpoint};

/// How long the nodes may take to come up: so much, and so much for each.
const SET_UP: (Duration, Duration) = (Duration::from_secs(15), Duration::from_millis(20));

/// How long the nodes may take to tell how they ended: so much, and so much for each.
const FINISH: (Duration, Duration) = (Duration::from_secs(2), Duration::from_millis(5));

/// How much at least is told in a second, by all nodes together.
const TOLD: usize = 32 << 20;

/// How often the progress of a long run is told.
const SHOWN: Duration = Duration::from_millis(50);

/// One line about the logs of all nodes: a full disk ends them all.
fn in_a_line(unwritten: Vec<String>) -> Vec<String> {
    let others = unwritten.len().saturating_sub(1);
    let first = unwritten.into_iter().next();
    let line = |first| if others == 0 { first } else { format!("{first} (and {others} more like it)") };
    first.map(line).into_iter().collect()
}

/// Makes the run.
pub(super) fn run(prepared: Prepared, how: Processes) -> Result<AnyFinished, RunError> {
    let mut initializer = Initializer::new(prepared, how)?;
    initializer.conduct()?;
    initializer.crash_the_doomed();
    let ended = clock::now();
    initializer.collect();
    initializer.children.end();
    let rejected = initializer.endpoint.stats().rejected.total();
    let Initializer { prepared, started, tally, mut members, deaths, recovered, recorded, unwritten, end, .. } = initializer;
    let ending = Ending { started, ended, end: end.unwrap_or(End::Quiet), deaths, recovered, sent: tally.sent(), rejected };
    let mut finished = result::finished(&prepared, ending, &mut members);
    finished.unwritten = in_a_line(unwritten);
    if let Some(recorded) = recorded {
        let told = |(node, member): (usize, &Member)| {
            let cause = member.last.as_ref()?.unrecorded.as_ref()?;
            Some(format!("the part of node {node} cannot be written: {cause}"))
        };
        let trouble = members.iter().enumerate().find_map(told);
        recorded.finish(&mut finished, trouble);
    }
    Ok(finished)
}

/// The process that makes the run.
struct Initializer {
    prepared: Prepared,
    starter: Starter,
    how: Processes,
    poll: Poll,
    events: Events,
    socket: DatagramSocket,
    endpoint: Endpoint,
    orders: Orders,
    /// Held, so that it stays registered.
    _interrupt: Option<mio::net::UnixStream>,
    children: Children,
    members: Vec<Member>,
    /// How many nodes are set up.
    ready: usize,
    tally: Tally,
    /// Of the protocol under its default configuration: what a node of the same build has when it says Hello.
    default_fingerprint: u64,
    /// Of the protocol under the configuration of the run.
    fingerprint: u64,
    /// When the first impulse was given, on the machine's clock.
    started: Option<Duration>,
    /// Who died while the others went on.
    deaths: Vec<Death>,
    recovered: Vec<Death>,
    key: [u8; 32],
    /// Where nodes that may recover store.
    memory: Option<memory::Folder>,
    recorded: Option<Recorded>,
    /// What cannot be written, in sentences.
    unwritten: Vec<String>,
    /// Why the run ends, once there is a reason.
    end: Option<End>,
    inbox: Vec<u8>,
    /// More datagrams may lie in the socket than were read.
    unread: bool,
}

impl Initializer {
    fn nodes(&self) -> usize {
        self.prepared.instance.graph().node_count()
    }

    /// From the first Hello to the reason to end.
    fn conduct(&mut self) -> Result<(), RunError> {
        let limit = SET_UP.0 + SET_UP.1 * self.nodes() as u32 + self.time_for_large();
        self.await_ready(limit)?;
        let started = clock::now();
        self.started = Some(started);
        if let Some(recorded) = &mut self.recorded {
            recorded.set_origin(started);
        }
        let timeout = self.prepared.timeout.unwrap_or(DEFAULT_TIMEOUT);
        let (last, on_time) = match self.prepared.stop_after {
            Some(stop) if stop <= timeout || self.prepared.timeout.is_none() => (stop, End::Planned),
            _ => (timeout, End::TimedOut(timeout)),
        };
        let last = started.saturating_add(last);
        if self.end.is_none() {
            // Who crashes at the start does so in what wakes it.
            self.crash_and_recover_due(started);
            self.wake_up(started, last)?;
        }
        let mut shown = started;
        while self.end.is_none() {
            let now = clock::now();
            if now >= last {
                self.end_by(on_time);
                break;
            }
            if now >= shown + SHOWN {
                shown = now;
                self.tell_progress(Progress::Messages(self.tally.sent()));
            }
            self.give_due_impulses(now);
            self.crash_and_recover_due(now);
            let next = self.next_impulse().into_iter().chain([last, now + SHOWN]).min().unwrap_or(last);
            self.turn_until(next)?;
        }
        Ok(())
    }

    /// There is a reason to end.  The first one counts, but a run that had ended well has not if a node fails before it has
    /// told how it ended.
    fn end_by(&mut self, end: End) {
        if matches!((&self.end, &end), (None, _) | (Some(End::Quiet | End::Planned), End::Crashed { .. } | End::Failed { .. }))
        {
            self.end = Some(end);
        }
    }

    /// Gives the impulses of the start, and lets everybody begin.
    fn wake_up(&mut self, origin: Duration, last: Duration) -> Result<(), RunError> {
        self.tell_progress(Progress::Running);
        if self.prepared.together {
            let woken = std::mem::take(&mut self.prepared.initiators);
            for (node, _) in &woken {
                self.tell(node.index(), &ToNode::Impulse { origin });
            }
            self.expect_no_more_impulses();
            let behind = |member: &Member| member.stage < Stage::Woken && !member.gone;
            while self.end.is_none() && clock::now() < last && woken.iter().any(|(node, _)| behind(&self.members[node.index()]))
            {
                self.crash_and_recover_due(clock::now());
                self.turn_until(last)?;
            }
        }
        for node in 0..self.nodes() {
            self.tell(node, &ToNode::Begin { origin });
        }
        Ok(())
    }

    fn next_impulse(&self) -> Option<Duration> {
        let started = self.started?;
        self.prepared.initiators.iter().map(|(_, at)| started.saturating_add(*at)).min()
    }

    fn give_due_impulses(&mut self, now: Duration) {
        let Some(origin) = self.started else { return };
        let due = self.prepared.initiators.extract_if(.., |(_, at)| origin.saturating_add(*at) <= now).collect::<Vec<_>>();
        for (node, _) in due {
            self.tally.forget(node.index());
            self.tell(node.index(), &ToNode::Impulse { origin });
        }
        self.expect_no_more_impulses();
    }

    fn expect_no_more_impulses(&mut self) {
        if self.prepared.initiators.is_empty() && !self.expects_recoveries() {
            let conclusion = self.tally.expect_no_more();
            self.conclude(conclusion);
        }
    }

    /// Asks everybody how they ended, and waits for the answers, but not for ever.
    fn collect(&mut self) {
        self.tell_progress(Progress::Finishing);
        for node in 0..self.nodes() {
            self.tell(node, &ToNode::Finish);
        }
        // After a quiet end nobody is in a handler: all will answer, however slow the machine is.  Else one may never.
        let (some, each) = if matches!(self.end, Some(End::Quiet)) { SET_UP } else { FINISH };
        let deadline = clock::now() + some + each * self.nodes() as u32 + self.time_for_large();
        while self.members.iter().any(|member| member.last.is_none() && !member.gone && member.stage >= Stage::Ready) {
            let now = clock::now();
            if now >= deadline || self.turn(Some(deadline - now)).is_err() {
                break;
            }
        }
        for (node, member) in self.members.iter_mut().enumerate() {
            member.stopped = self.children.is_stopped(node);
        }
    }

    /// How much longer it may take where all inputs, or all final states, are as large as the protocol allows.
    fn time_for_large(&self) -> Duration {
        let beyond = self.prepared.description.max_message.saturating_sub(DEFAULT_MAX_MESSAGE);
        Duration::from_secs_f64(beyond as f64 * self.nodes() as f64 / TOLD as f64)
    }

    fn tell_progress(&mut self, progress: Progress) {
        if let Some(watch) = &mut self.how.watch {
            watch(progress);
        }
    }
}
