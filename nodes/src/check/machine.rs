//! A protocol as tables: a handler is a function of the node's local state and the event, so it runs once for each pair.

use core::time::Duration;
use std::sync::Arc;

use super::Limit;
use super::alarms::{Alarm, Change, bells};
use super::deferred::Deferred;
use super::hands::Hands;
use super::matters::{Matter, Matters, Unusable};
use super::packet::{Marks, Packet};
use super::steps::Steps;
use super::store::Store;
use crate::execution::{Prepared, explain};
use crate::network::{Duplicates, carry_out, goes_on, react};
use crate::panics::caught;
use crate::protocol::fingerprint::put_varint;
use crate::protocol::watch::{Question, Script, asking};
use crate::protocol::{
    AnyEffect, AnyEvent, AnyInstance, AnyWorld, Description, Effect, Event, KeptNode, Links, Reads, Stepped,
};
use crate::topology::{Graph, NodeIndex};

/// The number of a local state: of one node, all that its future depends on.
pub(super) type LocalId = u32;

/// The number of a packet: a message on a channel.
pub(super) type PacketId = u32;

/// Something that a node reacts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cause {
    /// Its impulse.
    Impulse,
    /// A packet arrives.
    Packet(PacketId),
    /// The alarm of that index rings, in the order of setting.
    Alarm(u32),
    /// It has crashed, and recovers.
    Recover,
}

/// A local state.
pub(super) struct Local {
    /// Whose.
    pub(super) node: NodeIndex,
    /// Its number among those of its node.
    pub(super) rank: u32,
    kept: KeptNode,
    /// What it stored in the step in which it crashed, if it may recover.
    pub(super) stored_last: Option<Box<[u8]>>,
    /// How often it has recovered.
    pub(super) life: u32,
    /// Its state's place in the description.
    pub(super) state: usize,
    /// Whether it is alive.
    pub(super) alive: bool,
    /// Whether its state is terminal.
    pub(super) decided: bool,
    /// Its alarms, in the order of setting.
    alarms: Vec<Alarm>,
    /// The alarms that may ring: their indices.
    pub(super) bells: Vec<u32>,
    /// What it has deferred of what may arrive again and again.
    pub(super) deferred: Vec<Deferred>,
}

impl Local {
    /// Its alarms, in the order of setting.
    pub(super) fn alarms(&self) -> &[Alarm] {
        &self.alarms
    }

    /// Whether its node is alive and in the state of that index.
    pub(super) fn is_live_in(&self, state: usize) -> bool {
        self.alive && self.state == state
    }
}

/// What may come of a step.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Outcome {
    /// The local state that it leads to.
    pub(super) to: LocalId,
    /// Local states on the way there, if the node is offered what it had deferred, each with how much of `sends` was sent by then.
    pub(super) via: Vec<(LocalId, usize)>,
    /// What it sends, in order.
    pub(super) sends: Vec<PacketId>,
    /// How the protocol breaks its own rules, or its handler panics.
    pub(super) wrong: Option<Wrong>,
    /// What it does to alarms.
    pub(super) alarms: Vec<Change>,
    /// What was drawn, each number from the least of its range.
    pub(super) draws: Vec<u64>,
}

impl Outcome {
    /// Of a step that leads to that local state, and else does nothing.
    pub(super) fn to(local: LocalId) -> Self {
        Outcome { to: local, via: Vec::new(), sends: Vec::new(), wrong: None, alarms: Vec::new(), draws: Vec::new() }
    }

    /// Whether another leads to the same, whatever was drawn; how long alarms wait may not matter either.
    fn is_as(&self, other: &Outcome, durations: bool) -> bool {
        let same_alarm = |(one, other): (&Change, &Change)| match (one, other) {
            (Change::Set(one), Change::Set(other)) if !durations => one.tag == other.tag,
            _ => one == other,
        };
        (self.to, &self.via, &self.sends, &self.wrong) == (other.to, &other.via, &other.sends, &other.wrong)
            && self.alarms.len() == other.alarms.len()
            && self.alarms.iter().zip(&other.alarms).all(same_alarm)
    }
}

/// What is wrong with a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    /// A `#[never]` happened, or a terminal state was left.
    Rule(String),
    /// A handler panicked.
    Panic(String),
}

/// The tables of a protocol on an instance.
pub(super) struct Machine {
    /// A stage: any local state can be put on it.
    pub(super) world: Box<dyn AnyWorld>,
    /// Which local state of each node is on it, if that is known.
    standing: Vec<Option<LocalId>>,
    /// How many messages of each type are under way on it.
    pub(super) under_way: Vec<u64>,
    pub(super) description: Arc<Description>,
    instance: Arc<dyn AnyInstance>,
    channels: usize,
    links: Links,
    pub(super) matters: Matters,
    pub(super) locals: Vec<Local>,
    /// By node, and then by rank.
    pub(super) of_node: Vec<Vec<LocalId>>,
    local_ids: Store,
    pub(super) packets: Vec<Packet>,
    packet_ids: Store,
    /// By packet: the same one without marks.
    plain: Vec<PacketId>,
    outcomes: Vec<Outcome>,
    /// Whether a node has ever had an alarm set.
    pub(super) sets_alarms: bool,
    /// Whether nodes that have crashed may recover.
    pub(super) recovers: bool,
    /// Whether each message may arrive any number of times.
    pub(super) repeats: bool,
    /// The outcomes of each pair of local state and cause.
    steps: Steps,
    /// The memory that nodes take, in bytes: as much as their fields when they are encoded, about.
    kept: usize,
    /// How many handlers have run.
    pub(super) runs: u64,
    /// Whether a handler has read the clock.
    pub(super) reads_clock: bool,
    /// The steps in which a handler draws from more values than are looked at: the first outcome of each.
    pub(super) cut: Vec<usize>,
    /// Which tables these are, of those that one check has begun.
    pub(super) lineage: u64,
    /// Whether `#[init]` has drawn: by the seed, one of many ways to begin.
    pub(super) draws_at_start: bool,
}

impl Machine {
    /// The tables, the local states of all nodes before anything happens, and what their `#[init]` sends.
    pub(super) fn new(prepared: &Prepared, matters: Matters) -> Result<(Self, Vec<LocalId>, Vec<PacketId>), Unusable> {
        let reads = Reads { log: false, alarms: true };
        let failed = |(node, what)| Unusable::Refused(format!("node {node} cannot be made: {what}"));
        let (made, asked) = asking(|| prepared.protocol.world(&prepared.instance, &*prepared.config, reads));
        let draws_at_start = asked.contains(&Question::Draw);
        let (world, asked) = made.map_err(failed)?;
        let nodes = prepared.instance.graph().node_count();
        let mut machine = Machine {
            world,
            standing: vec![None; nodes],
            under_way: vec![0; prepared.description.messages.len()],
            description: Arc::clone(&prepared.description),
            instance: Arc::clone(&prepared.instance),
            channels: prepared.instance.graph().link_count() * 2,
            links: prepared.links,
            matters,
            locals: Vec::new(),
            of_node: vec![Vec::new(); nodes],
            local_ids: Store::new(),
            packets: Vec::new(),
            packet_ids: Store::new(),
            plain: Vec::new(),
            outcomes: Vec::new(),
            sets_alarms: false,
            recovers: prepared.faults.budget.recoveries > 0,
            repeats: prepared.faults.budget.duplicates == Some(Duplicates::Any),
            steps: Steps::new(),
            kept: 0,
            runs: 0,
            reads_clock: false,
            cut: Vec::new(),
            lineage: 0,
            draws_at_start,
        };
        let mut effects_of = vec![Vec::new(); nodes];
        for (node, effects) in asked {
            effects_of[node.index()] = effects;
        }
        let (mut locals, mut sends) = (Vec::new(), Vec::new());
        for (node, mut effects) in (0..nodes).map(NodeIndex::new).zip(effects_of) {
            let mut alarms = Vec::new();
            machine.change_alarms(&effects, &mut alarms, &mut Vec::new())?;
            caught(|| machine.carry_out(node, &mut effects, &mut sends)).map_err(|what| failed((node, what)))?;
            locals.push(machine.keep(node, alarms, None)?);
        }
        Ok((machine, locals, sends))
    }

    pub(super) fn graph(&self) -> &Graph {
        self.instance.graph()
    }

    /// How many channels lead from node to node.
    #[inline]
    pub(super) fn channels(&self) -> usize {
        self.channels
    }

    /// Whether a packet goes over a link, and not from a node to itself.
    #[inline]
    pub(super) fn is_between_nodes(&self, packet: PacketId) -> bool {
        (self.packets[packet as usize].channel as usize) < self.channels()
    }

    /// Whether messages on a channel keep their order.
    #[inline]
    pub(super) fn keeps_order(&self, channel: u32) -> bool {
        self.links == Links::Fifo || channel as usize >= self.channels()
    }

    pub(super) fn outcome(&self, index: usize) -> &Outcome {
        &self.outcomes[index]
    }

    /// The steps that became known after the first `known`, each with its outcomes; `true` if the node crashes.
    pub(super) fn steps_since(&self, known: usize) -> impl Iterator<Item = (LocalId, Cause, bool, &[Outcome])> + '_ {
        let steps = self.steps.since(known);
        steps.map(|(local, cause, crashes, outcomes)| (local, cause, crashes, &self.outcomes[outcomes]))
    }

    /// The memory that the tables take, in bytes, about.
    pub(super) fn memory(&self) -> usize {
        self.local_ids.memory()
            + self.packet_ids.memory()
            + self.locals.capacity() * size_of::<Local>()
            + self.kept
            + self.packets.capacity() * size_of::<Packet>()
            + self.outcomes.capacity() * size_of::<Outcome>()
            + self.steps.memory()
    }

    /// What may come of a cause in a local state: indices of outcomes.
    #[inline]
    pub(super) fn step(&mut self, local: LocalId, cause: Cause) -> Result<core::ops::Range<usize>, Unusable> {
        let cause = self.heard(cause);
        match self.steps.get(Steps::key(local, cause, false)) {
            Some(known) => Ok(known),
            None => self.explore(local, Some(cause), false),
        }
    }

    /// What may come of a crash: inside the step that the cause begins, or between two steps.
    pub(super) fn crash(&mut self, local: LocalId, inside: Option<Cause>) -> Result<core::ops::Range<usize>, Unusable> {
        let inside = inside.map(|cause| self.heard(cause));
        // No node that is alive recovers.
        match self.steps.get(Steps::key(local, inside.unwrap_or(Cause::Recover), true)) {
            Some(known) => Ok(known),
            None => self.explore(local, inside, true),
        }
    }

    /// Runs the handler, once for each alternative of what it draws.
    #[cold]
    fn explore(&mut self, local: LocalId, cause: Option<Cause>, crashes: bool) -> Result<core::ops::Range<usize>, Unusable> {
        let first = self.outcomes.len();
        let ringing = if let Some(Cause::Alarm(index)) = cause { Some(index as usize) } else { None };
        let mut script = Script::default().ringing(ringing).of_at_most(self.matters.draws);
        loop {
            self.runs += 1;
            self.place(local);
            let node = self.locals[local as usize].node;
            self.standing[node.index()] = None;
            let outcome = match cause.and_then(|cause| self.event(cause)) {
                event if crashes => self.run_last(node, event, &mut script),
                Some(event) => self.run(local, event, &mut script),
                None => self.run_recovery(local, &mut script),
            }?;
            self.reads_clock |= script.has_read_clock();
            if script.has_too_many() {
                let node = self.locals[local as usize].node;
                return Err(Unusable::Refused(format!(
                    "node {node} draws one of more than {} alternatives in a step, and each would have to be looked at; \
                     let it draw from a smaller range, or look at K values of each range only with `--draws K`",
                    crate::protocol::watch::MOST_ALTERNATIVES
                )));
            }
            if !self.outcomes[first..].iter().any(|other| other.is_as(&outcome, self.matters.durations)) {
                self.outcomes.push(outcome);
            }
            if !script.advance() {
                break;
            }
        }
        if script.has_cut() {
            self.cut.push(first);
        }
        let range = first..self.outcomes.len();
        self.steps.insert(Steps::key(local, cause.unwrap_or(Cause::Recover), crashes), range.clone());
        Ok(range)
    }

    /// What happens to the node; `None` if it recovers.
    fn event(&self, cause: Cause) -> Option<AnyEvent> {
        Some(match cause {
            Cause::Impulse => Event::Impulse,
            Cause::Packet(packet) => {
                let Packet { port, msg, .. } = &self.packets[packet as usize];
                AnyEvent::Message { sender: *port, msg: msg.clone() }
            }
            Cause::Alarm(_) => Event::Alarm,
            Cause::Recover => return None,
        })
    }

    /// Runs the handler by a script.  The local state is on the stage.
    fn run(&mut self, local: LocalId, event: AnyEvent, script: &mut Script) -> Result<Outcome, Unusable> {
        let node = self.locals[local as usize].node;
        let mut alarms = self.locals[local as usize].alarms.clone();
        let mut outcome = Outcome::to(local);
        let mut tag = if let Event::Message { msg, .. } = &event { Some(msg.tag()) } else { None };
        if let Some(index) = script.rings() {
            let ring = Change::Ring(index);
            ring.make(&mut alarms, &Alarm::clone, &|alarm| alarm);
            outcome.alarms.push(ring);
        }
        let mut unusable = None;
        let mut steps: Vec<(LocalId, usize)> = Vec::new();
        let ran = caught(|| {
            script.run(|| {
                react(event, &mut |event| {
                    if matches!(event, Event::Deferred) {
                        tag = self.world.node(node).next_offer().map(|(_, msg)| msg.tag());
                    }
                    let mut effects = Vec::new();
                    let stepped = self.world.step(node, event, Duration::ZERO, &mut effects);
                    let changed = self.change_alarms(&effects, &mut alarms, &mut outcome.alarms);
                    self.carry_out(node, &mut effects, &mut outcome.sends);
                    match changed.and_then(|()| self.keep(node, alarms.clone(), None)) {
                        Ok(now) => steps.push((now, outcome.sends.len())),
                        Err(what) => {
                            unusable = Some(what);
                            return false;
                        }
                    }
                    if matches!(stepped, Stepped::Never | Stepped::LeftTerminal { .. }) {
                        let state = self.world.node(node).state_name().to_owned();
                        outcome.wrong = explain::broken_word(stepped, tag, &state, &self.description).map(Wrong::Rule);
                    }
                    goes_on(stepped, self.world.glance(node))
                });
            })
        });
        if let Some(unusable) = unusable {
            return Err(unusable);
        }
        if let Some((last, _)) = steps.pop() {
            outcome.to = last;
        }
        outcome.via = steps;
        outcome.draws = script.draws();
        if let Err(said) = ran {
            outcome.wrong = Some(Wrong::Panic(said));
            self.standing[node.index()] = None;
        }
        Ok(outcome)
    }

    /// Where an alarm of a local state stands behind an outcome: its index, if it is still set.
    pub(super) fn alarm_behind(&self, local: LocalId, outcome: usize, index: u32) -> Option<u32> {
        let alarms = self.locals[local as usize].alarms.iter().cloned().enumerate();
        let mut list = alarms.map(|(place, alarm)| (Some(place as u32), alarm)).collect::<Vec<_>>();
        for change in &self.outcomes[outcome].alarms {
            change.make(&mut list, &|alarm| (None, alarm.clone()), &|(_, alarm)| alarm);
        }
        list.iter().position(|(place, _)| *place == Some(index)).map(|place| place as u32)
    }

    /// Puts a local state on the stage.
    pub(super) fn place(&mut self, local: LocalId) {
        let Local { node, kept, .. } = &self.locals[local as usize];
        if self.standing[node.index()] != Some(local) {
            self.world.place(kept);
            self.standing[node.index()] = Some(local);
        }
    }

    /// The number of the local state in which a node stands, with these alarms, and what it stored in the step in which it crashed.
    pub(super) fn keep(
        &mut self,
        node: NodeIndex,
        alarms: Vec<Alarm>,
        stored_last: Option<Box<[u8]>>,
    ) -> Result<LocalId, Unusable> {
        if self.defers_too_much(node) {
            return Err(Unusable::Limit(Limit::Deferred));
        }
        let mut bytes = Vec::new();
        put_varint(&mut bytes, (node.index() as u64) << 1 | u64::from(stored_last.is_some()));
        if let Some(stored) = &stored_last {
            put_varint(&mut bytes, stored.len() as u64);
            bytes.extend(stored);
        }
        let kept = self.world.keep(node, &mut bytes).map_err(|what| Unusable::Refused(format!("node {node}: {what}")))?;
        if self.matters.durations {
            alarms.iter().for_each(|alarm| bytes.extend(alarm.after.as_nanos().to_le_bytes()));
        }
        let (local, is_new) = self.local_ids.insert(&bytes);
        if is_new {
            self.kept += bytes.len();
            self.sets_alarms |= !alarms.is_empty();
            let deferred = self.deferred(node);
            let view = self.world.node(node);
            let look = view.look();
            let (alive, decided, state, life) = (look.is_alive, look.is_decided, view.state(), view.incarnation());
            let bells = if alive { bells(&alarms) } else { Vec::new() };
            let of_node = &mut self.of_node[node.index()];
            let rank = of_node.len() as u32;
            of_node.push(local);
            self.locals.push(Local { node, rank, kept, stored_last, life, state, alive, decided, alarms, bells, deferred });
        }
        self.standing[node.index()] = Some(local);
        Ok(local)
    }

    /// Follows what effects do to alarms.
    pub(super) fn change_alarms(
        &self,
        effects: &[AnyEffect],
        alarms: &mut Vec<Alarm>,
        changes: &mut Vec<Change>,
    ) -> Result<(), Unusable> {
        for effect in effects {
            let change = match effect {
                Effect::SetAlarm { after, alarm } => {
                    // One that waits alone rings whatever the time.
                    if !alarms.is_empty() && !self.matters.durations {
                        return Err(Unusable::Matters(Matter::Durations));
                    }
                    if let Some(ticks) = self.matters.ticks.and_then(|ticks| ticks.dividing(*after)) {
                        return Err(Unusable::Matters(Matter::Ticks(ticks)));
                    }
                    Change::Set(Alarm { tag: alarm.tag(), after: *after })
                }
                Effect::Cancel { alarm } => Change::Cancel(*alarm),
                _ => continue,
            };
            change.make(alarms, &Alarm::clone, &|alarm| alarm);
            changes.push(change);
        }
        Ok(())
    }

    pub(super) fn carry_out(&mut self, node: NodeIndex, effects: &mut Vec<AnyEffect>, sends: &mut Vec<PacketId>) {
        carry_out(node, effects, &mut Hands { machine: self, sends });
    }

    /// The number of a packet.
    pub(super) fn packet(&mut self, packet: Packet) -> PacketId {
        let key = packet.key();
        if let Some(known) = self.packet_ids.find(&key) {
            return known;
        }
        let marks = Marks::default();
        let plain = (packet.marks != marks).then(|| self.packet(Packet { marks, ..packet.clone() }));
        let (number, _) = self.packet_ids.insert(&key);
        self.packets.push(packet);
        self.plain.push(plain.unwrap_or(number));
        number
    }

    /// The same packet without marks: its receiver hears the same.
    #[inline]
    pub(super) fn plain(&self, packet: PacketId) -> PacketId {
        self.plain[packet as usize]
    }

    /// What a node hears of a cause.
    #[inline]
    pub(super) fn heard(&self, cause: Cause) -> Cause {
        if let Cause::Packet(packet) = cause { Cause::Packet(self.plain(packet)) } else { cause }
    }

    /// The same packet with other marks, if there has been such a one.
    pub(super) fn known_as(&self, packet: PacketId, marks: Marks) -> PacketId {
        let other = Packet { marks, ..self.packets[packet as usize].clone() };
        self.packet_ids.find(&other.key()).unwrap_or(packet)
    }

    /// The same packet as it was when it was sent.
    pub(super) fn single(&self, packet: PacketId) -> PacketId {
        let life = self.packets[packet as usize].marks.life;
        self.known_as(packet, Marks { life, ..Marks::default() })
    }

    /// The same packet as one of two.
    pub(super) fn copied(&mut self, packet: PacketId) -> PacketId {
        let marks = Marks { copied: true, ..self.packets[packet as usize].marks };
        self.marked(packet, marks)
    }

    /// The same packet with these marks.
    pub(super) fn marked(&mut self, packet: PacketId, marks: Marks) -> PacketId {
        let other = Packet { marks, ..self.packets[packet as usize].clone() };
        self.packet(other)
    }
}
