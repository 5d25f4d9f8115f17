//! A state and its events, some of which are chosen.

use core::ops::Range;

use super::judge::Judge;
use super::machine::{Cause, Machine, PacketId};
use super::scene::Clear;
use super::space::{Move, Space, State};

/// What an event is, whatever becomes of a message: it arrives, is lost or duplicated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    Impulse,
    Packet(PacketId),
    Alarm,
}

/// What stands around a choice.
pub(super) struct Around<'a> {
    pub(super) machine: &'a mut Machine,
    pub(super) judge: &'a mut Judge,
    pub(super) space: &'a Space,
    pub(super) state: &'a State,
    pub(super) moves: &'a [Move],
    /// By move: at which node, and what.
    pub(super) events: Vec<(usize, Label)>,
    /// By channel: the move of its first message, if it keeps the order.
    pub(super) heads: Vec<Option<usize>>,
    /// By channel: which of the state's packets are on it.
    pub(super) under_way: Vec<Range<usize>>,
    /// Whether a message is chosen without what else may become of it: see [`Mutant::OnlyArrives`](super::mutant::Mutant).
    only_arrives: bool,
}

/// A set of events.
#[derive(Clone)]
pub(super) struct Choice {
    /// By move: whether it is chosen.
    pub(super) moves: Vec<bool>,
    /// By node: whether all its events are, and no others may come.
    pub(super) whole: Vec<bool>,
    /// By node: what was found there, where some were chosen.
    pub(super) clear: Vec<Option<Clear>>,
}

impl Choice {
    /// Of no event.
    pub(super) fn none(moves: usize, nodes: usize) -> Self {
        Choice { moves: vec![false; moves], whole: vec![false; nodes], clear: vec![None; nodes] }
    }

    /// How many events are chosen.
    pub(super) fn size(&self) -> usize {
        self.moves.iter().filter(|chosen| **chosen).count()
    }
}

/// Whether a node makes a step, be it that it hears nothing.
pub(super) fn is_step(what: Move) -> bool {
    matches!(what, Move::React { .. })
}

/// Where nodes crash or time passes, nothing is left out: see `reducible`.
pub(super) fn not_reduced() -> ! {
    unreachable!("an event that the reduction does not know")
}

fn event(machine: &Machine, state: &State, what: Move) -> (usize, Label) {
    let of = |packet: PacketId| (machine.packets[packet as usize].to.index(), Label::Packet(packet));
    match what {
        Move::React { node, cause: Cause::Impulse, .. } => (node.index(), Label::Impulse),
        Move::React { node, cause: Cause::Alarm(_), .. } => (node.index(), Label::Alarm),
        Move::React { cause: Cause::Packet(packet), .. } => of(packet),
        Move::React { cause: Cause::Recover, .. } | Move::Crash { .. } | Move::Pass(_) => not_reduced(),
        Move::Duplicate(place) | Move::Lose(place) => of(state.packets[place]),
    }
}

impl<'a> Around<'a> {
    /// The events of a state and its moves.
    pub(super) fn new(
        machine: &'a mut Machine,
        judge: &'a mut Judge,
        space: &'a Space,
        (state, moves): (&'a State, &'a [Move]),
        only_arrives: bool,
    ) -> Self {
        let channels = machine.channels() + state.locals.len();
        let channel = |packet: PacketId| machine.packets[packet as usize].channel;
        let (mut heads, mut under_way) = (vec![None; channels], vec![0..0; channels]);
        for (place, what) in moves.iter().enumerate() {
            if let Move::React { cause: Cause::Packet(packet), .. } = what
                && machine.keeps_order(channel(*packet))
            {
                heads[channel(*packet) as usize] = Some(place);
            }
        }
        for (place, packet) in state.packets.iter().enumerate() {
            let on_it = &mut under_way[channel(*packet) as usize];
            *on_it = if on_it.start == on_it.end { place..place + 1 } else { on_it.start..place + 1 };
        }
        let events = moves.iter().map(|what| event(machine, state, *what)).collect();
        Around { machine, judge, space, state, moves, events, heads, under_way, only_arrives }
    }

    /// Chooses an event.  Alarms of a node may change each other: with one, all events of the node.
    pub(super) fn add(&self, choice: &mut Choice, event: usize) {
        let (node, label) = self.events[event];
        match label {
            Label::Alarm => self.add_all(choice, node),
            _ => self.add_label(choice, node, label),
        }
    }

    /// Chooses all events with that label.
    pub(super) fn add_label(&self, choice: &mut Choice, node: usize, label: Label) {
        for (place, chosen) in choice.moves.iter_mut().enumerate() {
            let is_meant = !self.only_arrives || is_step(self.moves[place]);
            *chosen |= is_meant && self.events[place] == (node, label);
        }
    }

    /// Chooses a message that is under way to a node, whatever its marks, or the first before it.
    pub(super) fn add_packet(&self, choice: &mut Choice, node: usize, packet: PacketId) {
        let channel = self.machine.packets[packet as usize].channel as usize;
        if let Some(head) = self.heads[channel] {
            return self.add(choice, head);
        }
        for event in 0..self.events.len() {
            if let (at, Label::Packet(other)) = self.events[event]
                && at == node
                && self.machine.plain(other) == packet
            {
                choice.moves[event] = true;
            }
        }
    }

    /// Chooses all events of a node.
    pub(super) fn add_all(&self, choice: &mut Choice, node: usize) {
        choice.whole[node] = true;
        for (chosen, (at, _)) in choice.moves.iter_mut().zip(&self.events) {
            *chosen |= *at == node;
        }
    }
}
