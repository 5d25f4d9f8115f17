//! A way through the states as a schedule, which a simulation replays.

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::alarms::{Alarm, Change};
use super::faults::Spare;
use super::machine::{Cause, LocalId, Machine, PacketId};
use super::mistake::Mistake;
use super::packet::Marks;
use super::search::{Made, Search};
use super::space::Move;
use super::times::{Bound, solve};
use crate::execution::{AnyRun, Prepared, scheduled};
use crate::network::{Choice, Passage, Schedule};
use crate::sorting;
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
    /// The path of a way; `over` if the run is over then, so that what is still under way is lost.
    pub(super) fn of(search: &Search, way: &[Made], over: bool) -> Self {
        let mut walker = Walker::new(search);
        for (made, comes_again) in way.iter().zip(coming_again(search, way)) {
            walker.comes_again = comes_again;
            walker.make(*made);
        }
        if over {
            walker.end();
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

/// Of each step: whether a packet arrives in it that arrives once more later.
fn coming_again(search: &Search, way: &[Made]) -> Vec<bool> {
    let machine = &search.machine;
    let mut later = BTreeMap::new();
    let again = way.iter().rev().map(|made| {
        let (Move::React { cause: Cause::Packet(packet), .. } | Move::Crash { inside: Some((Cause::Packet(packet), _)), .. }) =
            made.what
        else {
            return false;
        };
        let marks = Marks { arrived: true, ..Marks::default() };
        let has_arrived = machine.packets[packet as usize].marks.arrived;
        later.insert(machine.known_as(packet, marks), has_arrived) == Some(true)
    });
    let mut again = again.collect::<Vec<_>>();
    again.reverse();
    again
}

/// A message under way: which packet, the how manieth of its channel, in which step it was sent, and how much time is left to it.
#[derive(Clone, Copy)]
struct UnderWay {
    packet: PacketId,
    number: u64,
    step: usize,
    left: u64,
    /// It has arrived for the last time: it stands here since it stands in the state.
    is_gone: bool,
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
    alive: Vec<bool>,
    locals: Vec<LocalId>,
    spare: Spare,
    /// Whether the packet that arrives now arrives once more later.
    comes_again: bool,
    choices: Vec<scheduled::Chosen>,
    rings: bool,
    /// What any schedule has to keep, and what a prompt one has to keep besides.
    times: Vec<Bound>,
    prompt: Vec<Bound>,
    /// How long a message may take in a prompt schedule, in nanoseconds.
    delay: i128,
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
            alive: vec![true; graph.node_count()],
            locals: Vec::new(),
            spare: search.space.start,
            comes_again: false,
            choices: Vec::new(),
            rings: false,
            times: Vec::new(),
            prompt: Vec::new(),
            delay: search.space.ticks.map_or(0, |ticks| i128::from(ticks.delay)),
        };
        for packet in &search.sends_at_start {
            walker.send(*packet, 0);
        }
        let start = search.start.clone();
        for local in &start.locals {
            let local = &machine.locals[*local as usize];
            let set = local.alarms().iter().map(|alarm| Set { alarm: alarm.clone(), step: 0 });
            walker.alarms[local.node.index()] = set.collect();
        }
        walker.locals = start.locals;
        walker.settle();
        walker
    }

    fn make(&mut self, made: Made) {
        match made.what {
            Move::React { node, cause, .. } => self.react(node, cause, made.outcome),
            Move::Crash { node, inside } => {
                self.becomes(node, made.outcome);
                match inside {
                    None => drop(self.choose(Choice::Crash(node))),
                    Some((cause, _)) => {
                        self.choose(Choice::Doom(node));
                        self.react(node, cause, made.outcome);
                    }
                }
                self.crash(node);
            }
            Move::Duplicate(place) => {
                let (channel, index) = self.locate(place);
                Spare::spend(&mut self.spare.duplicates);
                let under_way = self.channels[channel][index];
                let UnderWay { packet, number, .. } = under_way;
                self.choose(Choice::Duplicate(self.passage(channel, number)));
                let marks = Marks { copied: true, ..self.machine.packets[packet as usize].marks };
                let copy = UnderWay { packet: self.machine.known_as(packet, marks), ..under_way };
                self.channels[channel][index] = copy;
                self.channels[channel].insert(index, copy);
            }
            Move::Pass(ticks) => self.pass(ticks),
            Move::Lose(place) => {
                let (channel, index) = self.locate(place);
                if let Some(UnderWay { number, .. }) = self.channels[channel].remove(index) {
                    self.choose(Choice::Lose(self.passage(channel, number)));
                }
            }
        }
        self.settle();
    }

    /// One more choice; which step it is, from 1.
    fn choose(&mut self, choice: Choice) -> usize {
        self.choices.push(scheduled::Chosen { at: None, choice, draws: Vec::new() });
        let step = self.choices.len();
        self.times.push(Bound { earlier: step - 1, later: step, nanos: 0 });
        step
    }

    /// A node reacts to that; the last step of one that crashes sets no alarm.
    fn react(&mut self, node: NodeIndex, cause: Cause, outcome: Option<usize>) {
        let step = match cause {
            Cause::Impulse => {
                let step = self.choose(Choice::Impulse(node));
                if self.search.space.is_together() {
                    self.prompt.push(Bound { earlier: step, later: 0, nanos: 0 });
                }
                step
            }
            Cause::Alarm(index) => {
                let step = self.choose(Choice::Alarm(node));
                self.ring(node, index as usize, step);
                step
            }
            Cause::Packet(packet) => {
                let (passage, taken) = self.take(packet);
                if let Some(passage) = passage.filter(|_| self.comes_again) {
                    self.choose(Choice::Duplicate(passage));
                }
                let step = self.choose(passage.map_or(Choice::ToSelf(node), Choice::Deliver));
                self.prompt.push(Bound { earlier: step, later: taken.step, nanos: -self.delay });
                step
            }
            Cause::Recover => {
                self.alive[node.index()] = true;
                self.choose(Choice::Recover(node))
            }
        };
        self.becomes(node, outcome);
        let Some(outcome) = outcome.map(|outcome| self.machine.outcome(outcome)) else { return };
        if let Some(chosen) = self.choices.last_mut() {
            chosen.draws.clone_from(&outcome.draws);
        }
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

    /// A node stands behind that outcome, if there is one.
    fn becomes(&mut self, node: NodeIndex, outcome: Option<usize>) {
        if let Some(outcome) = outcome {
            self.locals[node.index()] = self.machine.outcome(outcome).to;
        }
    }

    /// A node is dead: its alarms do not ring, and what it sent itself does not arrive.
    fn crash(&mut self, node: NodeIndex) {
        self.wait_for_alarms(node, self.choices.len());
        self.alarms[node.index()].clear();
        self.channels[self.machine.channels() + node.index()].clear();
        self.alive[node.index()] = false;
    }

    /// Packets have the marks that they have in the state.
    fn settle(&mut self) {
        for under_way in self.channels.iter_mut().flatten() {
            let packet = &self.machine.packets[under_way.packet as usize];
            let marks = self.search.space.settled(packet.marks, self.alive[packet.to.index()], self.spare);
            if marks != packet.marks {
                under_way.packet = self.machine.known_as(under_way.packet, marks);
            }
        }
        if self.search.space.repeats {
            self.merge();
        }
    }

    /// Those that are the same count as one: another is lost.
    fn merge(&mut self) {
        for channel in 0..self.ends.len() {
            if self.machine.keeps_order(channel as u32) {
                continue;
            }
            // One that comes again stands for those that do not.
            sorting::by_key(self.channels[channel].make_contiguous(), |under_way| under_way.is_gone);
            let mut seen = BTreeSet::new();
            self.lose(channel, |under_way| !seen.insert(under_way.packet));
        }
    }

    /// The channel of the packet at that place of a state, and its place there.  A state has them by channel; where they keep no order, by
    /// their numbers.
    fn locate(&self, place: usize) -> (usize, usize) {
        let mut before = 0;
        for (channel, under_way) in self.channels.iter().enumerate() {
            let mut index = place - before;
            if index < under_way.len() {
                if !self.machine.keeps_order(channel as u32) {
                    let key = |under_way: &UnderWay| (under_way.packet, under_way.left);
                    let mut packets = under_way.iter().map(key).collect::<Vec<_>>();
                    sorting::sort(&mut packets);
                    index = under_way.iter().position(|under_way| key(under_way) == packets[index]).unwrap_or(index);
                }
                return (channel, index);
            }
            before += under_way.len();
        }
        unreachable!("a state that is on the way has that packet")
    }

    /// The message of that number on a channel between nodes.
    fn passage(&self, channel: usize, number: u64) -> Passage {
        let (from, port) = self.ends[channel];
        Passage { from, port, number }
    }

    fn send(&mut self, packet: PacketId, step: usize) {
        let channel = self.machine.packets[packet as usize].channel as usize;
        self.sent[channel] += 1;
        let left = self.search.space.ticks.map_or(0, |ticks| ticks.of_message());
        self.channels[channel].push_back(UnderWay { packet, number: self.sent[channel], step, left, is_gone: false });
    }

    /// Takes the one of a packet to which least time is left: which it is, unless a node sent it to itself.
    fn take(&mut self, packet: PacketId) -> (Option<Passage>, UnderWay) {
        let channel = self.machine.packets[packet as usize].channel as usize;
        let under_way = self.channels[channel].iter().enumerate();
        let first = under_way
            .filter(|(_, under_way)| under_way.packet == packet && !under_way.is_gone)
            .min_by_key(|(_, under_way)| under_way.left);
        let place = first.map(|(place, _)| place);
        let taken = place.and_then(|place| self.channels[channel].remove(place));
        let taken = taken.unwrap_or(UnderWay { packet, number: 0, step: 0, left: 0, is_gone: false });
        if self.search.space.repeats && self.machine.is_between_nodes(packet) {
            let packet = self.machine.known_as(packet, Marks { arrived: true, ..Marks::default() });
            if self.machine.keeps_order(channel as u32) {
                self.channels[channel].drain(..place.unwrap_or(0));
            }
            self.channels[channel].push_front(UnderWay { packet, is_gone: !self.comes_again, ..taken });
        }
        (self.ends.get(channel).map(|_| self.passage(channel, taken.number)), taken)
    }

    /// Time passes.  On lossy links, what should have arrived before is lost.
    fn pass(&mut self, ticks: u64) {
        if self.search.space.is_lossy() {
            for channel in 0..self.ends.len() {
                self.lose(channel, |under_way| under_way.left < ticks);
            }
        }
        self.channels.iter_mut().flatten().for_each(|under_way| under_way.left = under_way.left.saturating_sub(ticks));
    }

    /// Such messages of a channel never arrive.
    fn lose(&mut self, channel: usize, is_lost: impl FnMut(&UnderWay) -> bool) {
        let (lost, kept) = core::mem::take(&mut self.channels[channel]).into_iter().partition::<VecDeque<_>, _>(is_lost);
        self.channels[channel] = kept;
        for UnderWay { number, .. } in lost.into_iter().filter(|under_way| !under_way.is_gone) {
            self.choose(Choice::Lose(self.passage(channel, number)));
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

    /// The run is over: what waits at its receiver already arrives there, as nothing comes of it; what else is under way never does.
    fn end(&mut self) {
        for channel in 0..self.ends.len() {
            let waits = |under_way: &UnderWay| {
                let to = self.machine.packets[under_way.packet as usize].to;
                !under_way.is_gone && self.machine.waits(self.locals[to.index()], under_way.packet)
            };
            let waiting = self.channels[channel].iter().filter(|under_way| waits(under_way)).map(|under_way| under_way.number);
            for number in waiting.collect::<Vec<_>>() {
                self.choose(Choice::Deliver(self.passage(channel, number)));
                self.channels[channel].retain(|under_way| under_way.number != number);
            }
            self.lose(channel, |_| true);
        }
    }

    fn finish(mut self, over: bool) -> Path {
        let (mut prompt, mut possible) = (true, true);
        if self.rings {
            let last = self.choices.len();
            if !over {
                let lossy = self.search.space.is_lossy() && self.search.space.ticks.is_some();
                // What the dead have sent, or were sent, may be lost.
                let is_alive = |node: NodeIndex| self.alive[node.index()];
                let has_to_arrive = |under_way: &&UnderWay| {
                    let packet = &self.machine.packets[under_way.packet as usize];
                    !under_way.is_gone && is_alive(packet.from) && is_alive(packet.to)
                };
                let under_way = self.channels.iter().skip(if lossy { self.ends.len() } else { 0 }).flatten();
                for under_way in under_way.filter(has_to_arrive) {
                    self.prompt.push(Bound { earlier: last, later: under_way.step, nanos: -self.delay });
                }
                for node in 0..self.alarms.len() {
                    self.wait_for_alarms(NodeIndex::new(node), last);
                }
            }
            let both = [&self.times[..], &self.prompt[..]].concat();
            let mut times = solve(&both, last);
            prompt = times.is_some() || Mistake::NoTimes.is(self.search.space.matters.mistake);
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
