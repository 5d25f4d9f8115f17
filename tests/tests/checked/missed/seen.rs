//! What a property sees for a moment only.

/// Two messages lead to the same in both orders, and in one of them over a state that must not be.
pub mod fleeting {
    use State::*;
    use nodes::prelude::*;

    #[message]
    pub struct Pass;
    #[message]
    pub struct Crown;

    #[states]
    pub enum State {
        #[default]
        Plain,
        Passed,
        Crowned,
        Both,
    }

    #[protocol]
    pub struct Fleeting {
        state: State,
    }

    #[protocol]
    #[otherwise(ignore)]
    impl Fleeting {
        #[on(Spontaneously in Plain)]
        fn send(&mut self, net: &mut Net<Self>) {
            if net.id() == Id(1) { net.send_to_all(Pass) } else { net.send_to_all(Crown) }
        }

        #[on(Pass in Plain)]
        fn pass(&mut self) {
            self.state = Passed;
        }

        #[on(Pass in Crowned)]
        fn pass_by(&mut self) {
            self.state = Both;
        }

        #[on(Crown in Plain)]
        fn crown(&mut self) {
            self.state = Crowned;
        }

        #[on(Crown in Passed)]
        fn crown_too(&mut self) {
            self.state = Both;
        }

        #[always]
        fn none_is_only_crowned(node: &Node<Self>) -> bool {
            !matches!(node.state, Crowned)
        }
    }
}

/// A node must not work without a permit, and does so only until it is offered what it had deferred.
pub mod permit {
    use State::*;
    use nodes::prelude::*;

    #[message]
    pub struct Permit;
    #[message]
    pub struct Stop;
    #[message]
    pub struct Work;

    #[states]
    pub enum State {
        #[default]
        Idle,
        Working,
        Done,
    }

    #[protocol]
    pub struct Worker {
        state: State,
        permitted: bool,
    }

    #[protocol]
    #[defer(Stop in Idle)]
    #[otherwise(ignore)]
    impl Worker {
        #[on(Spontaneously in Idle)]
        fn send(&mut self, net: &mut Net<Self>) {
            if net.id() == Id(1) {
                net.send_to_all(Permit);
            } else {
                net.send_to_all(Stop);
                net.send_to_all(Work);
            }
        }

        #[on(Permit in Idle | Working | Done)]
        fn permit(&mut self) {
            self.permitted = true;
        }

        #[on(Work in Idle)]
        fn work(&mut self) {
            self.state = Working;
        }

        #[on(Stop in Working)]
        fn stop(&mut self) {
            self.state = Done;
        }

        #[always]
        fn work_is_permitted(world: &World<Self>) -> bool {
            world.in_state(Working).all(|node| node.permitted)
        }
    }
}

/// One node must be awake, which none is before the first step.
pub mod awake {
    use State::*;
    use nodes::prelude::*;

    #[states]
    pub enum State {
        #[default]
        Asleep,
        Awake,
    }

    #[message]
    pub struct Nothing;

    #[protocol]
    pub struct Sleeper {
        state: State,
    }

    #[protocol]
    #[ignore(Nothing in Asleep | Awake)]
    impl Sleeper {
        #[on(Spontaneously in Asleep)]
        fn wake(&mut self, net: &mut Net<Self>) {
            if net.id() == Id(1) {
                self.state = Awake;
            }
        }

        #[always]
        fn one_is_awake(world: &World<Self>) -> bool {
            world.in_state(Awake).count() > 0
        }
    }
}
