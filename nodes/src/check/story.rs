//! What a check has seen of one instance, and whether another shows the same under other names of its nodes and ports.
//!
//! What happens follows from what handlers do, and that is a table.  So handlers run on the other instance for all that is in the tables
//! of the one: if there is a local state for each local state, and a packet for each packet, such that each step leads to those that
//! belong together, then both have the same states but for names, and the same steps between them.  Nothing is assumed of what a handler
//! may know: not even ports need to be numbered alike, if it does the same at each of them.
//!
//! A property may read which number a node has.  So each is looked at in all the states on which it was looked at before: it has to say
//! the same, and to read nothing besides what it read there of the same nodes.

use std::collections::BTreeMap;

use super::alarms::Alarm;
use super::judge::Scene;
use super::lessons::Tables;
use super::machine::{Cause, LocalId, Machine, Outcome, PacketId, Wrong};
use super::matters::{Matters, Unusable};
use super::packet::Marks;
use crate::execution::Prepared;
use crate::protocol::watch::{Question, Questions};
use crate::sorting;
use crate::topology::{Graph, NodeIndex};

/// What was seen of an instance, or of several that differ only in the nodes that begin.
#[derive(Default)]
pub(crate) struct Story {
    chapters: Vec<Chapter>,
    /// Something was seen that is not noted here: nothing can be proved of another instance.
    is_lost: bool,
}

/// What was seen with the same tables.
struct Chapter {
    lineage: u64,
    matters: Matters,
    /// By channel: from where to where it leads.
    ways: Vec<Way>,
    /// What nodes are before anything happens, and what they have sent by then.
    start: (Vec<LocalId>, Vec<PacketId>),
    locals: Vec<Seen>,
    packets: Vec<Sent>,
    steps: Vec<Step>,
    judged: Vec<Judged>,
}

type Way = (NodeIndex, NodeIndex);

/// A local state, as far as the checker looks at it.
#[derive(Clone, PartialEq)]
struct Seen {
    node: NodeIndex,
    state: usize,
    alive: bool,
    decided: bool,
    life: u32,
    alarms: Vec<Alarm>,
}

/// A packet, as far as the checker looks at it.
#[derive(Clone, Copy, PartialEq)]
struct Sent {
    channel: u32,
    tag: u8,
    marks: Marks,
    /// The same one without marks.
    plain: PacketId,
}

/// A step, or a crash, and what may come of it.
struct Step {
    local: LocalId,
    cause: Cause,
    crashes: bool,
    outcomes: Vec<Outcome>,
}

/// A property, what it reads, and what it was looked at on.
struct Judged {
    property: usize,
    questions: Questions,
    is_local: bool,
    scenes: Vec<Scene>,
}

impl Seen {
    fn of(machine: &Machine, local: LocalId) -> Self {
        let local = &machine.locals[local as usize];
        let (node, state, alive, decided, life) = (local.node, local.state, local.alive, local.decided, local.life);
        Seen { node, state, alive, decided, life, alarms: local.alarms().to_vec() }
    }
}

impl Sent {
    fn of(machine: &Machine, packet: PacketId) -> Self {
        let sent = &machine.packets[packet as usize];
        Sent { channel: sent.channel, tag: sent.msg.tag(), marks: sent.marks, plain: machine.plain(packet) }
    }
}

impl Story {
    /// Goes on with what tables have seen.
    pub(super) fn add(&mut self, tables: &Tables) {
        let machine = &tables.machine;
        // What arrives again and again is compared with what waits, byte by byte.
        self.is_lost |= machine.reads_clock || !machine.cut.is_empty() || machine.repeats;
        let known = self.chapters.iter().position(|chapter| chapter.lineage == machine.lineage);
        let place = known.unwrap_or_else(|| {
            self.chapters.push(Chapter::begun(tables));
            self.chapters.len() - 1
        });
        self.chapters[place].add(tables);
    }

    /// Whether another instance shows the same: `names` gives the node there for each one here.
    pub(crate) fn is_of(&self, other: &Prepared, names: &[NodeIndex]) -> bool {
        !self.is_lost
            && self.chapters.iter().all(|chapter| match Comparison::begun(chapter, other, names) {
                Ok(Some(mut comparison)) => comparison.is_the_same(),
                Ok(None) | Err(_) => false,
            })
    }
}

impl Chapter {
    fn begun(tables: &Tables) -> Self {
        let Tables { machine, judge: _, locals, sends, reducer: _ } = tables;
        Chapter {
            lineage: machine.lineage,
            matters: machine.matters,
            ways: ways(machine.graph()),
            start: (locals.clone(), sends.clone()),
            locals: Vec::new(),
            packets: Vec::new(),
            steps: Vec::new(),
            judged: Vec::new(),
        }
    }

    /// Tables only grow.
    fn add(&mut self, tables: &Tables) {
        let machine = &tables.machine;
        let (locals, packets) = (self.locals.len()..machine.locals.len(), self.packets.len()..machine.packets.len());
        self.locals.extend(locals.map(|local| Seen::of(machine, local as LocalId)));
        self.packets.extend(packets.map(|packet| Sent::of(machine, packet as PacketId)));
        let steps = machine.steps_since(self.steps.len());
        self.steps.extend(steps.map(|(local, cause, crashes, outcomes)| Step {
            local,
            cause,
            crashes,
            outcomes: outcomes.to_vec(),
        }));
        for (place, looked) in tables.judge.looked().enumerate() {
            if self.judged.len() == place {
                let (property, questions) = (looked.property, Questions::new());
                self.judged.push(Judged { property, questions, is_local: false, scenes: Vec::new() });
            }
            let judged = &mut self.judged[place];
            (judged.questions, judged.is_local) = (looked.questions.clone(), looked.local == Some(true));
            let known = judged.scenes.len();
            judged.scenes.extend_from_slice(&looked.scenes[known..]);
        }
    }
}

/// By channel, from where to where it leads; behind those of links, each node's to itself.
fn ways(graph: &Graph) -> Vec<Way> {
    let mut ways = vec![(NodeIndex::default(), NodeIndex::default()); graph.link_count() * 2];
    for node in graph.nodes() {
        graph.ends(node).for_each(|end| ways[end.channel()] = (node, end.neighbour));
    }
    ways.extend(graph.nodes().map(|node| (node, node)));
    ways
}

/// What is found out of another instance.
struct Comparison<'a> {
    chapter: &'a Chapter,
    names: &'a [NodeIndex],
    /// That of the other.
    machine: Machine,
    /// By channel: the one there.
    channels: Vec<u32>,
    locals: Pairs,
    packets: Pairs,
}

/// By number: the number there.
#[derive(Default)]
struct Pairs {
    there: Vec<Option<u32>>,
    here: Vec<Option<u32>>,
}

impl Pairs {
    fn there(&self, here: u32) -> Option<u32> {
        self.there.get(here as usize).copied().flatten()
    }

    /// Whether two belong together; `None` if that is not known yet of either.
    fn know(&self, here: u32, there: u32) -> Option<bool> {
        match (self.there(here), self.here.get(there as usize).copied().flatten()) {
            (None, None) => None,
            (one, other) => Some(one == Some(there) && other == Some(here)),
        }
    }

    fn add(&mut self, here: u32, there: u32) {
        for (list, one, other) in [(&mut self.there, here, there), (&mut self.here, there, here)] {
            if list.len() <= one as usize {
                list.resize(one as usize + 1, None);
            }
            list[one as usize] = Some(other);
        }
    }
}

impl<'a> Comparison<'a> {
    /// Nodes before anything happens; `None` if they are not the same.
    fn begun(chapter: &'a Chapter, other: &Prepared, names: &'a [NodeIndex]) -> Result<Option<Self>, Unusable> {
        let graph = other.instance.graph();
        let (there, links) = (ways(graph), graph.link_count() * 2);
        let by_way = sorting::map(there[..links].iter().zip(0_u32..).map(|(way, channel)| (*way, channel)));
        // Of two links between the same nodes, or from a node to itself, it is not clear which is which.
        if there.len() != chapter.ways.len() || by_way.len() != links {
            return Ok(None);
        }
        let named = |(from, to): &Way| (names[from.index()], names[to.index()]);
        let Some(mut channels) =
            chapter.ways[..links].iter().map(|way| by_way.get(&named(way)).copied()).collect::<Option<Vec<_>>>()
        else {
            return Ok(None);
        };
        channels.extend(names.iter().map(|node| (links + node.index()) as u32));
        let (machine, locals, sends) = Machine::new(other, chapter.matters)?;
        let pairs = Pairs::default;
        let mut comparison = Comparison { chapter, names, machine, channels, locals: pairs(), packets: pairs() };
        let is_alike = chapter.start.0.iter().zip(names).all(|(here, name)| comparison.is_local(*here, locals[name.index()]))
            && comparison.are_sent(&chapter.start.1, &sends);
        Ok(is_alike.then_some(comparison))
    }

    fn is_the_same(&mut self) -> bool {
        let chapter = self.chapter;
        chapter.steps.iter().all(|step| self.is_step(step))
            && chapter.judged.iter().all(|judged| judged.scenes.iter().all(|scene| self.is_judged(judged, scene)))
            && !self.machine.reads_clock
            && self.machine.cut.is_empty()
    }

    /// Whether two local states belong together.
    fn is_local(&mut self, here: LocalId, there: LocalId) -> bool {
        if let Some(known) = self.locals.know(here, there) {
            return known;
        }
        let mut expected = self.chapter.locals[here as usize].clone();
        expected.node = self.names[expected.node.index()];
        self.locals.add(here, there);
        Seen::of(&self.machine, there) == expected
    }

    /// Whether two packets belong together.
    fn is_packet(&mut self, here: PacketId, there: PacketId) -> bool {
        if let Some(known) = self.packets.know(here, there) {
            return known;
        }
        let (expected, found) = (self.chapter.packets[here as usize], Sent::of(&self.machine, there));
        self.packets.add(here, there);
        let is_plain = expected.plain == here;
        (expected.tag, expected.marks, is_plain) == (found.tag, found.marks, found.plain == there)
            && self.channels[expected.channel as usize] == found.channel
            && (is_plain || self.is_packet(expected.plain, found.plain))
    }

    /// Whether packets belong together, on each channel in their order: of that on others, nothing follows.
    fn are_sent(&mut self, here: &[PacketId], there: &[PacketId]) -> bool {
        if here.len() != there.len() {
            return false;
        }
        let mut by_channel = BTreeMap::<u32, Vec<PacketId>>::new();
        for packet in there.iter().rev() {
            by_channel.entry(self.machine.packets[*packet as usize].channel).or_default().push(*packet);
        }
        here.iter().all(|packet| {
            let channel = self.channels[self.chapter.packets[*packet as usize].channel as usize];
            let next = by_channel.get_mut(&channel).and_then(Vec::pop);
            next.is_some_and(|next| self.is_packet(*packet, next))
        })
    }

    fn is_step(&mut self, step: &Step) -> bool {
        let Some(local) = self.locals.there(step.local) else { return false };
        let cause = match step.cause {
            Cause::Packet(packet) => match self.packets.there(packet) {
                Some(packet) => Cause::Packet(packet),
                None => return false,
            },
            cause @ (Cause::Impulse | Cause::Alarm(_) | Cause::Recover) => cause,
        };
        let inside = Some(cause).filter(|cause| *cause != Cause::Recover);
        let outcomes = if step.crashes { self.machine.crash(local, inside) } else { self.machine.step(local, cause) };
        let Ok(outcomes) = outcomes else { return false };
        let there = outcomes.map(|outcome| self.machine.outcome(outcome).clone()).collect::<Vec<_>>();
        step.outcomes.len() == there.len() && step.outcomes.iter().zip(&there).all(|(here, there)| self.is_outcome(here, there))
    }

    fn is_outcome(&mut self, here: &Outcome, there: &Outcome) -> bool {
        let kind = |outcome: &Outcome| outcome.wrong.as_ref().map(|wrong| matches!(wrong, Wrong::Panic(_)));
        if (kind(here), &here.alarms, &here.draws, here.via.len())
            != (kind(there), &there.alarms, &there.draws, there.via.len())
        {
            return false;
        }
        let mut sent = 0;
        let ends =
            |outcome: &Outcome| outcome.via.iter().copied().chain([(outcome.to, outcome.sends.len())]).collect::<Vec<_>>();
        ends(here).into_iter().zip(ends(there)).all(|((to, end), (other, other_end))| {
            let begin = core::mem::replace(&mut sent, end);
            end == other_end && self.are_sent(&here.sends[begin..end], &there.sends[begin..end]) && self.is_local(to, other)
        })
    }

    /// Whether a property says the same there, and reads no more.
    fn is_judged(&mut self, judged: &Judged, scene: &Scene) -> bool {
        let locals = scene.locals.iter().map(|local| self.locals.there(*local)).collect::<Option<Vec<_>>>();
        let Some(locals) = locals else { return false };
        let node = scene.node.map(|node| self.names[node.index()]);
        let (holds, asked) = scene.play(&mut self.machine, judged.property, locals.into_iter(), node);
        let here = |question: Question| match question {
            Question::Node(node) => Question::Node(self.name_of(node)),
            other => other,
        };
        holds == scene.holds
            && asked.iter().all(|question| judged.questions.contains(&here(*question)))
            && (!judged.is_local || asked.is_empty())
    }

    /// The node in whose place that one stands there.
    fn name_of(&self, there: NodeIndex) -> NodeIndex {
        NodeIndex::new(self.names.iter().position(|name| *name == there).unwrap_or(0))
    }
}
