//! What is made small keeps the failure: the property or the states, the inputs, the configuration, the protocol's own bounds.

use core::time::Duration;
use std::collections::BTreeSet;

use nodes::network::{Crash, Delay, Faults, OnCrash};
use nodes::prelude::*;
use nodes::run::{InputChoice, Run};
use nodes::testing::{Failure, Found, Kind, Trial, Tried};
use nodes::topology::NodeIndex;

fn failure<P: nodes::Protocol>(trial: &Trial<P>) -> Failure {
    trial.failure().expect("it can be tried").expect("it fails")
}

/// What stands behind an option in the schedule's line.
fn argument(failure: &Failure, option: &str) -> Option<String> {
    let arguments = &failure.schedule.arguments;
    let place = arguments.iter().position(|argument| argument == option)?;
    arguments.get(place + 1).cloned()
}

#[message]
struct Value(u32);

#[config]
struct Wrong {
    /// Which mistake is made.
    #[default(0)]
    bug: u32,
    /// How often each node tells.
    #[default(4)]
    #[shrink]
    times: u32,
    /// How many tell.
    #[default(3)]
    tellers: u32,
}

#[states]
enum Hearing {
    #[default]
    Waiting,
    #[terminal]
    Done,
}

/// Each node waits until it has heard from all others as often as they tell.
#[protocol(topology = Complete, initiators = All, input = u32)]
#[derive(Default)]
struct Hearsay {
    state: Hearing,
    bug: u32,
    times: u32,
    tellers: u32,
    heard: u32,
    first: bool,
}

#[protocol]
impl Hearsay {
    #[init]
    fn new(wrong: &Wrong) -> Self {
        Hearsay { bug: wrong.bug, times: wrong.times, tellers: wrong.tellers, ..Hearsay::default() }
    }

    #[on(Spontaneously in Waiting)]
    fn start(&mut self, net: &mut Net<Self>) {
        // 1: everybody is the first.
        self.first = self.bug == 1;
        // Without tellers nobody hears anything.
        for _ in 0..if self.tellers == 0 { 0 } else { self.times } {
            net.send_to_all(Value(*net.input()));
        }
        self.look(net);
    }

    #[on(Value in Waiting)]
    fn hear(&mut self, msg: Value, net: &mut Net<Self>) {
        self.heard += 1;
        // 2: who hears of node 2 is the first.
        self.first |= self.bug == 2 && msg.0 == 2;
        self.look(net);
    }

    #[on(Value in Done)]
    fn late(&mut self) {}

    fn look(&mut self, net: &mut Net<Self>) {
        // 3: one more is waited for.
        if self.tellers > 0 && self.heard >= net.degree() as u32 * self.times + u32::from(self.bug == 3) {
            self.state = Hearing::Done;
        }
    }

    #[finally]
    fn one_first(world: &World<Self>) -> bool {
        world.nodes().filter(|node| node.first).count() <= 1
    }
}

fn hearsay(bug: u32) -> Failure {
    failure(&Trial::<Hearsay>::on(["complete:5"]).with(move |run| run.config(Wrong { bug, ..Wrong::default() })).seeds(10))
}

#[test]
fn one_mistake_is_not_shown_by_another() {
    let failure = hearsay(2);
    assert_eq!(failure.kind, Kind::Property("one_first".into()));
    assert_eq!(argument(&failure, "--bug").as_deref(), Some("2"), "{failure}");
    assert_eq!(failure.finished.document.nodes, 3, "by node 2: {failure}");
    // What is marked may be less.
    assert_eq!(argument(&failure, "--times").as_deref(), Some("1"), "{failure}");
}

#[test]
fn who_is_stuck_by_a_mistake_is_not_shown_stuck_without_it() {
    let failure = hearsay(3);
    assert_eq!(failure.kind, Kind::Stuck(BTreeSet::from(["Waiting".to_owned()])));
    assert_eq!(argument(&failure, "--bug").as_deref(), Some("3"), "{failure}");
    assert_eq!(argument(&failure, "--tellers"), None, "it is what it was: {failure}");
}

#[message]
struct Prepare;

#[message]
struct Vote(bool);

#[message]
struct Outcome(bool);

#[states]
enum Commit {
    #[default]
    Working,
    Collecting,
    Uncertain,
    #[terminal]
    Committed,
    #[terminal]
    Aborted,
}

/// Two-phase commit (Gray 1978): who has voted yes waits for the coordinator.
#[protocol(initiators = One, input = bool)]
#[derive(Default)]
struct TwoPhase {
    state: Commit,
    votes: usize,
}

#[protocol]
#[never(Prepare in Collecting | Uncertain | Committed | Aborted)]
#[never(Vote in Working | Uncertain)]
#[ignore(Vote in Committed | Aborted)]
#[never(Outcome in Working | Collecting)]
#[ignore(Outcome in Committed | Aborted)]
impl TwoPhase {
    #[on(Spontaneously in Working)]
    fn ask(&mut self, net: &mut Net<Self>) {
        net.send_to_all(Prepare);
        self.state = Commit::Collecting;
    }

    #[on(Prepare in Working)]
    fn vote(&mut self, sender: Port, net: &mut Net<Self>) {
        let yes = *net.input();
        net.send(sender, Vote(yes));
        self.state = if yes { Commit::Uncertain } else { Commit::Aborted };
    }

    #[on(Vote in Collecting)]
    fn collect(&mut self, msg: Vote, net: &mut Net<Self>) {
        self.votes += 1;
        if !msg.0 || self.votes == net.degree() {
            net.send_to_all(Outcome(msg.0));
            self.state = if msg.0 { Commit::Committed } else { Commit::Aborted };
        }
    }

    #[on(Outcome in Uncertain)]
    fn learn(&mut self, msg: Outcome) {
        self.state = if msg.0 { Commit::Committed } else { Commit::Aborted };
    }
}

#[test]
fn who_is_blocked_in_doubt_is_shown_in_doubt() {
    let crash = Crash::new(0, Duration::from_millis(2)).leaving(0);
    let faults = Faults { crashes: vec![crash], on_crash: OnCrash::Continue, ..Faults::default() };
    let trial =
        Trial::<TwoPhase>::on(["star:5"]).with(move |run| run.faults(faults.clone()).delay(Delay::Unit).inputs([true; 5]));
    let failure = failure(&trial.seeds(1));
    assert_eq!(failure.kind, Kind::Stuck(BTreeSet::from(["Uncertain".to_owned()])), "{failure}");
    assert_eq!(failure.finished.document.nodes, 2, "{failure}");
    assert_eq!(argument(&failure, "--inputs").as_deref(), Some("true,true"), "{failure}");
    let world = failure.finished.world.as_ref().unwrap();
    let uncertain = |node: usize| world.node(NodeIndex::new(node)).state_name() == "Uncertain";
    assert!(uncertain(1) && failure.past.as_ref().unwrap().to_string().contains("Uncertain"), "{failure}");
}

#[config]
struct Assumed {
    /// How many nodes are traitors: those with the greatest inputs.
    #[default(1)]
    faults: u32,
}

/// One round of votes, which does not suffice: who has heard all takes what most say; a traitor says to each neighbour something else.
#[protocol(topology = Complete, initiators = All, knows(Size), input = u32)]
#[derive(Default)]
struct OneRound {
    state: Hearing,
    votes: Vec<u32>,
    decided: Option<u32>,
    traitor: bool,
}

#[protocol]
impl OneRound {
    #[init]
    fn new(assumed: &Assumed, net: &mut Net<Self>) -> Self {
        // What the protocol assumes, a smaller run assumes too.
        assert!(net.size() > 3 * assumed.faults as usize, "more than three nodes for each traitor");
        OneRound { votes: vec![*net.input() % 2], traitor: *net.input() >= 10, ..OneRound::default() }
    }

    #[on(Spontaneously in Waiting)]
    fn tell(&mut self, net: &mut Net<Self>) {
        for port in net.ports() {
            let lie = port.index() as u32 % 2;
            net.send(port, Value(if self.traitor { lie } else { *net.input() % 2 }));
        }
    }

    #[on(Value in Waiting)]
    fn hear(&mut self, msg: Value, net: &mut Net<Self>) {
        self.votes.push(msg.0);
        if self.votes.len() == net.size() {
            let ones = self.votes.iter().sum::<u32>() as usize;
            self.decided = Some(u32::from(2 * ones > net.size()));
            self.state = Hearing::Done;
        }
    }

    #[finally]
    fn agreement(world: &World<Self>) -> bool {
        let decided = world.nodes().filter(|node| !node.traitor).filter_map(|node| node.decided);
        decided.collect::<BTreeSet<_>>().len() <= 1
    }
}

#[test]
fn a_traitor_among_few_is_not_shown_among_fewer_nor_with_other_inputs() {
    let inputs = [0, 2, 1, 3, 10, 4, 5];
    let trial = Trial::<OneRound>::on(["complete:7"]).with(move |run| run.inputs(inputs)).seeds(10);
    let failure = failure(&trial);
    assert_eq!(failure.kind, Kind::Property("agreement".into()), "{failure}");
    let document = &failure.finished.document;
    assert!((4..7).contains(&document.nodes), "{failure}");
    assert_eq!(argument(&failure, "--faults"), None, "one, as before: {failure}");
    let kept = argument(&failure, "--inputs").expect("they are not those of the indices");
    let kept = kept.split(',').map(|input| input.parse::<u32>().unwrap()).collect::<Vec<_>>();
    assert_eq!(kept.len(), document.nodes);
    assert!(kept.contains(&10), "the traitor: {kept:?}");
    // In the same order.
    let mut rest = inputs.iter();
    assert!(kept.iter().all(|input| rest.any(|other| other == input)), "{kept:?}");
}

/// Also those that a seed has drawn: the nodes that remain keep theirs.
#[test]
fn nodes_that_remain_keep_the_inputs_that_were_drawn_for_them() {
    let drawing = || "random:0..13".parse::<InputChoice>().expect("it is a range");
    let trial = Trial::<OneRound>::on(["complete:7"]).with(move |run| run.inputs(drawing()));
    let failure = failure(&trial);
    let Found::Tried(Tried { seed, .. }) = failure.found else { panic!("a trial has found it") };
    let found = Run::<OneRound>::on("complete:7").inputs(drawing()).seed(seed).prepare().expect("it runs");
    let mut drawn = (0..7).map(|node| {
        let input = found.instance.encoded_input(NodeIndex::new(node)).expect("a number");
        u32::from(input[0])
    });
    let kept = argument(&failure, "--inputs").expect("they are not those of the indices");
    let kept =
        kept.split(',').map(|input| input.parse::<u32>().expect("a list, which no seed draws again")).collect::<Vec<_>>();
    assert!((4..7).contains(&kept.len()), "{failure}");
    assert!(kept.iter().all(|input| drawn.any(|other| other == *input)), "{kept:?}: {failure}");
}
