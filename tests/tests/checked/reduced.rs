//! A search that leaves states out says what one says that leaves out none: of protocols drawn at random, and of the catalogue.
//!
//! `NODES_SEEDS=10000 cargo test --release -p nodes-tests --test checked reduced` takes so many protocols.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};

use nodes::campaign::Instances;
use nodes::check::{Check, Checked, Mutant, Reduction, Status, Verdict, check};
use nodes::network::Budget;
use nodes::protocol::Links;
use nodes::run::{AnyRun, Initiators};
use nodes_tests::random_protocol::Case;
use nodes_tests::reference::{Loss, explore};
use nodes_tests::seeds::for_seeds;

use crate::missed;
use crate::reference::{seeds, small};

/// A run with more states than that is passed over.
const MOST: u64 = 5_000;

/// The same of a mutant's: there are many mutants.
const FEW: u64 = 500;

/// What must be the same however it is searched.
#[derive(Debug, PartialEq)]
struct Said {
    outcome: Verdict,
    /// The property, how many events lead there, and whether no fewer do.
    wrong: Option<(Option<String>, usize, bool)>,
    costs: [Option<u64>; 3],
    properties: Vec<Status>,
    unchecked: Vec<String>,
}

fn said(checked: &Checked) -> Said {
    Said {
        outcome: checked.outcome,
        wrong: checked.failure().map(|failure| (failure.property.clone(), failure.events, failure.shortest)),
        costs: [checked.messages.least, checked.messages.greatest, checked.longest],
        properties: checked.properties.iter().map(|(_, status)| *status).collect(),
        unchecked: checked.unchecked.clone(),
    }
}

/// A run, and how many values are looked at of each range that is drawn from, if not all.
#[derive(Clone, Copy)]
struct Looked<'a> {
    run: &'a AnyRun,
    draws: Option<u64>,
}

impl Looked<'_> {
    fn by(self, reduction: Reduction) -> Check<'static> {
        let how = Check::new().reduction(reduction);
        if let Some(draws) = self.draws { how.draws(draws) } else { how }
    }
}

impl<'a> From<&'a AnyRun> for Looked<'a> {
    fn from(run: &'a AnyRun) -> Self {
        Looked { run, draws: None }
    }
}

/// A run of which a full search has seen everything.
struct Known {
    full: Checked,
    said: Said,
    /// How many ends there are, if all is well.
    ends: Option<u64>,
}

/// `None` if it has more states than `most`, or cannot be checked.
fn known(looked: Looked<'_>, most: u64) -> Option<Known> {
    let full = check(looked.run, looked.by(Reduction::Full).most_states(most)).ok()?;
    // The limit may also have ended the search for what goes wrong for certain.
    if full.limit.is_some() || full.unchecked.iter().any(|what| what.contains("--most-states")) {
        return None;
    }
    let mut ends = full.failure().is_none().then_some(full.ends);
    if ends.is_some() && looked.run.prepare().expect("it was prepared before").links == Links::Lossy {
        // A full search tells apart what is lost if no property does.  The reference sees all draws.
        let explored = looked.draws.is_none().then(|| explore(looked.run, Loss::Happens, 10 * most as usize));
        ends = explored.flatten().map(|explored| explored.ends);
    }
    Some(Known { said: said(&full), full, ends })
}

impl Known {
    /// What another search says otherwise.
    fn difference(&self, other: &Checked) -> Option<String> {
        let said = said(other);
        if said != self.said {
            return Some(format!("{:?}\nis not\n{said:?}", self.said));
        }
        let is_reduced = other.reduction != Reduction::Full;
        let ends = self.ends.filter(|ends| is_reduced && *ends != other.ends)?;
        Some(format!("{ends} ends are not {}", other.ends))
    }
}

/// How much was left out.
#[derive(Default)]
struct Tally {
    all: AtomicU64,
    wrong: AtomicU64,
    /// Those of which states were left out, and how many of them there are.
    reduced: AtomicU64,
    states: AtomicU64,
    by_nodes: AtomicU64,
    by_events: AtomicU64,
}

impl Tally {
    fn compare<'a>(&self, looked: impl Into<Looked<'a>>, what: &str) {
        let looked = looked.into();
        let Some(known) = known(looked, MOST) else { return };
        let [nodes, events] = [Reduction::Nodes, Reduction::Events].map(|reduction| {
            let reduced = check(looked.run, looked.by(reduction)).expect("it can be checked as well");
            let difference = known.difference(&reduced);
            assert!(difference.is_none(), "{reduction:?}: {}\n{what}", difference.unwrap_or_default());
            reduced
        });
        let add = |to: &AtomicU64, count| {
            to.fetch_add(count, Ordering::Relaxed);
        };
        add(&self.all, 1);
        add(&self.wrong, u64::from(known.full.failure().is_some()));
        if known.full.failure().is_none() && events.reduction == Reduction::Events && nodes.reduction == Reduction::Nodes {
            add(&self.reduced, 1);
            for (to, checked) in [(&self.states, &known.full), (&self.by_nodes, &nodes), (&self.by_events, &events)] {
                add(to, checked.states.total);
            }
        }
    }

    /// All, the wrong ones, and those of which states were left out; of these the states, and those that are left.
    fn told(self) -> [u64; 6] {
        let Tally { all, wrong, reduced, states, by_nodes, by_events } = self;
        let told = [all, wrong, reduced, states, by_nodes, by_events].map(AtomicU64::into_inner);
        let [all, wrong, reduced, states, by_nodes, by_events] = told;
        println!("{all} runs, {wrong} wrong; of {reduced}: {states} states, {by_nodes} by nodes, {by_events} by events");
        told
    }
}

#[test]
fn random_protocols() {
    let tally = Tally::default();
    for_seeds(seeds(), |seed| {
        let case = Case::of_seed(seed);
        tally.compare(&case.run, &case.to_string());
    });
    let [all, wrong, reduced, states, _, by_events] = tally.told();
    // What meets one kind only compares little.
    assert!(all <= 1 || (wrong > all / 8 && reduced > all / 4 && by_events * 3 < states * 2), "{all} {wrong} {reduced}");
}

#[test]
fn random_protocols_of_which_so_many_messages_are_lost_or_duplicated() {
    let tally = Tally::default();
    for_seeds(seeds(), |seed| {
        let case = Case::with_budget(seed);
        tally.compare(&case.run, &case.to_string());
    });
    let [all, wrong, reduced, states, _, by_events] = tally.told();
    assert!(all <= 1 || (wrong > all / 8 && reduced > all / 4 && by_events * 3 < states * 2), "{all} {wrong} {reduced}");
}

#[test]
fn random_protocols_whose_draws_are_cut() {
    let tally = Tally::default();
    for_seeds(seeds(), |seed| {
        let case = Case::of_seed(seed);
        tally.compare(Looked { run: &case.run, draws: Some(1) }, &case.to_string());
    });
    let [all, wrong, reduced, states, _, by_events] = tally.told();
    assert!(all <= 1 || (wrong > all / 8 && reduced > all / 4 && by_events * 3 < states * 2), "{all} {wrong} {reduced}");
}

#[test]
fn the_catalogue_on_two_and_three_nodes() {
    let tally = Tally::default();
    for protocol in catalogue::ALL {
        for seed in 0..6 {
            let run = small(protocol, seed);
            tally.compare(&run, &format!("{run:?}"));
        }
    }
    let [all, _, reduced, states, _, by_events] = tally.told();
    assert!(reduced > all / 2 && by_events * 3 < states * 2, "{reduced} of {all}: {by_events} of {states}");
}

#[test]
fn the_catalogue_with_lost_and_duplicated_messages() {
    let tally = Tally::default();
    for protocol in catalogue::ALL {
        for (seed, faults) in (0..).zip(["losses=1", "duplicates=1", "losses=1,duplicates=1"]) {
            let run = small(protocol, seed).faults(faults.parse::<Budget>().expect("a budget").into());
            tally.compare(&run, &format!("{run:?}"));
        }
    }
    let [all, wrong, reduced, states, _, by_events] = tally.told();
    assert!(wrong > all / 8 && reduced > all / 8 && by_events * 3 < states * 2, "{reduced} of {all}: {by_events} of {states}");
}

/// What must be the same of several instances; if one is so wrong that the others are not looked at, only that.
#[derive(Debug, PartialEq)]
struct SaidOfAll {
    is_wrong: bool,
    rest: Option<(Verdict, [Option<u64>; 3], Vec<Status>)>,
}

impl SaidOfAll {
    fn of(all: &[&Checked]) -> Self {
        let worst = all.iter().map(|checked| checked.outcome).max().expect("there are some");
        let is_wrong = worst >= Verdict::Endless;
        let rest = (!is_wrong).then(|| {
            let each = |of: fn(&Checked) -> Option<u64>| all.iter().map(|checked| of(checked)).collect::<Option<Vec<_>>>();
            let least = each(|checked| checked.messages.least).and_then(|all| all.into_iter().min());
            let greatest = each(|checked| checked.messages.greatest).and_then(|all| all.into_iter().max());
            let longest = each(|checked| checked.longest).and_then(|all| all.into_iter().max());
            let status = |place: usize| all.iter().map(|checked| checked.properties[place].1).max();
            let properties = (0..all[0].properties.len()).filter_map(status).collect();
            (worst, [least, greatest, longest], properties)
        });
        SaidOfAll { is_wrong, rest }
    }
}

/// What is learned on one instance is used on the next, if only those differ who begin.
#[test]
fn instances_that_learn_from_each_other() {
    let [compared, left_out] = [const { AtomicU64::new(0) }; 2];
    for_seeds(seeds().div_ceil(4), |seed| {
        let case = Case::of_seed(seed);
        let nodes = case.run.prepare().expect("it can be prepared").instance.graph().node_count();
        let mut apart = Vec::new();
        for set in 1..1_usize << nodes {
            let those = (0..nodes).filter(|node| set >> node & 1 == 1).map(|node| (node, None)).collect();
            let run = case.run.clone().initiators(Initiators::Given(those));
            let Some(known) = known((&run).into(), FEW) else { return };
            apart.push(known.full);
        }
        let right = SaidOfAll::of(&apart.iter().collect::<Vec<_>>());
        for reduction in Reduction::ALL {
            let every = Instances::new().every_initiators();
            let all = every.check(&case.run, Check::new().reduction(reduction)).expect("it can be checked as well");
            assert_eq!(SaidOfAll::of(&[&all]), right, "{reduction:?}: {case}");
            if reduction == Reduction::Full && !right.is_wrong {
                let counts = |checked: &Checked| [checked.states.total, checked.transitions, checked.ends];
                let sum = |place: usize| apart.iter().map(|checked| counts(checked)[place]).sum::<u64>();
                assert_eq!(counts(&all), [0, 1, 2].map(sum), "{case}");
            }
            left_out.fetch_add(u64::from(all.reduction != Reduction::Full), Ordering::Relaxed);
        }
        compared.fetch_add(u64::from(!right.is_wrong), Ordering::Relaxed);
    });
    let [compared, left_out] = [compared, left_out].map(AtomicU64::into_inner);
    assert!(compared <= 1 || left_out > compared / 2, "{left_out} of {compared}");
}

/// Within so many random protocols, each part of the reduction is missed that has no protocol of its own.
const MISSED_WITHIN: u64 = 1_000;

/// What a search by a mutant says otherwise than a full one.
fn difference(run: &AnyRun, known: &Known, mutant: Mutant) -> Option<String> {
    // Behind what is not settled, costs may be looked for on ways that were not followed.
    let reduced = catch_unwind(AssertUnwindSafe(|| check(run, Check::new().reduction(Reduction::Events).mutant(mutant))));
    match reduced {
        Ok(Ok(reduced)) => known.difference(&reduced),
        Ok(Err(refused)) => Some(refused.to_string()),
        Err(_) => Some("it panicked".to_owned()),
    }
}

#[test]
fn each_part_of_the_reduction_is_missed() {
    // In builds for use, no part can be left out.
    if !cfg!(debug_assertions) {
        return;
    }
    let made = missed::cases().into_iter().map(|(mutant, _)| mutant).chain(missed::EQUIVALENT.map(|(mutant, _)| mutant));
    let made = made.collect::<Vec<_>>();
    let mut alive = Mutant::ALL.to_vec();
    alive.retain(|mutant| !made.contains(mutant));
    for seed in 0..MISSED_WITHIN {
        for (kind, case) in [("", Case::of_seed(seed)), ("with a budget, ", Case::with_budget(seed))] {
            let Some(known) = known((&case.run).into(), FEW) else { continue };
            alive.retain(|mutant| {
                let difference = difference(&case.run, &known, *mutant);
                if difference.is_some() {
                    println!("{mutant:?}: {kind}seed {seed}");
                }
                difference.is_none()
            });
        }
        if alive.is_empty() {
            return;
        }
    }
    assert_eq!(alive, []);
}

#[test]
fn protocols_that_need_one_part_of_the_reduction() {
    let tally = Tally::default();
    for (mutant, run) in missed::cases() {
        let what = format!("{mutant:?}: {run:?}");
        tally.compare(&run, &what);
        let known = known((&run).into(), MOST).expect("it is small");
        let difference = difference(&run, &known, mutant);
        assert_eq!(difference.is_some(), cfg!(debug_assertions), "{what}");
    }
    assert_eq!(tally.told()[0], missed::cases().len() as u64);
}

/// A message is duplicated, before all are woken or before an alarm rings, and only the next step shows that there are two.
#[test]
fn what_a_duplicate_changes_is_seen_behind_whatever_step_is_next() {
    for (case, verdict) in [(Case::of_seed(8183), Verdict::Violated), (Case::with_budget(6140), Verdict::Suspected)] {
        for reduction in Reduction::ALL {
            let checked = check(&case.run, Check::new().reduction(reduction)).expect("it can be checked");
            assert_eq!((checked.outcome, checked.violations[0].events), (verdict, 3), "{reduction:?}");
        }
    }
}
