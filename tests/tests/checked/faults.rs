//! Faults that may happen so and so often, at any time.

use std::sync::atomic::{AtomicU64, Ordering};

use catalogue::consensus::chor_israeli_li::Options as ChorIsraeliLiOptions;
use catalogue::{ChangRoberts, ChorIsraeliLi, Echo, Flooding, RicartAgrawala, Shout, SuzukiKasami};
use nodes::Protocol;
use nodes::check::{Check, Checked, Status, Verdict, check};
use nodes::network::{Budget, Crash, Duplicates, Faults, LinkCut, Partition, Schedule};
use nodes::protocol::Links;
use nodes::run::{AnyRun, Initiators, Outcome, Run};
use nodes::simulator::Simulation;
use nodes_tests::folder::Folder;
use nodes_tests::random_protocol::Case;
use nodes_tests::reference::{Loss, explore};
use nodes_tests::seeds::for_seeds;
use nodes_tests::started::start;

use super::crashing::flood_set::{FloodSet, Options as FloodSetOptions};
use super::crashing::two_phase_commit::{Options as CommitOptions, TwoPhaseCommit};
use super::models::ping_pong::PingPong;
use super::reference::{same, seeds, small};

fn budget(text: &str) -> Budget {
    text.parse().expect("a budget")
}

fn with<P: Protocol>(run: &Run<P>, faults: &str) -> Checked {
    run.check(Check::new().faults(budget(faults))).expect("it can be checked")
}

/// Replays what goes wrong.
fn replayed<P: Protocol>(run: &Run<P>, faults: &str, checked: &Checked) -> Outcome {
    let schedule = checked.failure().and_then(|failure| failure.schedule.as_ref()).expect("it can happen");
    let schedule = schedule.to_string().parse::<Schedule>().expect("it reads as it is written");
    run.clone().faults(budget(faults).into()).replay(&schedule).expect("every choice can be made").outcome()
}

/// Makes in a simulation what the checker has found.
fn replay_all(run: &AnyRun, checked: &Checked, what: &str) {
    let replay = |schedule: &Option<Schedule>| {
        let schedule = schedule.as_ref()?.to_string().parse::<Schedule>().expect("it reads as it is written");
        let replayed = nodes::campaign::replay(run, &schedule, Simulation::new());
        Some(replayed.unwrap_or_else(|why| panic!("{what}\n{why}\n{schedule}")).document)
    };
    if let Some(document) = checked.failure().and_then(|failure| replay(&failure.schedule)) {
        assert!(!document.outcome.is_well(), "{what}\n{:?}", checked.violations);
    }
    let costs = &checked.messages;
    for (count, schedule) in [(costs.least, &costs.least_replay), (costs.greatest, &costs.greatest_replay)] {
        if let Some(document) = replay(schedule) {
            assert_eq!(Some(document.messages.total), count, "{what}");
            assert!(document.outcome.is_well(), "{what}\n{:?}", document.outcome);
        }
    }
}

#[test]
fn random_protocols_with_faults() {
    let [well, wrong, passed_over] = [const { AtomicU64::new(0) }; 3];
    for_seeds(seeds(), |seed| {
        let case = Case::with_faults(seed);
        if let Ok(checked) = check(&case.run, Check::new().most_states(1_000)) {
            replay_all(&case.run, &checked, &case.to_string());
        }
        let kind = match same(&case.run, 1_000, &case.to_string()) {
            Some(true) => &well,
            Some(false) => &wrong,
            None => &passed_over,
        };
        kind.fetch_add(1, Ordering::Relaxed);
    });
    let [well, wrong, passed_over] = [well, wrong, passed_over].map(AtomicU64::into_inner);
    println!("{well} protocols are well, {wrong} are not, {passed_over} have too many states");
    let all = well + wrong + passed_over;
    assert!(all == 1 || (well > all / 8 && wrong > all / 8 && passed_over < all / 2), "{well} {wrong} {passed_over}");
}

#[test]
fn random_protocols_whose_messages_arrive_any_number_of_times() {
    for_seeds(seeds() / 3, |seed| {
        let mut case = Case::with_faults(seed);
        let mut budget = case.run.prepare().expect("it can be prepared").faults.budget;
        budget.duplicates = Some(Duplicates::Any);
        case.run = case.run.faults(budget.into());
        // Over links that keep an order there is no most of messages that are deferred.
        if let Ok(checked) = check(&case.run, Check::new().most_states(500)) {
            replay_all(&case.run, &checked, &format!("{budget}; {case}"));
        }
    });
}

#[test]
fn the_catalogue_with_faults() {
    for protocol in catalogue::ALL {
        let name = protocol.description_of(&*protocol.config()).name.clone();
        for faults in ["crashes=1", "losses=1", "duplicates=1", "crashes=1,recoveries=1"] {
            let runs = (0..2).map(|seed| small(protocol, seed).faults(budget(faults).into()));
            let compared = runs.filter(|run| same(run, 1_000, &format!("{run:?}")).is_some()).count();
            println!("{name}, {faults}: {compared} compared");
        }
    }
}

/// A center that tells all others, and nobody decides.
pub mod told {
    use State::*;
    use nodes::prelude::*;

    #[message]
    pub struct News;

    #[states]
    pub enum State {
        #[default]
        Idle,
        Knows,
    }

    #[protocol(initiators = One)]
    pub struct Told {
        state: State,
    }

    #[protocol]
    #[otherwise(ignore)]
    impl Told {
        #[on(Spontaneously in Idle)]
        fn start(&mut self, net: &mut Net<Self>) {
            net.send_to_all(News);
            self.state = Knows;
        }

        #[on(News in Idle)]
        fn hear(&mut self) {
            self.state = Knows;
        }
    }
}

#[test]
fn of_a_step_that_a_crash_cuts_short_any_subset_leaves() {
    for leaves in [2, 3, 4, 5] {
        let run = Run::<told::Told>::on(format!("star:{}", leaves + 1).as_str()).seed(1);
        assert_eq!(with(&run, "none").ends, 1);
        let checked = with(&run, "crashes=1");
        assert_eq!(checked.outcome, Verdict::Holds);
        // All know; or one of the leaves is dead, and knew or did not; or the center is dead, be it since the step or inside it, and any
        // subset knows.
        assert_eq!(checked.ends, 1 + 2 * leaves + 2 * (1 << leaves), "{leaves} leaves");
        assert_eq!((checked.messages.least, checked.messages.greatest), (Some(0), Some(leaves)));
    }
}

#[test]
fn of_four_messages_any_that_the_budget_allows_are_lost_or_come_twice() {
    use super::small::orders::Orders;
    // The receiver keeps the order of arrival.
    let ends = |faults: &str, links| with(&Run::<Orders>::on("star:5").links(links).seed(1), faults).ends;
    for links in [Links::Fifo, Links::Reliable, Links::Lossy] {
        let ends = |losses: u32| ends(&format!("losses={losses},duplicates=0"), links);
        // Of n messages so many are lost: n! / losses! orders.
        assert_eq!([0, 1, 2, 3, 4].map(ends), [24, 24 + 24, 24 + 24 + 12, 24 + 24 + 12 + 4, 24 + 24 + 12 + 4 + 1], "{links:?}");
        // One of the four comes twice: 5! / 2 orders for each, or back to back.
        assert_eq!(
            with(&Run::<Orders>::on("star:5").links(links).seed(1), "losses=0,duplicates=1").ends,
            24 + 4 * 60,
            "{links:?}"
        );
    }
}

#[test]
fn flooding_survives_a_loss_where_there_are_two_ways() {
    for (topology, losses, survives) in [
        ("path:3", 1, false),
        ("star:4", 1, false),
        ("ring:3", 1, true),
        ("ring:4", 1, true),
        ("ring:4", 2, false),
        ("complete:4", 2, true),
    ] {
        for links in [Links::Fifo, Links::Reliable, Links::Lossy] {
            let run = Run::<Flooding>::on(topology).links(links).seed(1);
            let faults = format!("losses={losses},duplicates=0");
            let checked = with(&run, &faults);
            let found = if survives { Verdict::Holds } else { Verdict::Violated };
            assert_eq!(checked.outcome, found, "{topology}, {losses} lost, {links:?}");
            if !survives {
                assert_eq!(replayed(&run, &faults, &checked), Outcome::Stuck);
            }
        }
    }
}

#[test]
fn as_many_rounds_as_crashes_are_not_enough_for_agreement_and_one_more_is() {
    let run = |rounds| Run::<FloodSet>::on("complete:3").config(FloodSetOptions { rounds }).inputs([0, 1, 1]).seed(1);
    assert_eq!(with(&run(1), "none").outcome, Verdict::Holds);
    let checked = with(&run(1), "crashes=1");
    let schedule = checked.failure().and_then(|failure| failure.schedule.as_ref()).expect("it can happen").to_string();
    assert_eq!((checked.outcome, checked.properties[0].1), (Verdict::Violated, Status::Violated), "{schedule}");
    assert_eq!(replayed(&run(1), "crashes=1", &checked), Outcome::Violated);
    // Without times there are 1.9 million states more, in each of which a message is late, or could be.
    let in_time = |rounds| Check::new().synchronous(nodes::millis(500)).faults(budget(rounds));
    assert_eq!(run(1).check(in_time("crashes=1")).expect("it can be checked").outcome, Verdict::Violated);
    assert_eq!(run(2).check(in_time("crashes=1")).expect("it can be checked").outcome, Verdict::Holds);
}

#[test]
fn two_phase_commit_agrees_and_blocks_when_the_coordinator_crashes() {
    let run = |must_not_block, votes: [bool; 3]| {
        Run::<TwoPhaseCommit>::on("complete:3").config(CommitOptions { must_not_block }).inputs(votes).seed(1)
    };
    for votes in [[true; 3], [true, true, false]] {
        assert_eq!(with(&run(true, votes), "none").outcome, Verdict::Holds);
        assert_eq!(with(&run(false, votes), "crashes=2").outcome, Verdict::Holds);
        let checked = with(&run(true, votes), "crashes=1");
        let failure = checked.failure().expect("a participant is blocked");
        assert_eq!((checked.outcome, failure.property.as_deref()), (Verdict::Violated, Some("nobody_is_blocked")));
        // The coordinator crashes when it has asked, and a participant votes yes; the other request and the vote are gone.
        assert_eq!(failure.events, 4);
        assert_eq!(replayed(&run(true, votes), "crashes=1", &checked), Outcome::Violated);
    }
}

/// A node promises something to the others, and must remember that when it comes back.
mod promise {
    use State::*;
    use nodes::prelude::*;

    #[message]
    pub struct Promise;

    #[states]
    pub enum State {
        #[default]
        Free,
        Promised,
        Trusts,
    }

    #[config]
    pub struct Options {
        /// Stores what it promises, behind the promise.
        pub stores: bool,
    }

    #[protocol(topology = Complete, initiators = One)]
    pub struct Promising {
        state: State,
        stores: bool,
    }

    #[protocol]
    #[otherwise(ignore)]
    impl Promising {
        #[init]
        fn new(options: &Options) -> Self {
            Promising { state: Free, stores: options.stores }
        }

        #[recover]
        fn back(_: bool, options: &Options) -> Self {
            Promising { state: Promised, stores: options.stores }
        }

        #[on(Spontaneously in Free)]
        fn promise(&mut self, net: &mut Net<Self>) {
            net.send_to_all(Promise);
            if self.stores {
                net.store(&true);
            }
            self.state = Promised;
        }

        #[on(Promise in Free)]
        fn trust(&mut self) {
            self.state = Trusts;
        }

        #[always]
        fn promises_are_remembered(world: &World<Self>) -> bool {
            let promises = &world.nodes().as_slice()[0];
            world.in_state(Trusts).count() == 0 || !promises.is_alive() || matches!(promises.state, Promised)
        }
    }
}

#[test]
fn what_a_step_stores_is_stored_before_any_message_of_it_leaves() {
    use promise::{Options, Promising};
    let run = |stores| Run::<Promising>::on("complete:3").config(Options { stores }).seed(1);
    assert_eq!(with(&run(true), "crashes=1,recoveries=1").outcome, Verdict::Holds);
    assert_eq!(with(&run(false), "crashes=1").outcome, Verdict::Holds);
    let checked = with(&run(false), "crashes=1,recoveries=1");
    assert_eq!((checked.outcome, checked.failure().map(|failure| failure.events)), (Verdict::Violated, Some(3)));
    assert_eq!(replayed(&run(false), "crashes=1,recoveries=1", &checked), Outcome::Violated);
}

/// A cut delays messages, or loses what may be lost anyway: all of that is looked at without it.
#[test]
fn a_cut_adds_nothing() {
    fn compare<P: Protocol>(run: &Run<P>, cuts: Faults) {
        let checked = with(run, "cuts=1");
        let cut = explore(&AnyRun::from(run.clone().faults(cuts)), Loss::Happens, 50_000).expect("few states");
        let whole = explore(&AnyRun::from(run.clone()), Loss::Happens, 50_000).expect("few states");
        assert!(cut.states > whole.states);
        assert_eq!((&cut.final_nodes, cut.faults.is_empty()), (&whole.final_nodes, whole.faults.is_empty()));
        assert_eq!(checked.failure().is_none(), whole.faults.is_empty());
        assert_eq!(cut.costs.map(|costs| [costs[0], costs[1]]), whole.costs.map(|costs| [costs[0], costs[1]]));
    }
    let link = || Faults { links_down: vec![LinkCut::new(0, 1, nodes::secs(1)..nodes::secs(2))], ..Faults::default() };
    let partition =
        || Faults { partitions: vec![Partition::new([vec![0]], nodes::secs(1)..nodes::secs(2))], ..Faults::default() };
    for links in [Links::Fifo, Links::Reliable, Links::Lossy] {
        compare(&Run::<Flooding>::on("ring:3").links(links).seed(1), link());
        compare(&Run::<Shout>::on("path:3").links(links).seed(1), partition());
    }
    compare(&Run::<Echo>::on("complete:3").seed(1), partition());
}

/// Whether all is well, or which property does not hold; what goes wrong is replayed.
fn found<P: Protocol>(run: &Run<P>, faults: &str) -> Option<String> {
    let checked = with(run, faults);
    if checked.holds() {
        return None;
    }
    assert_eq!(checked.outcome, Verdict::Violated, "{}", checked.protocol);
    assert!(!replayed(run, faults, &checked).is_well(), "{}", checked.protocol);
    Some(checked.failure().and_then(|failure| failure.property.clone()).unwrap_or_default())
}

#[test]
fn which_algorithms_a_duplicate_breaks() {
    let ring = |run: Run<ChangRoberts>| run.initiators(Initiators::All).seed(1);
    assert_eq!(found(&Run::<Flooding>::on("ring:4").seed(1), "duplicates=1"), None);
    assert_eq!(found(&ring(Run::on("directed-ring:3")), "duplicates=1"), None);
    for links in [Links::Fifo, Links::Reliable] {
        for faults in ["duplicates=1", "duplicates=any"] {
            // They count answers, or hand on a token.
            let broken =
                |found: Option<String>, property: &str| assert_eq!(found.as_deref(), Some(property), "{links:?}, {faults}");
            broken(found(&Run::<Echo>::on("path:3").links(links).seed(1), faults), "decided_last");
            broken(found(&Run::<Shout>::on("ring:3").links(links).seed(1), faults), "spanning_tree");
            broken(found(&Run::<RicartAgrawala>::on("complete:2").links(links).seed(1), faults), "");
        }
        let tokens = found(&Run::<SuzukiKasami>::on("complete:2").links(links).seed(1), "duplicates=1");
        assert_eq!(tokens.as_deref(), Some("one_token"));
    }
}

#[test]
fn where_each_message_arrives_any_number_of_times_what_is_sent_is_a_set() {
    // As Stateright counts for its network that duplicates, with the state before the impulse.
    let ping_pong = Run::<PingPong>::on("path:2").links(Links::Lossy).seed(1);
    assert_eq!(with(&ping_pong, "duplicates=any").states.total, 12);
    let told = Run::<told::Told>::on("star:4").links(Links::Reliable).seed(1);
    let checked = with(&told, "duplicates=any");
    // The start; each of three messages has arrived or not.
    assert_eq!((checked.outcome, checked.states.total, checked.ends), (Verdict::Holds, 1 + 8, 1));
    assert_eq!((checked.messages.greatest, checked.longest), (Some(3), None));
    let counting = Run::<super::small::counting::Counting>::on("path:2").seed(1);
    assert_eq!(found(&counting, "duplicates=any").as_deref(), Some("at_most_twice"));
    let refused = Run::<SuzukiKasami>::on("complete:2").seed(1).check(Check::new().faults(budget("duplicates=any")));
    assert!(refused.expect_err("nobody knows").to_string().starts_with("`one_token` asks how many messages are under way"));
}

/// A node greets the others before anything happens, and each believes that it is greeted once.
mod greeting {
    use nodes::prelude::*;

    #[message]
    pub struct Hello;

    #[protocol(initiators = One)]
    pub struct Greeting {
        heard: u32,
    }

    #[protocol]
    impl Greeting {
        #[init]
        fn new(_: &(), net: &mut Net<Self>) -> Self {
            if net.id() == Id(0) {
                net.send_to_all(Hello);
            }
            Greeting { heard: 0 }
        }

        #[on(Spontaneously)]
        fn start(&mut self) {}

        #[on(Hello)]
        fn hear(&mut self) {
            self.heard += 1;
        }

        #[always]
        fn heard_once(world: &World<Self>) -> bool {
            world.nodes().all(|node| node.heard <= 1)
        }
    }
}

#[test]
fn what_arrives_any_number_of_times_is_replayed() {
    for links in [Links::Fifo, Links::Reliable, Links::Lossy] {
        // Also what `#[init]` sends.
        let greeting = Run::<greeting::Greeting>::on("star:3").links(links).seed(1);
        assert_eq!(found(&greeting, "duplicates=any").as_deref(), Some("heard_once"), "{links:?}");
        // What is lost lies behind what has arrived, and stays.
        let flooding = Run::<Flooding>::on("star:4").links(links).seed(1);
        assert_eq!(found(&flooding, "losses=1,duplicates=any").as_deref(), Some(""), "{links:?}");
    }
}

/// Fischer, Lynch and Paterson, 1985: whatever one crash does, a process that decides decides as the other.
#[test]
fn two_processes_agree_although_one_of_them_crashes() {
    let run = Run::<ChorIsraeliLi>::on("star:3").config(ChorIsraeliLiOptions { deterministic: true }).seed(1);
    let checked = with(&run, "crashes=1");
    // What they share is kept by the third: without that, both wait.
    let failure = checked.failure().expect("they are stuck");
    assert!(failure.what.starts_with("stuck") && failure.property.is_none(), "{failure:?}");
    assert_eq!(replayed(&run, "crashes=1", &checked), Outcome::Stuck);
}

#[test]
fn what_may_go_wrong_stands_in_the_verdict() {
    let within = |links, faults: &str| with(&Run::<Flooding>::on("path:2").links(links).seed(1), faults).within;
    assert_eq!(within(Links::Reliable, "none"), [""; 0]);
    assert_eq!(within(Links::Lossy, "none"), ["any number of messages lost", "at most one duplicate of each message"]);
    assert_eq!(
        within(Links::Fifo, "crashes=2,recoveries=1,losses=1,duplicates=3,cuts=1"),
        [
            "at most 2 crashes, also inside a step",
            "at most 1 recovery",
            "at most 1 message lost",
            "at most 3 messages duplicated, each once",
            "at most 1 cut, which only delays messages",
        ]
    );
}

#[test]
fn a_budget_is_for_a_check_and_times_are_for_runs() {
    let run = Run::<Flooding>::on("path:2").seed(1);
    let faults = Faults { crashes: vec![Crash::new(0, nodes::millis(5))], ..Faults::default() };
    let refused = run.clone().faults(faults).check(Check::new()).expect_err("it has a time");
    assert!(refused.to_string().starts_with("--crash: a check looks at every time"), "{refused}");
    let refused = run.clone().faults(budget("crashes=1").into()).simulate().expect_err("it has no time");
    assert!(refused.to_string().starts_with("--faults says how often"), "{refused}");
    let refused = run.check(Check::new().faults(budget("recoveries=1"))).expect_err("nobody crashes");
    assert!(refused.to_string().contains("more recoveries than crashes"), "{refused}");
}

#[test]
fn on_the_command_line_a_crash_is_found_and_replayed() {
    let program = env!("CARGO_BIN_EXE_under-test");
    let folder = Folder::new("faults");
    let file = folder.join("crash.schedule").display().to_string();
    let check = format!("check flooding --topology path:3 --faults crashes=1 --seed 1 --schedule-out {file}");
    let ended = start(program, &check).wait();
    assert_eq!(ended.status(), Some(1), "{}", ended.stderr());
    assert!(ended.stdout().contains("within      at most 1 crash, also inside a step"), "{}", ended.stdout());
    let ended = start(program, &format!("simulate --schedule {file} --json")).wait();
    assert_eq!((ended.status(), ended.json()["outcome"].as_str()), (Some(1), Some("stuck")), "{}", ended.stderr());
    assert_eq!(ended.json()["options"]["faults"], "crashes=1");
    let ended = start(program, "check flooding --topology ring:4 --faults losses=1 --seed 1 --json").wait();
    let document = ended.json();
    assert_eq!(
        (ended.status(), &document["options"]["faults"], &document["outcome"]),
        (Some(0), &"losses=1".into(), &"holds".into())
    );
    assert_eq!(document["within"], serde_json::json!(["at most 1 message lost"]));
    let ended = start(program, "simulate flooding --faults crashes=1").wait();
    assert_eq!(ended.status(), Some(2));
    assert!(ended.stderr().contains("for example by `--crash 1@5ms`"), "{}", ended.stderr());
}
