//! A state and its events, some of which are chosen.

use core::ops::Range;

use super::bits::Bits;
use super::judge::Judge;
use super::machine::{Cause, Machine, PacketId};
use super::scene::Clear;
use super::space::{Move, Space, State};

/// A state that is looked at, and what it takes.
pub(super) struct Here<'a> {
    pub(super) machine: &'a mut Machine,
    pub(super) judge: &'a mut Judge,
    pub(super) space: &'a Space,
    pub(super) state: &'a State,
    pub(super) moves: &'a [Move],
}

/// What an event is, whatever becomes of a message: it arrives, is lost or duplicated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    Impulse,
    Packet(PacketId),
    Alarm,
}

/// What stands around a choice.  It is written again for each state.
#[derive(Debug, Default)]
pub(super) struct Around {
    /// By move: at which node, and what.
    pub(super) events: Vec<(usize, Label)>,
    /// The nodes that have events, and by node its events, and those of them that are steps.
    pub(super) nodes: Bits,
    pub(super) at: Vec<Bits>,
    pub(super) steps_at: Vec<Bits>,
    /// By channel: the move of its first message, if it keeps the order.
    pub(super) heads: Vec<Option<usize>>,
    /// By channel: which of the state's packets are on it.
    pub(super) under_way: Vec<Range<usize>>,
    /// Whether a message is chosen without what else may become of it: see [`Mutant::OnlyArrives`](super::mutant::Mutant).
    pub(super) only_arrives: bool,
}

/// A set of events.
#[derive(Clone, Debug, Default)]
pub(super) struct Choice {
    pub(super) moves: Bits,
    /// The nodes of which all events are chosen, and no others may come.
    pub(super) whole: Bits,
    /// By node: what was found there, where some were chosen.
    pub(super) clear: Vec<Option<Clear>>,
}

impl Choice {
    /// No event is chosen; there are this many nodes.
    pub(super) fn begin(&mut self, nodes: usize) {
        self.moves.clear();
        self.whole.clear();
        self.clear.clear();
        self.clear.resize(nodes, None);
    }

    /// What was found at nodes of which not all events are chosen.
    pub(super) fn in_part(&self) -> impl Iterator<Item = (usize, Clear)> {
        let found = self.clear.iter().enumerate().filter(|(node, _)| !self.whole.contains(*node));
        found.filter_map(|(node, clear)| clear.map(|clear| (node, clear)))
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

impl Around {
    /// Begins anew, with the events of a state and its moves.
    pub(super) fn look(&mut self, here: &Here<'_>) {
        let Here { machine, state, moves, .. } = here;
        let nodes = state.locals.len();
        let channels = machine.channels() + nodes;
        let channel = |packet: PacketId| machine.packets[packet as usize].channel;
        for events in [&mut self.at, &mut self.steps_at] {
            events.resize_with(nodes, Bits::default);
            events.iter_mut().for_each(Bits::clear);
        }
        self.events.clear();
        self.nodes.clear();
        self.heads.clear();
        self.heads.resize(channels, None);
        self.under_way.clear();
        self.under_way.resize(channels, 0..0);
        for (place, what) in moves.iter().enumerate() {
            let (node, label) = event(machine, state, *what);
            self.events.push((node, label));
            self.nodes.insert(node);
            self.at[node].insert(place);
            if is_step(*what) {
                self.steps_at[node].insert(place);
                if let Label::Packet(packet) = label
                    && machine.keeps_order(channel(packet))
                {
                    self.heads[channel(packet) as usize] = Some(place);
                }
            }
        }
        for (place, packet) in state.packets.iter().enumerate() {
            let on_it = &mut self.under_way[channel(*packet) as usize];
            *on_it = if on_it.start == on_it.end { place..place + 1 } else { on_it.start..place + 1 };
        }
    }

    /// Whether an event is one of those before it: another becomes of the same message.
    pub(super) fn is_again(&self, event: usize) -> bool {
        let (node, _) = self.events[event];
        let before = self.at[node].iter().take_while(|before| *before < event);
        before.into_iter().any(|before| self.events[before] == self.events[event])
    }

    /// Whether the first message of a channel that keeps the order is chosen, so that nothing else comes on it.
    #[inline]
    pub(super) fn is_blocked(&self, choice: &Choice, channel: u32) -> bool {
        self.heads[channel as usize].is_some_and(|head| choice.moves.contains(head))
    }

    /// Chooses an event.  Alarms of a node may change each other: with one, all events of the node.
    pub(super) fn add(&self, choice: &mut Choice, here: &Here<'_>, event: usize) {
        let (node, label) = self.events[event];
        match label {
            Label::Alarm => self.add_all(choice, node),
            _ => self.add_label(choice, here, node, label),
        }
    }

    /// Chooses all events with that label.
    pub(super) fn add_label(&self, choice: &mut Choice, here: &Here<'_>, node: usize, label: Label) {
        for place in self.at[node].iter() {
            if self.events[place].1 == label && (!self.only_arrives || is_step(here.moves[place])) {
                choice.moves.insert(place);
            }
        }
    }

    /// Chooses a message that is under way to a node, whatever its marks, or the first before it.
    pub(super) fn add_packet(&self, choice: &mut Choice, here: &Here<'_>, node: usize, packet: PacketId) {
        let channel = here.machine.packets[packet as usize].channel as usize;
        if let Some(head) = self.heads[channel] {
            return self.add(choice, here, head);
        }
        for place in self.at[node].iter() {
            if let (_, Label::Packet(other)) = self.events[place]
                && here.machine.plain(other) == packet
            {
                choice.moves.insert(place);
            }
        }
    }

    /// Chooses all events of a node.
    pub(super) fn add_all(&self, choice: &mut Choice, node: usize) {
        choice.whole.insert(node);
        choice.moves.add_all(&self.at[node]);
    }
}
