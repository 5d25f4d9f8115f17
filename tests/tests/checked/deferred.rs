//! Messages that wait at their receiver, where each may arrive any number of times.

use std::sync::atomic::{AtomicU64, Ordering};

use nodes::check::{Check, Limit, Reduction, Verdict, check};
use nodes::network::{Budget, Duplicates};
use nodes::protocol::Links;
use nodes::run::{AnyRun, Run, Wake};
use nodes_tests::random_protocol::Case;
use nodes_tests::seeds::for_seeds;

use super::reference::seeds;

/// A shop that defers what is brought until it opens, and counts to two.
mod shop {
    use State::*;
    use nodes::prelude::*;

    #[message]
    pub struct Parcel;

    #[states]
    pub enum State {
        #[default]
        Closed,
        Open,
    }

    #[protocol]
    pub struct Shop {
        state: State,
        parcels: u32,
    }

    #[protocol]
    #[defer(Parcel in Closed)]
    impl Shop {
        #[on(Spontaneously)]
        fn start(&mut self, net: &mut Net<Self>) {
            if net.id() == Id(0) {
                net.send_to_all(Parcel);
            } else {
                self.state = Open;
            }
        }

        #[on(Parcel in Open)]
        fn take(&mut self) {
            self.parcels = (self.parcels + 1).min(2);
        }

        #[always]
        fn at_most_one(node: &Node<Self>) -> bool {
            node.parcels <= 1
        }
    }
}

fn shop(links: Links) -> AnyRun {
    let faults = "duplicates=any".parse::<Budget>().expect("a budget");
    Run::<shop::Shop>::on("path:2").wake([0, 1]).wake_up(Wake::Random).links(links).faults(faults.into()).seed(1).into()
}

#[test]
fn what_waits_does_not_arrive_again() {
    // Nobody has started; the parcel is on its way to the closed shop, or waits there; the shop is open; the parcel is on its way to the
    // open shop, or has arrived once, or twice.
    let checked = check(&shop(Links::Reliable), Check::new()).expect("it can be checked");
    assert_eq!((checked.outcome, checked.states.total), (Verdict::Violated, 1 + 2 + 1 + 3));
    let failure = checked.failure().expect("it comes twice");
    assert_eq!((failure.property.as_deref(), failure.events), (Some("at_most_one"), 4));
}

#[test]
fn where_links_keep_their_order_it_may_wait_any_number_of_times() {
    // Which of these counts was found first, decides nothing: the first that is wrong lies before.
    let mut run = shop(Links::Fifo);
    assert_eq!(check(&run, Check::new()).expect("it can be checked").outcome, Verdict::Violated);
    // The shop never opens.
    run = run.initiators(nodes::run::Initiators::Given(vec![(0, None)]));
    let checked = check(&run, Check::new()).expect("it can be checked");
    assert_eq!((checked.outcome, checked.limit), (Verdict::Bounded, Some(Limit::Deferred)));
    assert_eq!(checked.limit.map(|limit| serde_json::json!(limit)), Some("deferred".into()));
    // The start, the parcel on its way, and each number of them that wait.
    assert_eq!(checked.states.total, 1 + 1 + 1_000);
    let run = run.links(Links::Reliable);
    let checked = check(&run, Check::new()).expect("it can be checked");
    assert_eq!((checked.outcome, checked.states.total, checked.ends), (Verdict::Holds, 1 + 1 + 1, 1));
}

#[test]
fn what_a_few_duplicates_do_any_number_of_them_does() {
    let [compared, broken] = [const { AtomicU64::new(0) }; 2];
    for_seeds(seeds(), |seed| {
        let case = Case::with_faults(seed);
        let with = |duplicates: Duplicates| {
            let mut budget = case.run.prepare().expect("it can be prepared").faults.budget;
            budget.duplicates = Some(duplicates);
            let how = Check::new().reduction(Reduction::Full).most_states(2_000);
            check(&case.run.clone().faults(budget.into()), how)
        };
        let (Ok(few), Ok(any)) = (with(Duplicates::AtMost(2)), with(Duplicates::Any)) else { return };
        if few.outcome == Verdict::Bounded || any.outcome == Verdict::Bounded {
            return;
        }
        compared.fetch_add(1, Ordering::Relaxed);
        if few.failure().is_some() {
            broken.fetch_add(1, Ordering::Relaxed);
            assert!(any.failure().is_some(), "{case}");
        }
        // What runs cost that end.
        if let (Some(few), Some(any)) = (few.messages.least, any.messages.least) {
            assert!(any <= few, "at least {any}, and {few}: {case}");
        }
        if let (Some(few), Some(any)) = (few.messages.greatest, any.messages.greatest) {
            assert!(any >= few, "at most {any}, and {few}: {case}");
        }
    });
    let [compared, broken] = [compared, broken].map(AtomicU64::into_inner);
    println!("{compared} protocols were compared, a few duplicates break {broken} of them");
    assert!(compared == 0 || seeds() == 1 || broken > compared / 8, "{broken} of {compared}");
}
