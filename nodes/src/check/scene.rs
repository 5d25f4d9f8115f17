//! What may happen at one node before the events that were chosen there: whether all of it commutes with them.

use core::ops::Range;

use super::around::Here;
use super::commute::Commute;
use super::eyes::Eyes;
use super::learned::UNBOUNDED;
use super::machine::{Cause, LocalId, Machine, PacketId};
use super::matters::Unusable;
use super::store::Store;
use crate::protocol::fingerprint::put_varint;

/// If more may happen than that, all events of the node are chosen.
const MOST_SPOTS: usize = 512;

/// A node, the events that were chosen at it, and what else may come to it meanwhile.
#[derive(Debug, Default)]
pub(super) struct Scene {
    pub(super) local: LocalId,
    /// What was chosen: its impulse, or packets that are under way to it.  All packets are without marks.
    pub(super) chosen: Vec<Cause>,
    /// How many impulses are still to come, if they were not chosen.
    pub(super) impulses: u8,
    /// The channels by which something may come.
    pub(super) channels: Vec<Arrivals>,
    /// What may come on them, one after the other.
    packets: Vec<PacketId>,
}

/// What may come on a channel.
#[derive(Debug, Default)]
pub(super) struct Arrivals {
    pub(super) channel: u32,
    /// Whether it comes in order.
    pub(super) in_order: bool,
    /// Whether some of it may not come: it is lost, or is told here as one of two and is only one.
    pub(super) skips: bool,
    /// How much may come of what may still be sent.
    pub(super) most: u8,
    /// Places of what is under way on it, and of what may still be sent.
    pub(super) under_way: Range<usize>,
    pub(super) future: Range<usize>,
}

/// What may happen besides the events that were chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Other {
    Impulse,
    /// A packet that is under way.
    UnderWay(PacketId),
    /// One that may still be sent, on that channel.
    Future(u32),
    /// An alarm, or more than can be looked at.
    Anything,
}

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Met {
    /// That does not commute with what was chosen.
    Conflict(Other),
    /// All commutes.
    Clear(Clear),
}

/// What properties see while nothing that was chosen happens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Clear {
    /// One of the chosen events is not seen wherever it happens.
    pub(super) is_hidden: bool,
    /// One of them is seen between its steps.
    pub(super) shows_between: bool,
    /// Something else that may happen is seen, or one of the chosen events is somewhere.
    pub(super) shows_others: bool,
    pub(super) shows_chosen: bool,
    /// The node may have decided with an alarm set.
    pub(super) rings: bool,
}

/// Where the node may stand meanwhile, and what has come by then.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Spot {
    local: LocalId,
    impulses: u8,
    /// By channel: what has been taken of what is under way, as bits or, in order, as a count; and how much besides.
    taken: Vec<(u64, u8)>,
}

/// Looks at scenes, at each once.
pub(super) struct Scenes {
    known: Store,
    answers: Vec<Met>,
    key: Vec<u8>,
    pub(super) looks: Looks,
}

/// How far it is looked: at all, but in tests of the tests.
#[derive(Clone, Copy, Debug)]
pub(super) struct Looks {
    /// In all local states that the node may come to; else only where it is.
    pub(super) commute_on: bool,
    pub(super) show_on: bool,
    /// Behind the first message of a link that keeps the order.
    pub(super) behind: bool,
    /// Whether a message may come several times.
    pub(super) twice: bool,
    /// Whether one may not come, so that the next does.
    pub(super) skips: bool,
}

impl Looks {
    pub(super) const ALL: Looks = Looks { commute_on: true, show_on: true, behind: true, twice: true, skips: true };
}

/// What scenes are looked at with.
pub(super) struct Lens {
    pub(super) eyes: Eyes,
    pub(super) commute: Commute,
    /// Whether no two events of a node are taken to commute.
    pub(super) nodes_only: bool,
}

impl Scenes {
    pub(super) fn new() -> Self {
        Scenes { known: Store::new(), answers: Vec::new(), key: Vec::new(), looks: Looks::ALL }
    }

    /// Forgets what was found: properties read more than then.
    pub(super) fn forget(&mut self) {
        (self.known, self.answers) = (Store::new(), Vec::new());
    }

    /// Whether all that may happen meanwhile commutes with what was chosen.
    pub(super) fn look(&mut self, here: &mut Here<'_>, lens: &mut Lens, scene: &Scene) -> Result<Met, Unusable> {
        self.key.clear();
        scene.encode(&mut self.key);
        if let Some(known) = self.known.find(&self.key) {
            return Ok(self.answers[known as usize]);
        }
        let met = explore(here, lens, scene, self.looks, MOST_SPOTS)?;
        self.known.insert(&self.key);
        self.answers.push(met);
        Ok(met)
    }

    /// The memory that it takes, in bytes.
    pub(super) fn memory(&self) -> usize {
        self.known.memory() + self.answers.len() * size_of::<Met>()
    }
}

impl Scene {
    /// Begins anew, with a node in that local state.
    pub(super) fn begin(&mut self, local: LocalId) {
        (self.local, self.impulses) = (local, 0);
        self.chosen.clear();
        self.channels.clear();
        self.packets.clear();
    }

    /// Adds a channel, what is under way on it and what may still be sent, unless nothing may come.
    pub(super) fn add(
        &mut self,
        arrivals: Arrivals,
        under_way: impl Iterator<Item = PacketId>,
        future: impl Iterator<Item = PacketId>,
    ) {
        let start = self.packets.len();
        self.packets.extend(under_way);
        let middle = self.packets.len();
        if !arrivals.in_order {
            self.packets[start..].sort_unstable();
        }
        self.packets.extend(future);
        let end = self.packets.len();
        if start < end {
            self.channels.push(Arrivals { under_way: start..middle, future: middle..end, ..arrivals });
        }
    }

    fn under_way(&self, arrivals: &Arrivals) -> &[PacketId] {
        &self.packets[arrivals.under_way.clone()]
    }

    fn future(&self, arrivals: &Arrivals) -> &[PacketId] {
        &self.packets[arrivals.future.clone()]
    }

    fn encode(&self, key: &mut Vec<u8>) {
        let mut put = |number: u32| put_varint(key, u64::from(number));
        put(self.local);
        put(u32::from(self.impulses));
        put(self.chosen.len() as u32);
        for cause in &self.chosen {
            put(if let Cause::Packet(packet) = cause { packet + 1 } else { 0 });
        }
        for arrivals in &self.channels {
            put(arrivals.channel);
            put(u32::from(arrivals.most));
            put(u32::from(arrivals.skips));
            for packets in [self.under_way(arrivals), self.future(arrivals)] {
                put(packets.len() as u32);
                packets.iter().for_each(|packet| put(*packet));
            }
        }
    }
}

/// Looks at a scene; if the node may stand in more than `most` ways, anything may come.
pub(super) fn explore(here: &mut Here<'_>, lens: &mut Lens, scene: &Scene, looks: Looks, most: usize) -> Result<Met, Unusable> {
    let Here { machine, judge, .. } = here;
    let start = Spot { local: scene.local, impulses: scene.impulses, taken: vec![(0, 0); scene.channels.len()] };
    let mut spots = vec![start];
    let mut hidden = vec![true; scene.chosen.len()];
    let mut clear = Clear::default();
    let mut next = 0;
    while next < spots.len() {
        if spots.len() > most {
            return Ok(Met::Conflict(Other::Anything));
        }
        let spot = spots[next].clone();
        let local = &machine.locals[spot.local as usize];
        clear.rings |= local.decided && !local.bells.is_empty();
        if next == 0 || looks.show_on {
            for (hidden, chosen) in hidden.iter_mut().zip(&scene.chosen) {
                for outcome in machine.step(spot.local, *chosen)? {
                    let is_seen = lens.eyes.see(machine, judge, spot.local, *chosen, outcome);
                    let outcome = machine.outcome(outcome);
                    clear.shows_chosen |= is_seen;
                    clear.shows_between |= is_seen && !outcome.via.is_empty();
                    let behind = &machine.locals[outcome.to as usize];
                    clear.rings |= behind.decided && !behind.bells.is_empty();
                    *hidden &= !is_seen;
                }
            }
        }
        for (other, cause, then) in others(machine, scene, &spot, looks) {
            if next == 0 || looks.commute_on {
                for chosen in &scene.chosen {
                    if lens.nodes_only || !lens.commute.commute(machine, spot.local, *chosen, cause)? {
                        return Ok(Met::Conflict(other));
                    }
                }
            }
            for outcome in machine.step(spot.local, cause)? {
                clear.shows_others |= lens.eyes.see(machine, judge, spot.local, cause, outcome);
                let outcome = machine.outcome(outcome);
                // Behind something wrong nothing is looked at.
                let led = Spot { local: outcome.to, ..then.clone() };
                if outcome.wrong.is_none() && !spots.iter().any(|spot| spot.has_more_than(&led, scene)) {
                    spots.push(led);
                }
            }
        }
        next += 1;
    }
    clear.is_hidden = hidden.contains(&true);
    Ok(Met::Clear(clear))
}

/// What may happen next at a spot, and what has come then.
fn others(machine: &Machine, scene: &Scene, spot: &Spot, looks: Looks) -> Vec<(Other, Cause, Spot)> {
    let mut all = Vec::new();
    if spot.impulses > 0 {
        all.push((Other::Impulse, Cause::Impulse, Spot { impulses: spot.impulses - 1, ..spot.clone() }));
    }
    for bell in &machine.locals[spot.local as usize].bells {
        all.push((Other::Anything, Cause::Alarm(*bell), spot.clone()));
    }
    for (place, arrivals) in scene.channels.iter().enumerate() {
        let (taken, more) = spot.taken[place];
        let with = |taken: (u64, u8)| {
            let mut then = spot.clone();
            then.taken[place] = taken;
            then
        };
        let (skips, mut last) = (arrivals.skips && looks.skips, None);
        let all_under_way = scene.under_way(arrivals).iter().enumerate();
        for (index, packet) in all_under_way.filter(|(index, _)| *index >= 64 || arrivals.in_order || taken >> index & 1 == 0) {
            if arrivals.in_order {
                let index = index as u64;
                if (index == taken || (skips && index > taken)) && (index == 0 || looks.behind) {
                    all.push((Other::UnderWay(*packet), Cause::Packet(*packet), with((index + 1, more))));
                }
            } else if last.replace(*packet) != Some(*packet) {
                // What is beyond the bits may come again and again: that is more than can happen.
                let bit = if index < 64 { 1 << index } else { 0 };
                all.push((Other::UnderWay(*packet), Cause::Packet(*packet), with((taken | bit, more))));
            }
        }
        let is_first = !arrivals.in_order || skips || taken as usize == arrivals.under_way.len();
        let most = if looks.twice { arrivals.most } else { 1 };
        if is_first && more < most {
            let then = with((taken, if most == UNBOUNDED { 0 } else { more + 1 }));
            let future = |packet: &PacketId| (Other::Future(arrivals.channel), Cause::Packet(*packet), then.clone());
            all.extend(scene.future(arrivals).iter().map(future));
        }
    }
    all
}

impl Spot {
    /// Whether all that may happen at another can happen here, too.
    fn has_more_than(&self, other: &Spot, scene: &Scene) -> bool {
        self.local == other.local
            && self.impulses >= other.impulses
            && self.taken.iter().zip(&other.taken).zip(&scene.channels).all(|((here, there), arrivals)| {
                let under_way = if arrivals.in_order { here.0 == there.0 } else { here.0 & !there.0 == 0 };
                under_way && here.1 <= there.1
            })
    }
}
