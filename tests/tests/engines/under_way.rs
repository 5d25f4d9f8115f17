//! A protocol made at run time counts its messages under way by their type.

use std::any::Any;

use nodes::millis;
use nodes::network::{Crash, Delay, Faults};
use nodes::protocol::{AnyWorld, Crowd, Links, Random};
use nodes::run::{AnyRun, Outcome};
use nodes::simulator::Simulation;
use nodes_tests::seeds::for_seeds;

use super::read::read;

/// The centre of a star asks all, and each answers.
const SURVEY: &str = "
    protocol Survey
    topology Star star:5 0 1000
    messages Ask Answer
    states Idle Asking Done
    Idle   impulse all  Ask    own  Asking
    Idle   Ask     all  Answer own  Done
    Asking Answer  none Answer same Asking
    Done   Ask     none Answer same Done
";

fn survey(nodes: usize) -> AnyRun {
    AnyRun::of(&read(SURVEY)).topology(format!("star:{nodes}").as_str()).seed(1)
}

/// How many of each type are under way.
fn under_way(world: &dyn AnyWorld) -> [u64; 2] {
    let any: &dyn Any = world;
    let crowd = any.downcast_ref::<Crowd>().expect("its world is a crowd");
    [0, 1].map(|tag| crowd.in_transit_by_tag(tag))
}

#[test]
fn a_run_that_is_stopped_halfway_has_one_message_on_each_link() {
    for nodes in 2..9 {
        let others = nodes as u64 - 1;
        let at = |half_units: u32| {
            let run = survey(nodes).delay(Delay::Unit).stop_after(half_units * millis(1) / 2);
            let finished = run.by(Simulation::new()).expect("it runs");
            under_way(&**finished.world.as_ref().expect("all nodes are known"))
        };
        assert_eq!([at(1), at(3), at(5)], [[others, 0], [0, others], [0, 0]], "{nodes} nodes");
    }
}

#[test]
fn a_property_sees_them_after_each_event() {
    let outcome = |claim: &str| {
        let run = AnyRun::of(&read(&format!("{SURVEY}\n    {claim}"))).topology("star:5").seed(1);
        run.by(Simulation::new()).expect("it runs").outcome()
    };
    for (least, name) in [(4, "Ask"), (4, "Answer")] {
        assert_eq!(outcome(&format!("always at-most {least} {name}")), Outcome::Quiescent);
        assert_eq!(outcome(&format!("always at-most {} {name}", least - 1)), Outcome::Violated);
        assert_eq!(outcome(&format!("finally at-most 0 {name}")), Outcome::Quiescent);
    }
}

#[test]
fn whatever_happens_to_messages_the_count_is_that_of_the_links() {
    for_seeds(300, |seed| {
        let mut random = Random::stream(seed, "test", 0);
        let faults =
            Faults { crashes: vec![Crash::new(random.range(0..5), millis(1))], loss: 0.5, duplicate: 0.5, ..Faults::default() };
        let run = survey(5).links(Links::Lossy).faults(faults);
        let mut system = run.prepare().expect("it can be run").system();
        loop {
            let mut counted = [0, 0];
            for (_, msg) in system.in_transit() {
                counted[usize::from(msg.tag())] += 1;
            }
            assert_eq!(under_way(system.world()), counted);
            let choices = system.enabled();
            if choices.is_empty() {
                break;
            }
            system.apply(choices[random.range(0..choices.len())]).expect("it is enabled");
        }
    });
}
