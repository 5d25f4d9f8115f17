//! What the checker finds, happens in a simulation of the schedule that it gives.

use catalogue::Lamport;
use nodes::Protocol;
use nodes::check::Checked;
use nodes::network::Schedule;
use nodes::protocol::{Config, Links};
use nodes::run::{Finished, Outcome, Run};
use nodes_tests::of_each;

use super::check;

/// As a file would bring it.
fn replay<P: Protocol>(run: &Run<P>, checked: &Checked, schedule: Option<&Schedule>) -> Finished<P> {
    let schedule = schedule.unwrap_or_else(|| panic!("{} has a schedule", checked.protocol));
    let read = schedule.to_string().parse::<Schedule>().expect("it reads as it is written");
    run.replay(&read).expect("every choice can be made")
}

/// An instance that is small for that protocol, and what it is checked with.
fn small<P: Protocol>() -> Run<P> {
    let topology = match &*P::DECLARATION.topology.name {
        "Ring" => "ring:3",
        "OrientedRing" => "oriented-ring:3",
        "DirectedRing" => "directed-ring:3",
        "Complete" => "complete:2",
        "Tree" => "path:3",
        "Hypercube" => "hypercube:2",
        _ => "path:3",
    };
    let mut config = P::Config::default();
    // What a protocol has not, it is not told.
    for (flag, value) in [("requests", "1"), ("coins", "1"), ("moves", "1"), ("tasks", "2")] {
        let _ = config.set(flag, value);
    }
    Run::<P>::on(topology).config(config).seed(1)
}

fn of<P: Protocol>() -> String {
    let run = small::<P>();
    let checked = run.check(nodes::check::Check::new().most_states(300_000)).expect("it can be checked");
    if let Some(failure) = checked.failure() {
        let finished = replay(&run, &checked, failure.schedule.as_ref());
        assert_eq!(finished.violated(), failure.property.as_deref(), "{}", checked.protocol);
    }
    if let (Some(least), Some(greatest), Some(longest)) = (checked.messages.least, checked.messages.greatest, checked.longest) {
        let cheap = replay(&run, &checked, checked.messages.least_replay.as_ref());
        let dear = replay(&run, &checked, checked.messages.greatest_replay.as_ref());
        let long = replay(&run, &checked, checked.longest_replay.as_ref());
        assert_eq!((cheap.messages(), dear.messages()), (least, greatest), "{}", checked.protocol);
        assert!([&cheap, &dear, &long].iter().all(|run| run.outcome().is_well()), "{}", checked.protocol);
        assert!(least <= greatest && longest >= greatest);
    }
    if let Some(found) = &checked.endless {
        let finished = replay(&run, &checked, found.schedule.as_ref());
        assert_eq!(finished.outcome(), Outcome::Stopped, "{}", checked.protocol);
    }
    format!("{} {}", checked.protocol, checked.outcome.name())
}

#[test]
fn each_algorithm_of_the_catalogue_is_checked_and_its_schedules_are_replayed() {
    let found = of_each!(of).map(|of| of());
    println!("{}", found.join("\n"));
    // Bully assumes that no alarm rings before its answer; nothing here says so.  Two end by chance.
    let doubted = found.iter().filter(|line| !line.ends_with(" holds") && !line.starts_with("Bully ")).collect::<Vec<_>>();
    assert_eq!(doubted, ["ChorIsraeliLi almost", "ItaiRodeh almost"]);
}

#[test]
fn what_goes_wrong_goes_wrong_in_the_simulation() {
    let lamport = Run::<Lamport>::on("complete:2").links(Links::Reliable).seed(1);
    let checked = check(&lamport);
    let finished = replay(&lamport, &checked, checked.failure().and_then(|failure| failure.schedule.as_ref()));
    assert_eq!((finished.outcome(), finished.violated()), (Outcome::Violated, Some("mutual_exclusion")));
}
