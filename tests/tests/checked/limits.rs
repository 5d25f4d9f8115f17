//! What ends a check early, and that it does so soon, wherever the check is.

use core::ops::ControlFlow;
use core::time::Duration;

use catalogue::{ChangRoberts, ChorIsraeliLi, Lamport};
use nodes::Protocol;
use nodes::check::{Check, Checked, Limit, Progress, Reduction, Verdict};
use nodes::protocol::Links;
use nodes::run::{Initiators, Run};
use nodes_tests::started::start;

const PROGRAM: &str = env!("CARGO_BIN_EXE_under-test");

/// Ends the check when it asks for the n-th time; how often it asks.
fn ended_at<P: Protocol>(run: &Run<P>, n: usize, how: fn(Check<'_>) -> Check<'_>) -> (Checked, usize) {
    let mut asked = 0;
    let mut watch = |_: &Progress| {
        asked += 1;
        if asked >= n { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let checked = run.check(how(Check::new()).watch(&mut watch)).expect("it can be checked");
    (checked, asked)
}

/// Ends it wherever it asks: in the search, in the passes behind it, in what is tried before.
fn may_end_anywhere<P: Protocol>(run: &Run<P>, least: usize, how: fn(Check<'_>) -> Check<'_>) {
    let (whole, all) = ended_at(run, usize::MAX, how);
    assert_ne!(whole.outcome, Verdict::Bounded);
    assert!(all >= least, "it asks {all} times");
    for n in 1..=all {
        let (checked, asked) = ended_at(run, n, how);
        assert!(asked <= n + 2, "it goes on for long: {asked}, {n}");
        let is_told = checked.limit == Some(Limit::Interrupted)
            || checked.unchecked.iter().chain(&checked.notices).any(|what| what.contains("interrupted"));
        assert!(is_told, "at {n} of {all}: {checked:?}");
        assert!(!checked.holds() || !checked.notices.is_empty(), "at {n} of {all}");
    }
}

#[test]
fn whoever_ends_a_check_is_heard_in_each_of_its_passes() {
    let ring = Run::<ChangRoberts>::on("directed-ring:6").initiators(Initiators::All).links(Links::Reliable);
    may_end_anywhere(&ring, 10, |check| check.reduction(Reduction::Full).why(true));
    may_end_anywhere(&ring, 5, |check| check.reduction(Reduction::Events));
    // Loops, and runs that end by chance.
    may_end_anywhere(&Run::<ChorIsraeliLi>::on("star:3"), 2, |check| check.reduction(Reduction::Full));
    may_end_anywhere(&Run::<Lamport>::on("complete:2"), 2, |check| check.why(true));
}

/// A step may take as long as the user's code does, and a check of that kind is asked as often as one of a quick one.
mod slow {
    use nodes::prelude::*;

    #[message]
    pub struct Ball {
        pub number: u32,
    }

    #[protocol(initiators = One)]
    pub struct Slow {
        seen: u32,
    }

    #[protocol]
    impl Slow {
        #[on(Spontaneously)]
        fn start(&mut self, net: &mut Net<Self>) {
            net.send_to_all(Ball { number: 0 });
        }

        #[on(Ball)]
        fn throw(&mut self, msg: Ball, sender: Port, net: &mut Net<Self>) {
            std::thread::sleep(core::time::Duration::from_millis(1));
            self.seen = msg.number;
            if msg.number < 1_500 {
                net.send(sender, Ball { number: msg.number + 1 });
            }
        }
    }
}

#[test]
fn where_steps_are_slow_it_asks_no_less_often() {
    let (checked, asked) = ended_at(&Run::<slow::Slow>::on("path:2"), usize::MAX, |check| check);
    assert_eq!((checked.outcome, checked.states.total), (Verdict::Holds, 1 + 1 + 1_501));
    assert!(asked >= 5, "{asked} times in more than a second");
}

/// Checks that take longer than a test waits for.
const LONG: [&str; 4] = [
    "chang_roberts --topology directed-ring:9 --initiators all --links reliable --reduction full",
    "chang_roberts --topology directed-ring:9 --initiators all --links reliable --reduction events",
    "controlled_distance --topology ring:5 --initiators all --links reliable --why",
    "flooding --every-graph 6 --initiators every",
];

#[test]
fn ctrl_c_ends_a_check_at_once_with_what_is_known() {
    for arguments in LONG {
        for after in [300, 1_500] {
            let started = start(PROGRAM, &format!("check {arguments} --seed 1 --json"));
            std::thread::sleep(Duration::from_millis(after));
            started.signal("INT");
            let ended = started.wait();
            // A few seconds later it would be ended by force.
            assert_eq!(ended.status(), Some(3), "{arguments}, after {after} ms: {}", ended.stderr());
            assert_eq!(ended.json()["outcome"], "bounded", "{arguments}");
        }
    }
}

#[test]
fn a_check_ends_when_its_time_is_over_with_what_is_known() {
    for arguments in LONG {
        let ended = start(PROGRAM, &format!("check {arguments} --seed 1 --timeout 300ms --json")).wait();
        assert_eq!(ended.status(), Some(3), "{arguments}: {}", ended.stderr());
        let document = ended.json();
        let said = ["outcome", "limit"].map(|name| document[name].as_str().unwrap_or_default());
        assert_eq!(said, ["bounded", "timeout"], "{arguments}");
        let again = document["replay"].as_str().unwrap_or_default();
        assert!(again.contains(" --timeout 300ms"), "{again}");
    }
}
