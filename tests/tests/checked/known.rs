//! Counts from elsewhere: combinatorics, a program of 40 lines from the paper, Stateright's tests.

use catalogue::broadcast::flooding::Flooding;
use catalogue::election::chang_roberts::ChangRoberts;
use catalogue::mutex::lamport::Lamport;
use nodes::check::{Check, Checked, Verdict};
use nodes::protocol::{Links, Protocol};
use nodes::run::{Initiators, Run};

fn check<P: Protocol>(run: &Run<P>) -> Checked {
    run.check(Check::new()).expect("it can be checked")
}

/// Ids in the order of the ring, which is the worst: each message goes as far as it can.
fn chang_roberts(nodes: usize, links: Links) -> Checked {
    let run = Run::<ChangRoberts>::on(format!("directed-ring:{nodes}").as_str());
    check(&run.initiators(Initiators::All).links(links))
}

#[test]
fn chang_roberts_has_as_many_states_as_a_program_from_the_paper_counts() {
    for (links, expected) in [(Links::Reliable, [49, 231, 1351, 9423]), (Links::Fifo, [24, 61, 168, 498])] {
        let found = [3, 4, 5, 6].map(|nodes| chang_roberts(nodes, links));
        assert_eq!(found.each_ref().map(|checked| checked.states.total), expected, "{links:?}");
        assert!(found.iter().all(Checked::holds));
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
fn lamport_over_links_without_order_lets_two_in() {
    let checked = check(&Run::<Lamport>::on("complete:2").links(Links::Reliable));
    assert_eq!(checked.outcome, Verdict::Violated);
    assert_eq!(checked.failure().map(|failure| failure.events), Some(8));
}
