//! How large a message may be is declared, and holds alike in every engine.

use std::panic::{AssertUnwindSafe, catch_unwind};

use nodes::link::DEFAULT_MAX_MESSAGE;
use nodes::network::{Choice, Schedule};
use nodes::process::{Launcher, Processes};
use nodes::protocol::Protocol;
use nodes::run::{AnyRun, Outcome, Run};
use nodes::simulator::{Replay, Simulation, Types};
use nodes::topology::NodeIndex;
use nodes_tests::torrents::{Fed, narrow, torrent, usual};
use nodes_tests::with_types;

use crate::{PROGRAM, run};

/// What each engine says of a run in which node 0 of two sends one message: nothing, if it arrives.
fn said<P: Protocol>(config: &P::Config) -> Vec<(&'static str, Option<String>)> {
    let run = AnyRun::of(&with_types::<P>()).topology("path:2").config(Box::new(config.clone())).wake([0]).seed(1);
    let schedule = "nodes schedule 1\nsimulate usual\nimpulse 0\ndeliver 0:0 1\n".parse::<Schedule>().expect("a schedule");
    let launcher = Launcher::program(PROGRAM, [""; 0]);
    let ended = |finished: Result<nodes::run::AnyFinished, nodes::run::RunError>| {
        let finished = finished.expect("it can be made");
        let line = finished.explanation.first().cloned();
        assert_eq!(finished.outcome() == Outcome::Quiescent, line.is_none(), "{:?} {line:?}", finished.outcome());
        line
    };
    vec![
        ("with types", ended(run.by(Simulation::new().types(Types::With)))),
        ("without types", ended(run.by(Simulation::new().types(Types::Without)))),
        ("observed", ended(run.by(Simulation::new().observe(&mut ())))),
        ("replay", ended(run.by(Replay::of(&schedule, Simulation::new())))),
        ("processes", ended(run.by(Processes::new().launcher(launcher)))),
        ("system", stepped(&run)),
    ]
}

/// What the transition system says.
fn stepped(run: &AnyRun) -> Option<String> {
    let mut system = run.prepare().expect("it can be made").system();
    let impulse = catch_unwind(AssertUnwindSafe(|| system.apply(Choice::Impulse(NodeIndex::new(0)))));
    match impulse {
        Ok(done) => {
            done.expect("it is enabled");
            let (passage, msg) = system.in_transit().next().expect("it was sent");
            assert!(msg.length().is_some());
            system.apply(Choice::Deliver(passage)).expect("it is enabled");
            None
        }
        Err(panic) => Some(panic.downcast::<String>().map_or("?".to_owned(), |text| *text)),
    }
}

fn holds_everywhere<P: Protocol>(most: usize, config: impl Fn(usize) -> P::Config) {
    let description = P::description(&config(most));
    assert_eq!(description.max_message, most);
    for (engine, said) in said::<P>(&config(most)) {
        assert_eq!(said, None, "{engine}: a message of {most} bytes arrives");
    }
    let sentence = format!("`Load` cannot be sent: it has {} bytes, more than {most}", most + 1);
    for (engine, said) in said::<P>(&config(most + 1)) {
        assert!(said.as_ref().is_some_and(|said| said.contains(&sentence)), "{engine}: no `{sentence}` in {said:?}");
    }
}

#[test]
fn a_message_of_the_declared_size_arrives_and_one_byte_more_is_named() {
    holds_everywhere::<usual::Usual>(DEFAULT_MAX_MESSAGE, |size| usual::Weight { size, stored: 0 });
    holds_everywhere::<narrow::Narrow>(1000, |size| narrow::Weight { size, stored: 0 });
    holds_everywhere::<torrent::Torrent>(45 << 20, |size| torrent::Weight { size, stored: 0 });
}

#[test]
fn a_message_of_45_mib_travels_between_two_processes() {
    let ended = run("run torrent --topology path:2 --initiators 0 --size 47185920 --seed 1 --json");
    ended.assert_ends(0, "quiescent", &[]);
    let document = ended.json();
    assert_eq!((&document["messages"]["total"], &document["messages"]["max_bytes"]), (&1.into(), &47_185_920.into()));
    assert_eq!(document["nodes_final"][1]["fields"]["got"], 47_185_920 - 5);
    // A simulated run costs the same.
    let simulated = run("simulate torrent --topology path:2 --initiators 0 --size 47185920 --seed 1 --json").json();
    assert_eq!(simulated["messages"], document["messages"]);
}

#[test]
fn each_neighbour_is_sent_the_largest_message() {
    let ended = run("run torrent --topology star:4 --initiators 0 --size 47185920 --seed 1 --json");
    ended.assert_ends(0, "quiescent", &[]);
    let finals = ended.json()["nodes_final"].clone();
    assert!((1..4).all(|node| finals[node]["fields"]["got"] == 47_185_920 - 5), "{finals}");
}

#[test]
fn a_final_state_may_be_as_large_as_a_message() {
    let ended = run("run torrent --topology path:2 --initiators 0 --stored 5000000 --seed 1 --json");
    ended.assert_ends(0, "quiescent", &[]);
    let finals = ended.json()["nodes_final"].clone();
    assert!((0..2).all(|node| finals[node]["fields"]["kept"].as_str().is_some_and(|kept| kept.len() == 5_000_000)));
    let ended = run("run torrent --topology path:2 --initiators 0 --stored 50000000 --seed 1 --json");
    ended.assert_ends(1, "crashed", &["its final state, 5000", "at most 47185920 can be told"]);
    // Where messages are smaller than usual, final states need not be.
    let ended = run("run narrow --topology path:2 --initiators 0 --stored 1000000 --seed 1 --json");
    ended.assert_ends(0, "quiescent", &[]);
    let ended = run("run narrow --topology path:2 --initiators 0 --stored 2000000 --seed 1 --json");
    ended.assert_ends(1, "crashed", &["its final state, 2000", "at most 1048576 can be told"]);
}

#[test]
fn the_size_is_described_where_it_is_declared() {
    let described = |name: &str| run(&format!("describe {name}")).stdout();
    assert!(described("torrent").contains("\n  messages       of up to 45 MiB\n"), "{}", described("torrent"));
    assert!(described("narrow").contains("of up to 1000 B"), "{}", described("narrow"));
    assert!(!described("usual").contains("of up to"), "{}", described("usual"));
}

#[test]
fn an_input_may_be_as_large_as_a_message() {
    let by_processes = |bytes: usize| {
        let run = Run::<Fed>::on("path:2").seed(1).inputs(vec!["x".repeat(bytes); 2]);
        run.processes_with(Processes::new().launcher(Launcher::program(PROGRAM, [""; 0]))).expect("it can be made")
    };
    let finished = by_processes(8_000_000);
    assert_eq!(finished.outcome(), Outcome::Quiescent, "{:?}", finished.explanation);
    assert!(finished.world.expect("all is known").nodes().all(|node| node.got == 8_000_000));
    let finished = by_processes(9_000_000);
    assert_eq!(finished.outcome(), Outcome::Crashed);
    let said = &finished.explanation[0];
    assert!(said.contains("it cannot be told what it must know") && said.contains("at most 8388608 bytes"), "{said}");
}

/// Its nodes send too much as they come into being.
mod early {
    use nodes::prelude::*;

    #[message]
    struct Load {
        bytes: Bytes,
    }

    #[protocol(max_message = "1000 B")]
    pub(super) struct Early;

    #[protocol]
    impl Early {
        #[init]
        fn new(net: &mut Net<Self>) -> Self {
            net.send_to_all(Load { bytes: vec![0; 1000].into() });
            Early
        }

        #[on(Spontaneously)]
        fn start(&mut self) {}

        #[on(Load)]
        fn load(&mut self) {}
    }
}

#[test]
fn what_is_too_large_at_the_beginning_is_named_by_every_simulated_run() {
    let run = AnyRun::of(&with_types::<early::Early>()).topology("path:2").seed(1);
    let schedule = "nodes schedule 1\nsimulate early\nimpulse 0\n".parse::<Schedule>().expect("a schedule");
    let finished = [
        run.by(Simulation::new().types(Types::With)),
        run.by(Simulation::new().types(Types::Without)),
        run.by(Replay::of(&schedule, Simulation::new())),
    ];
    for finished in finished {
        let finished = finished.expect("it can be made");
        assert_eq!(finished.outcome(), Outcome::Crashed);
        let said = &finished.explanation[0];
        assert!(said.contains("node 0") && said.contains("`Load` cannot be sent: it has 1003 bytes, more than 1000"), "{said}");
    }
}
