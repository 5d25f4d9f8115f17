//! Instances that are the same but for the names of nodes and ports: what is found is what is found if each one is searched.

use std::sync::atomic::{AtomicU64, Ordering};

use catalogue::{AsFar, ChangRoberts, Dft, DolevKlaweRodeh, Echo, Flooding, HirschbergSinclair, Shout, Stages, YoYo};
use nodes::Protocol;
use nodes::campaign::Instances;
use nodes::check::{Check, Checked, Reduction, Time};
use nodes::protocol::Links;
use nodes::run::{AnyRun, Initiators, Run};
use nodes_tests::random_protocol::Case;
use nodes_tests::seeds::for_seeds;

use crate::reference::seeds;

/// What does not depend on how much was searched.
fn found(mut checked: Checked) -> Checked {
    (checked.time, checked.handler_runs, checked.instances_searched) = (Time::default(), 0, 0);
    (checked.bytes_a_state, checked.omission) = (0.0, 0.0);
    checked.classes.iter_mut().for_each(|class| class.time_s = 0.0);
    checked
}

/// How many of how many instances were searched; what is found is that of a search of each.
fn searched(run: &AnyRun, instances: &Instances, how: impl Fn() -> Check<'static>) -> Option<(u64, u64)> {
    let few = instances.check(run, how()).ok()?;
    let each = instances.clone().one_by_one().check(run, how()).expect("those were checked");
    assert_eq!(each.instances_searched, each.instances);
    let counts = (few.instances_searched, few.instances);
    assert_eq!(found(few), found(each));
    Some(counts)
}

fn full() -> Check<'static> {
    Check::new().reduction(Reduction::Full)
}

fn of<P: Protocol>(run: Run<P>, instances: Instances) -> (u64, u64) {
    searched(&AnyRun::from(run), &instances, full).expect("they can be checked")
}

fn ids() -> Instances {
    Instances::new().every_ids()
}

fn graphs(nodes: usize) -> Instances {
    Instances::new().every_graph(1..=nodes).every_initiators()
}

/// A ring is turned n ways, and seen from both sides.
#[test]
fn of_orders_of_ids_round_a_ring_those_that_are_turned_or_mirrored_are_searched_once() {
    let all = Initiators::All;
    assert_eq!(of(Run::<Stages>::on("ring:5").links(Links::Fifo).initiators(all.clone()), ids()), (120 / 10, 120));
    assert_eq!(of(Run::<HirschbergSinclair>::on("ring:4").links(Links::Fifo).initiators(all.clone()), ids()), (24 / 8, 24));
    assert_eq!(of(Run::<ChangRoberts>::on("directed-ring:5").initiators(all.clone()), ids()), (120 / 5, 120));
    assert_eq!(of(Run::<AsFar>::on("directed-ring:5").initiators(all.clone()), ids()), (120 / 5, 120));
    assert_eq!(of(Run::<DolevKlaweRodeh>::on("directed-ring:5").initiators(all), ids()), (120 / 5, 120));
    // Each order is searched with each set.
    let every = ids().every_initiators();
    assert_eq!(of(Run::<ChangRoberts>::on("directed-ring:4"), every), (24 / 4 * 15, 24 * 15));
}

#[test]
fn ports_matter_to_some_and_then_graphs_that_look_the_same_are_searched() {
    // 1, 1, 2 and 6 graphs without names.
    assert_eq!(of(Run::<Flooding>::default(), graphs(4)), (1 + 3 + 2 * 7 + 6 * 15, 1 + 3 + 4 * 7 + 38 * 15));
    for (few, all) in [of(Run::<Shout>::default(), graphs(3)), of(Run::<Echo>::default(), graphs(3))] {
        assert!(few <= all, "{few} of {all}");
    }
    let (few, all) = of(Run::<Dft>::default(), graphs(4));
    assert!(few <= all, "{few} of {all}");
    of(Run::<YoYo>::default(), graphs(3).every_ids());
}

#[test]
fn where_states_are_left_out_the_same_is_said() {
    let run = AnyRun::from(Run::<Flooding>::default());
    for how in [Reduction::Nodes, Reduction::Events] {
        let with = |instances: Instances| instances.check(&run, Check::new().reduction(how)).expect("they can be checked");
        let (few, each) = (with(graphs(4)), with(graphs(4).one_by_one()));
        assert!(few.instances_searched < each.instances_searched);
        assert_eq!((few.outcome, few.ends, few.messages.clone()), (each.outcome, each.ends, each.messages.clone()));
        assert_eq!((few.longest, few.properties), (each.longest, each.properties));
    }
}

#[test]
fn what_is_found_does_not_depend_on_the_number_of_threads() {
    let run = Run::<Stages>::on("ring:5").links(Links::Fifo).initiators(Initiators::All);
    let with = |threads: usize| {
        let mut checked = run.check_every(ids().threads(threads), Check::new()).expect("they can be checked");
        checked.time = Time::default();
        checked.classes.iter_mut().for_each(|class| class.time_s = 0.0);
        checked
    };
    let one = with(1);
    assert!(one.holds() && one.instances_searched == 12);
    assert_eq!((&with(2), &with(4)), (&one, &one));
}

/// Nodes that tell the largest id: what is said of them names a node.
mod named {
    use State::*;
    use nodes::prelude::*;

    #[message]
    pub struct Largest(pub Id);

    #[states]
    pub enum State {
        #[default]
        Idle,
        #[terminal]
        Leader,
        #[terminal]
        Follower,
    }

    /// What every node is given.
    #[config]
    pub struct Options {
        /// The id that leads, whatever there is.
        #[default(1_000)]
        pub favourite: u64,
    }

    #[protocol]
    #[derive(Default)]
    pub struct Named {
        state: State,
        favourite: u64,
    }

    #[protocol]
    #[otherwise(ignore)]
    impl Named {
        #[init]
        fn new(options: &Options) -> Self {
            Named { favourite: options.favourite, ..Named::default() }
        }

        #[on(Spontaneously in Idle)]
        fn start(&mut self, net: &mut Net<Self>) {
            net.send_to_all(Largest(net.id()));
        }

        #[on(Largest in Idle)]
        fn hear(&mut self, largest: Largest, net: &mut Net<Self>) {
            let leads = net.id() > largest.0 || net.id().0 == self.favourite;
            self.state = if leads { Leader } else { Follower };
        }

        /// The first node leads only if it has the least id.
        #[finally]
        fn the_first_follows(world: &World<Self>) -> bool {
            let first = world.node(NodeIndex::new(0));
            first.id() == Id(0) || first.state != Leader
        }
    }
}

#[test]
fn a_property_that_names_a_node_is_looked_at_on_each_instance() {
    // Of two nodes with ids 0 and 1, all is well; turned round, node 0 leads.
    let run = AnyRun::from(Run::<named::Named>::on("path:2").initiators(Initiators::All));
    assert_eq!(searched(&run, &ids(), full), Some((2, 2)));
    let checked = ids().check(&run, full()).expect("they can be checked");
    let failure = checked.failure().expect("node 0 leads");
    assert_eq!(failure.property.as_deref(), Some("the_first_follows"));
    assert!(failure.instance.contains("--ids 1,0"), "{}", failure.instance);
}

/// A flag that names an id tells nodes apart by their ids, and these count.
#[test]
fn a_flag_may_name_an_id() {
    for favourite in 0..4 {
        let run = Run::<named::Named>::on("ring:3").config(named::Options { favourite }).initiators(Initiators::All);
        searched(&AnyRun::from(run), &ids(), full).expect("they can be checked");
    }
}

/// All ids and all sets of initiators, on graphs of 2 to 4 nodes, with random messages, alarms, draws and faults.
#[test]
fn of_protocols_drawn_at_random_the_same_is_found_as_if_each_instance_were_searched() {
    let (all, few) = (AtomicU64::new(0), AtomicU64::new(0));
    for_seeds(seeds().min(60), |seed| {
        for case in [Case::of_seed(seed), Case::with_faults(seed)] {
            let run = case.run;
            for instances in [Instances::new().every_ids(), Instances::new().every_initiators().every_ports()] {
                let how = || full().most_states(300);
                let Some((searched, instances)) = searched(&run, &instances, how) else { continue };
                all.fetch_add(instances, Ordering::Relaxed);
                few.fetch_add(searched, Ordering::Relaxed);
            }
        }
    });
    let (all, few) = (all.into_inner(), few.into_inner());
    assert!(few < all, "{few} of {all} were searched");
}
