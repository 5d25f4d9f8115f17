//! A handler that panics after it has changed the node's state.

use State::*;
use nodes::network::{Faults, OnCrash};
use nodes::prelude::*;
use nodes::run::{AnyRun, Outcome};
use nodes::simulator::{Simulation, Types};
use nodes_tests::with_types;

/// To all.
#[message]
struct Go;

/// Asleep or done.
#[states]
enum State {
    /// Not told.
    #[default]
    Asleep,
    /// Told.
    #[terminal]
    Done,
}

/// Node 2 panics when it is done.
#[protocol]
struct Halfway {
    state: State,
}

#[protocol]
impl Halfway {
    #[on(Spontaneously in Asleep)]
    fn start(&mut self, net: &mut Net<Self>) {
        net.send_to_all(Go);
        self.state = Done;
    }

    #[on(Go in Asleep)]
    fn go(&mut self, net: &mut Net<Self>) {
        self.state = Done;
        assert!(net.id() != 2, "two is too much");
    }
}

#[test]
fn who_panics_halfway_has_crashed_in_its_new_state() {
    let faults = Faults { on_crash: OnCrash::Continue, ..Faults::default() };
    let run = AnyRun::of(&with_types::<Halfway>()).topology("complete:4").faults(faults).seed(1);
    for types in [Types::With, Types::Without] {
        let finished = run.by(Simulation::new().types(types)).expect("it runs").of::<Halfway>();
        assert_eq!(finished.outcome(), Outcome::Terminated, "{types:?}: {:?}", finished.explanation);
        let world = finished.world.as_ref().expect("it has run");
        assert_eq!((world.in_state("Asleep").count(), world.in_state("Done").count()), (0, 3), "{types:?}");
        assert_eq!(world.nodes().filter(|node| !node.is_alive()).map(|node| node.id()).collect::<Vec<_>>(), [2], "{types:?}");
        assert!(world.all_terminal(), "{types:?}");
    }
}
