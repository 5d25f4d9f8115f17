//! A way through the states as a schedule, which a simulation replays.

use core::time::Duration;
use std::collections::VecDeque;

use super::alarms::{Alarm, Change};
use super::machine::{Cause, Machine, PacketId};
use super::search::{Made, Search};
use super::space::Move;
use crate::execution::{AnyRun, Prepared, scheduled};
use crate::network::{Choice, Passage, Schedule};
use crate::protocol::Links;
use crate::topology::{NodeIndex, Port};

/// A way as choices, and how it lies in time.
pub(super) struct Path {
    choices: Vec<scheduled::Chosen>,
    /// Whether an alarm rings on it.
    rings: bool,
    /// Whether it can take place although alarms ring when they are due, and messages take no time, or no more than they may.  If not, an
    /// alarm overtakes messages or other alarms.
    pub(super) prompt: bool,
    /// Whether it can take place at all.
    pub(super) possible: bool,
}

impl Path {
    /// The path of a way; `over` if the run is over then, so that what is still under way on lossy links is lost.
    pub(super) fn of(search: &Search, way: &[Made], over: bool) -> Self {
        let mut walker = Walker::new(search);
        for made in way {
            walker.make(*made);
        }
        if over {
            walker.lose_all();
        }
        walker.finish(over)
    }

    /// Whether the failure that it leads to is certain: no alarm has to overtake what would be there first.
    pub(super) fn is_certain(&self) -> bool {
        !self.rings || self.prompt
    }

    /// As a schedule of that run.
    pub(super) fn schedule(&self, run: &AnyRun, prepared: &Prepared) -> Schedule {
        scheduled::schedule(run, prepared, &self.choices)
    }
}

/// A message under way: which packet, the how manieth of its channel, in which step it was sent, and how much time is left to it.
#[derive(Clone, Copy)]
struct UnderWay {
    packet: PacketId,
    number: u64,
    step: usize,
    left: u64,
}

/// An alarm that is set, and in which step.
struct Set {
    alarm: Alarm,
    step: usize,
}

struct Walker<'a> {
    machine: &'a Machine,
    search: &'a Search,
    /// By channel; who sends on each, and through which port.
    channels: Vec<VecDeque<UnderWay>>,
    sent: Vec<u64>,
    ends: Vec<(NodeIndex, Port)>,
    /// By node.
    alarms: Vec<Vec<Set>>,
    choices: Vec<scheduled::Chosen>,
    rings: bool,
    /// What any schedule has to keep, and what a prompt one has to keep besides.
    times: Vec<Bound>,
    prompt: Vec<Bound>,
    /// How long a message may take in a prompt schedule, in nanoseconds.
    delay: i128,
}

/// The time of step `later` is that of step `earlier` and so many nanoseconds, or later.  Step 0 is the start.
#[derive(Clone, Copy, Debug)]
struct Bound {
    earlier: usize,
    later: usize,
    nanos: i128,
}

impl<'a> Walker<'a> {
    fn new(search: &'a Search) -> Self {
        let machine = &search.machine;
        let graph = machine.graph();
        let mut ends = vec![(NodeIndex::new(0), Port::SELF); machine.channels()];
        for node in graph.nodes() {
            for port in (0..graph.degree(node)).map(Port::new) {
                ends[graph.end(node, port).channel()] = (node, port);
            }
        }
        let all = machine.channels() + graph.node_count();
        let mut walker = Walker {
            machine,
            search,
            channels: vec![VecDeque::new(); all],
            sent: vec![0; all],
            ends,
            alarms: graph.nodes().map(|_| Vec::new()).collect(),
            choices: Vec::new(),
            rings: false,
            times: Vec::new(),
            prompt: Vec::new(),
            delay: search.space.ticks.map_or(0, |ticks| i128::from(ticks.delay)),
        };
        for packet in &search.sends_at_start {
            walker.send(*packet, 0);
        }
        let start = search.state(0);
        for local in &start.locals {
            let local = &machine.locals[*local as usize];
            let set = local.alarms().iter().map(|alarm| Set { alarm: alarm.clone(), step: 0 });
            walker.alarms[local.node.index()] = set.collect();
        }
        walker
    }

    fn make(&mut self, made: Made) {
        let step = self.choices.len() + 1;
        let choice = match made.what {
            Move::React { node, cause: Cause::Impulse, .. } => {
                if self.search.space.is_together() {
                    self.prompt.push(Bound { earlier: step, later: 0, nanos: 0 });
                }
                Choice::Impulse(node)
            }
            Move::React { node, cause: Cause::Alarm(index), .. } => {
                self.ring(node, index as usize, step);
                Choice::Alarm(node)
            }
            Move::React { node, cause: Cause::Packet(packet), .. } => {
                let (passage, taken) = self.take(packet);
                let sent = taken.step;
                self.prompt.push(Bound { earlier: step, later: sent, nanos: -self.delay });
                passage.map_or(Choice::ToSelf(node), Choice::Deliver)
            }
            Move::Pass(ticks) => return self.pass(ticks),
            Move::Duplicate(place) | Move::Lose(place) => {
                let packet = self.packet_at(place);
                let (passage, taken) = self.take(packet);
                let passage = passage.unwrap_or(Passage { from: NodeIndex::new(0), port: Port::SELF, number: 0 });
                if matches!(made.what, Move::Duplicate(_)) {
                    let copy = self.machine.known_copy(packet);
                    let channel = self.machine.packets[packet as usize].channel as usize;
                    let twice = UnderWay { packet: copy, ..taken };
                    self.channels[channel].extend([twice, twice]);
                    Choice::Duplicate(passage)
                } else {
                    Choice::Lose(passage)
                }
            }
        };
        self.times.push(Bound { earlier: step - 1, later: step, nanos: 0 });
        let mut draws = Vec::new();
        if let (Move::React { node, .. }, Some(outcome)) = (made.what, made.outcome) {
            let outcome = self.machine.outcome(outcome);
            draws.clone_from(&outcome.draws);
            for change in &outcome.alarms {
                if matches!(change, Change::Cancel(_)) {
                    self.wait_for_alarms(node, step);
                }
                let list = &mut self.alarms[node.index()];
                change.make(list, &|alarm| Set { alarm: alarm.clone(), step }, &|set| &set.alarm);
            }
            for packet in &outcome.sends {
                self.send(*packet, step);
            }
        }
        self.choices.push(scheduled::Chosen { at: None, choice, draws });
    }

    /// The packets under way in the order of a state's: by channel, on each as there.
    fn packet_at(&self, place: usize) -> PacketId {
        let mut all = Vec::new();
        for (channel, under_way) in self.channels.iter().enumerate() {
            let mut packets = under_way.iter().map(|under_way| under_way.packet).collect::<Vec<_>>();
            if !self.machine.keeps_order(channel as u32) {
                packets.sort_unstable();
            }
            all.extend(packets);
        }
        all[place]
    }

    fn send(&mut self, packet: PacketId, step: usize) {
        let channel = self.machine.packets[packet as usize].channel as usize;
        self.sent[channel] += 1;
        let left = self.search.space.ticks.map_or(0, |ticks| ticks.of_message());
        self.channels[channel].push_back(UnderWay { packet, number: self.sent[channel], step, left });
    }

    /// Takes the one of a packet to which least time is left: which it is, unless a node sent it to itself.
    fn take(&mut self, packet: PacketId) -> (Option<Passage>, UnderWay) {
        let channel = self.machine.packets[packet as usize].channel as usize;
        let under_way = self.channels[channel].iter().enumerate();
        let first = under_way.filter(|(_, under_way)| under_way.packet == packet).min_by_key(|(_, under_way)| under_way.left);
        let place = first.map(|(place, _)| place);
        let taken = place.and_then(|place| self.channels[channel].remove(place));
        let taken = taken.unwrap_or(UnderWay { packet, number: 0, step: 0, left: 0 });
        (self.ends.get(channel).map(|(from, port)| Passage { from: *from, port: *port, number: taken.number }), taken)
    }

    /// Time passes.  On lossy links, what should have arrived before is lost.
    fn pass(&mut self, ticks: u64) {
        if self.search.space.links == Links::Lossy {
            for channel in 0..self.ends.len() {
                self.lose(channel, |under_way| under_way.left < ticks);
            }
        }
        self.channels.iter_mut().flatten().for_each(|under_way| under_way.left = under_way.left.saturating_sub(ticks));
    }

    /// Such messages of a channel never arrive.
    fn lose(&mut self, channel: usize, is_lost: impl Fn(&UnderWay) -> bool) {
        let (from, port) = self.ends[channel];
        let (lost, kept) = core::mem::take(&mut self.channels[channel]).into_iter().partition::<VecDeque<_>, _>(is_lost);
        self.channels[channel] = kept;
        for UnderWay { number, .. } in lost {
            let step = self.choices.len() + 1;
            self.times.push(Bound { earlier: step - 1, later: step, nanos: 0 });
            let choice = Choice::Lose(Passage { from, port, number });
            self.choices.push(scheduled::Chosen { at: None, choice, draws: Vec::new() });
        }
    }

    /// An alarm rings: for that, it must be the first of its node's; in a prompt schedule no alarm is overdue.
    fn ring(&mut self, node: NodeIndex, index: usize, step: usize) {
        self.rings = true;
        let list = &self.alarms[node.index()];
        let due = |set: &Set| (set.step, set.alarm.after.as_nanos() as i128);
        let (set_in, after) = due(&list[index]);
        self.times.push(Bound { earlier: set_in, later: step, nanos: after });
        self.prompt.push(Bound { earlier: step, later: set_in, nanos: -after });
        for (other, set) in list.iter().enumerate().filter(|(other, _)| *other != index) {
            let (others_step, others_after) = due(set);
            // Of two that are due together, the one that was set first rings.
            let nanos = after - others_after + i128::from(other < index);
            self.times.push(Bound { earlier: set_in, later: others_step, nanos });
        }
    }

    /// In a prompt schedule, what is still set has not been due before that step.
    fn wait_for_alarms(&mut self, node: NodeIndex, step: usize) {
        for set in &self.alarms[node.index()] {
            self.prompt.push(Bound { earlier: step, later: set.step, nanos: -(set.alarm.after.as_nanos() as i128) });
        }
    }

    /// What is under way on lossy links never arrives.
    fn lose_all(&mut self) {
        if self.search.space.links != Links::Lossy {
            return;
        }
        for channel in 0..self.ends.len() {
            self.lose(channel, |_| true);
        }
    }

    fn finish(mut self, over: bool) -> Path {
        let (mut prompt, mut possible) = (true, true);
        if self.rings {
            let last = self.choices.len();
            if !over {
                let lossy = self.search.space.links == Links::Lossy && self.search.space.ticks.is_some();
                for under_way in self.channels.iter().skip(if lossy { self.ends.len() } else { 0 }).flatten() {
                    self.prompt.push(Bound { earlier: last, later: under_way.step, nanos: -self.delay });
                }
                for node in 0..self.alarms.len() {
                    self.wait_for_alarms(NodeIndex::new(node), last);
                }
            }
            let both = [&self.times[..], &self.prompt[..]].concat();
            let mut times = solve(&both, last);
            prompt = times.is_some();
            // Where times are known, there are no others.
            times = times.or_else(|| solve(&self.times, last).filter(|_| self.search.space.ticks.is_none()));
            possible = times.is_some();
            for (choice, at) in self.choices.iter_mut().zip(times.into_iter().flatten().skip(1)) {
                choice.at = u64::try_from(at).ok().map(Duration::from_nanos);
            }
        }
        Path { choices: self.choices, rings: self.rings, prompt, possible }
    }
}

/// The earliest times of steps `0..=last` that keep the bounds, if there are any (Bellman and Ford).
fn solve(bounds: &[Bound], last: usize) -> Option<Vec<i128>> {
    let mut times = vec![0; last + 1];
    for _ in 0..=last + 1 {
        let mut changed = false;
        for Bound { earlier, later, nanos } in bounds {
            let least = times[*earlier] + nanos;
            if times[*later] < least {
                times[*later] = least;
                changed = true;
            }
        }
        if times[0] > 0 {
            return None;
        }
        if !changed {
            return Some(times);
        }
    }
    None
}
