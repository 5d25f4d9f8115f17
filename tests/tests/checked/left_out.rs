//! How much a search leaves out that follows of events that commute one order only, and what it does where it cannot.

use catalogue::{ChangRoberts, DolevKlaweRodeh, Flooding, Lamport, RicartAgrawala, Shout};
use nodes::Protocol;
use nodes::campaign::Instances;
use nodes::check::{Check, Checked, Reduction, Verdict};
use nodes::protocol::Links;
use nodes::run::{IdChoice, Initiators, Run};

use crate::costs::events_of_dolev_klawe_and_rodeh;
use crate::endless::balls::{Balls, Game};
use crate::known::orders;
use crate::models::message_chase::MessageChase;
use crate::models::waves::Waves;
use crate::small::orders::{Options as OrderOptions, Orders};
use crate::small::wrong::{Way, WrongOne};

fn by<P: Protocol>(run: &Run<P>, reduction: Reduction) -> Checked {
    run.check(Check::new().reduction(reduction)).expect("it can be checked")
}

/// How many states are left.
fn left<P: Protocol>(run: &Run<P>) -> u64 {
    let checked = by(run, Reduction::Events);
    assert_eq!((checked.reduction, checked.complete), (Reduction::Events, true), "{:?}", checked.notices);
    checked.states.total
}

/// On a worst ring of n nodes, each of n messages is at one of its places: (n + 1)! states.  They pass each other without notice.
#[test]
fn of_a_message_chase_one_run_is_left() {
    for nodes in [5, 6, 7, 8, 9, 12] {
        let chase = Run::<MessageChase>::on(format!("directed-ring:{nodes}").as_str());
        // The hops of all messages, the start, and the state before the impulse.
        assert_eq!(left(&chase), nodes * (nodes + 1) / 2 + 2, "{nodes}");
    }
}

/// n senders have n! traces if the receiver keeps the order of arrival, and one if it only counts.
#[test]
fn of_senders_to_a_receiver_that_counts_one_run_is_left() {
    for senders in [2, 4, 7] {
        let counted = Run::<Orders>::on(format!("star:{}", senders + 1).as_str()).links(Links::Reliable);
        // All are woken, and what they send arrives.
        assert_eq!(left(&counted.config(OrderOptions { counts: true })), 1 + senders + 1 + senders, "{senders}");
    }
}

/// There is no other.
#[test]
fn of_flooding_on_a_tree_one_run_is_left() {
    for (topology, messages) in [("path:6", 5), ("star:6", 5), ("binary-tree:7", 6), ("binary-tree:15", 14)] {
        assert_eq!(left(&Run::<Waves>::on(topology)), 1 + 1 + messages, "{topology}");
    }
}

#[test]
fn flooding_of_a_complete_graph_has_few_states_left() {
    let flooding = |topology: &str| Run::<Flooding>::on(topology).links(Links::Reliable);
    assert_eq!(["complete:4", "complete:5"].map(|topology| left(&flooding(topology))), [51, 215]);
    assert_eq!(by(&flooding("complete:5"), Reduction::Full).states.total, 167_762);
}

/// Its children are kept in the order of their answers: that order counts.
#[test]
fn shout_has_the_orders_of_answers_left() {
    let shout = |topology: &str| Run::<Shout>::on(topology).links(Links::Reliable);
    assert_eq!(["star:6", "ring:6", "complete:4"].map(|topology| left(&shout(topology))), [332, 182, 2_768]);
}

/// On the best ring all but one message end at the next node, and the notice follows the last one around.
#[test]
fn chang_and_roberts_have_one_run_left_on_a_best_ring_and_over_fifo_links() {
    let ring = |nodes: u64, links| {
        let run = Run::<ChangRoberts>::on(format!("directed-ring:{nodes}").as_str());
        run.initiators(Initiators::All).links(links)
    };
    for nodes in 5..=9 {
        let best = ring(nodes, Links::Reliable).ids(IdChoice::Given((0..nodes).rev().collect()));
        assert_eq!(left(&best), 4 * nodes, "{nodes}");
    }
    assert_eq!([7, 8, 9].map(|nodes| left(&ring(nodes, Links::Fifo))), [43, 53, 64]);
    // Where the notice may overtake ids, orders count.
    assert_eq!([5, 6].map(|nodes| left(&ring(nodes, Links::Reliable))), [367, 2_210]);
}

#[test]
fn dolev_klawe_and_rodeh_have_one_run_left() {
    for nodes in [5, 7, 12] {
        let run = Run::<DolevKlaweRodeh>::on(format!("directed-ring:{nodes}").as_str());
        assert_eq!(left(&run.initiators(Initiators::All)), 5 * nodes + 1, "{nodes}");
    }
}

/// Of five ids in all their orders, Spin's model of it (`leader.pml`) has 1,975,050 states, and 14,122 with partial-order reduction.  Here
/// those of one run are left, and fewer no search has that sees a run to its end.
#[test]
fn dolev_klawe_and_rodeh_have_one_run_left_whatever_the_ids() {
    let every = Instances::new().every_ids();
    let run = Run::<DolevKlaweRodeh>::on("directed-ring:5").initiators(Initiators::All);
    let by = |reduction| run.check_every(every.clone(), Check::new().reduction(reduction)).expect("they can be checked");
    let [full, reduced] = [Reduction::Full, Reduction::Events].map(by);
    // A ring can be turned five ways.
    let runs = orders(5).iter().map(|ids| 5 * (events_of_dolev_klawe_and_rodeh(ids) + 1)).sum::<u64>();
    assert_eq!((full.instances, reduced.instances, reduced.longest), (120, 120, full.longest));
    assert_eq!((full.states.total, reduced.states.total), (25_480, runs));
    assert!(runs < 14_122);
}

#[test]
fn what_goes_wrong_is_found_on_a_shortest_schedule_by_each_reduction() {
    let lamport = Run::<Lamport>::on("complete:2").links(Links::Reliable);
    for reduction in Reduction::ALL {
        let checked = by(&lamport, reduction);
        let failure = checked.failure().expect("it is violated");
        assert_eq!((failure.property.as_deref(), failure.events, failure.shortest), (Some("mutual_exclusion"), 8, true));
    }
}

#[test]
fn many_states_are_left_out_unless_few_can_be() {
    let flooding = by(&Run::<Flooding>::on("complete:5").links(Links::Reliable), Reduction::Auto);
    assert_eq!((flooding.reduction, flooding.outcome, flooding.states.total), (Reduction::Events, Verdict::Holds, 215));
    // Clocks keep the order of nearly everything.
    let mut mutex = nodes::run::AnyRun::from(Run::<RicartAgrawala>::on("complete:4"));
    let mut once = mutex.protocol().config();
    once.set("requests", "1").expect("a number");
    mutex = mutex.config(once);
    let checked = nodes::check::check(&mutex, Check::new().most_states(110_000)).expect("it can be checked");
    assert_eq!((checked.reduction, checked.outcome), (Reduction::Full, Verdict::Bounded));
    assert!(checked.notices.iter().any(|notice| notice.contains("less than four of five")), "{:?}", checked.notices);
    // So few are not worth it.
    assert_eq!(by(&Run::<Flooding>::on("complete:4"), Reduction::Auto).reduction, Reduction::Full);
}

#[test]
fn where_nothing_can_be_left_out_a_notice_says_why() {
    fn says<P: Protocol>(run: &Run<P>, how: Check<'_>, why: &str) {
        let checked = run.check(how).expect("it can be checked");
        assert_eq!(checked.reduction, Reduction::Full, "{why}");
        let notice = format!("no states are left out: {why}");
        assert!(checked.notices.iter().any(|notices| notices.starts_with(&notice)), "{why}: {:?}", checked.notices);
    }
    let events = || Check::new().reduction(Reduction::Events);
    let faults = |faults: &str| events().faults(faults.parse().expect("a budget"));
    let flooding = Run::<Flooding>::on("complete:3");
    says(&flooding, events().depth(5), "up to a depth");
    says(&flooding, events().synchronous(nodes::millis(10)), "time passes");
    says(&flooding, faults("crashes=1"), "nodes crash only until");
    says(&flooding, faults("duplicates=any"), "each message may arrive again and again");
    let clock = Run::<WrongOne>::on("path:2").config(Way { way: 3 });
    says(&clock, events(), "a handler reads the clock");
    let balls = Run::<Balls>::on("path:2").config(Game { ends: false, drops: false, dithers: false });
    says(&balls, events(), "there is a loop");
    // So does a search that would leave states out by itself, since there are many.
    let many = Run::<Flooding>::on("complete:5").links(Links::Reliable);
    says(&many, Check::new().synchronous(nodes::millis(10)).most_states(110_000), "time passes");
}

/// A message that is lost or comes twice changes nothing for others.
#[test]
fn of_flooding_with_faults_few_states_are_left() {
    let left = |links, faults: &str| {
        let flooding = Run::<Flooding>::on("complete:4").links(links);
        let by = |reduction| {
            let how = Check::new().reduction(reduction).faults(faults.parse().expect("a budget"));
            let checked = flooding.check(how).expect("it can be checked");
            assert_eq!((checked.reduction, checked.outcome), (reduction, Verdict::Holds), "{:?}", checked.notices);
            checked
        };
        let (full, reduced) = (by(Reduction::Full), by(Reduction::Events));
        let said = |checked: &Checked| (checked.ends, checked.messages.least, checked.messages.greatest, checked.longest);
        assert_eq!(said(&reduced), said(&full));
        (full.states.total, reduced.states.total)
    };
    let left = [
        left(Links::Reliable, "losses=1"),
        left(Links::Fifo, "losses=2"),
        left(Links::Reliable, "duplicates=1"),
        left(Links::Fifo, "losses=1,duplicates=1"),
    ];
    assert_eq!(left, [(1_317, 179), (1_968, 320), (4_496, 281), (9_422, 925)]);
}

#[test]
fn what_does_not_commute_is_told_with_the_field_that_shows_it() {
    let why = |reduction| {
        let checked = Run::<Shout>::on("star:3").links(Links::Reliable).check(Check::new().reduction(reduction).why(true));
        checked.expect("it can be checked").noncommuting.expect("it was asked for")
    };
    for reduction in [Reduction::Full, Reduction::Events] {
        let pairs = why(reduction).into_iter().map(|pair| (pair.messages, pair.field)).collect::<Vec<_>>();
        assert_eq!(pairs, [(["Yes".to_owned(), "Yes".to_owned()], Some("children".to_owned()))]);
    }
    let checked = Run::<Flooding>::on("path:3").check(Check::new().why(true)).expect("it can be checked");
    assert_eq!(checked.noncommuting.as_deref(), Some(&[][..]));
    assert_eq!(by(&Run::<Flooding>::on("path:3"), Reduction::Auto).noncommuting, None);
}

/// One node must not be awake before another.
pub(crate) mod first {
    use State::*;
    use nodes::prelude::*;
    use nodes::topology::NodeIndex;

    #[message]
    pub struct Nothing;

    #[states]
    pub enum State {
        #[default]
        Asleep,
        #[terminal]
        Awake,
    }

    #[protocol(initiators = All)]
    pub struct First {
        state: State,
    }

    #[protocol]
    #[ignore(Nothing in Asleep | Awake)]
    impl First {
        #[on(Spontaneously in Asleep)]
        fn wake(&mut self) {
            self.state = Awake;
        }

        #[always]
        fn node_0_is_awake_first(world: &World<Self>) -> bool {
            let is_awake = |node| matches!(world.node(NodeIndex::new(node)).state, Awake);
            is_awake(0) || !is_awake(1)
        }
    }
}

/// Impulses that come together come in any order, which a property may see.
#[test]
fn nodes_are_woken_in_each_order_that_is_seen() {
    let run = Run::<first::First>::on("path:3");
    for reduction in [Reduction::Full, Reduction::Nodes, Reduction::Events] {
        let checked = by(&run, reduction);
        assert_eq!((checked.outcome, checked.failure().map(|failure| failure.events)), (Verdict::Violated, Some(1)));
    }
}
