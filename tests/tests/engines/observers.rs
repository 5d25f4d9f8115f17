//! Observers that are put together: as pairs, in options, borrowed, and behind a trait object.

use State::*;
use nodes::network::{Crash, Delay, Fate, Faults, Happening, Observer, OnCrash, Recovery, Sent};
use nodes::prelude::*;
use nodes::protocol::{AnyEffect, Links, Reads, Stepped, WorldView};
use nodes::run::{AnyRun, Engine, Run};
use nodes::simulator::Simulation;
use serde_json::Value;

use crate::round_robin::RoundRobin;

/// So many hops are left.
#[message]
struct Hop(u32);

/// Too long without a hop.
#[alarm]
struct Bored;

#[states]
enum State {
    #[default]
    Quiet,
    Busy,
}

/// Does everything of which an observer can be told.
#[protocol(topology = Complete)]
#[derive(Default)]
struct Busybody {
    state: State,
    heard: u32,
}

#[protocol]
#[defer(Hop in Quiet)]
impl Busybody {
    #[init]
    fn new(net: &mut Net<Self>) -> Self {
        net.log("here");
        net.set_alarm(millis(1), Bored);
        Busybody::default()
    }

    #[on(Spontaneously in Quiet | Busy)]
    fn start(&mut self, net: &mut Net<Self>) {
        net.send_to_all(Hop(3));
        net.send_to_self(Hop(0));
        self.state = Busy;
    }

    #[when(Bored in Quiet | Busy)]
    fn bored(&mut self, net: &mut Net<Self>) {
        net.log(format!("bored after {}", self.heard));
        self.state = Busy;
    }

    #[on(Hop in Busy)]
    fn hop(&mut self, msg: Hop, sender: Port, net: &mut Net<Self>) {
        self.heard += 1;
        net.cancel::<Bored>();
        net.report("heard", self.heard);
        if msg.0 > 0 && sender != Port::SELF {
            net.send(sender, Hop(msg.0 - 1));
            net.set_alarm(millis(2), Bored);
        }
    }

    #[finish]
    fn last(&mut self, net: &mut Net<Self>) {
        net.log(format!("heard {}", self.heard));
    }

    /// Made to be violated, now and then.
    #[always]
    fn hears_little(node: &Node<Self>) -> bool {
        node.heard < 12
    }
}

/// Takes down all that it is told; asks for what it is made to ask for.
#[derive(Default)]
struct Heard {
    reads: Reads,
    told: Vec<String>,
}

impl Heard {
    fn asking(log: bool, alarms: bool) -> Self {
        Heard { reads: Reads { log, alarms }, told: Vec::new() }
    }

    fn has(&self, word: &str) -> bool {
        self.told.iter().any(|told| told.starts_with(word))
    }
}

impl Observer for Heard {
    fn reads(&self) -> Reads {
        self.reads
    }

    fn show(&mut self) {
        self.told.push("show".to_owned());
    }

    fn begun(&mut self, world: &dyn WorldView) {
        self.told.push(format!("begun {:?}", world.nodes()));
    }

    fn sent(&mut self, sent: &Sent<'_>) {
        self.told.push(format!("sent {sent:?}"));
    }

    fn fate(&mut self, sender: NodeIndex, port: Port, number: u64, fate: Fate) {
        self.told.push(format!("fate {sender} {port} {number} {fate:?}"));
    }

    fn before(&mut self, now: Duration, node: NodeIndex, happening: &Happening<'_>, world: &dyn WorldView) {
        self.told.push(format!("before {now:?} {node} {happening:?} in {}", world.node(node).state_name()));
    }

    fn after(&mut self, node: NodeIndex, stepped: Stepped, world: &dyn WorldView) {
        self.told.push(format!("after {node} {stepped:?} in {}", world.node(node).state_name()));
    }

    fn logged(&mut self, node: NodeIndex, line: &str) {
        self.told.push(format!("logged {node} {line}"));
    }

    fn reported(&mut self, node: NodeIndex, name: &str, value: &Value) {
        self.told.push(format!("reported {node} {name} {value}"));
    }

    fn alarm(&mut self, node: NodeIndex, effect: &AnyEffect) {
        self.told.push(format!("alarm {node} {effect:?}"));
    }

    fn failed(&mut self, node: NodeIndex, what: &str) {
        self.told.push(format!("failed {node} {what}"));
    }

    fn violated(&mut self, node: NodeIndex, property: Option<usize>, what: &str) {
        self.told.push(format!("violated {node} {property:?} {what}"));
    }
}

/// A run in which all of it happens.
fn run(seed: u64) -> Run<Busybody> {
    let faults = Faults {
        crashes: vec![Crash::new(1, millis(3))],
        recoveries: vec![Recovery::new(1, millis(6))],
        on_crash: OnCrash::Continue,
        loss: 0.2,
        duplicate: 0.2,
        ..Faults::default()
    };
    let run = Run::<Busybody>::on("complete:4").links(Links::Lossy).faults(faults).seed(seed);
    run.delay(Delay::Uniform(Duration::from_micros(100), millis(2))).wake([0, 1])
}

/// By an engine, what an observer of that run is told.
type Follow = fn(&AnyRun, &mut dyn Observer);

const ENGINES: [Follow; 2] = [
    |run, observer| drop(run.by(Simulation::new().observe(observer)).expect("it runs")),
    |run, observer| drop(RoundRobin(observer).run(run.prepare().expect("it can be run")).expect("it runs")),
];

const fn reads(log: bool, alarms: bool) -> Reads {
    Reads { log, alarms }
}

fn reads_of(observer: impl Observer) -> Reads {
    observer.reads()
}

const ALL_READS: [Reads; 4] = [reads(false, false), reads(true, false), reads(false, true), reads(true, true)];

#[test]
fn together_they_read_what_any_of_them_reads() {
    let asking = |reads| Heard { reads, told: Vec::new() };
    for one in ALL_READS {
        assert_eq!((Some(asking(one)).reads(), None::<Heard>.reads(), ().reads()), (one, Reads::default(), Reads::default()));
        assert_eq!(reads_of(&mut asking(one)), one);
        for other in ALL_READS {
            let both = Reads { log: one.log || other.log, alarms: one.alarms || other.alarms };
            assert_eq!((asking(one), asking(other)).reads(), both);
            assert_eq!(((Some(asking(other)), None::<Heard>), ((), &mut asking(one))).reads(), both);
        }
    }
}

#[test]
fn each_is_told_all_that_one_alone_would_be_told() {
    for (follow, seed) in ENGINES.into_iter().flat_map(|follow| (0..20).map(move |seed| (follow, seed))) {
        let run = AnyRun::from(run(seed));
        let mut alone = Heard::asking(true, true);
        follow(&run, &mut alone);
        let (mut one, mut two, mut three) =
            (Heard::asking(true, false), Heard::asking(false, false), Heard::asking(false, true));
        {
            let behind: &mut dyn Observer = &mut three;
            let mut all = ((&mut one, ()), (Some(&mut two), (None::<Heard>, behind)));
            follow(&run, &mut all);
        }
        for heard in [one, two, three] {
            assert_eq!(heard.told, alone.told, "seed {seed}");
        }
    }
}

#[test]
fn the_runs_have_everything_to_tell() {
    let mut heard = Heard::asking(true, true);
    for seed in 0..20 {
        ENGINES.iter().for_each(|follow| follow(&run(seed).into(), &mut heard));
    }
    for word in ["begun", "sent", "fate", "before", "after", "logged", "reported", "alarm", "violated"] {
        assert!(heard.has(word), "nothing was {word}");
    }
    for happening in ["Impulse", "Message", "Alarm", "Deferred", "Doomed", "Crash", "Recover", "ToTheDead"] {
        let told = |told: &String| told.starts_with("before") && told.contains(happening);
        assert!(heard.told.iter().any(told), "no {happening}");
    }
}

#[test]
fn what_nobody_reads_is_not_made() {
    for (follow, reads) in ENGINES.into_iter().flat_map(|follow| ALL_READS.map(|reads| (follow, reads))) {
        let mut heard = Heard { reads, told: Vec::new() };
        follow(&run(1).into(), &mut heard);
        assert_eq!((heard.has("logged"), heard.has("alarm")), (reads.log, reads.alarms));
        assert!(heard.has("reported"), "results are always made");
    }
}

#[test]
fn an_observer_changes_nothing() {
    for seed in 0..20 {
        let run = run(seed);
        let document = |simulation: Simulation<'_>| run.by(simulation).expect("it runs").document;
        let unseen = document(Simulation::new());
        for reads in ALL_READS {
            let mut heard = (Heard { reads, told: Vec::new() }, Some(Heard::default()));
            assert_eq!(document(Simulation::new().observe(&mut heard)), unseen, "seed {seed}");
        }
    }
}
