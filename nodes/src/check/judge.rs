//! Whether properties hold in a state.  A property is the user's code, and a function of what it reads: it is looked at once for each
//! set of answers.

use super::machine::{LocalId, Machine};
use super::matters::{Matter, Unusable};
use super::space::{Space, State};
use super::store::Store;
use crate::panics::caught;
use crate::protocol::fingerprint::put_varint;
use crate::protocol::watch::{Question, Questions, asking};
use crate::protocol::{Verdict, When};
use crate::sorting;
use crate::topology::NodeIndex;

/// Looks at properties.
pub(super) struct Judge {
    always: Vec<Looked>,
    finally: Vec<Looked>,
    /// How often properties have been looked at.
    pub(super) looks: u64,
    /// Grows whenever a property has read something that it had not read before.
    revision: u64,
    /// Whether it keeps what it looked at.
    pub(super) keeps_scenes: bool,
}

/// What a property was looked at on.
#[derive(Clone, Debug)]
pub(super) struct Scene {
    /// The local states: of all nodes, or of one by itself.
    pub(super) locals: Vec<LocalId>,
    /// The node that had made a step, unless a run is over.
    pub(super) node: Option<NodeIndex>,
    /// How many messages of each type are under way, and have been sent: nothing if one node is looked at by itself.
    in_transit: Vec<u64>,
    sent: Vec<u64>,
    /// Whether the property holds.
    pub(super) holds: bool,
}

/// A property, and what is known of it.
pub(super) struct Looked {
    /// Its index in the description.
    pub(super) property: usize,
    /// All that it has read so far.
    pub(super) questions: Questions,
    /// It reads nothing but the node that it is given: a local invariant.
    pub(super) local: Option<bool>,
    /// The answers to all of those, for which the verdict is known.
    known: Store,
    verdicts: Vec<Verdict>,
    /// What it was looked at on, if that is kept: all that its verdicts follow from.
    pub(super) scenes: Vec<Scene>,
}

impl Judge {
    pub(super) fn new(machine: &Machine) -> Self {
        let of = |when: When| {
            let properties = machine.description.properties.iter().enumerate();
            let those = properties.filter(|(_, property)| property.when == when);
            let looked = |property| Looked {
                property,
                questions: Questions::new(),
                local: None,
                known: Store::new(),
                verdicts: Vec::new(),
                scenes: Vec::new(),
            };
            those.map(|(property, _)| looked(property)).collect()
        };
        Judge { always: of(When::Always), finally: of(When::Finally), looks: 0, revision: 0, keeps_scenes: false }
    }

    /// What a property says that must hold always and does not in this state, into which a step of that node has led.
    pub(super) fn look(
        &mut self,
        machine: &mut Machine,
        space: &Space,
        state: &State,
        node: NodeIndex,
    ) -> Result<Option<(usize, String)>, Unusable> {
        for looked in &mut self.always {
            let before = looked.reads();
            let verdict = looked.verdict(machine, space, state, Some(node), &mut self.looks, self.keeps_scenes)?;
            self.revision += u64::from(looked.reads() != before);
            if let Err(what) = verdict {
                return Ok(Some((looked.property, what)));
            }
        }
        Ok(None)
    }

    /// What a property says that must hold at the end and does not at this one.
    pub(super) fn look_at_end(
        &mut self,
        machine: &mut Machine,
        space: &Space,
        state: &State,
    ) -> Result<Option<(usize, String)>, Unusable> {
        for looked in &mut self.finally {
            if let Err(what) = looked.verdict(machine, space, state, None, &mut self.looks, self.keeps_scenes)? {
                return Ok(Some((looked.property, what)));
            }
        }
        Ok(None)
    }

    /// Another number whenever a property that must hold always has read something that it had not read before.
    pub(super) fn revision(&self) -> u64 {
        self.revision
    }

    /// What the properties that must hold always have read so far.  What they say of nodes by themselves, [`rejects`](Judge::rejects)
    /// tells.
    pub(super) fn questions(&self) -> Questions {
        sorting::set(self.always.iter().flat_map(|looked| &looked.questions).copied())
    }

    /// Whether a local invariant does not hold of a node in that local state.
    pub(super) fn rejects(&mut self, machine: &mut Machine, local: LocalId) -> bool {
        let locals = self.always.iter_mut().filter(|looked| looked.local == Some(true));
        locals.into_iter().any(|looked| looked.rejects(machine, local, &mut self.looks, self.keeps_scenes))
    }

    /// All properties that are looked at, in an order that is always the same.
    pub(super) fn looked(&self) -> impl Iterator<Item = &Looked> {
        self.always.iter().chain(&self.finally)
    }
}

impl Looked {
    /// How much it has read so far.
    fn reads(&self) -> (usize, Option<bool>) {
        (self.questions.len(), self.local)
    }

    /// Whether it does not hold of a node in that local state, and reads nothing else.
    fn rejects(&mut self, machine: &mut Machine, local: LocalId, looks: &mut u64, keeps_scenes: bool) -> bool {
        let mut key = Vec::new();
        put_varint(&mut key, u64::from(local));
        if let Some(known) = self.known.find(&key) {
            return self.verdicts[known as usize].is_err();
        }
        *looks += 1;
        machine.place(local);
        let (world, node) = (&*machine.world, machine.locals[local as usize].node);
        let verdict =
            caught(|| world.check(self.property, Some(node))).unwrap_or_else(|said| Err(format!("it panicked: {said}")));
        self.known.insert(&key);
        if keeps_scenes {
            let (locals, holds) = (vec![local], verdict.is_ok());
            self.scenes.push(Scene { locals, node: Some(node), in_transit: Vec::new(), sent: Vec::new(), holds });
        }
        self.verdicts.push(verdict);
        self.verdicts.last().is_some_and(Verdict::is_err)
    }

    fn verdict(
        &mut self,
        machine: &mut Machine,
        space: &Space,
        state: &State,
        node: Option<NodeIndex>,
        looks: &mut u64,
        keeps_scenes: bool,
    ) -> Result<Verdict, Unusable> {
        let at_end = node.is_none();
        let mut key = Vec::new();
        let here = node.filter(|_| self.local == Some(true)).map(|node| state.locals[node.index()]);
        answers(&self.questions, machine, state, here, at_end, &mut key);
        if let Some(known) = self.known.find(&key) {
            return Ok(self.verdicts[known as usize].clone());
        }
        *looks += 1;
        for local in &state.locals {
            machine.place(*local);
        }
        let in_transit = in_transit(machine, state, at_end);
        set_counts(machine, &in_transit, &state.sent);
        let world = &*machine.world;
        let (verdict, asked) = asking(|| caught(|| world.check(self.property, node)));
        let verdict = verdict.unwrap_or_else(|said| Err(format!("it panicked: {said}")));
        if asked.contains(&Question::Sent) && !space.matters.sent {
            return Err(Unusable::Matters(Matter::Sent));
        }
        if asked.contains(&Question::InTransit) && !at_end && space.repeats {
            let name = &machine.description.properties[self.property].name;
            return Err(Unusable::Refused(format!(
                "`{name}` asks how many messages are under way, and where each arrives any number of times there is no such number; \
                 write for example `--faults duplicates=1`"
            )));
        }
        if asked.contains(&Question::InTransit) && !at_end && space.loses_silently() && space.may_lose() {
            return Err(Unusable::Matters(Matter::Losses));
        }
        let local = *self.local.get_or_insert(asked.is_empty() && node.is_some());
        if !asked.is_subset(&self.questions) {
            self.questions.extend(asked);
            (self.known, self.verdicts) = (Store::new(), Vec::new());
        }
        let here = node.filter(|_| local).map(|node| state.locals[node.index()]);
        key.clear();
        answers(&self.questions, machine, state, here, at_end, &mut key);
        self.known.insert(&key);
        self.verdicts.push(verdict.clone());
        if keeps_scenes {
            let (locals, sent, holds) = (state.locals.clone(), state.sent.clone(), verdict.is_ok());
            self.scenes.push(Scene { locals, node, in_transit, sent, holds });
        }
        Ok(verdict)
    }
}

/// The answers to questions, as bytes.
fn answers(questions: &Questions, machine: &Machine, state: &State, here: Option<LocalId>, at_end: bool, bytes: &mut Vec<u8>) {
    if let Some(local) = here {
        put_varint(bytes, u64::from(local));
    }
    let live_in = |wanted: usize| state.locals.iter().filter(move |local| machine.locals[**local as usize].is_live_in(wanted));
    for question in questions {
        match question {
            Question::AllNodes => state.locals.iter().for_each(|local| put_varint(bytes, u64::from(*local))),
            Question::Node(node) => put_varint(bytes, u64::from(state.locals[node.index()])),
            Question::Count(wanted) => put_varint(bytes, live_in(*wanted).count() as u64),
            Question::Members(wanted) => {
                put_varint(bytes, live_in(*wanted).count() as u64);
                live_in(*wanted).for_each(|local| put_varint(bytes, u64::from(*local)));
            }
            Question::AllTerminal => bytes.push(u8::from(all_terminal(machine, state))),
            Question::Sent => state.sent.iter().for_each(|count| put_varint(bytes, *count)),
            // A property has nothing to draw from.
            Question::Draw => {}
            Question::InTransit => {
                for count in in_transit(machine, state, at_end) {
                    put_varint(bytes, count);
                }
            }
        }
    }
}

/// Whether every live node has decided.
pub(super) fn all_terminal(machine: &Machine, state: &State) -> bool {
    state.locals.iter().map(|local| &machine.locals[*local as usize]).all(|local| !local.alive || local.decided)
}

/// How many messages of each type are under way.  What is under way at the end is lost.
fn in_transit(machine: &Machine, state: &State, at_end: bool) -> Vec<u64> {
    let mut counts = vec![0; machine.description.messages.len()];
    if at_end {
        return counts;
    }
    for packet in state.packets.iter().filter(|packet| machine.is_between_nodes(**packet)) {
        counts[usize::from(machine.packets[*packet as usize].msg.tag())] += 1;
    }
    counts
}

/// Makes the counters of the stage those of a state.
fn set_counts(machine: &mut Machine, in_transit: &[u64], sent_by_tag: &[u64]) {
    for (tag, under_way) in in_transit.iter().copied().enumerate() {
        let sent = machine.world.sent_by_tag()[tag];
        let more = sent_by_tag.get(tag).map_or(0, |wanted| wanted.wrapping_sub(sent));
        // `count` tells how many more are under way than before.
        let before = machine.under_way[tag];
        machine.world.count(tag as u8, more, under_way as i64 - before as i64);
        machine.under_way[tag] = under_way;
    }
}

impl Scene {
    /// Whether a property holds there, on another stage, and what it reads: with these local states, and that node.
    pub(super) fn play(
        &self,
        machine: &mut Machine,
        property: usize,
        locals: impl Iterator<Item = LocalId>,
        node: Option<NodeIndex>,
    ) -> (bool, Questions) {
        locals.for_each(|local| machine.place(local));
        set_counts(machine, &self.in_transit, &self.sent);
        let world = &*machine.world;
        let (verdict, asked) = asking(|| caught(|| world.check(property, node)));
        (matches!(verdict, Ok(Ok(()))), asked)
    }
}
