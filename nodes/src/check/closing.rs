//! The events that one event asks for: those that could happen before it and do not commute with it, and so on.

use super::around::{Around, Choice, Here, Label, is_step, not_reduced};
use super::bits::Bits;
use super::faults::Spare;
use super::learned::Known;
use super::machine::{Cause, Machine, PacketId};
use super::matters::Unusable;
use super::mutant::Mutant;
use super::outlook::Outlook;
use super::scene::{Arrivals, Lens, Met, Other, Scene, Scenes};
use super::space::Move;
use crate::topology::{NodeIndex, Port};

/// Finds such sets.
pub(super) struct Closing {
    /// By channel.
    ends: Vec<Ends>,
    nodes: usize,
    mutant: Option<Mutant>,
    pub(super) scenes: Scenes,
    /// Of the state that is looked at: its events, and what may still happen below it.
    around: Around,
    outlook: Outlook,
    /// By node: the channels on which it may still send, and where they lead; and what has been found there.
    open: Vec<Vec<(u32, usize)>>,
    answers: Vec<Vec<Answer>>,
    /// The set that is being found, and the nodes that can act before any event of it.
    choice: Choice,
    acts: Bits,
    /// The smallest set.
    best: Choice,
    /// What is written again and again.
    queue: Vec<usize>,
    scene: Scene,
    packets: Vec<PacketId>,
}

/// The nodes that a channel joins.
#[derive(Clone, Copy, Default)]
struct Ends {
    from: usize,
    to: usize,
}

/// What was found at a node.
struct Answer {
    /// Its events that were chosen, and the channels to it on which something may be sent, as places among all.
    chosen: Bits,
    sending: Bits,
    met: Met,
}

impl Closing {
    pub(super) fn new(machine: &Machine, mutant: Option<Mutant>) -> Self {
        let graph = machine.graph();
        let nodes = graph.node_count();
        let mut ends = vec![Ends::default(); machine.channels() + nodes];
        for node in graph.nodes() {
            for end in (0..graph.degree(node)).map(|port| graph.end(node, Port::new(port))) {
                ends[end.channel()] = Ends { from: node.index(), to: end.neighbour.index() };
            }
            ends[machine.channels() + node.index()] = Ends { from: node.index(), to: node.index() };
        }
        Closing {
            ends,
            nodes,
            mutant,
            scenes: Scenes::new(),
            around: Around { only_arrives: Mutant::OnlyArrives.is(mutant), ..Around::default() },
            outlook: Outlook::default(),
            open: vec![Vec::new(); nodes],
            answers: (0..nodes).map(|_| Vec::new()).collect(),
            choice: Choice::default(),
            acts: Bits::default(),
            best: Choice::default(),
            queue: Vec::new(),
            scene: Scene::default(),
            packets: Vec::new(),
        }
    }

    /// The memory that it takes, in bytes.
    pub(super) fn memory(&self) -> usize {
        self.outlook.memory() + self.scenes.memory()
    }

    /// The smallest set of all that begin with one event of a state, if that is not all of them.
    pub(super) fn smallest(
        &mut self,
        here: &mut Here<'_>,
        lens: &mut Lens,
        known: &Known,
    ) -> Result<Option<&Choice>, Unusable> {
        self.outlook.look(here, &mut lens.eyes, known);
        if self.outlook.rings && !Mutant::DecidedRing.is(self.mutant) {
            // The run may be over before its alarm rings.
            return Ok(None);
        }
        self.around.look(here);
        self.answers.iter_mut().for_each(Vec::clear);
        self.open.iter_mut().for_each(Vec::clear);
        for (channel, Ends { from, to }) in self.ends.iter().enumerate() {
            if !self.outlook.future[channel].is_empty() {
                self.open[*from].push((channel as u32, *to));
            }
        }
        let (all, mut size) = (here.moves.len(), here.moves.len());
        for seed in 0..all {
            // No fault has to happen: a set of faults would lose what goes on without them.
            if !is_step(here.moves[seed]) || self.around.is_again(seed) {
                continue;
            }
            if self.close(here, lens, known, seed, size)? {
                core::mem::swap(&mut self.best, &mut self.choice);
                size = self.best.moves.count();
                if size == 1 {
                    break;
                }
            }
        }
        Ok(Some(&self.best).filter(|_| size < all))
    }

    /// Chooses what one event asks for; whether that is fewer events than `most`.
    fn close(
        &mut self,
        here: &mut Here<'_>,
        lens: &mut Lens,
        known: &Known,
        seed: usize,
        most: usize,
    ) -> Result<bool, Unusable> {
        self.choice.begin(self.nodes);
        self.around.add(&mut self.choice, here, seed);
        while self.choice.moves.count() < most {
            self.find_acting();
            if let Some(sender) = self.opener(known) {
                self.around.add_all(&mut self.choice, sender);
                continue;
            }
            if self.ask_nodes(here, lens, known)? {
                continue;
            }
            if self.is_hidden(here, lens)? || Mutant::NoVisibility.is(self.mutant) {
                return Ok(true);
            }
            let visible = self.visible();
            if visible.is_empty() {
                return self.is_well(here);
            }
            visible.iter().for_each(|node| self.around.add_all(&mut self.choice, node));
        }
        Ok(false)
    }

    /// Finds the nodes that can act before any of the chosen events.
    fn find_acting(&mut self) {
        self.acts.clear();
        self.queue.clear();
        for node in self.around.nodes.iter() {
            if !self.around.steps_at[node].is_within(&self.choice.moves) {
                self.acts.insert(node);
                self.queue.push(node);
            }
        }
        while let Some(node) = self.queue.pop() {
            for (channel, to) in &self.open[node] {
                let may_act = !self.choice.whole.contains(*to) && !self.around.is_blocked(&self.choice, *channel);
                if may_act && !self.acts.contains(*to) {
                    self.acts.insert(*to);
                    self.queue.push(*to);
                }
            }
        }
    }

    /// Whether what may still be sent on a channel can arrive before the chosen events.
    fn may_open(&self, channel: u32) -> bool {
        !self.outlook.future[channel as usize].is_empty() && !self.around.is_blocked(&self.choice, channel)
    }

    /// Whether the sender on a channel can act, and not all of its events are chosen.
    fn may_send(&self, channel: u32) -> bool {
        let from = self.ends[channel as usize].from;
        self.acts.contains(from) && !self.choice.whole.contains(from)
    }

    /// A node that can send something to another of which all events are chosen.
    fn opener(&self, known: &Known) -> Option<usize> {
        if Mutant::NoPropagation.is(self.mutant) {
            return None;
        }
        let opens = |channel: &&u32| self.may_send(**channel) && self.may_open(**channel);
        let to = |node: usize| known.incoming(node).iter().find(opens);
        self.choice.whole.iter().find_map(to).map(|channel| self.ends[*channel as usize].from)
    }

    /// The nodes that may change what a property reads before any of the chosen events.
    fn visible(&self) -> Bits {
        let Choice { whole, clear, .. } = &self.choice;
        let shows = |node: &usize| self.outlook.shows.contains(*node) || clear[*node].is_some_and(|clear| clear.shows_others);
        self.acts.iter().filter(|node| !whole.contains(*node)).filter(shows).collect()
    }

    /// Asks nodes of which some events are chosen; whether more had to be chosen.
    fn ask_nodes(&mut self, here: &mut Here<'_>, lens: &mut Lens, known: &Known) -> Result<bool, Unusable> {
        for node in 0..self.nodes {
            let chosen = self.around.at[node].common(&self.choice.moves);
            if chosen.is_empty() || self.choice.whole.contains(node) {
                continue;
            }
            let other = match self.ask(here, lens, known, node, chosen)? {
                Met::Clear(clear) => {
                    self.choice.clear[node] = Some(clear);
                    continue;
                }
                Met::Conflict(other) => other,
            };
            let Closing { around, choice, ends, .. } = self;
            match other {
                Other::Impulse => around.add_label(choice, here, node, Label::Impulse),
                Other::UnderWay(packet) => around.add_packet(choice, here, node, packet),
                Other::Anything => around.add_all(choice, node),
                Other::Future(channel) => match around.heads[channel as usize] {
                    Some(head) => around.add(choice, here, head),
                    None if Mutant::SenderFree.is(self.mutant) => continue,
                    None => around.add_all(choice, ends[channel as usize].from),
                },
            }
            return Ok(true);
        }
        Ok(false)
    }

    /// Asks a node, once in this state if it is the same that is chosen there and may come.
    fn ask(&mut self, here: &mut Here<'_>, lens: &mut Lens, known: &Known, node: usize, chosen: Bits) -> Result<Met, Unusable> {
        let channels = known.incoming(node).iter().enumerate();
        let sends = |channel: u32| {
            self.may_send(channel) && !self.outlook.future[channel as usize].is_empty() && !Mutant::NoFuture.is(self.mutant)
        };
        let sending = channels.filter(|(_, channel)| sends(**channel)).map(|(place, _)| place).collect::<Bits>();
        let same = |answer: &&Answer| answer.chosen == chosen && answer.sending == sending;
        if let Some(answer) = self.answers[node].iter().find(same) {
            return Ok(answer.met);
        }
        self.set(here, known, node, &chosen, &sending);
        let met = self.scenes.look(here, lens, &self.scene)?;
        self.answers[node].push(Answer { chosen, sending, met });
        Ok(met)
    }

    /// Sets the scene: a node, what is chosen there, and what else may come.
    fn set(&mut self, here: &Here<'_>, known: &Known, node: usize, chosen: &Bits, sending: &Bits) {
        self.scene.begin(here.state.locals[node]);
        self.packets.clear();
        for event in self.around.at[node].iter() {
            let Move::React { cause, .. } = here.moves[event] else { continue };
            if chosen.contains(event) {
                self.scene.chosen.push(here.machine.heard(cause));
                self.packets.extend(if let Cause::Packet(packet) = cause { Some(packet) } else { None });
            } else if cause == Cause::Impulse && !Mutant::NoImpulses.is(self.mutant) {
                self.scene.impulses += 1;
            }
        }
        for (place, channel) in known.incoming(node).iter().enumerate() {
            if !self.around.is_blocked(&self.choice, *channel) {
                self.add_channel(here, known, *channel, sending.contains(place));
            }
        }
    }

    /// Adds what may come on a channel besides chosen packets, of which none is first there if it keeps the order.
    fn add_channel(&mut self, here: &Here<'_>, known: &Known, channel: u32, sends: bool) {
        let (machine, state, number) = (&*here.machine, here.state, channel as usize);
        let in_order = machine.keeps_order(channel);
        let spare = if number < machine.channels() { state.spare } else { Spare::default() };
        let comes_twice = spare.duplicates > 0 && !Mutant::NoDuplicates.is(self.mutant);
        let skips = in_order && (spare.losses > 0 || comes_twice);
        let is_other = |packet: &&PacketId| in_order || !self.packets.contains(packet);
        let times = |packet: PacketId| {
            let is_one_of_two = machine.packets[packet as usize].marks.copied;
            core::iter::repeat_n(machine.plain(packet), if comes_twice && !is_one_of_two { 2 } else { 1 })
        };
        let under_way = state.packets[self.around.under_way[number].clone()].iter().filter(is_other);
        let future = if sends { &self.outlook.future[number][..] } else { &[] };
        let most = if sends { known.most(state.locals[self.ends[number].from], channel) } else { 0 };
        let most = if comes_twice { most.saturating_mul(2) } else { most };
        let arrivals = Arrivals { channel, in_order, skips, most, ..Arrivals::default() };
        let under_way = under_way.flat_map(|packet| times(*packet));
        self.scene.add(arrivals, under_way, future.iter().filter(is_other).copied());
    }

    /// Whether what must hold always does here.  If not, no step has led here, since a property is looked at behind steps only; the next
    /// step shows it, unless it is one of those that were chosen.
    fn is_well(&self, here: &mut Here<'_>) -> Result<bool, Unusable> {
        for event in self.choice.moves.iter() {
            let node = NodeIndex::new(self.around.events[event].0);
            if !Mutant::Unlooked.is(self.mutant) && here.judge.look(here.machine, here.space, here.state, node)?.is_some() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether a chosen event is seen by no property, wherever it happens, and none of them between its steps.
    fn is_hidden(&self, here: &mut Here<'_>, lens: &mut Lens) -> Result<bool, Unusable> {
        let (mut is_hidden, mut shows_between) = (false, false);
        for (_, clear) in self.choice.in_part() {
            is_hidden |= clear.is_hidden;
            shows_between |= clear.shows_between;
        }
        let Here { machine, judge, state, moves, .. } = here;
        for event in self.choice.moves.iter() {
            match moves[event] {
                Move::React { node, cause, .. } if self.choice.whole.contains(node.index()) => {
                    let local = state.locals[node.index()];
                    let mut shows = false;
                    for outcome in machine.step(local, cause)? {
                        let is_seen = lens.eyes.see(machine, judge, local, cause, outcome);
                        shows |= is_seen;
                        shows_between |= is_seen && !machine.outcome(outcome).via.is_empty();
                    }
                    is_hidden |= !shows;
                }
                Move::React { .. } => {}
                // One that counts may be taken by another that spends the same budget.
                Move::Duplicate(_) => is_hidden |= state.spare.duplicates == Spare::ANY || Mutant::Spent.is(self.mutant),
                Move::Lose(_) => is_hidden |= state.spare.losses == Spare::ANY || Mutant::Spent.is(self.mutant),
                Move::Crash { .. } | Move::Pass(_) => not_reduced(),
            }
        }
        Ok(is_hidden && !shows_between)
    }
}
