//! The rules of a protocol, as a table that follows from a seed.

use core::fmt;
use std::sync::Arc;

use nodes::protocol::Random;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Which table a protocol has.
#[nodes::config]
pub struct Settings {
    /// the seed of its rules
    #[default(0)]
    pub rules: u64,
    /// whether a node may send, and set alarms, any number of times; most rules then do one of that
    pub unlimited: bool,
}

/// How many states there are, and how many kinds of events.
const STATES: usize = 4;
const EVENTS: usize = 9;

/// What happens to a node, as the columns of the table.
#[derive(Clone, Copy, Debug)]
pub(super) enum Event {
    Impulse,
    Early,
    Late,
    A(u8),
    B(u8),
    C(u8),
}

impl Event {
    /// Of a message, two numbers are told apart.
    fn column(self) -> usize {
        match self {
            Event::Impulse => 0,
            Event::Early => 1,
            Event::Late => 2,
            Event::A(number) => 3 + usize::from(number % 2),
            Event::B(number) => 5 + usize::from(number % 2),
            Event::C(number) => 7 + usize::from(number % 2),
        }
    }

    /// The number that it brings.
    pub(super) fn number(self) -> u8 {
        match self {
            Event::A(number) | Event::B(number) | Event::C(number) => number,
            Event::Impulse | Event::Early | Event::Late => 1,
        }
    }
}

/// Rules of which one is drawn; without any, the event is left to what is declared.
pub(super) type Cell = Vec<Rule>;

/// What a node does.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    pub(super) number: Change,
    pub(super) acts: Vec<Act>,
    pub(super) becomes: usize,
}

/// What becomes of the node's number.
#[derive(Clone, Copy, Debug)]
pub(super) enum Change {
    Keep,
    Set(u8),
    Take,
    Add,
}

impl Change {
    pub(super) fn of(self, own: u8, came: u8) -> u8 {
        match self {
            Change::Keep => own,
            Change::Set(number) => number,
            Change::Take => came,
            Change::Add => (own + came) % 4,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    SendA(To, Number),
    SendB(To, Number),
    SendC(To, Number),
    SetEarly,
    SetLate,
    /// Of the early alarms.
    Cancel,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum To {
    First,
    Back,
    All,
    Others,
    Itself,
}

/// The number that a message carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Number {
    Fixed(u8),
    Own,
}

impl Number {
    pub(super) fn of(self, own: u8) -> u8 {
        match self {
            Number::Fixed(number) => number,
            Number::Own => own,
        }
    }
}

/// A table.  As part of a node's state it is what it follows from.
#[derive(Clone, Debug)]
pub struct Rules(Arc<Table>);

#[derive(Debug)]
struct Table {
    settings: Settings,
    cells: Vec<Cell>,
    budget: u8,
    early: u64,
    late: u64,
}

impl Rules {
    /// Those of a seed.
    pub fn of(settings: &Settings) -> Self {
        let Settings { rules: seed, unlimited } = *settings;
        let mut random = Random::stream(seed, "rules", 0);
        let busy = random.chance(0.5);
        // By state: how likely the rules lead there.
        let lure = random.range(0..STATES);
        // Of what changes little, much commutes.
        let calm = random.chance(0.5);
        let kind = Kind { busy, calm, lure, meets: !unlimited && Rules::meets(seed) };
        let mut cell = |place: usize| match (place / EVENTS, place % EVENTS) {
            (state, column) if unlimited => endless_cell(state, column, lure, &mut random),
            (state, column) => cell(state, column, kind, &mut random),
        };
        let cells = (0..STATES * EVENTS).map(&mut cell).collect();
        let budget = random.range(1..=3);
        let (early, late) = (random.range(1..=2), random.range(2..=3));
        Rules(Arc::new(Table { settings: settings.clone(), cells, budget, early, late }))
    }

    /// Whether messages of several nodes meet at one: it only changes its state by most of them, and does not know others.
    pub(super) fn meets(seed: u64) -> bool {
        Random::stream(seed, "meets", 0).chance(0.4)
    }

    pub(super) fn cell(&self, state: usize, event: Event) -> &Cell {
        &self.0.cells[state * EVENTS + event.column()]
    }

    /// How often a node may send or set an alarm.
    pub(super) fn budget(&self) -> u8 {
        self.0.budget
    }

    /// After so many milliseconds an early alarm rings.
    pub(super) fn early(&self) -> u64 {
        self.0.early
    }

    /// And a late one.
    pub(super) fn late(&self) -> u64 {
        self.0.late
    }
}

/// What the rules of a protocol have in common.
#[derive(Clone, Copy)]
struct Kind {
    busy: bool,
    calm: bool,
    lure: usize,
    meets: bool,
}

fn cell(state: usize, column: usize, kind: Kind, random: &mut Random) -> Cell {
    // An impulse that does nothing makes a dull run; a `B` without a rule ends it.
    let known = match column {
        0 => 1.0,
        3..=6 if kind.meets => 0.75,
        5 | 6 => 0.95,
        _ => 0.8,
    };
    let count = match random.unit() {
        drawn if drawn > known => 0,
        drawn if drawn > 0.1 => 1,
        _ => 2,
    };
    let count = if kind.calm && random.chance(0.7) { count.min(1) } else { count };
    let rule = if kind.meets { meeting } else { rule };
    (0..count).map(|_| rule(state, column == 0, kind, random)).collect()
}

/// What comes is passed on, mostly, so that neither nothing is left nor ever more; until the last state, in which nothing is done.
fn endless_cell(state: usize, column: usize, lure: usize, random: &mut Random) -> Cell {
    let count = match random.chance(0.3) {
        _ if state == STATES - 1 => 0,
        true => 2,
        false => 1,
    };
    let mut rule = || {
        let mut rule = rule(state, column == 0, Kind { busy: false, calm: false, lure, meets: false }, random);
        if !random.chance(0.2) {
            let number = if random.chance(0.5) { Number::Own } else { Number::Fixed(0) };
            let to = [To::First, To::Back, To::Itself][random.range(0..3)];
            let act = [Act::SendB(to, number), Act::SendC(to, number), Act::SetEarly, Act::SetLate][random.range(0..4)];
            rule.acts = if random.chance(0.2) { vec![Act::Cancel, act] } else { vec![act] };
        }
        rule
    };
    (0..count).map(|_| rule()).collect()
}

/// A rule of a node at which messages meet, and of those that send them.
fn meeting(state: usize, begins: bool, _: Kind, random: &mut Random) -> Rule {
    let number = if begins || random.chance(0.7) { Change::Keep } else { Change::Take };
    if begins {
        let acts = (0..random.range(1..=2)).map(|_| Act::send(To::First, random)).collect();
        return Rule { number, acts, becomes: state };
    }
    let acts = if random.chance(0.3) { vec![act(random)] } else { Vec::new() };
    let becomes = if random.chance(0.4) { state } else { random.range(0..STATES) };
    Rule { number, acts, becomes }
}

fn rule(state: usize, begins: bool, Kind { busy, calm, lure, .. }: Kind, random: &mut Random) -> Rule {
    let (busy, stays) = (busy || begins, calm && !begins && random.chance(0.6));
    let number = match random.below(5) {
        _ if stays => Change::Keep,
        0 => Change::Set(random.range(0..2)),
        1 => Change::Take,
        2 => Change::Add,
        _ => Change::Keep,
    };
    let most = if busy { 2 } else { 1 };
    let acts = (0..random.range(0..=most)).map(|_| act(random)).collect();
    let becomes = match random.below(4) {
        _ if stays => state,
        0 => lure,
        1 => random.range(0..STATES),
        _ => state,
    };
    // What is terminal, in some protocols, is seldom left.
    let becomes = if state == STATES - 1 && !random.chance(0.1) { state } else { becomes };
    Rule { number, acts, becomes }
}

impl Act {
    fn send(to: To, random: &mut Random) -> Self {
        let number = Number::Fixed(random.range(0..2));
        match random.below(3) {
            0 => Act::SendA(to, number),
            1 => Act::SendB(to, number),
            _ => Act::SendC(to, number),
        }
    }
}

fn act(random: &mut Random) -> Act {
    let to = [To::First, To::Back, To::All, To::Others, To::Itself][random.range(0..5)];
    let number = [Number::Fixed(0), Number::Fixed(1), Number::Own][random.range(0..3)];
    match random.below(10) {
        0..=2 => Act::SendA(to, number),
        3..=4 => Act::SendB(to, number),
        5..=6 => Act::SendC(to, number),
        7 => Act::SetEarly,
        8 => Act::SetLate,
        _ => Act::Cancel,
    }
}

impl fmt::Display for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Table { cells, budget, early, late, .. } = &*self.0;
        writeln!(f, "each acts {budget} times; early is {early} ms, late {late} ms")?;
        let events = ["impulse", "early", "late", "A(0)", "A(1)", "B(0)", "B(1)", "C(0)", "C(1)"];
        for (place, cell) in cells.iter().enumerate() {
            for Rule { number, acts, becomes } in cell {
                let (state, event) = (place / EVENTS, events[place % EVENTS]);
                writeln!(f, "{state} {event}: number {number:?}, {acts:?}, becomes {becomes}")?;
            }
        }
        Ok(())
    }
}

impl Serialize for Rules {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.settings.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Rules {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Settings::deserialize(deserializer).map(|settings| Rules::of(&settings))
    }
}
