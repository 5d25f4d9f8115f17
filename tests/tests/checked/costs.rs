//! What runs cost over all schedules is what the formulas of the literature say: the fewest messages and the most, on all forms of graphs,
//! for all orders of ids, and whoever starts.

use core::ops::RangeInclusive;

use catalogue::snapshot::chandy_lamport::Options as SnapshotOptions;
use catalogue::{
    AllTheWay, AsFar, Bully, ChandyLamport, ChangRoberts, ControlledDistance, DfStar, Dft, DolevKlaweRodeh, Echo, Flooding,
    HirschbergSinclair, HyperElect, Lamport, RicartAgrawala, RingSize, Saturation, Shout, ShoutPlus, Stages, SuzukiKasami,
    YoYo,
};
use nodes::Protocol;
use nodes::check::{Check, Checked};
use nodes::protocol::{AnyProtocol, Links};
use nodes::run::{IdChoice, Initiators, Run};
use nodes_tests::formulas::{self, rounds};
use nodes_tests::instances::{self, Instance};

/// The fewest messages and the most.
fn costs(checked: &Checked) -> (u64, u64) {
    assert!(checked.holds(), "{:?} {:?}", checked.outcome, checked.violations);
    checked.messages.least.zip(checked.messages.greatest).expect("every run ends")
}

fn of(run: &Run<impl Protocol>) -> (u64, u64) {
    costs(&run.check(Check::new()).expect("it can be checked"))
}

/// Compares some instances of so many nodes with the formula, and tells how many there are.
fn compare<P: Protocol>(reads_ids: bool, nodes: RangeInclusive<usize>, some: impl Fn(&Instance) -> bool) -> u64 {
    let protocol = AnyProtocol::of::<P>();
    let name = protocol.description_of(&*protocol.config()).snake_name();
    let mut compared = 0;
    for instance in instances::of(&protocol, reads_ids, nodes).into_iter().filter(some) {
        let should = formulas::messages(&name, &instance);
        let (least, greatest) = costs(&instance.check(Check::new()).expect("it can be checked"));
        assert!(should.fits(Some(least), Some(greatest)), "{name} on {instance}: {least}..{greatest}, not {should:?}");
        compared += 1;
    }
    compared
}

/// Whether a graph has a loop at most, or few nodes.
fn is_sparse(instance: &Instance) -> bool {
    instance.links.len() <= instance.ids.len() || instance.ids.len() <= 3
}

fn is_small(instance: &Instance) -> bool {
    instance.ids.len() <= 4
}

fn together(instance: &Instance) -> bool {
    instance.together
}

/// Of 1 to 5 nodes there are 1, 1, 2, 6 and 21 forms of graphs (OEIS A001349); on each node the traversal may begin.
#[test]
fn on_all_forms_of_graphs() {
    assert_eq!(compare::<Dft>(false, 1..=5, |_| true), 1 + 2 + 2 * 3 + 6 * 4 + 21 * 5 + 1 + 2);
    for compared in [
        compare::<DfStar>(false, 1..=5, |instance| is_small(instance) || is_sparse(instance)),
        compare::<Echo>(false, 1..=5, |instance| is_small(instance) || is_sparse(instance)),
        compare::<Shout>(false, 1..=5, is_sparse),
        compare::<ShoutPlus>(false, 1..=5, |instance| is_small(instance) || is_sparse(instance)),
    ] {
        assert!(compared >= 60, "{compared}");
    }
}

/// 2m - n + k if the k initiators start before they are told.
#[test]
fn flooding_by_any_initiators() {
    let all = compare::<Flooding>(false, 1..=5, |instance| is_small(instance) || (together(instance) && is_sparse(instance)));
    assert!(all > 400, "{all}");
}

/// There are 1, 1, 1, 2 and 3 trees, and 2^n - 1 sets of initiators; a ring of 1 or 2 is no tree.
#[test]
fn saturation_of_all_trees() {
    assert_eq!(compare::<Saturation>(false, 1..=5, together), 1 + 3 + 7 + 2 * 15 + 3 * 31);
}

/// All graphs of three nodes, and the trees of four.
#[test]
fn yo_yo_with_all_orders_of_ids() {
    let wakes_all = |instance: &Instance| together(instance) && instance.initiators.len() == instance.ids.len();
    let compared = compare::<YoYo>(true, 1..=4, |instance| wakes_all(instance) && instance.links.len() <= 3);
    assert!(compared >= 2 * 6 + 2 * 24, "{compared}");
}

/// (n - 1)! orders of ids, and 2^n - 1 sets of initiators.
#[test]
fn on_rings_with_all_orders_of_ids() {
    let all = (1..=5).map(|nodes: u64| (1..nodes).product::<u64>() * ((1 << nodes) - 1)).sum::<u64>();
    assert_eq!(compare::<RingSize>(false, 1..=5, |_| true), 1 + 2 + 3 + 4 + 5);
    assert_eq!(compare::<AllTheWay>(false, 1..=4, together), 1 + 3 + 7 + 15);
    assert_eq!(compare::<AsFar>(true, 1..=5, together), all);
    assert_eq!(compare::<DolevKlaweRodeh>(true, 1..=5, together), all);
    assert_eq!(compare::<Stages>(true, 1..=4, together), all - 24 * 31);
    let compared = compare::<ChangRoberts>(true, 1..=5, |instance| is_small(instance) || instance.initiators.len() == 1);
    assert!(compared > 250, "{compared}");
    assert_eq!(compare::<ControlledDistance>(true, 1..=3, |_| true), 1 + 3 + 1 + 2 * 7 + 2 * 4);
    assert_eq!(compare::<HirschbergSinclair>(true, 1..=3, |_| true), 1 + 3 + 1 + 2 * 7 + 2 * 4);
}

#[test]
fn of_others() {
    assert!(compare::<HyperElect>(true, 1..=4, together) > 300);
    assert!(compare::<Lamport>(true, 1..=2, |_| true) > 1);
    assert!(compare::<RicartAgrawala>(true, 1..=3, |instance| instance.ids.len() <= 2 || together(instance)) > 5);
    assert!(compare::<SuzukiKasami>(true, 1..=3, together) > 5);
}

/// The best order of ids takes 2n - 1 + n messages, the worst n(n+1)/2 + n, and all of them nH(n) + n on average.
#[test]
fn as_far_takes_between_its_best_and_its_worst_case_and_its_mean() {
    for (nodes, orders, best, worst, all) in [(3, 2, 8, 9, 17), (4, 6, 11, 14, 74), (5, 24, 14, 20, 394)] {
        let costs = super::known::orders(nodes).into_iter().map(|ids| {
            let run = Run::<AsFar>::on(format!("directed-ring:{nodes}").as_str());
            of(&run.ids(IdChoice::Given(ids)).initiators(Initiators::All).links(Links::Fifo))
        });
        let costs = costs.collect::<Vec<_>>();
        assert_eq!((costs.len(), costs.iter().min(), costs.iter().max()), (orders, Some(&(best, best)), Some(&(worst, worst))));
        assert_eq!(costs.iter().map(|(cost, _)| cost).sum::<u64>(), all, "{nodes}");
    }
}

/// On a ring of 8 with ids in order and the smallest alone: Forth 30, Back 14, Notify 8.
#[test]
fn controlled_distances_of_the_smallest_alone_are_exact() {
    for (nodes, messages) in [(1, 3), (2, 10), (3, 21), (4, 24), (5, 43), (8, 52)] {
        let ring = format!("ring:{nodes}");
        assert_eq!(of(&Run::<ControlledDistance>::on(&*ring).links(Links::Fifo)), (messages, messages), "{nodes}");
        assert_eq!(of(&Run::<HirschbergSinclair>::on(&*ring).links(Links::Fifo)), (messages, messages), "{nodes}");
    }
}

/// Alone, a node sends nothing; on a ring of one, what it sends itself.
#[test]
fn of_one_node() {
    let alone = "complete:1";
    let none = [
        of(&Run::<Flooding>::on(alone)),
        of(&Run::<Echo>::on(alone)),
        of(&Run::<Shout>::on(alone)),
        of(&Run::<ShoutPlus>::on(alone)),
        of(&Run::<Dft>::on(alone)),
        of(&Run::<DfStar>::on(alone)),
        of(&Run::<YoYo>::on(alone)),
        of(&Run::<Bully>::on(alone)),
    ];
    assert_eq!(none, [(0, 0); 8]);
    let ring = "directed-ring:1";
    let one = [
        of(&Run::<AsFar>::on(ring)),
        of(&Run::<ChangRoberts>::on(ring)),
        of(&Run::<DolevKlaweRodeh>::on(ring)),
        of(&Run::<RingSize>::on(ring)),
        of(&Run::<AllTheWay>::on(ring)),
        of(&Run::<Stages>::on("ring:1")),
    ];
    assert_eq!(one.map(|(least, greatest)| (least == greatest).then_some(least)), [2, 2, 2, 2, 1, 3].map(Some));
}

/// If a - 1 nodes are above the initiator, they are asked, and ask at most all above them: 2(a - 1) + n - 1 to a(a - 1) + n - 1.
#[test]
fn bully_asks_all_above_it_in_time() {
    for initiator in 0..4_u64 {
        let run = Run::<Bully>::on("complete:4").wake([initiator as usize]);
        let checked = run.check(Check::new().synchronous(nodes::millis(100))).expect("it can be checked");
        let above = 3 - initiator;
        assert_eq!(costs(&checked), (2 * above + 3, above * (above + 1) + 3), "{initiator}");
    }
}

/// A snapshot takes a marker each way over each link.
#[test]
fn a_snapshot_without_work_takes_2m_messages() {
    for (topology, links) in [("path:2", 1), ("path:3", 2), ("complete:3", 3), ("ring:4", 4)] {
        let run = Run::<ChandyLamport>::on(topology).config(SnapshotOptions { coins: 1, moves: 0 });
        assert_eq!(of(&run), (2 * links, 2 * links), "{topology}");
    }
}

/// How many events a run has: all nodes are woken, and messages arrive.
pub(super) fn events_of_dolev_klawe_and_rodeh(ids: &[u64]) -> u64 {
    let n = ids.len() as u64;
    n + 2 * n * rounds(ids, |one, other| one > other)
}
