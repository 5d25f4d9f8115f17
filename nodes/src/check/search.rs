//! Breadth first through all states.

use std::env::temp_dir;
use std::io;

use super::edges::{Edges, Label};
use super::guard::{Limits, OF_THE_USER, Pace};
use super::judge::{Judge, all_terminal};
use super::lessons::Tables;
use super::machine::{Machine, Wrong};
use super::matters::Unusable;
use super::path::Path;
use super::space::{Move, Space, State};
use super::spill::Spill;
use super::store::Store;
use super::stubborn::Reducer;
use super::successors::{Led, Successors};
use super::{Limit, Progress};
use crate::execution::Prepared;
use crate::scarce::in_words;
use crate::topology::NodeIndex;

/// One step of a run: what was chosen, and which of the outcomes came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Made {
    pub(super) what: Move,
    pub(super) outcome: Option<usize>,
}

/// How something is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The property of that index does not hold; at the end, or after a step of a node.
    Property(usize, Option<NodeIndex>, String),
    /// The protocol breaks its own rules.
    Rule(NodeIndex, String),
    /// A handler panics.
    Panic(NodeIndex, String),
    /// Nothing is under way, and some node has not decided.
    Stuck,
}

/// What is wrong, and the way there.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) fault: Fault,
    /// The last state before it happens.
    pub(super) state: u32,
    pub(super) way: Vec<Made>,
    /// Whether no alarm has to overtake anything on the way.
    pub(super) is_certain: bool,
}

/// The states that can be reached, and how.
pub(super) struct Search {
    pub(super) machine: Machine,
    pub(super) space: Space,
    pub(super) judge: Judge,
    pub(super) states: Store,
    /// By state, of those that have been looked at: what follows from it, in the order of steps.
    pub(super) edges: Edges,
    /// By state, a bit each: whether properties have been looked at there.  They are after a step of a node, and not after a fault.
    looked_at: Vec<u64>,
    pub(super) transitions: u64,
    pub(super) ends: u64,
    /// How many events lead to the states that were reached last.
    pub(super) depth: u64,
    /// The first thing that is certainly wrong, on a shortest way; else the first for which there may be no time.
    pub(super) found: Option<Found>,
    pub(super) limit: Option<Limit>,
    /// What is sent before anything happens, and how many of that to others.
    pub(super) sends_at_start: Vec<u32>,
    pub(super) sent_at_start: u64,
    /// Leaves out steps that need not be made, if it is there.
    pub(super) reducer: Option<Box<Reducer>>,
    /// How many states there are up to each depth.
    pub(super) levels: Vec<u32>,
    /// The state that is looked at next.
    number: u32,
    /// When the limits are looked at.
    pace: Pace,
    pub(super) start: State,
    /// Where states lie for which there is no memory, and why no more can.
    file: Option<Spill>,
    pub(super) no_room: Option<String>,
    /// What is written again and again.
    next: State,
    bytes: Vec<u8>,
    successors: Successors,
}

impl Search {
    /// A search that has looked at nothing, with what is known of the protocol.
    pub(super) fn on(tables: Tables, prepared: &Prepared) -> Self {
        let Tables { mut machine, judge, locals, sends, reducer } = tables;
        machine.runs = 0;
        let space = Space::new(prepared, machine.matters);
        let start = space.start(&mut machine, locals, &sends);
        let sent_at_start = sends.iter().filter(|packet| machine.is_between_nodes(**packet)).count() as u64;
        let mut search = Search {
            machine,
            space,
            judge,
            states: Store::new(),
            edges: Edges::new(false),
            looked_at: Vec::new(),
            transitions: 0,
            ends: 0,
            depth: 0,
            found: None,
            limit: None,
            sends_at_start: sends,
            sent_at_start,
            file: None,
            no_room: None,
            reducer,
            levels: Vec::new(),
            number: 0,
            pace: Pace::default(),
            next: start.clone(),
            start,
            bytes: Vec::new(),
            successors: Successors::default(),
        };
        search.again();
        search
    }

    /// What it knows of the protocol.
    pub(super) fn into_tables(self) -> Tables {
        let Search { machine, judge, start, sends_at_start, reducer, .. } = self;
        Tables { machine, judge, locals: start.locals, sends: sends_at_start, reducer }
    }

    /// Forgets the states: the search begins again, with what it knows of the protocol.
    pub(super) fn again(&mut self) {
        let compaction = self.space.matters.compaction;
        let bits = compaction.map_or(u64::BITS, |compaction| compaction.bits);
        (self.states, self.levels) = (Store::with_prints_of(bits), vec![1]);
        // What is followed from a state takes longer to find than to write down.
        let are_labelled = compaction.is_some() || self.reducer.is_some();
        (self.edges, self.looked_at) = (Edges::new(are_labelled), Vec::new());
        (self.file, self.no_room) = (None, None);
        (self.transitions, self.ends, self.depth, self.number) = (0, 0, 0, 0);
        (self.found, self.limit, self.pace) = (None, None, Pace::default());
        self.space.encode(&self.machine, &self.start, &mut self.bytes);
        self.states.insert(&self.bytes);
    }

    /// Goes on, until all is seen, something is wrong or a limit is reached.
    pub(super) fn go(&mut self, limits: &mut Limits<'_>) -> Result<(), Unusable> {
        self.limit = None;
        let mut state = self.start.clone();
        while (self.number as usize) < self.states.len() && !self.is_over() {
            if Some(&self.number) == self.levels.last() {
                self.levels.push(self.states.len() as u32);
                self.depth += 1;
            }
            if let Some(limit) = self.limit(self.number, limits) {
                self.limit = Some(limit);
                break;
            }
            self.read(self.number, &mut state)?;
            match self.expand(self.number, &state) {
                Err(Unusable::Limit(limit)) => {
                    self.limit = Some(limit);
                    break;
                }
                expanded => expanded?,
            }
            self.number += 1;
        }
        // The end of a run lies before the step that is wrong, if so many events lead to it.
        let at_end = |found: &Found| matches!(found.fault, Fault::Stuck | Fault::Property(_, None, _));
        let level_ends = self.levels.last().copied().unwrap_or(0);
        while self.number < level_ends && self.is_over() && !self.found.as_ref().is_some_and(at_end) {
            self.read(self.number, &mut state)?;
            self.look_at_end(self.number, &state)?;
            self.number += 1;
        }
        Ok(())
    }

    fn limit(&mut self, number: u32, limits: &mut Limits<'_>) -> Option<Limit> {
        if limits.depth.is_some_and(|depth| self.depth >= depth) {
            return Some(Limit::Depth);
        }
        if limits.most_states.is_some_and(|most| self.states.len() as u64 > most) || self.states.len() >= u32::MAX as usize / 2
        {
            return Some(Limit::MostStates);
        }
        let compaction = self.space.matters.compaction;
        if compaction.is_some_and(|compaction| compaction.at_once) {
            self.states.forget(number);
        }
        let of_the_user = self.machine.runs + self.judge.looks;
        if !self.pace.is_due(u64::from(number) + self.transitions + OF_THE_USER * of_the_user) {
            return None;
        }
        if compaction.is_some() && (self.memory() > limits.memory || self.states.has_forgotten()) {
            self.states.forget(number);
        }
        self.make_room(limits, 0);
        limits.look(&self.progress(number)).err()
    }

    /// Moves to a file what is seldom read, if there is no memory for so many bytes more.
    pub(super) fn make_room(&mut self, limits: &Limits<'_>, more: usize) {
        if self.memory() + more > limits.memory
            && self.no_room.is_none()
            && let Err(cause) = self.spill()
        {
            let (folder, why) = (temp_dir(), in_words(&cause));
            self.no_room = Some(format!("states for which there is no memory cannot lie in {}: {why}", folder.display()));
        }
    }

    /// Moves to a file what is seldom read.
    fn spill(&mut self) -> io::Result<()> {
        let spill = match &mut self.file {
            Some(spill) => spill,
            None => self.file.insert(Spill::new(&temp_dir())?),
        };
        if !self.states.has_forgotten() {
            self.states.spill(spill)?;
        }
        self.edges.spill(spill)
    }

    /// How many bytes of states lie in a file.
    pub(super) fn spilled(&self) -> u64 {
        self.file.as_ref().map_or(0, Spill::length)
    }

    /// How far it has come, if that is the next state to look at.
    pub(super) fn progress(&self, number: u32) -> Progress {
        Progress {
            instances: 0,
            of: 1,
            states: self.states.len() as u64,
            frontier: self.states.len() as u64 - u64::from(number),
            transitions: self.transitions,
            depth: self.depth,
            memory: self.memory() as u64,
        }
    }

    /// Whether what was found need not be looked for any more.  Without times, nothing that is found later is more certain.
    fn is_over(&self) -> bool {
        self.found.as_ref().is_some_and(|found| found.is_certain || self.space.ticks.is_none())
    }

    /// Something is wrong in a state, or behind a step from it.
    fn note(&mut self, fault: Fault, state: u32, last: Option<Made>) -> Result<(), Unusable> {
        let mut way = self.way_to(state)?;
        way.extend(last);
        let over = matches!(fault, Fault::Stuck | Fault::Property(_, None, _));
        let is_certain = Path::of(self, &way, over).is_certain();
        if self.found.is_none() || is_certain {
            self.found = Some(Found { fault, state, way, is_certain });
        }
        Ok(())
    }

    /// The memory that states and tables take, in bytes.
    pub(super) fn memory(&self) -> usize {
        let own = 8 * self.looked_at.capacity();
        let reducer = self.reducer.as_ref().map_or(0, |reducer| reducer.memory());
        self.states.memory() + own + self.edges.memory() + self.machine.memory() + reducer
    }

    /// Makes every move from a state.
    fn expand(&mut self, number: u32, state: &State) -> Result<(), Unusable> {
        let is_end = self.look_at_end(number, state)?;
        let mut successors = core::mem::take(&mut self.successors);
        let expanded = self.expand_into(number, state, is_end, &mut successors);
        self.successors = successors;
        expanded
    }

    fn expand_into(&mut self, number: u32, state: &State, is_end: bool, successors: &mut Successors) -> Result<(), Unusable> {
        successors.fill(self, state)?;
        successors.follow(self, state);
        let Successors { made, led, hashes, .. } = successors;
        self.states.fetch(hashes);
        for ((made, led), hash) in made.iter().zip(led).zip(hashes) {
            if self.is_over() {
                return Ok(());
            }
            self.transitions += 1;
            if let Some(fault) = self.make(state, *made, led, *hash)? {
                self.note(fault, number, Some(*made))?;
            }
        }
        self.edges.close(is_end);
        Ok(())
    }

    /// Notes what is wrong with a state if a run may end in it; whether it may.
    fn look_at_end(&mut self, number: u32, state: &State) -> Result<bool, Unusable> {
        let is_end = self.space.is_end(&self.machine, state);
        if is_end {
            self.ends += 1;
            if let Some(fault) = self.end(state)? {
                self.note(fault, number, None)?;
            }
        }
        Ok(is_end)
    }

    /// What is wrong with an end.
    fn end(&mut self, state: &State) -> Result<Option<Fault>, Unusable> {
        if self.machine.description.has_terminal_states() && !all_terminal(&self.machine, state) {
            return Ok(Some(Fault::Stuck));
        }
        let wrong = self.judge.look_at_end(&mut self.machine, &self.space, state)?;
        Ok(wrong.map(|(property, what)| Fault::Property(property, None, what)))
    }

    /// Makes a move, which leads to a state with that hash; what is wrong with it, if anything is.
    fn make(&mut self, state: &State, made: Made, led: &Led, hash: u64) -> Result<Option<Fault>, Unusable> {
        let mut mover = None;
        if let (Move::React { node, .. } | Move::Crash { node, .. }, Some(index)) = (made.what, made.outcome) {
            // No property is looked at when a node crashes.
            mover = Some(node).filter(|_| matches!(made.what, Move::React { .. }));
            let outcome = self.machine.outcome(index);
            let wrong = outcome.wrong.clone();
            for step in 0..outcome.via.len() {
                let outcome = self.machine.outcome(index);
                let halfway = self.space.halfway(&self.machine, state, made.what, outcome, step);
                if let Some((property, what)) = self.judge.look(&mut self.machine, &self.space, &halfway, node)? {
                    return Ok(Some(Fault::Property(property, Some(node), what)));
                }
            }
            match wrong {
                Some(Wrong::Rule(what)) => return Ok(Some(Fault::Rule(node, what))),
                Some(Wrong::Panic(said)) => return Ok(Some(Fault::Panic(node, said))),
                None => {}
            }
        }
        let (reached, _) = self.states.insert_hashed(&led.bytes, hash);
        let label = if self.edges.are_labelled() { self.label(made) } else { Label::default() };
        self.edges.push(reached, label);
        let Some(node) = mover.filter(|_| self.is_first_look(reached)) else { return Ok(None) };
        let wrong = self.judge.look(&mut self.machine, &self.space, &led.state, node)?;
        Ok(wrong.map(|(property, what)| Fault::Property(property, Some(node), what)))
    }

    pub(super) fn is_alive(&self, state: &State, node: NodeIndex) -> bool {
        self.machine.locals[state.locals[node.index()] as usize].alive
    }

    /// Whether properties have not been looked at in that state; from now on they have.
    fn is_first_look(&mut self, state: u32) -> bool {
        let (word, bit) = (state as usize / 64, 1 << (state % 64));
        if word >= self.looked_at.len() {
            self.looked_at.resize(word + 1, 0);
        }
        let is_first = self.looked_at[word] & bit == 0;
        self.looked_at[word] |= bit;
        is_first
    }

    /// A state by its number.
    pub(super) fn state(&mut self, number: u32) -> Result<State, Unusable> {
        let mut state = self.start.clone();
        self.read(number, &mut state)?;
        Ok(state)
    }

    /// The same, into a state of this space.  One that was forgotten is made again.
    pub(super) fn read(&mut self, number: u32, state: &mut State) -> Result<(), Unusable> {
        match self.states.get(number) {
            Some(bytes) => self.space.decode(&self.machine, bytes, state),
            None => *state = self.way_and_state(number)?.1,
        }
        Ok(())
    }

    /// The states on the way to one, from the first to itself.
    fn states_to(&self, number: u32) -> Vec<u32> {
        let mut states = vec![number];
        while let Some(last @ 1..) = states.last().copied() {
            states.push(self.edges.first_to(last));
        }
        states.reverse();
        states
    }

    /// The first step from a state that leads to the one of that number.
    fn step_to(&mut self, from: u32, state: &State, to: u32) -> Result<Option<Made>, Unusable> {
        // What is left out now may have been followed when less was known.
        let reducer = self.reducer.take();
        let mut successors = Successors::default();
        let filled = successors.fill(self, state);
        let is_whole = reducer.is_none();
        self.reducer = reducer;
        filled?;
        if is_whole {
            let place = self.edges.of(from).position(|reached| reached == to);
            return Ok(place.map(|place| successors.made[place]));
        }
        for made in successors.made {
            self.space.follow(&mut self.machine, state, made.what, made.outcome, &mut self.next);
            self.space.encode(&self.machine, &self.next, &mut self.bytes);
            if self.states.is(to, &self.bytes) {
                return Ok(Some(made));
            }
        }
        Ok(None)
    }

    /// The steps of a shortest way to a state, and the state.
    fn way_and_state(&mut self, number: u32) -> Result<(Vec<Made>, State), Unusable> {
        let (mut way, mut state) = (Vec::new(), self.start.clone());
        for pair in self.states_to(number).windows(2) {
            let Some(made) = self.step_to(pair[0], &state, pair[1])? else {
                return Err(Unusable::Refused(
                    "--compact: two states have the same fingerprint, and one of them has to be looked at again; leave it out"
                        .to_owned(),
                ));
            };
            way.push(made);
            let mut next = self.start.clone();
            self.space.follow(&mut self.machine, &state, made.what, made.outcome, &mut next);
            state = next;
        }
        Ok((way, state))
    }

    /// The steps from a state that are followed, and the states that they lead to, if it has been looked at and nothing is wrong: what
    /// follows has been written down.  Whether a run may be over there.
    pub(super) fn followed(&mut self, number: u32, led: &mut Vec<(Made, u32)>) -> Result<bool, Unusable> {
        let (mut state, mut successors) = (core::mem::take(&mut self.next), core::mem::take(&mut self.successors));
        let filled = self.read(number, &mut state).and_then(|()| successors.fill(self, &state));
        let is_end = self.space.is_end(&self.machine, &state);
        led.clear();
        debug_assert!(filled.is_err() || successors.made.len() == self.edges.of(number).count(), "as when it was looked at");
        led.extend(successors.made.iter().copied().zip(self.edges.of(number)));
        (self.next, self.successors) = (state, successors);
        filled.map(|()| is_end)
    }

    /// How many states there are to which so many events lead, and no fewer, if all of these are known.
    pub(super) fn width_at(&self, depth: u64) -> u64 {
        let up_to = |depth: u64| usize::try_from(depth).ok().and_then(|depth| self.levels.get(depth)).copied();
        let before = depth.checked_sub(1).and_then(up_to).unwrap_or(0);
        u64::from(up_to(depth).map_or(0, |all| all - before))
    }

    /// How many events lead to a state.
    pub(super) fn depth_of(&self, state: u32) -> u64 {
        let before = core::iter::successors(Some(state), |state| (*state > 0).then(|| self.edges.first_to(*state)));
        before.count() as u64 - 1
    }

    /// No state is looked for any more.
    pub(super) fn close(&mut self) {
        self.states.close(self.reducer.is_some());
    }

    /// Whether these steps can be made one after the other, and the turn leads back to where it begins: if not, one state was taken for
    /// another.
    pub(super) fn is_real(&mut self, way: &[Made], turn: &[Made]) -> Result<bool, Unusable> {
        if !self.states.has_forgotten() {
            return Ok(true);
        }
        let (mut state, mut before) = (self.start.clone(), None);
        let reducer = self.reducer.take();
        let mut can_be_made = true;
        for (place, made) in way.iter().chain(turn).enumerate() {
            if place == way.len() {
                before = Some(state.clone());
            }
            let mut successors = Successors::default();
            successors.fill(self, &state)?;
            can_be_made &= successors.made.contains(made);
            if !can_be_made {
                break;
            }
            let mut next = self.start.clone();
            self.space.follow(&mut self.machine, &state, made.what, made.outcome, &mut next);
            state = next;
        }
        self.reducer = reducer;
        Ok(can_be_made && before.is_none_or(|before| before == state))
    }

    /// The steps of a shortest way to a state.
    pub(super) fn way_to(&mut self, number: u32) -> Result<Vec<Made>, Unusable> {
        Ok(self.way_and_state(number)?.0)
    }
}
