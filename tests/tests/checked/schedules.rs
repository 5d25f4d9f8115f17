//! How many schedules there are, as combinatorics count them.

use catalogue::{ChangRoberts, Flooding, Shout};
use nodes::campaign::Instances;
use nodes::check::{Check, Count, Reduction};
use nodes::network::{Budget, Duplicates};
use nodes::protocol::Links;
use nodes::run::{Initiators, Run};

use super::check;
use super::small::orders::Orders;

fn factorial(n: u128) -> u128 {
    (1..=n).product()
}

/// The orders of a tree's nodes in which each stands behind its parent: n! divided by the sizes of all subtrees (Knuth 5.1.4, exercise
/// 20).
#[test]
fn a_tree_is_flooded_in_as_many_orders_as_the_hook_formula_says() {
    for (topology, nodes, subtrees) in [
        ("path:6", 6, vec![6, 5, 4, 3, 2]),
        ("star:6", 6, vec![6]),
        ("binary-tree:7", 7, vec![7, 3, 3]),
        ("binary-tree:10", 10, vec![10, 6, 3, 3, 2]),
    ] {
        let checked = check(&Run::<Flooding>::on(topology).wake([0]));
        let expected = factorial(nodes) / subtrees.iter().product::<u128>();
        assert_eq!(checked.schedules, Some(Count::Exact(expected)), "{topology}");
    }
    let of = |topology| check(&Run::<Flooding>::on(topology)).schedules;
    assert_eq!((of("star:6"), of("binary-tree:7")), (Some(Count::Exact(120)), Some(Count::Exact(80))));
}

/// All start, in any order, and the messages of all but the receiver arrive in any order; over links that keep an order as well.
#[test]
fn n_senders_come_in_n_factorial_orders() {
    for nodes in 3..=8 {
        for links in [Links::Fifo, Links::Reliable] {
            let checked = check(&Run::<Orders>::on(format!("star:{nodes}").as_str()).links(links));
            let expected = factorial(nodes) * factorial(nodes - 1);
            assert_eq!(checked.schedules, Some(Count::Exact(expected)), "{nodes} nodes");
        }
    }
}

/// What may be lost arrives or not: the orders of all subsets.
#[test]
fn what_is_lost_makes_no_difference_when() {
    let no_duplicates = Budget { duplicates: Some(Duplicates::AtMost(0)), ..Budget::default() };
    let run = Run::<super::faults::told::Told>::on("star:4").links(Links::Lossy).faults(no_duplicates.into());
    // 3! / 0! + 3! / 1! + 3! / 2! + 3! / 3!.
    assert_eq!(check(&run).schedules, Some(Count::Exact(6 + 6 + 3 + 1)));
}

#[test]
fn there_may_be_more_than_anybody_counts_one_by_one() {
    let run = |nodes: usize| Run::<ChangRoberts>::on(format!("directed-ring:{nodes}").as_str()).initiators(Initiators::All);
    // 2e17, by a program of its own (section 4 of the design).
    let count = check(&run(7).links(Links::Fifo)).schedules.expect("they are counted");
    assert!(matches!(count, Count::Exact(150_000_000_000_000_000..250_000_000_000_000_000)), "{count}");
    let count = check(&run(7).links(Links::Reliable)).schedules.expect("they are counted");
    assert!((1.45e25..1.55e25).contains(&count.about()), "{count}");
    assert_eq!(count.to_string().len(), 26, "each digit is told: {count}");
}

#[test]
fn only_what_follows_them_all_counts_them() {
    let run = Run::<Flooding>::on("ring:4");
    let with = |reduction| run.check(Check::new().reduction(reduction)).unwrap().schedules;
    assert!(with(Reduction::Full).is_some());
    assert_eq!((with(Reduction::Nodes), with(Reduction::Events)), (None, None));
    assert_eq!(run.check(Check::new().most_states(3)).unwrap().schedules, None);
    assert_eq!(run.check(Check::new().synchronous(nodes::millis(1))).unwrap().schedules, None);
}

/// The graphs of three nodes are a triangle and three paths, and any of the nodes starts: on a path, an end or the middle.
#[test]
fn the_schedules_of_many_instances_are_added_up() {
    let of = |topology: &str, start: usize| match check(&Run::<Shout>::on(topology).wake([start])).schedules {
        Some(Count::Exact(count)) => count,
        other => panic!("{other:?}"),
    };
    let expected = 3 * (2 * of("path:3", 0) + of("path:3", 1)) + 3 * of("ring:3", 0);
    let every = Instances::new().every_graph(3).every_initiators();
    let checked = Run::<Shout>::default().check_every(every, Check::new()).expect("they can be checked");
    assert_eq!((checked.instances, checked.schedules), (12, Some(Count::Exact(expected))));
}
