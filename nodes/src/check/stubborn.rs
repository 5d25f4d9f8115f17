//! Which events of a state need to be followed: a stubborn set.
//!
//! Beside an event, those are chosen that could happen before it and do not commute with it; what has not been sent yet is kept from
//! happening, by choosing all events of its sender.  Then each run from the state is one from behind a chosen event, but for the order
//! of events that commute.  So that no state is lost in which a property does not hold, one of the chosen events is seen by none,
//! wherever it happens, or all properties hold and nothing that is seen can happen before them.

use super::around::{Around, Choice, Label, is_step, not_reduced};
use super::commute::Commute;
use super::eyes::Eyes;
use super::faults::Spare;
use super::free::Free;
use super::judge::Judge;
use super::learned::Known;
use super::machine::{Cause, Machine, PacketId, Unusable};
use super::mutant::Mutant;
use super::outlook::{Outlook, Sight};
use super::scene::{Arrivals, Lens, Met, Other, Scene, Scenes};
use super::space::{Move, Space, State};
use crate::topology::{NodeIndex, Port};

/// Chooses what is followed.
pub(super) struct Reducer {
    pub(super) known: Known,
    eyes: Eyes,
    commute: Commute,
    outlook: Outlook,
    scenes: Scenes,
    free: Free,
    /// By channel.
    ends: Vec<Ends>,
    /// By node: the channels that lead from it.
    outgoing: Vec<Vec<u32>>,
    /// Whether no two events of a node are taken to commute.
    nodes_only: bool,
    mutant: Option<Mutant>,
}

/// The nodes that a channel joins.
#[derive(Clone, Copy, Default)]
struct Ends {
    from: usize,
    to: usize,
}

impl Reducer {
    pub(super) fn new(machine: &Machine, nodes_only: bool, mutant: Option<Mutant>) -> Self {
        let graph = machine.graph();
        let nodes = graph.node_count();
        let mut ends = vec![Ends::default(); machine.channels() + nodes];
        for node in graph.nodes() {
            for end in (0..graph.degree(node)).map(|port| graph.end(node, Port::new(port))) {
                ends[end.channel()] = Ends { from: node.index(), to: end.neighbour.index() };
            }
            ends[machine.channels() + node.index()] = Ends { from: node.index(), to: node.index() };
        }
        let mut outgoing = vec![Vec::new(); nodes];
        for (channel, Ends { from, .. }) in ends.iter().enumerate() {
            outgoing[*from].push(channel as u32);
        }
        let mut reducer = Reducer {
            known: Known::new(machine),
            eyes: Eyes::new(),
            commute: Commute::new(),
            outlook: Outlook::default(),
            scenes: Scenes::new(),
            free: Free::default(),
            ends,
            outgoing,
            nodes_only,
            mutant,
        };
        if let Some(mutant) = mutant {
            mutant.break_parts(&mut reducer.eyes, &mut reducer.commute, &mut reducer.scenes);
        }
        reducer
    }

    fn is(&self, mutant: Mutant) -> bool {
        cfg!(debug_assertions) && self.mutant == Some(mutant)
    }

    /// The memory that it takes, in bytes.
    pub(super) fn memory(&self) -> usize {
        self.known.memory() + self.commute.memory() + self.outlook.memory() + self.scenes.memory() + self.free.memory()
    }

    /// Whether losses are chosen with their messages, and not left out.
    pub(super) fn sees_losses(&self) -> bool {
        self.eyes.see_messages()
    }

    /// Leaves out the moves that need not be followed.
    pub(super) fn reduce(
        &mut self,
        machine: &mut Machine,
        judge: &mut Judge,
        space: &Space,
        state: &State,
        moves: &mut Vec<Move>,
    ) -> Result<(), Unusable> {
        if moves.len() < 2 {
            return Ok(());
        }
        if self.eyes.open(judge) {
            self.scenes.forget();
            self.free.forget();
            self.known.changes();
        }
        if self.eyes.see_messages() && state.spare.harms_messages() && !self.is(Mutant::LateFaults) {
            // A property that sees a fault is looked at behind the next step only: which one that is, counts.
            return Ok(());
        }
        let chosen = if space.is_together() && space.is_waking(state) {
            self.impulse(machine, judge, state, moves)?
        } else if let Some(free) = self.find_free(machine, judge, space, state, moves)? {
            moves.swap(0, free);
            moves.truncate(1);
            return Ok(());
        } else {
            let mut sight = Sight { machine, judge, space, known: &self.known, eyes: &mut self.eyes };
            self.outlook.look(&mut sight, state);
            if self.outlook.rings && !self.is(Mutant::DecidedRing) {
                // The run may be over before its alarm rings.
                return Ok(());
            }
            self.choose(machine, judge, space, state, moves)?
        };
        if let Some(chosen) = chosen {
            let mut chosen = chosen.into_iter();
            moves.retain(|_| chosen.next() == Some(true));
        }
        Ok(())
    }

    /// An event that may be followed alone, whatever may still happen.
    fn find_free(
        &mut self,
        machine: &mut Machine,
        judge: &mut Judge,
        space: &Space,
        state: &State,
        moves: &[Move],
    ) -> Result<Option<usize>, Unusable> {
        // What is wrong with the rest shows only where the rest is needed.
        if self.mutant.is_some() {
            return Ok(None);
        }
        let (eyes, commute, nodes_only) = (&mut self.eyes, &mut self.commute, self.nodes_only);
        let mut lens = Lens { machine, judge, eyes, commute, nodes_only };
        self.free.find(&mut lens, &self.known, space, state, moves)
    }

    /// While nodes are woken together, nothing else happens: one node that nobody sees wake up.
    fn impulse(
        &mut self,
        machine: &mut Machine,
        judge: &mut Judge,
        state: &State,
        moves: &[Move],
    ) -> Result<Option<Vec<bool>>, Unusable> {
        for what in moves {
            let Move::React { node, cause, .. } = what else { continue };
            let local = state.locals[node.index()];
            let mut outcomes = machine.step(local, *cause)?;
            if !outcomes.any(|outcome| self.eyes.see(machine, judge, local, *cause, outcome)) || self.is(Mutant::Together) {
                let is_its = |other: &Move| matches!(other, Move::React { node: other, .. } if other == node);
                return Ok(Some(moves.iter().map(is_its).collect()));
            }
        }
        Ok(None)
    }

    /// The smallest set of all that begin with one event.
    fn choose(
        &mut self,
        machine: &mut Machine,
        judge: &mut Judge,
        space: &Space,
        state: &State,
        moves: &[Move],
    ) -> Result<Option<Vec<bool>>, Unusable> {
        let only_arrives = self.is(Mutant::OnlyArrives);
        let mut around = Around::new(machine, judge, space, (state, moves), only_arrives);
        let (mut best, mut size) = (None, moves.len());
        for (seed, what) in moves.iter().enumerate() {
            // No fault has to happen: a set of faults would lose what goes on without them.
            if !is_step(*what) || around.events[..seed].contains(&around.events[seed]) {
                continue;
            }
            if let Some(choice) = self.close(&mut around, seed, size)? {
                size = choice.size();
                best = Some(choice);
                if size == 1 {
                    break;
                }
            }
        }
        let Some(best) = best else { return Ok(None) };
        for (node, clear) in best.clear.iter().enumerate() {
            if let Some(clear) = clear.filter(|_| !best.whole[node]) {
                self.known.note(state.locals[node], clear.shows_others || clear.shows_chosen, clear.rings);
            }
        }
        Ok(Some(best.moves))
    }

    /// The set that one event asks for, if it has fewer events than `most`.
    fn close(&mut self, around: &mut Around<'_>, seed: usize, most: usize) -> Result<Option<Choice>, Unusable> {
        let nodes = self.outgoing.len();
        let mut choice = Choice::none(around.moves.len(), nodes);
        around.add(&mut choice, seed);
        loop {
            if choice.size() >= most {
                return Ok(None);
            }
            let acts = self.acting(around, &choice);
            if let Some(sender) = self.opener(around, &choice, &acts) {
                around.add_all(&mut choice, sender);
                continue;
            }
            if self.ask_nodes(around, &mut choice, &acts)? {
                continue;
            }
            if self.is_hidden(around, &choice)? || self.is(Mutant::NoVisibility) {
                break;
            }
            let shows = |node: &usize| {
                let others = choice.clear[*node].is_some_and(|clear| clear.shows_others);
                acts[*node] && !choice.whole[*node] && (self.outlook.shows[*node] || others)
            };
            let visible = (0..nodes).filter(shows).collect::<Vec<_>>();
            if visible.is_empty() {
                if self.is_well(around, &choice)? {
                    break;
                }
                return Ok(None);
            }
            visible.into_iter().for_each(|node| around.add_all(&mut choice, node));
        }
        Ok(Some(choice).filter(|choice| choice.size() < most))
    }

    /// By node: whether it can act before any of the chosen events.
    fn acting(&self, around: &Around<'_>, choice: &Choice) -> Vec<bool> {
        let mut acts = vec![false; self.outgoing.len()];
        for (place, (node, _)) in around.events.iter().enumerate() {
            acts[*node] |= !choice.moves[place] && is_step(around.moves[place]);
        }
        let mut queue = (0..acts.len()).filter(|node| acts[*node]).collect::<Vec<_>>();
        while let Some(node) = queue.pop() {
            for channel in &self.outgoing[node] {
                let to = self.ends[*channel as usize].to;
                if !acts[to] && !choice.whole[to] && self.may_open(around, choice, *channel) {
                    acts[to] = true;
                    queue.push(to);
                }
            }
        }
        acts
    }

    /// Whether what may still be sent on a channel can arrive before the chosen events.
    fn may_open(&self, around: &Around<'_>, choice: &Choice, channel: u32) -> bool {
        let is_blocked = around.heads[channel as usize].is_some_and(|head| choice.moves[head]);
        !self.outlook.future[channel as usize].is_empty() && !is_blocked
    }

    /// A node that can send something to another of which all events are chosen.
    fn opener(&self, around: &Around<'_>, choice: &Choice, acts: &[bool]) -> Option<usize> {
        if self.is(Mutant::NoPropagation) {
            return None;
        }
        let whole = (0..choice.whole.len()).filter(|node| choice.whole[*node]);
        whole.into_iter().find_map(|node| {
            let opens = |channel: &&u32| {
                let from = self.ends[**channel as usize].from;
                acts[from] && !choice.whole[from] && self.may_open(around, choice, **channel)
            };
            self.known.incoming(node).iter().find(opens).map(|channel| self.ends[*channel as usize].from)
        })
    }

    /// Asks nodes of which some events are chosen; whether more had to be chosen.
    fn ask_nodes(&mut self, around: &mut Around<'_>, choice: &mut Choice, acts: &[bool]) -> Result<bool, Unusable> {
        for node in 0..self.outgoing.len() {
            let is_chosen = |place: usize| around.events[place].0 == node && choice.moves[place];
            if choice.whole[node] || !(0..around.moves.len()).any(is_chosen) {
                continue;
            }
            let scene = self.scene(around, choice, acts, node);
            let mut lens = Lens {
                machine: around.machine,
                judge: around.judge,
                eyes: &mut self.eyes,
                commute: &mut self.commute,
                nodes_only: self.nodes_only,
            };
            match self.scenes.look(&mut lens, &scene)? {
                Met::Clear(clear) => choice.clear[node] = Some(clear),
                Met::Conflict(other) => {
                    match other {
                        Other::Impulse => around.add_label(choice, node, Label::Impulse),
                        Other::UnderWay(packet) => around.add_packet(choice, node, packet),
                        Other::Anything => around.add_all(choice, node),
                        Other::Future(channel) => match around.heads[channel as usize] {
                            Some(head) => around.add(choice, head),
                            None if self.is(Mutant::SenderFree) => continue,
                            None => around.add_all(choice, self.ends[channel as usize].from),
                        },
                    }
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// A node, what is chosen there, and what else may come.
    fn scene(&self, around: &Around<'_>, choice: &Choice, acts: &[bool], node: usize) -> Scene {
        let mut scene = Scene { local: around.state.locals[node], ..Scene::default() };
        let mut chosen_packets = Vec::new();
        for (what, chosen) in around.moves.iter().zip(&choice.moves) {
            if let Move::React { node: at, cause, .. } = what
                && at.index() == node
            {
                match (cause, chosen) {
                    (_, true) => {
                        scene.chosen.push(around.machine.heard(*cause));
                        chosen_packets.extend(if let Cause::Packet(packet) = cause { Some(*packet) } else { None });
                    }
                    (Cause::Impulse, false) => scene.impulses += u8::from(!self.is(Mutant::NoImpulses)),
                    _ => {}
                }
            }
        }
        for channel in self.known.incoming(node) {
            let is_blocked = around.heads[*channel as usize].is_some_and(|head| choice.moves[head]);
            let from = self.ends[*channel as usize].from;
            let may_send = acts[from] && !choice.whole[from] && !self.is(Mutant::NoFuture);
            if !is_blocked {
                let arrivals = self.arrivals(around, *channel, &chosen_packets, may_send);
                scene.channels.extend(Some(arrivals).filter(|comes| !(comes.under_way.is_empty() && comes.future.is_empty())));
            }
        }
        scene
    }

    /// What may come on a channel besides chosen packets, of which none is first there if it keeps the order.
    fn arrivals(&self, around: &Around<'_>, channel: u32, chosen: &[PacketId], may_send: bool) -> Arrivals {
        let machine = &*around.machine;
        let in_order = machine.keeps_order(channel);
        let spare = if (channel as usize) < machine.channels() { around.state.spare } else { Spare::default() };
        let comes_twice = spare.duplicates > 0 && !self.is(Mutant::NoDuplicates);
        let skips = in_order && (spare.losses > 0 || comes_twice);
        let is_other = |packet: &&PacketId| in_order || !chosen.contains(packet);
        let mut arrivals = Arrivals { channel, in_order, skips, ..Arrivals::default() };
        for packet in around.state.packets[around.under_way[channel as usize].clone()].iter().filter(is_other) {
            let is_one_of_two = machine.packets[*packet as usize].marks.copied;
            let times = if comes_twice && !is_one_of_two { 2 } else { 1 };
            arrivals.under_way.extend(core::iter::repeat_n(machine.plain(*packet), times));
        }
        if !in_order {
            arrivals.under_way.sort_unstable();
        }
        if may_send {
            arrivals.future.extend(self.outlook.future[channel as usize].iter().filter(is_other));
            arrivals.future.sort_unstable();
            let most = self.known.most(around.state.locals[self.ends[channel as usize].from], channel);
            arrivals.most = if comes_twice { most.saturating_mul(2) } else { most };
        }
        arrivals
    }

    /// Whether what must hold always does here.  If not, no step has led here, since a property is looked at behind steps only; the next
    /// step shows it, unless it is one of those that were chosen.
    fn is_well(&self, around: &mut Around<'_>, choice: &Choice) -> Result<bool, Unusable> {
        for (place, (node, _)) in around.events.iter().enumerate() {
            let node = NodeIndex::new(*node);
            if choice.moves[place]
                && !self.is(Mutant::Unlooked)
                && around.judge.look(around.machine, around.space, around.state, node)?.is_some()
            {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether a chosen event is seen by no property, wherever it happens, and none of them between its steps.
    fn is_hidden(&mut self, around: &mut Around<'_>, choice: &Choice) -> Result<bool, Unusable> {
        let (mut is_hidden, mut shows_between) = (false, false);
        for clear in (0..choice.whole.len()).filter(|node| !choice.whole[*node]).filter_map(|node| choice.clear[node]) {
            is_hidden |= clear.is_hidden;
            shows_between |= clear.shows_between;
        }
        for (what, _) in around.moves.iter().zip(&choice.moves).filter(|(_, chosen)| **chosen) {
            match what {
                Move::React { node, cause, .. } if choice.whole[node.index()] => {
                    let local = around.state.locals[node.index()];
                    let mut shows = false;
                    for outcome in around.machine.step(local, *cause)? {
                        let is_seen = self.eyes.see(around.machine, around.judge, local, *cause, outcome);
                        shows |= is_seen;
                        shows_between |= is_seen && !around.machine.outcome(outcome).via.is_empty();
                    }
                    is_hidden |= !shows;
                }
                Move::React { .. } => {}
                // One that counts may be taken by another that spends the same budget.
                Move::Duplicate(_) => is_hidden |= around.state.spare.duplicates == Spare::ANY || self.is(Mutant::Spent),
                Move::Lose(_) => is_hidden |= around.state.spare.losses == Spare::ANY || self.is(Mutant::Spent),
                Move::Crash { .. } | Move::Pass(_) => not_reduced(),
            }
        }
        Ok(is_hidden && !shows_between)
    }
}
