//! Every schedule of a run, looked at in the simplest way there is: the [`System`] is copied for each thing that may happen, and its
//! states are told apart by what can be seen of them.  The checker must say the same; it has nothing in common with this but the nodes'
//! own code and their fingerprints.
//!
//! As in the checker, an alarm may ring at any time; of two of one node the one that was set earlier rings first if it does not wait
//! longer.  Draws are followed to all outcomes.  A crash inside a step is one event: the node is doomed, and makes that step.  When a run
//! could be over, nobody crashes any more.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use nodes::network::{Choice, Observer, Passage, Sent, System};
use nodes::protocol::watch::{Question, Questions, Script, asking};
use nodes::protocol::{AnyEffect, AnyMessage, AnyWorld, Description, Effect, Event, Links, Reads, Stepped, When};
use nodes::run::{AnyRun, Prepared};
use nodes::topology::{NodeIndex, Port};

use crate::loops::{Edge, Graph, Place};

/// What becomes of messages that may be lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// One that is lost is one that never arrives: a run may end with messages under way.  Where the order is kept, or losses are counted,
    /// as below.
    Silent,
    /// A loss is something that happens, after which the message is no longer under way.
    Happens,
}

/// How a run goes wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The property of that name does not hold.
    Property(String),
    /// Something that is declared `never` to happen, or a terminal state is left.
    Rule,
    /// A handler panics.
    Panic,
    /// It ends, and a node has not decided.
    Stuck,
}

/// All that was found.
#[derive(Clone, Debug, Default)]
pub struct Explored {
    /// How many states there are.
    pub states: u64,
    /// How many steps lead from one to another.
    pub transitions: u64,
    /// In how many states a run may end.
    pub ends: u64,
    /// What the nodes are like then.
    pub final_nodes: BTreeSet<Vec<u8>>,
    /// What goes wrong, and after how many events.
    pub faults: BTreeSet<(u64, Fault)>,
    /// What runs cost, if all of them end: the fewest messages, the most, and the most events.
    pub costs: Option<[u64; 3]>,
    /// What the properties have read.
    pub asked: Questions,
    /// The most alarms that a node has at once.
    pub alarms: usize,
    /// What may happen in each state, and what comes of it.
    pub graph: Graph,
}

impl Explored {
    /// What goes wrong first.
    pub fn first_faults(&self) -> (Option<u64>, BTreeSet<&Fault>) {
        let first = self.faults.first().map(|(depth, _)| *depth);
        (first, self.faults.iter().filter(|(depth, _)| Some(*depth) == first).map(|(_, fault)| fault).collect())
    }

    /// Whether an `#[always]` has read how many messages are under way.
    pub fn sees_losses(&self) -> bool {
        self.asked.contains(&Question::InTransit)
    }
}

/// Looks at all schedules of a run; `None` if it has more states than `most`.
pub fn explore(run: &AnyRun, loss: Loss, most: usize) -> Option<Explored> {
    let prepared = run.prepare().expect("the run can be prepared");
    let (mut sent_matters, mut times_matter) = (false, false);
    loop {
        let found = Explored::default();
        let explored = Explorer { prepared: &prepared, loss, sent_matters, times_matter, found }.run(most)?;
        let (sent, times) = (explored.asked.contains(&Question::Sent), explored.alarms > 1);
        if (sent, times) == (sent_matters, times_matter) {
            return Some(explored);
        }
        (sent_matters, times_matter) = (sent | sent_matters, times | times_matter);
    }
}

/// A configuration, and what the [`System`] does not show of it.
#[derive(Clone)]
struct State {
    system: System,
    /// By node: what it has sent itself, in order.
    to_self: Vec<VecDeque<AnyMessage>>,
    /// By node: its alarms, in the order of setting.
    alarms: Vec<Vec<(u8, Duration)>>,
    /// By node: what it stored in the step in which it crashed.
    stored: Vec<Option<Vec<u8>>>,
    past: BTreeMap<Passage, Past>,
}

/// What has become of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Past {
    /// In which life of its sender it was sent.
    life: u32,
    /// Whether its receiver has been dead since.
    to_the_dead: bool,
    /// Whether it was sent while the link was cut, which has not been whole since.
    held: bool,
}

/// Something that may happen; which alarm it is, by its place; whether the node crashes in that step.
#[derive(Clone, Copy)]
struct Step {
    choice: Choice,
    alarm: Option<usize>,
    last: Option<NodeIndex>,
}

/// What came of it.
struct Outcome {
    state: State,
    sent: u64,
    /// The worlds after each step of the node, with what came of it.
    after: Vec<(Box<dyn AnyWorld>, NodeIndex, Stepped)>,
    panicked: bool,
    log: Vec<u8>,
    /// Of what waits, what has happened or was cancelled, and which messages were sent.
    happens: BTreeSet<String>,
    sends: BTreeSet<String>,
}

struct Explorer<'a> {
    prepared: &'a Prepared,
    loss: Loss,
    /// What has been sent is part of a state only if a property reads it.
    sent_matters: bool,
    /// And how long an alarm waits only if there may be another.
    times_matter: bool,
    found: Explored,
}

impl Explorer<'_> {
    fn run(mut self, most: usize) -> Option<Explored> {
        let nodes = self.prepared.instance.graph().node_count();
        let (to_self, alarms) = (vec![VecDeque::new(); nodes], vec![Vec::new(); nodes]);
        let mut log = Log::new(to_self, alarms, self.times_matter);
        let system = self.prepared.system_for(&mut log).expect("the nodes can be made");
        let (stored, past) = (vec![None; nodes], BTreeMap::new());
        let mut start = State { system, to_self: log.to_self, alarms: log.alarms, stored, past };
        start.look_at_messages(self.prepared);
        let mut numbers = BTreeMap::from([(self.print(&start), 0)]);
        let (mut waiting, mut edges, mut is_end) = (VecDeque::from([(start, 0)]), Vec::new(), Vec::new());
        while let Some((state, depth)) = waiting.pop_front() {
            let steps = self.steps(&state);
            is_end.push(self.is_over(&state));
            if self.is_over(&state) {
                self.end(&state, depth);
            }
            let mut next = Vec::new();
            let waiting_here = self.waiting(&state, &steps);
            let mut place = Place { waiting: waiting_here, edges: Vec::new() };
            let outcomes = steps.into_iter().enumerate();
            let outcomes = outcomes
                .flat_map(|(choice, step)| self.outcomes(&state, step).into_iter().map(move |outcome| (choice, outcome)));
            for (choice, outcome) in outcomes.collect::<Vec<_>>() {
                self.found.transitions += 1;
                if self.judge(&outcome, depth + 1) {
                    continue;
                }
                let known = numbers.len();
                let number = *numbers.entry(self.print(&outcome.state)).or_insert(known);
                if number == known {
                    let alarms = outcome.state.alarms.iter().map(Vec::len).max().unwrap_or(0);
                    self.found.alarms = self.found.alarms.max(alarms);
                    waiting.push_back((outcome.state, depth + 1));
                }
                next.push((number, outcome.sent));
                place.edges.push(Edge { choice, to: number, happens: outcome.happens, sends: outcome.sends });
            }
            edges.push(next);
            self.found.graph.places.push(place);
            if numbers.len() > most {
                return None;
            }
        }
        self.found.states = numbers.len() as u64;
        if self.found.faults.is_empty() {
            let at_start = [log.sent, log.sent, 0];
            self.found.costs = costs(&edges, &is_end).map(|costs| [0, 1, 2].map(|place| costs[place] + at_start[place]));
        }
        Some(self.found)
    }

    /// What may happen; of the copies of a message on one link, which mean the same, one.
    fn steps(&self, state: &State) -> Vec<Step> {
        let quiet = state.system.is_quiet();
        let (mut steps, mut seen) = (Vec::new(), BTreeSet::new());
        let alike = self.alike(state);
        // Of losses that mean the same, the last: where the order is kept, it is the first that a crash may cause.
        for choice in state.system.enabled().into_iter().rev() {
            let (kind, passage) = match choice {
                Choice::Recover(_) => (0, None),
                _ if quiet => continue,
                Choice::Lose(_) if self.is_silent() => continue,
                Choice::Doom(_) => continue,
                Choice::Alarm(node) => {
                    let alarms = &state.alarms[node.index()];
                    let rings = |place: &usize| alarms[..*place].iter().all(|(_, earlier)| *earlier > alarms[*place].1);
                    let rings = (0..alarms.len()).filter(rings);
                    steps.extend(rings.map(|place| Step { choice, alarm: Some(place), last: None }));
                    continue;
                }
                Choice::Deliver(passage) => (0, Some(passage)),
                Choice::Lose(passage) => (1, Some(passage)),
                Choice::Duplicate(passage) => (2, Some(passage)),
                _ => (0, None),
            };
            if passage.is_none_or(|passage| seen.insert((kind, passage.from, passage.port, &alike[&passage]))) {
                steps.push(Step { choice, alarm: None, last: None });
            }
        }
        let last = steps.iter().filter_map(|step| {
            let node = state.moved(step.choice).filter(|node| state.system.is_enabled(Choice::Doom(*node)).is_ok())?;
            Some(Step { last: Some(node), ..*step })
        });
        let last = last.collect::<Vec<_>>();
        steps.extend(last);
        steps
    }

    /// What waits in a state, and has to happen some time: not what may be lost.
    fn waiting(&self, state: &State, steps: &[Step]) -> BTreeSet<String> {
        let may_be_lost = |step: &&Step| {
            self.prepared.links == Links::Lossy && !matches!(step.choice, Choice::Impulse(_) | Choice::ToSelf(_))
        };
        let enabled = steps.iter().filter(|step| step.alarm.is_none() && !may_be_lost(step));
        let alarms = self.nodes().filter(|node| state.system.world().node(*node).is_alive());
        let alarms = alarms.flat_map(|node| state.alarms[node.index()].iter().map(move |alarm| (node, *alarm)));
        let enabled = enabled.filter_map(|step| self.name(state, *step));
        enabled.chain(alarms.map(|(node, alarm)| self.alarm_name(node, alarm))).collect()
    }

    /// What a step is, where it may be made in several states.
    fn name(&self, state: &State, step: Step) -> Option<String> {
        match (step.choice, step.alarm) {
            (Choice::Deliver(passage), _) => {
                let msg = state.system.in_transit().find(|(other, _)| *other == passage).map(|(_, msg)| bytes(msg));
                Some(format!("{} {:?} {msg:?}", passage.from, passage.port))
            }
            (Choice::ToSelf(node), _) => Some(format!("{node} itself {:?}", state.to_self[node.index()].front().map(bytes))),
            (Choice::Alarm(node), Some(place)) => Some(self.alarm_name(node, state.alarms[node.index()][place])),
            (Choice::Impulse(node), _) => Some(format!("impulse {node}")),
            _ => None,
        }
    }

    fn alarm_name(&self, node: NodeIndex, (tag, after): (u8, Duration)) -> String {
        format!("alarm {node} {tag} {:?}", self.times_matter.then_some(after))
    }

    /// Messages that mean the same on their link have the same value here: where the order is kept, only if they are neighbours.
    fn alike(&self, state: &State) -> BTreeMap<Passage, Vec<u8>> {
        let (mut alike, mut before) = (BTreeMap::new(), None);
        for (passage, msg) in state.system.in_transit() {
            let content = format!("{:?}", self.print_message(state, passage, msg)).into_bytes();
            let here = (passage.from, passage.port, content.clone());
            if self.prepared.links != Links::Fifo {
                alike.insert(passage, content);
            } else if let Some((same, first)) = &before
                && *same == here
            {
                let first = Vec::clone(first);
                alike.insert(passage, first);
            } else {
                let first = passage.number.to_le_bytes().to_vec();
                alike.insert(passage, first.clone());
                before = Some((here, first));
            }
        }
        alike
    }

    /// Whether a loss is no event of its own.
    fn is_silent(&self) -> bool {
        let is_counted = self.prepared.faults.budget.losses.is_some_and(|losses| losses > 0);
        self.loss == Loss::Silent && self.prepared.links != Links::Fifo && !is_counted
    }

    /// Whether a run may be over: also if all that is under way is lost.
    fn is_over(&self, state: &State) -> bool {
        state.system.is_quiet() || (self.is_silent() && state.without_messages().is_some_and(|system| system.is_quiet()))
    }

    /// What comes of a step, for each alternative of what is drawn in it.
    fn outcomes(&self, state: &State, step: Step) -> Vec<Outcome> {
        let (mut outcomes, mut seen) = (Vec::new(), BTreeSet::new());
        let mut script = Script::default().ringing(step.alarm);
        loop {
            let mut outcome = script.run(|| self.follow(state, step));
            if let Some(node) = step.last {
                let mut again = Script::of(&script.draws()).ringing(step.alarm);
                outcome.state.stored[node.index()] = again.run(|| state.stored_by(node, step.choice));
            }
            assert!(!script.has_too_many(), "too many draws for a reference");
            if seen.insert((self.print(&outcome.state), outcome.log.clone())) {
                outcomes.push(outcome);
            }
            if !script.advance() {
                return outcomes;
            }
        }
    }

    fn follow(&self, state: &State, step: Step) -> Outcome {
        let State { mut system, to_self, alarms, mut stored, past } = state.clone();
        let mut log = Log::new(to_self, alarms, self.times_matter);
        match (step.choice, step.alarm) {
            (Choice::ToSelf(node), _) => drop(log.to_self[node.index()].pop_front()),
            (Choice::Alarm(node), Some(place)) => drop(log.alarms[node.index()].remove(place)),
            _ => {}
        }
        if let Some(node) = step.last {
            system.apply(Choice::Doom(node)).expect("it may crash");
        }
        let mut after = Vec::new();
        let followed = catch_unwind(AssertUnwindSafe(|| {
            system.follow(step.choice, &mut log, &mut |world, node, stepped, _| {
                after.push((world.copied(), node, stepped));
                std::ops::ControlFlow::Continue(())
            })
        }));
        if let Ok(Err(why)) = followed {
            panic!("{:?} is not enabled: {why}", step.choice);
        }
        let Log { mut to_self, mut alarms, sent, sends, cancelled, mut bytes, .. } = log;
        let cancelled = cancelled.into_iter().map(|(node, alarm)| self.alarm_name(node, alarm));
        let happens = self.name(state, step).into_iter().chain(cancelled).collect();
        if let (Choice::Crash(node), _) | (_, Some(node)) = (step.choice, step.last) {
            to_self[node.index()].clear();
            alarms[node.index()].clear();
        }
        if let Choice::Recover(node) = step.choice {
            stored[node.index()] = None;
        }
        after.iter().for_each(|(world, node, _)| print_node(&**world, *node, &mut bytes));
        let mut state = State { system, to_self, alarms, stored, past };
        state.look_at_messages(self.prepared);
        Outcome { state, sent, after, panicked: followed.is_err(), log: bytes, happens, sends }
    }

    /// Notes what is wrong after a step; whether anything is.
    fn judge(&mut self, outcome: &Outcome, depth: u64) -> bool {
        let mut faults = Vec::new();
        for (world, node, stepped) in &outcome.after {
            faults.extend(self.wrong(&**world, When::Always, Some(*node)));
            if matches!(stepped, Stepped::Never | Stepped::LeftTerminal { .. }) {
                faults.push(Fault::Rule);
            }
            if !faults.is_empty() {
                break;
            }
        }
        if faults.is_empty() && outcome.panicked {
            faults.push(Fault::Panic);
        }
        let is_wrong = !faults.is_empty();
        self.found.faults.extend(faults.into_iter().map(|fault| (depth, fault)));
        is_wrong
    }

    fn end(&mut self, state: &State, depth: u64) {
        self.found.ends += 1;
        let last = state.without_messages().expect("what is under way at the end may be lost");
        let world = last.world();
        let mut nodes = Vec::new();
        self.nodes().for_each(|node| print_node(world, node, &mut nodes));
        self.found.final_nodes.insert(nodes);
        let faults = if self.description().has_terminal_states() && !world.all_terminal() {
            vec![Fault::Stuck]
        } else {
            self.wrong(world, When::Finally, None)
        };
        self.found.faults.extend(faults.into_iter().map(|fault| (depth, fault)));
    }

    /// The properties that do not hold.
    fn wrong(&mut self, world: &dyn AnyWorld, when: When, node: Option<NodeIndex>) -> Vec<Fault> {
        let description = self.description().clone();
        let properties = description.properties.iter().enumerate().filter(|(_, property)| property.when == when);
        let broken = properties.filter(|(place, _)| {
            let (verdict, asked) = asking(|| catch_unwind(AssertUnwindSafe(|| world.check(*place, node))));
            let asked = asked.into_iter().filter(|question| when == When::Always || *question == Question::Sent);
            self.found.asked.extend(asked);
            !matches!(verdict, Ok(Ok(())))
        });
        broken.map(|(_, property)| Fault::Property(property.name.clone())).collect()
    }

    /// What the future of a message depends on.
    fn print_message(&self, state: &State, passage: Passage, msg: &AnyMessage) -> (Vec<u8>, bool, Past) {
        let is_single = state.system.is_enabled(Choice::Duplicate(passage)).is_ok();
        (bytes(msg), is_single, state.past[&passage])
    }

    fn description(&self) -> &Description {
        &self.prepared.description
    }

    fn nodes(&self) -> impl Iterator<Item = NodeIndex> + use<> {
        self.prepared.instance.graph().nodes()
    }

    /// All that the future depends on.
    fn print(&self, state: &State) -> Vec<u8> {
        let system = &state.system;
        let mut print = Vec::new();
        for node in self.nodes() {
            print_node(system.world(), node, &mut print);
            let own = state.to_self[node.index()].iter().map(bytes).collect::<Vec<_>>();
            let is_asleep = system.is_enabled(Choice::Impulse(node)).is_ok();
            print.extend(format!("{is_asleep} {own:?}").into_bytes());
            if self.times_matter {
                print.extend(format!("{:?}", state.alarms[node.index()]).into_bytes());
            }
            if self.prepared.faults.budget.recoveries > 0 {
                print.extend(format!("{:?}", state.stored[node.index()]).into_bytes());
            }
        }
        print.extend(format!("{:?}", system.budget()).into_bytes());
        for cut in 0..self.prepared.faults.cuts().count() {
            let stage = [Choice::Cut(cut), Choice::Mend(cut)].map(|choice| system.is_enabled(choice).is_ok());
            print.extend(stage.map(u8::from));
        }
        let mut links = BTreeMap::<_, Vec<_>>::new();
        for (passage, msg) in system.in_transit() {
            links.entry((passage.from, passage.port)).or_default().push(self.print_message(state, passage, msg));
        }
        if self.prepared.links != Links::Fifo {
            links.values_mut().for_each(|messages| messages.sort_unstable());
        }
        print.extend(format!("{links:?}").into_bytes());
        if self.sent_matters {
            print.extend(format!("{:?}", system.world().sent_by_tag()).into_bytes());
        }
        print
    }
}

impl State {
    /// Takes down what becomes of messages.
    fn look_at_messages(&mut self, prepared: &Prepared) {
        let world = self.system.world();
        let mut past = BTreeMap::new();
        for (passage, _) in self.system.in_transit() {
            let receiver = self.system.topology().end(passage.from, passage.port).neighbour;
            let mut cuts = prepared.faults.cuts().enumerate();
            let is_cut = cuts.any(|(place, cut)| {
                self.system.is_enabled(Choice::Mend(place)).is_ok() && cut.separates(passage.from, receiver)
            });
            let new = Past { life: world.node(passage.from).incarnation(), to_the_dead: false, held: is_cut };
            let mut now = self.past.get(&passage).copied().unwrap_or(new);
            now.to_the_dead |= !world.node(receiver).is_alive();
            // What a lossy link has lost stays lost.
            now.held &= is_cut || prepared.links == Links::Lossy;
            past.insert(passage, now);
        }
        self.past = past;
    }

    /// The system without what is under way, if all of that may be lost.
    fn without_messages(&self) -> Option<System> {
        let mut system = self.system.clone();
        let lost = system.in_transit().map(|(passage, _)| Choice::Lose(passage)).collect::<Vec<_>>();
        lost.into_iter().all(|lost| system.apply(lost).is_ok()).then_some(system)
    }

    /// Which live node makes a step by that.
    fn moved(&self, choice: Choice) -> Option<NodeIndex> {
        match choice {
            Choice::Impulse(node) | Choice::ToSelf(node) | Choice::Alarm(node) => Some(node),
            Choice::Deliver(passage) => Some(self.system.topology().end(passage.from, passage.port).neighbour),
            _ => None,
        }
    }

    /// What a node stores in a step.
    fn stored_by(&self, node: NodeIndex, choice: Choice) -> Option<Vec<u8>> {
        let event = match choice {
            Choice::Impulse(_) => Event::Impulse,
            Choice::Deliver(passage) => {
                let sender = self.system.topology().end(passage.from, passage.port).back;
                Event::Message { sender, msg: self.system.message(passage)?.clone() }
            }
            Choice::ToSelf(_) => Event::Message { sender: Port::SELF, msg: self.to_self[node.index()].front()?.clone() },
            _ => Event::Alarm,
        };
        let mut world = self.system.world().copied();
        let stored = || world.last_step(node, event, Duration::ZERO, &mut Vec::new());
        catch_unwind(AssertUnwindSafe(stored)).ok()?.map(Vec::from)
    }
}

fn print_node(world: &dyn AnyWorld, node: NodeIndex, print: &mut Vec<u8>) {
    let _ = world.keep(node, print).unwrap_or_else(|why| panic!("node {node}: {why}"));
}

fn bytes(msg: &AnyMessage) -> Vec<u8> {
    // Of a length that most messages fit into: a vector that grows is slow without optimisation.
    let mut bytes = vec![0; 64];
    let length = msg.encode_into(&mut bytes, usize::MAX).expect("a message that was sent can be encoded");
    bytes.truncate(length);
    bytes.push(msg.tag());
    bytes
}

/// Takes down what handlers ask for.
struct Log {
    to_self: Vec<VecDeque<AnyMessage>>,
    alarms: Vec<Vec<(u8, Duration)>>,
    times_matter: bool,
    sent: u64,
    sends: BTreeSet<String>,
    cancelled: Vec<(NodeIndex, (u8, Duration))>,
    /// What a step has asked for.
    bytes: Vec<u8>,
}

impl Log {
    fn new(to_self: Vec<VecDeque<AnyMessage>>, alarms: Vec<Vec<(u8, Duration)>>, times_matter: bool) -> Self {
        Log { to_self, alarms, times_matter, sent: 0, sends: BTreeSet::new(), cancelled: Vec::new(), bytes: Vec::new() }
    }
}

impl Observer for Log {
    fn reads(&self) -> Reads {
        Reads { log: false, alarms: true }
    }

    fn sent(&mut self, sent: &Sent<'_>) {
        self.bytes.extend(format!("{:?}", sent.port).into_bytes());
        self.bytes.extend(bytes(sent.msg));
        if sent.port == Port::SELF {
            self.to_self[sent.from.index()].push_back(sent.msg.clone());
        } else {
            self.sent += 1;
            self.sends.insert(format!("{} {:?} {:?}", sent.from, sent.port, Some(bytes(sent.msg))));
        }
    }

    fn alarm(&mut self, node: NodeIndex, effect: &AnyEffect) {
        let alarms = &mut self.alarms[node.index()];
        let told = match effect {
            Effect::SetAlarm { after, alarm } => {
                alarms.push((alarm.tag(), *after));
                format!("set {} {:?}", alarm.tag(), self.times_matter.then_some(after))
            }
            Effect::Cancel { alarm } => {
                self.cancelled.extend(alarms.iter().filter(|(tag, _)| tag == alarm).map(|other| (node, *other)));
                alarms.retain(|(tag, _)| tag != alarm);
                format!("cancel {alarm}")
            }
            _ => return,
        };
        self.bytes.extend(told.into_bytes());
    }
}

/// The fewest messages, the most, and the most events of a run, from the first state on; `None` if there is a loop.
fn costs(edges: &[Vec<(usize, u64)>], is_end: &[bool]) -> Option<[u64; 3]> {
    // In an order in which each state stands before those that it leads to.
    let mut before = vec![0; edges.len()];
    edges.iter().flatten().for_each(|(to, _)| before[*to] += 1);
    let mut order = if before[0] == 0 { vec![0] } else { Vec::new() };
    let mut next = 0;
    while next < order.len() {
        for (to, _) in &edges[order[next]] {
            before[*to] -= 1;
            if before[*to] == 0 {
                order.push(*to);
            }
        }
        next += 1;
    }
    if order.len() < edges.len() {
        return None;
    }
    let mut costs = vec![[0; 3]; edges.len()];
    for state in order.into_iter().rev() {
        let ends = is_end[state].then_some([0, 0, 0]);
        let goes_on = edges[state].iter().map(|(to, sent)| [costs[*to][0] + sent, costs[*to][1] + sent, costs[*to][2] + 1]);
        let best = goes_on.chain(ends).reduce(|a, b| [a[0].min(b[0]), a[1].max(b[1]), a[2].max(b[2])]);
        costs[state] = best.expect("a state that leads nowhere is an end");
    }
    Some(costs[0])
}
