//! A crash inside a step: what leaves, what has not happened, and that the simulator and the system mean the same.

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};

use nodes::network::{Choice, Crash, Delay, Fate, Faults, Happening, Observer, OnCrash, Passage, Recovery, Sent, System};
use nodes::prelude::*;
use nodes::protocol::{Links, Random, WorldView};
use nodes::run::{Outcome, Run};
use nodes::simulator::Simulation;
use nodes::testing::Trial;

/// All values that a node knows.
#[message]
struct Known(BTreeSet<u32>);

/// What was sent at the beginning of the round has arrived.
#[alarm]
struct RoundOver;

#[config]
struct Options {
    #[default(2)]
    rounds: u32,
}

#[states]
enum State {
    #[default]
    Asleep,
    Flooding,
    #[terminal]
    Decided(u32),
}

/// Consensus in f + 1 rounds among nodes of which f may crash (Lynch, Distributed Algorithms, 6.2.1).  The input is the value; who
/// decides takes the smallest that it knows.
#[protocol(topology = Complete, initiators = All, input = u32)]
#[derive(Default)]
struct FloodSet {
    state: State,
    rounds: u32,
    known: BTreeSet<u32>,
}

#[protocol]
#[ignore(Known in Asleep | Decided)]
impl FloodSet {
    #[init]
    fn new(options: &Options, net: &mut Net<Self>) -> Self {
        FloodSet { rounds: options.rounds, known: BTreeSet::from([*net.input()]), ..FloodSet::default() }
    }

    #[on(Spontaneously in Asleep)]
    fn start(&mut self, net: &mut Net<Self>) {
        self.state = State::Flooding;
        self.flood(net);
    }

    #[on(Known in Flooding)]
    fn learn(&mut self, msg: Known) {
        self.known.extend(msg.0);
    }

    #[when(RoundOver in Flooding)]
    fn next(&mut self, net: &mut Net<Self>) {
        self.rounds -= 1;
        match self.known.first() {
            Some(least) if self.rounds == 0 => self.state = State::Decided(*least),
            _ => self.flood(net),
        }
    }

    fn flood(&mut self, net: &mut Net<Self>) {
        net.send_to_all(Known(self.known.clone()));
        net.set_alarm(millis(50), RoundOver);
    }

    #[finally]
    fn agreement(world: &World<Self>) -> bool {
        let decided = world.correct().filter_map(|node| match node.state {
            State::Decided(value) => Some(value),
            _ => None,
        });
        decided.collect::<BTreeSet<_>>().len() <= 1
    }
}

fn floods(nodes: usize, rounds: u32) -> Trial<FloodSet> {
    let delay = Delay::Uniform(Duration::from_millis(1), Duration::from_millis(10));
    Trial::<FloodSet>::on([format!("complete:{nodes}").as_str()]).with(|run| run.config(Options { rounds }).delay(delay))
}

#[test]
fn flood_set_needs_one_round_more_than_nodes_crash() {
    for nodes in [3, 5] {
        let failure = floods(nodes, 1).crashes(1).failure().expect("it can be tried").expect("one round is not enough");
        assert_eq!(failure.kind, nodes::testing::Kind::Property("agreement".into()), "{failure}");
        assert_eq!(
            failure.finished.document.nodes, 3,
            "two nodes that disagree, and one that told only one of them: {failure}"
        );
        floods(nodes, 2).crashes(1).seeds(2000).must_hold();
        floods(nodes, 1).must_hold();
    }
    floods(5, 3).crashes(2).seeds(2000).must_hold();
}

/// Drives a system at random, with the earliest alarms only when nothing is under way; a node crashes at any time.
fn at_random(rounds: u32, seed: u64) -> System {
    let faults = Faults { crashes: vec![Crash::new((seed % 3) as usize, Duration::ZERO)], ..Faults::default() };
    let run = Run::<FloodSet>::on("complete:3").config(Options { rounds }).faults(faults).seed(seed);
    let mut system = run.prepare().unwrap().system();
    let mut random = Random::stream(seed, "test", 0);
    loop {
        let due = |choice: &Choice| match choice {
            Choice::Alarm(node) => system.world().node(*node).next_alarm(),
            Choice::Doom(_) | Choice::Crash(_) => None,
            _ => Some(Duration::ZERO),
        };
        let mut choices = system.enabled();
        let first = choices.iter().filter_map(due).min();
        choices.retain(|choice| due(choice).is_none() || due(choice) == first);
        if choices.is_empty() {
            return system;
        }
        system.apply(choices[random.range(0..choices.len())]).unwrap();
    }
}

#[test]
fn the_system_refutes_it_too() {
    let disagree = |system: &System| !FloodSet::agreement(system.of().unwrap());
    let found = |rounds| (0..2000).filter(|seed| disagree(&at_random(rounds, *seed))).count();
    assert!(found(1) > 0);
    assert_eq!(found(2), 0);
}

#[message]
struct Word(u32);

#[message]
struct Thought;

#[alarm]
struct Later;

#[states]
enum Telling {
    #[default]
    Silent,
    Told,
}

/// The initiator does everything that a step can do.
#[protocol(initiators = One)]
#[derive(Default)]
struct Teller {
    state: Telling,
    heard: Vec<u32>,
    again: bool,
}

#[protocol]
#[ignore(Thought in Silent)]
impl Teller {
    #[on(Spontaneously)]
    fn tell(&mut self, net: &mut Net<Self>) {
        net.store(&7u32);
        net.report("told", true);
        net.log(format_args!("telling"));
        net.set_alarm(millis(1), Later);
        net.send_to_self(Thought);
        net.send_to_all(Word(1));
        net.send(Port::new(0), Word(2));
        self.state = Telling::Told;
    }

    #[on(Word)]
    fn hear(&mut self, msg: Word) {
        self.heard.push(msg.0);
    }

    #[on(Thought in Told)]
    fn think(&mut self) {
        self.heard.push(0);
    }

    #[when(Later)]
    fn later(&mut self) {
        self.heard.push(9);
    }

    #[recover]
    fn back(saved: u32) -> Self {
        Teller { heard: vec![saved], again: true, ..Teller::default() }
    }

    #[always]
    fn nobody_has_told(world: &World<Self>) -> bool {
        world.nodes().all(|node| !matches!(node.state, Telling::Told))
    }
}

/// What node 0 of a star of four tells the others: by node, what it hears.
fn heard(world: &World<Teller>) -> Vec<Vec<u32>> {
    (1..4).map(|node| world.node(NodeIndex::new(node)).heard.clone()).collect()
}

fn teller(crash: Crash, links: Links, seed: u64) -> Run<Teller> {
    let faults = Faults { crashes: vec![crash], on_crash: OnCrash::Continue, ..Faults::default() };
    Run::<Teller>::on("star:4").wake([0]).links(links).faults(faults).seed(seed)
}

/// What an observer is told of node 0, and how many messages are sent, and lost.
#[derive(Default)]
struct Told(Vec<String>, BTreeMap<&'static str, u32>);

impl Observer for Told {
    fn before(&mut self, _now: Duration, node: NodeIndex, happening: &Happening<'_>, _world: &dyn WorldView) {
        if node.index() == 0 {
            self.0.push(format!("{happening:?}"));
        }
    }

    fn sent(&mut self, _sent: &Sent<'_>) {
        *self.1.entry("sent").or_default() += 1;
    }

    fn fate(&mut self, _sender: NodeIndex, _port: Port, _number: u64, fate: Fate) {
        assert_eq!(fate, Fate::Lost);
        *self.1.entry("lost").or_default() += 1;
    }

    fn logged(&mut self, _node: NodeIndex, line: &str) {
        panic!("{line} has not happened");
    }

    fn reported(&mut self, _node: NodeIndex, name: &str, _value: &serde_json::Value) {
        panic!("{name} has not happened");
    }
}

#[test]
fn of_a_step_that_is_cut_short_the_first_messages_leave_and_nothing_else_happens() {
    let (one, none) = (vec![1], Vec::new());
    let expected = [
        [none.clone(), none.clone(), none.clone()],
        [one.clone(), none.clone(), none.clone()],
        [one.clone(), one.clone(), none],
        [one.clone(), one.clone(), one.clone()],
        [vec![1, 2], one.clone(), one],
    ];
    for (left, expected) in expected.into_iter().enumerate() {
        let mut told = Told::default();
        let run = teller(Crash::new(0, Duration::ZERO).leaving(left), Links::Fifo, 1);
        let finished = run.by(Simulation::new().observe(&mut told)).unwrap();
        assert_eq!(finished.outcome(), Outcome::Quiescent, "{:?}", finished.explanation);
        assert_eq!(told.0, ["Doomed", "Impulse", "Crash"]);
        assert_eq!((told.1["sent"], told.1.get("lost").copied().unwrap_or(0)), (4, 4 - left as u32));
        let document = &finished.document;
        assert_eq!((document.messages.total, document.links.lost), (4, Some(4 - left as u64)));
        let world = finished.world.unwrap();
        assert_eq!(heard(&world), expected, "{left} messages leave");
        let node = world.node(NodeIndex::new(0));
        assert!(!node.is_alive() && matches!(node.state, Telling::Silent) && node.heard.is_empty());
        assert_eq!(node.next_alarm(), None);
        assert!(document.nodes_final[0].reported.is_empty());
    }
}

#[test]
fn what_such_a_step_stored_is_there_after_a_recovery() {
    let crashes = vec![Crash::new(0, Duration::ZERO).leaving(0)];
    let faults = Faults { crashes, recoveries: vec![Recovery::new(0, Duration::from_millis(5))], ..Faults::default() };
    let run = Run::<Teller>::on("star:4").wake([0]).faults(faults).seed(1);
    let world = run.simulate().unwrap().world.unwrap();
    let node = world.node(NodeIndex::new(0));
    assert_eq!((node.again, &node.heard[..]), (true, &[7][..]));
}

#[test]
fn simulator_and_system_let_the_same_messages_leave() {
    for links in [Links::Fifo, Links::Reliable, Links::Lossy] {
        let simulated =
            (0..400).map(|seed| heard(&teller(Crash::new(0, Duration::ZERO), links, seed).simulate().unwrap().world.unwrap()));
        let simulated = simulated.map(sorted).collect::<BTreeSet<_>>();
        let node = NodeIndex::new(0);
        let sent = [(0, 1), (1, 1), (2, 1), (0, 2)].map(|(port, number)| Passage { from: node, port: Port::new(port), number });
        let mut reached = BTreeSet::new();
        for subset in 0..16 {
            let mut system = teller(Crash::new(0, Duration::ZERO), links, 1).prepare().unwrap().system();
            system.apply(Choice::Doom(node)).unwrap();
            assert!(system.is_doomed(node) && !system.is_quiet());
            system.apply(Choice::Impulse(node)).unwrap();
            assert!(!system.is_doomed(node) && !system.world().node(node).is_alive());
            // What was sent last is lost first.
            let choice =
                |place: usize| if subset & 1 << place == 0 { Choice::Lose(sent[place]) } else { Choice::Deliver(sent[place]) };
            let lost = (0..4).rev().filter(|place| subset & 1 << place == 0);
            let arrives = (0..4).filter(|place| subset & 1 << place != 0);
            if lost.chain(arrives).map(choice).all(|choice| system.apply(choice).is_ok()) {
                assert!(system.is_quiet());
                reached.insert(sorted(heard(system.of().unwrap())));
            }
        }
        assert_eq!(reached, simulated, "{links:?}");
        // On a link that keeps the order the second message does not leave alone.
        assert_eq!(reached.len(), if links == Links::Fifo { 12 } else { 16 });
    }
}

fn sorted(mut heard: Vec<Vec<u32>>) -> Vec<Vec<u32>> {
    heard.iter_mut().for_each(|words| words.sort_unstable());
    heard
}

#[test]
fn who_is_doomed_and_makes_no_step_is_dead_at_the_end() {
    // Node 1 hears at 1 ms, and nothing after.  Node 0 goes on until its alarm.
    let doomed = |on_crash| {
        let faults = Faults { crashes: vec![Crash::new(1, Duration::from_micros(1500))], on_crash, ..Faults::default() };
        Run::<Ticker>::on("path:2").wake([0]).faults(faults).seed(1)
    };
    let finished = doomed(OnCrash::Continue).simulate().unwrap();
    assert_eq!(finished.outcome(), Outcome::Quiescent);
    let world = finished.world.unwrap();
    assert_eq!((world.node(NodeIndex::new(0)).rung, world.node(NodeIndex::new(1)).is_alive()), (1, false));
    let finished = doomed(OnCrash::Stop).simulate().unwrap();
    assert_eq!(finished.outcome(), Outcome::Crashed);
    assert!(finished.explanation[0].contains("node 1") && finished.explanation[0].contains("crashed as planned"));
    assert_eq!(finished.world.unwrap().node(NodeIndex::new(0)).rung, 1);
}

/// Tells the others, and waits.
#[protocol(initiators = One)]
#[derive(Default)]
struct Ticker {
    rung: u32,
}

#[protocol]
impl Ticker {
    #[on(Spontaneously)]
    fn start(&mut self, net: &mut Net<Self>) {
        net.send_to_all(Word(1));
        net.set_alarm(millis(20), Later);
    }

    #[on(Word)]
    fn hear(&mut self) {}

    #[when(Later)]
    fn later(&mut self) {
        self.rung += 1;
    }
}
