//! Checks that keep only fingerprints of the states that they have looked at.

use catalogue::{ChangRoberts, Lamport};
use nodes::check::{Check, Checked, Reduction, Time, check};
use nodes::network::Schedule;
use nodes::protocol::Links;
use nodes::run::{Initiators, Run};
use nodes::simulator::Simulation;
use nodes_tests::random_protocol::Case;
use nodes_tests::seeds::for_seeds;
use nodes_tests::started::start;

use super::reference::{seeds, small};

const PROGRAM: &str = env!("CARGO_BIN_EXE_under-test");

/// What was found, without how.
fn found(mut checked: Checked) -> Checked {
    (checked.time, checked.omission, checked.bytes_a_state, checked.handler_runs) = (Time::default(), 0.0, 0.0, 0);
    checked.options.remove("compact");
    checked.replay = checked.replay.map(|line| line.replace(" --compact", ""));
    checked
}

fn how(reduction: Reduction) -> Check<'static> {
    Check::new().reduction(reduction).most_states(5_000).why(true)
}

#[test]
fn with_all_bits_the_catalogue_is_as_if_whole_states_were_kept() {
    for protocol in catalogue::ALL {
        let run = small(protocol, 1);
        for reduction in [Reduction::Full, Reduction::Events] {
            let whole = check(&run, how(reduction)).expect("it can be checked");
            let compact = check(&run, how(reduction).compact_to(64)).expect("it can be checked");
            let states = compact.states.total as f64;
            assert!(compact.omission == states.powi(2) / 2_f64.powi(65) || states == 1.0, "{run:?}");
            assert_eq!(found(compact), found(whole), "{run:?}");
        }
    }
}

#[test]
fn with_all_bits_random_protocols_are_as_if_whole_states_were_kept() {
    for_seeds(seeds() / 4, |seed| {
        for case in [Case::of_seed(seed), Case::with_faults(seed), Case::without_end(seed)] {
            let both =
                [how(Reduction::Full), how(Reduction::Full).compact_to(64)].map(|how| check(&case.run, how.most_states(500)));
            if let [Ok(whole), Ok(compact)] = both {
                assert_eq!(found(compact), found(whole), "{case}");
            }
        }
    });
}

/// With 2^8 fingerprints there cannot be more states than that; that one was left out, is told as certain.
#[test]
fn with_few_bits_states_are_left_out_and_that_is_told() {
    let run = Run::<ChangRoberts>::on("directed-ring:5").initiators(Initiators::All).links(Links::Reliable);
    let whole = run.check(how(Reduction::Full)).unwrap();
    let compact = run.check(how(Reduction::Full).compact_to(8)).unwrap();
    assert_eq!((whole.states.total, whole.omission), (1_351, 0.0));
    assert!(compact.states.total < 700, "{}", compact.states.total);
    assert_eq!(compact.omission, 1.0);
    // What is found wrong is wrong: each state that is kept was reached.
    for bits in 2..16 {
        let run = Run::<Lamport>::on("complete:2").links(Links::Reliable);
        let compact = run.check(Check::new().reduction(Reduction::Full).compact_to(bits)).unwrap();
        let Some(failure) = compact.failure() else { continue };
        let schedule = failure.schedule.as_ref().expect("it can happen").to_string().parse::<Schedule>().expect("as written");
        let replayed = nodes::campaign::replay(&run.clone().into(), &schedule, Simulation::new()).expect("it can happen");
        assert_eq!(replayed.document.violated(), Some("mutual_exclusion"), "{bits} bits");
    }
}

#[test]
fn states_are_forgotten_only_when_memory_is_short_and_the_result_says_so() {
    let check = |nodes: u32, options: &str| {
        let run = format!("chang_roberts --topology directed-ring:{nodes} --initiators all --links reliable --reduction full");
        let ended = start(PROGRAM, &format!("check {run} --seed 1 {options}")).wait();
        assert_eq!(ended.status(), Some(0), "{options}: {}", ended.stderr());
        ended
    };
    let said = check(8, "--compact --memory 22MiB").stdout();
    for part in [
        // 685,695^2 / 2^65.
        "✔ holds on every schedule, unless a state was left out (probability 1.3e-8 at most): every run ends, and all properties hold\n",
        // As the design's prototype counts.
        "looked at   685695 states, 4266736 transitions, 1 end, ",
        "messages    23 to 44\n",
        " --memory 22MiB --reduction full --compact\n",
    ] {
        assert!(said.contains(part), "no `{part}` in:\n{said}");
    }
    let document = check(5, "--compact --json").json();
    assert_eq!((document["omission"].as_f64(), &document["options"]["compact"]), (Some(0.0), &true.into()));
}
