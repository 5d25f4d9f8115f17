//! Runs that end by chance, and runs that need not end.

use catalogue::consensus::chor_israeli_li::Options;
use catalogue::{ChorIsraeliLi, ItaiRodeh};
use nodes::check::{Checked, Ending, Status, Verdict};
use nodes::millis;
use nodes::network::{Crash, Delay, Faults, OnCrash};
use nodes::run::{Initiators, Outcome, Run};

use crate::check;

fn all_hold(checked: &Checked) {
    let holding = |(_, status): &(String, Status)| *status == Status::Holds;
    assert!(checked.complete && checked.violations.is_empty() && checked.properties.iter().all(holding), "{checked:?}");
}

/// Fokkink and Pang, 2006: with numbers of rounds left out there are finitely many states, and a leader with probability 1.
#[test]
fn itai_and_rodeh_ends_by_chance_and_not_on_every_schedule() {
    for nodes in [2, 3, 4] {
        let checked = check(&Run::<ItaiRodeh>::on(format!("directed-ring:{nodes}").as_str()).initiators(Initiators::All));
        all_hold(&checked);
        assert_eq!((checked.outcome, checked.runs_end), (Verdict::Almost, Some(Ending::AlmostSurely)));
        let endless = checked.endless.expect("all may draw the same again and again");
        assert!(endless.fair && endless.draws);
        // A round after all have drawn costs n messages of each of the n nodes, as the next round does.
        assert_eq!(endless.events, nodes * nodes);
        assert!(checked.messages.greatest.is_none() && checked.messages.unbounded.is_some());
    }
}

fn two_processes(deterministic: bool) -> Run<ChorIsraeliLi> {
    Run::on("star:3").config(Options { deterministic })
}

#[test]
fn two_processes_that_toss_coins_agree_with_probability_1() {
    let checked = check(&two_processes(false));
    all_hold(&checked);
    assert_eq!((checked.outcome, checked.runs_end), (Verdict::Almost, Some(Ending::AlmostSurely)));
    assert!(checked.endless.is_some_and(|endless| endless.draws));
    // One decides alone, by writing and reading once; the other reads the same.
    assert_eq!(checked.messages.least, Some(3 + 6));
}

/// Fischer, Lynch and Paterson, 1985.
#[test]
fn two_processes_that_toss_no_coins_agree_and_need_not_end() {
    let run = two_processes(true);
    let checked = check(&run);
    all_hold(&checked);
    assert_eq!((checked.outcome, checked.runs_end), (Verdict::Endless, Some(Ending::Never)));
    let endless = checked.endless.expect("they may go in step");
    // Each takes over the other's value twice, by three messages.
    assert_eq!((endless.fair, endless.draws, endless.events), (true, false, 12));
    // Behind the loop nothing is decided.
    let schedule = endless.schedule.expect("it can happen");
    let finished = run.replay(&schedule).expect("it can be replayed");
    assert_eq!(finished.outcome(), Outcome::Stopped);
}

/// Whenever one process stops, the other decides.
#[test]
fn one_process_decides_alone() {
    for (deterministic, at) in [false, true].into_iter().flat_map(|kind| (0..40).map(move |at| (kind, at))) {
        let crashes = vec![Crash::new(1, millis(at) / 4)];
        let faults = Faults { crashes, on_crash: OnCrash::Continue, ..Faults::default() };
        let run = two_processes(deterministic).faults(faults).delay(Delay::Unit).seed(at);
        let finished = run.simulate().expect("it can be run");
        assert_eq!(finished.outcome(), Outcome::Terminated, "{deterministic}, {at}");
    }
}
