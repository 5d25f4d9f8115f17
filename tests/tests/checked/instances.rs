//! All graphs of a few nodes, all ids, ports, initiators, inputs: as many as there are, and what the books say of all of them.

use std::collections::BTreeMap;
use std::sync::Mutex;

use core::ops::ControlFlow;

use catalogue::{ChangRoberts, ControlledDistance, Dft, Echo, Flooding, Lamport, Shout, Stages};
use nodes::campaign::Instances;
use nodes::check::{Check, Checked, Class, Progress, Reduction, Verdict};
use nodes::protocol::Links;
use nodes::run::{Initiators, Run, Wake};

fn every(run: &Run<impl nodes::Protocol>, instances: Instances) -> Checked {
    run.check_every(instances, Check::new()).expect("they can be checked")
}

/// What does not depend on how long it took.
fn timeless(mut checked: Checked) -> Checked {
    checked.time = nodes::check::Time::default();
    checked.classes.iter_mut().for_each(|class| class.time_s = 0.0);
    checked
}

/// A run sends 2m - n + k messages, for k initiators: from 2m - n + 1 to 2m.
#[test]
fn flooding_costs_what_its_formula_says_on_every_graph_whoever_starts() {
    let checked = every(&Run::<Flooding>::default(), Instances::new().every_graph(1..=4).every_initiators());
    assert!(checked.holds(), "{:?}", checked.violations);
    // OEIS A001187 times the sets that are not empty.
    assert_eq!((checked.graphs.total, checked.instances), (1 + 1 + 4 + 38, 1 + 3 + 4 * 7 + 38 * 15));
    assert_eq!((checked.graphs.left_out, checked.instances_left), (0, 0));
    for Class { nodes, edges, graphs, instances, least, greatest, .. } in &checked.classes {
        let (n, m) = (*nodes as u64, *edges as u64);
        assert_eq!((*least, *greatest), (Some(2 * m + 1 - n), Some(2 * m)), "{n} nodes, {m} links");
        assert_eq!(*instances, graphs * ((1 << n) - 1));
    }
    // Labelled connected graphs of 4 nodes by links: Cayley's 16 trees, 15 with 4 links, 6 with 5, and the complete one.
    let of_four = checked.classes.iter().filter(|class| class.nodes == 4).map(|class| (class.edges, class.graphs));
    assert_eq!(of_four.collect::<Vec<_>>(), [(3, 16), (4, 15), (5, 6), (6, 1)]);
    assert_eq!((checked.messages.least, checked.messages.greatest), (Some(0), Some(12)));
}

/// 4m - 2n + 2 messages on every schedule, whoever starts; Echo's are 2m.  Either has one initiator.
#[test]
fn shout_and_echo_cost_what_their_formulas_say_on_every_graph_whoever_starts() {
    let shout = every(&Run::<Shout>::default(), Instances::new().every_graph(3..=4).every_initiators());
    let echo = every(&Run::<Echo>::default(), Instances::new().every_graph(3).every_initiators());
    assert!(shout.holds() && echo.holds());
    assert_eq!((shout.instances, echo.instances), (4 * 3 + 38 * 4, 4 * 3));
    assert_eq!((shout.messages.least, shout.messages.greatest), (Some(4 * 2 - 2 * 3 + 2), Some(4 * 6 - 2 * 4 + 2)));
    for Class { nodes, edges, least, greatest, .. } in &shout.classes {
        let messages = 4 * edges + 2 - 2 * nodes;
        assert_eq!((*least, *greatest), (Some(messages as u64), Some(messages as u64)), "{nodes} nodes, {edges} links");
    }
    let of_echo = echo.classes.iter().map(|class| (class.edges, class.least, class.greatest));
    assert_eq!(of_echo.collect::<Vec<_>>(), [(2, Some(4), Some(4)), (3, Some(6), Some(6))]);
}

#[test]
fn chang_roberts_costs_what_the_books_say_with_every_order_of_ids_and_all_initiators() {
    // From 2n to n(n+1)/2 + n.
    for (nodes, orders, expected) in [(3, 6, (6, 9)), (4, 24, (8, 14)), (5, 120, (10, 20))] {
        let run = Run::<ChangRoberts>::on(format!("directed-ring:{nodes}").as_str());
        let checked = every(&run, Instances::new().every_ids().every_initiators());
        assert!(checked.holds());
        assert_eq!(checked.instances, orders * ((1 << nodes) - 1));
        assert_eq!((checked.messages.least, checked.messages.greatest), (Some(expected.0), Some(expected.1)), "{nodes} nodes");
    }
}

/// What pays for one order of ids is not known of the next: each has too few states to leave any out, however many orders there are.
#[test]
fn of_few_states_none_is_left_out_though_there_are_many_instances() {
    let run = Run::<Stages>::on("ring:5").links(Links::Fifo).initiators(Initiators::All);
    let check = |how| run.check_every(Instances::new().every_ids(), Check::new().reduction(how)).expect("they can be checked");
    let (auto, full) = (check(Reduction::Auto), check(Reduction::Full));
    assert!(auto.holds() && auto.reduction == Reduction::Full);
    assert_eq!(timeless(auto).states, timeless(full).states);
}

/// (n-1)!/2 cycles go through n nodes.
#[test]
fn a_protocol_takes_the_graphs_of_its_class() {
    for (nodes, all, rings) in [(3, 4, 1), (4, 38, 3), (5, 728, 12)] {
        let run = Run::<ControlledDistance>::default().links(Links::Fifo);
        let checked = every(&run, Instances::new().every_graph(nodes));
        assert_eq!((checked.graphs.total, checked.graphs.total - checked.graphs.left_out), (all, rings));
        assert_eq!((checked.instances, checked.outcome), (rings, Verdict::Holds));
    }
}

#[test]
fn ports_come_in_every_order_and_inputs_in_every_way() {
    // 2 ports at each of 3 nodes; at each of 2 nodes 3 inputs.
    assert_eq!(every(&Run::<Dft>::on("ring:3"), Instances::new().every_ports()).instances, 8);
    let checked = every(&Run::<Flooding>::on("path:2"), Instances::new().every_input(["0", "1", "7"]));
    assert_eq!((checked.instances, checked.outcome), (9, Verdict::Holds));
    // The triangle and the three paths of 3 nodes, each with 3! ids, every order of ports, and every initiator.
    let all = Instances::new().every_graph(3).every_ids().every_ports().every_initiators();
    assert_eq!(every(&Run::<Echo>::default(), all).instances, (8 + 3 * 2) * 6 * 3);
}

/// 2m - n + k messages, for the k that start before they are told.
#[test]
fn initiators_that_start_at_any_moment_may_be_told_before() {
    let run = Run::<Flooding>::on("path:2").wake([0, 1]);
    let together = every(&run, Instances::new());
    let any = every(&run.wake_up(Wake::Random), Instances::new());
    assert_eq!((together.messages.least, together.messages.greatest), (Some(2), Some(2)));
    assert_eq!((any.messages.least, any.messages.greatest), (Some(1), Some(2)));
    assert_eq!((&together.options["wake"], &any.options["wake"]), (&"together".into(), &"any".into()));
}

#[test]
fn what_is_found_does_not_depend_on_the_number_of_threads() {
    let with = |threads: usize| {
        let instances = Instances::new().every_graph(2..=4).every_initiators().threads(threads);
        timeless(every(&Run::<Flooding>::default(), instances))
    };
    let one = with(1);
    assert!(one.holds() && one.messages.greatest_replay.is_some());
    assert_eq!((&with(2), &with(4)), (&one, &one));
}

#[test]
fn the_first_instance_that_goes_wrong_ends_it_and_is_shown() {
    // Lamport's algorithm needs order; two nodes are enough to see it.
    let run = Run::<Lamport>::default().links(Links::Reliable);
    let with = |threads| timeless(every(&run, Instances::new().every_graph(1..=3).every_ids().threads(threads)));
    let checked = with(1);
    assert_eq!((checked.outcome, checked.complete, checked.instances), (Verdict::Violated, false, 2));
    assert_eq!(checked.instances_left, 1 + 6);
    let failure = checked.failure().expect("it is violated");
    assert_eq!((failure.property.as_deref(), failure.events), (Some("mutual_exclusion"), 8));
    assert!(failure.instance.starts_with("--topology links:0-1 --ids 0,1 "), "{}", failure.instance);
    assert_eq!((&with(2), &with(4)), (&checked, &checked));
}

#[test]
fn whoever_watches_may_end_it_and_is_told_how_far_it_is() {
    let seen = Mutex::new(Vec::new());
    let mut watch = |progress: &Progress| {
        let mut seen = seen.lock().expect("nothing panics");
        seen.push((progress.instances, progress.of));
        if progress.instances < 3 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    let instances = Instances::new().every_graph(3).every_initiators().threads(1);
    let checked =
        Run::<Flooding>::default().check_every(instances, Check::new().watch(&mut watch)).expect("they can be checked");
    assert_eq!((checked.outcome, checked.instances, checked.instances_left), (Verdict::Bounded, 3, 25));
    assert_eq!(checked.properties.iter().map(|(_, status)| status.to_owned()).max(), Some(nodes::check::Status::Unchecked));
    let mut seen = seen.into_inner().expect("nothing panics");
    // As often as an instance wants to.
    seen.dedup();
    assert_eq!(seen, [(0, 28), (1, 28), (2, 28), (3, 28)]);
}

#[test]
fn where_an_instance_reaches_a_limit_the_others_are_looked_at_and_nothing_is_said_to_hold() {
    let instances = || Instances::new().every_graph(3).every_initiators();
    let most = every(&Run::<Flooding>::default(), instances()).classes[0].states.largest;
    let how = Check::new().most_states(most);
    let checked = Run::<Flooding>::default().check_every(instances(), how).expect("they can be checked");
    assert_eq!((checked.outcome, checked.instances, checked.messages.greatest), (Verdict::Bounded, 28, None));
    let [path, triangle] = &checked.classes[..] else { panic!("{:?}", checked.classes) };
    assert_eq!((path.outcome, triangle.outcome), (Verdict::Holds, Verdict::Bounded));
}

/// A center that keeps the order in which it was told, and one that keeps only how often: of which instance it comes, does not matter.
#[test]
fn pairs_that_do_not_commute_are_those_of_all_instances() {
    let why = || Check::new().why(true);
    let names = |checked: &Checked| {
        let pairs = checked.noncommuting.as_ref().expect("that was asked for");
        pairs.iter().map(|pair| (pair.messages.clone(), pair.field.clone())).collect::<Vec<_>>()
    };
    let each = ["path:3", "ring:3"].map(|graph| (0..3).map(move |start| (graph, start)));
    let mut expected = BTreeMap::new();
    for (graph, start) in each.into_iter().flatten() {
        let checked = Run::<Shout>::on(graph).wake([start]).check(why()).expect("it can be checked");
        for (messages, field) in names(&checked) {
            let known = expected.entry(messages).or_insert(None);
            *known = known.take().or(field);
        }
    }
    assert!(expected.len() > 1, "{expected:?}");
    let all = Instances::new().every_graph(3).every_initiators();
    let checked = Run::<Shout>::default().check_every(all.clone(), why()).expect("they can be checked");
    assert_eq!(names(&checked), expected.into_iter().collect::<Vec<_>>());
    let without = Run::<Shout>::default().check_every(all, Check::new()).expect("they can be checked");
    assert_eq!(without.noncommuting, None);
}
