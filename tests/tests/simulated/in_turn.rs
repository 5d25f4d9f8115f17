//! Trials of runs with several faults that are planned.

use catalogue::{Flooding, Shout};
use nodes::network::{Crash, Delay, FaultOption, Faults, LinkCut, Partition, Recovery};
use nodes::protocol::Links;
use nodes::testing::{Kind, Trial};

/// What an option says in the schedule of the smallest run that fails so.
fn left(failure: &nodes::testing::Failure, option: &str) -> Option<String> {
    let words = &failure.schedule.arguments;
    let place = words.iter().position(|word| word == option)?;
    words.get(place + 1).cloned()
}

/// Of three cuts only one loses a message: the answer of node 1.
#[test]
fn cuts_that_have_nothing_to_do_with_a_failure_are_left_out() {
    let faults = || Faults {
        partitions: Partition::read_all("0|1-2@9s..10s").expect("a partition"),
        links_down: LinkCut::read_all("0-1@5s..6s,1->0@0s..1s").expect("cuts"),
        ..Faults::default()
    };
    let trial = Trial::<Shout>::on(["path:3"])
        .with(move |run| run.wake([0]).links(Links::Lossy).delay(Delay::Unit).faults(faults()))
        .seeds(5);
    let failure = trial.failure().expect("it runs").expect("the answer is lost");
    assert!(matches!(failure.kind, Kind::Stuck(_)), "{failure}");
    assert_eq!((left(&failure, "--partition"), left(&failure, "--link-down")), (None, Some("1->0@0s..1s".into())), "{failure}");
}

/// Node 1 loses the news by its first crash; of the second, and the recovery behind it, nothing is left.
#[test]
fn turns_that_have_nothing_to_do_with_a_failure_are_left_out() {
    let faults = || Faults {
        crashes: Crash::read_all("1@20ms,1@0s").expect("crashes"),
        recoveries: Recovery::read_all("1@10ms,1@30ms").expect("recoveries"),
        ..Faults::default()
    };
    let trial = Trial::<Flooding>::on(["path:2"]).with(move |run| run.wake([0]).delay(Delay::Unit).faults(faults())).seeds(5);
    let failure = trial.failure().expect("it runs").expect("node 1 is never informed");
    // On the smallest graph there is only node 0, which loses its impulse so.
    let turns = (left(&failure, "--crash"), left(&failure, "--recover"));
    assert_eq!(turns, (Some("0@0s".into()), Some("0@10ms".into())), "{failure}");
}

#[test]
fn crashes_are_drawn_beside_those_that_are_planned() {
    let faults = || Faults {
        crashes: Crash::read_all("1@1ms,1@9ms,2@3ms").expect("crashes"),
        recoveries: Recovery::read_all("1@4ms").expect("recoveries"),
        ..Faults::default()
    };
    let trial = Trial::<Flooding>::on(["complete:4"]).with(move |run| run.faults(faults())).crashes(4).seeds(100);
    assert!(trial.failure().is_ok(), "no node is drawn that is planned to crash anyway");
}
