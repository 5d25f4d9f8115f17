//! Numbers from elsewhere: combinatorics, books, a program of 40 lines from the paper, the tests of Stateright.

use catalogue::{AllTheWay, AsFar, ChangRoberts, Echo, Flooding, Lamport, RicartAgrawala, Shout, Stages, YoYo};
use nodes::check::{Check, Checked, Reduction, Verdict};
use nodes::protocol::Links;
use nodes::run::{IdChoice, Initiators, Run};

use super::check;
use super::models::waves::Waves;

/// The least and the most messages over all schedules.
fn messages(checked: &Checked) -> (u64, u64) {
    assert!(checked.holds(), "{:?}", checked.violations);
    let known = checked.messages.least.zip(checked.messages.greatest);
    known.expect("every run ends")
}

#[test]
fn chang_roberts_has_as_many_states_as_a_program_from_the_paper_counts() {
    // Ids in the order of the ring are the worst: each message goes as far as it can.
    for (links, expected) in [(Links::Reliable, [49, 231, 1351, 9423]), (Links::Fifo, [24, 61, 168, 498])] {
        let found = [3, 4, 5, 6].map(|nodes| {
            let run = Run::<ChangRoberts>::on(format!("directed-ring:{nodes}").as_str());
            check(&run.initiators(Initiators::All).links(links))
        });
        assert_eq!(found.each_ref().map(|checked| checked.states.total), expected, "{links:?}");
        assert!(found.iter().all(Checked::holds));
    }
}

#[test]
fn states_without_memory_lie_in_a_file_and_nothing_else_is_different() {
    let run = Run::<ChangRoberts>::on("directed-ring:7").initiators(Initiators::All).links(Links::Reliable);
    let how = || Check::new().reduction(Reduction::Full);
    let (whole, small) = (run.check(how()).unwrap(), run.check(how().memory(2_900_000)).unwrap());
    assert_eq!((whole.states.total, whole.spilled), (75_727, 0));
    assert!(small.spilled > 1 << 20, "{small:?}");
    assert_eq!(messages(&small), messages(&whole));
    let numbers = |checked: &Checked| (checked.states.total, checked.transitions, checked.ends, checked.longest);
    assert_eq!(numbers(&small), numbers(&whole));
}

/// What happens at different nodes happens in any order; what else differs is where the two waves cross: at one of n links.
#[test]
fn flooding_has_a_trace_for_each_link_of_a_ring_and_one_on_a_tree() {
    let traces = |topology: &str| check(&Run::<Waves>::on(topology)).ends;
    assert_eq!([3, 4, 5, 6, 7, 8].map(|nodes| traces(&format!("ring:{nodes}"))), [3, 4, 5, 6, 7, 8]);
    assert_eq!(["path:6", "star:6", "binary-tree:7"].map(traces), [1, 1, 1]);
}

/// A node keeps the order in which its children answer, and no other order matters: the product of the factorials of numbers of children.
#[test]
fn shout_on_a_tree_has_as_many_traces_as_its_children_have_orders() {
    for (topology, traces) in [("path:6", 1), ("star:6", 120), ("binary-tree:7", 8)] {
        assert_eq!(check(&Run::<Shout>::on(topology)).ends, traces, "{topology}");
    }
}

/// All orders of `0..n` that begin with 0: a ring can be turned.
pub(super) fn orders(nodes: u64) -> Vec<Vec<u64>> {
    let mut orders = vec![vec![0]];
    for id in 1..nodes {
        let longer = |order: &Vec<u64>| {
            let order = order.clone();
            (1..=order.len()).map(move |place| {
                let mut longer = order.clone();
                longer.insert(place, id);
                longer
            })
        };
        orders = orders.iter().flat_map(longer).collect();
    }
    orders
}

#[test]
fn chang_roberts_costs_what_the_books_say_over_all_orders_of_ids_and_all_initiators() {
    // From 2n to n(n+1)/2 + n.
    for (nodes, expected) in [(3, (6, 9)), (4, (8, 14)), (5, (10, 20))] {
        let (mut least, mut greatest) = (u64::MAX, 0);
        for order in orders(nodes) {
            for initiators in 1..1_usize << nodes {
                let woken = (0..nodes as usize).filter(|node| initiators >> node & 1 == 1);
                let run = Run::<ChangRoberts>::on(format!("directed-ring:{nodes}").as_str());
                let found = messages(&check(&run.ids(IdChoice::Given(order.clone())).wake(woken)));
                (least, greatest) = (least.min(found.0), greatest.max(found.1));
            }
        }
        assert_eq!((least, greatest), expected, "{nodes} nodes");
    }
}

#[test]
fn flooding_on_a_tree_has_a_state_more_than_its_root_has_configurations() {
    // f(v) is the product of 1 + f(child), and the tree is flooded from its root.
    for (topology, states) in [("path:6", 7), ("star:6", 33), ("binary-tree:7", 26)] {
        let checked = check(&Run::<Flooding>::on(topology));
        assert_eq!((checked.states.total, checked.outcome), (states, Verdict::Holds), "{topology}");
    }
}

#[test]
fn the_costs_of_the_catalogue_are_those_of_its_formulas_on_every_schedule() {
    let exactly = |run: Checked, expected: u64| assert_eq!(messages(&run), (expected, expected));
    // 2m - n + 1, 4m - 2n + 2, 2m.
    exactly(check(&Run::<Flooding>::on("complete:4")), 9);
    exactly(check(&Run::<Shout>::on("ring:6")), 14);
    exactly(check(&Run::<Echo>::on("complete:3")), 6);
    // Over FIFO links as_far costs the same on every schedule; where messages overtake each other, it may cost one less.
    for ids in [[0, 2, 1, 3], [0, 3, 1, 2], [0, 2, 3, 1]] {
        let as_far = Run::<AsFar>::on("oriented-ring:4").ids(IdChoice::Given(ids.to_vec())).initiators(Initiators::All);
        exactly(check(&as_far), 12);
        assert_eq!(messages(&check(&as_far.links(Links::Reliable))), (11, 12));
    }
    exactly(check(&Run::<AllTheWay>::on("oriented-ring:4").initiators(Initiators::All)), 16);
    exactly(check(&Run::<Stages>::on("ring:3").initiators(Initiators::All)), 15);
    // Two local minima are left after the first stage, and one after the second.
    let stages = Run::<Stages>::on("ring:4").ids(IdChoice::Given(vec![0, 2, 1, 3]));
    exactly(check(&stages.initiators(Initiators::All)), 28);
}

#[test]
fn three_nodes_enter_once_each_by_12_messages() {
    let mut run = nodes::run::AnyRun::from(Run::<RicartAgrawala>::on("complete:3"));
    let mut with = run.protocol().config();
    with.set("requests", "1").expect("a number");
    run = run.config(with);
    let checked = nodes::check::check(&run, nodes::check::Check::new()).expect("it can be checked");
    assert_eq!(messages(&checked), (12, 12));
}

#[test]
fn k4_without_an_edge_costs_what_the_sets_say() {
    let mut builder = nodes::topology::GraphBuilder::new(4);
    builder.link(0, 1).link(0, 2).link(0, 3).link(1, 2).link(1, 3);
    let graph = builder.build();
    assert_eq!(messages(&check(&Run::<Echo>::on(graph.clone()))), (10, 10));
    assert_eq!(messages(&check(&Run::<YoYo>::on(graph).initiators(Initiators::All))), (20, 20));
}

#[test]
fn lamport_over_links_without_order_lets_two_in() {
    let checked = check(&Run::<Lamport>::on("complete:2").links(Links::Reliable));
    assert_eq!(checked.outcome, Verdict::Violated);
    let failure = checked.failure().expect("it is violated");
    assert_eq!((failure.property.as_deref(), failure.events, failure.shortest), (Some("mutual_exclusion"), 8, true));
}
