//! What only faults of messages do.

/// Something must not come behind another thing that comes twice.
pub mod twice {
    use State::*;
    use nodes::prelude::*;

    #[message]
    pub struct Look;
    #[message]
    pub struct Count;

    #[states]
    pub enum State {
        #[default]
        Zero,
        One,
        Two,
    }

    #[protocol(initiators = One)]
    pub struct Twice {
        state: State,
    }

    #[protocol]
    #[never(Look in Two)]
    #[otherwise(ignore)]
    impl Twice {
        #[on(Spontaneously in Zero)]
        fn send(&mut self, net: &mut Net<Self>) {
            net.send_to_all(Look);
            net.send_to_all(Count);
        }

        #[on(Look in Zero | One)]
        fn look(&mut self) {}

        #[on(Count in Zero)]
        fn count(&mut self) {
            self.state = One;
        }

        #[on(Count in One)]
        fn count_again(&mut self) {
            self.state = Two;
        }
    }
}

/// Something must not come behind another thing that comes without what was sent before it.
pub mod alone {
    use State::*;
    use nodes::prelude::*;

    #[message]
    pub struct Look;
    #[message]
    pub struct First;
    #[message]
    pub struct Second;

    #[states]
    pub enum State {
        #[default]
        Idle,
        Heard,
        Alone,
    }

    #[protocol]
    pub struct Waiter {
        state: State,
    }

    #[protocol]
    #[never(Look in Alone)]
    #[otherwise(ignore)]
    impl Waiter {
        #[on(Spontaneously in Idle)]
        fn send(&mut self, net: &mut Net<Self>) {
            if net.id() == Id(1) {
                net.send_to_all(Look);
            } else {
                net.send_to_all(First);
                net.send_to_all(Second);
            }
        }

        #[on(Look in Idle | Heard)]
        fn look(&mut self) {}

        #[on(First in Idle)]
        fn hear(&mut self) {
            self.state = Heard;
        }

        #[on(Second in Idle)]
        fn hear_only(&mut self) {
            self.state = Alone;
        }
    }
}

/// One of two neighbours hears the second of two messages and not the first, and that before the other has heard anything.
pub mod only {
    use State::*;
    use nodes::prelude::*;

    #[message]
    pub struct First;
    #[message]
    pub struct Second;

    #[states]
    pub enum State {
        #[default]
        Idle,
        Heard,
        Alone,
    }

    #[protocol(initiators = One)]
    pub struct Only {
        state: State,
    }

    #[protocol]
    #[otherwise(ignore)]
    impl Only {
        #[on(Spontaneously in Idle)]
        fn send(&mut self, net: &mut Net<Self>) {
            net.send_to_all(First);
            if let Some(last) = net.ports().last() {
                net.send(last, Second);
            }
        }

        #[on(First in Idle)]
        fn hear(&mut self) {
            self.state = Heard;
        }

        #[on(Second in Idle)]
        fn hear_only(&mut self) {
            self.state = Alone;
        }

        #[always]
        fn none_is_alone_before_one_hears(world: &World<Self>) -> bool {
            world.in_state(Alone).count() == 0 || world.in_state(Heard).count() > 0
        }
    }
}

/// Two of three messages are under way, and none has arrived: a property sees that one is lost only behind another step.
pub mod late {
    use State::*;
    use nodes::prelude::*;

    #[message]
    pub struct Number(pub u8);

    #[states]
    pub enum State {
        #[default]
        Idle,
        Heard,
    }

    #[protocol]
    pub struct Late {
        state: State,
    }

    #[protocol]
    #[otherwise(ignore)]
    impl Late {
        #[on(Spontaneously in Idle)]
        fn send(&mut self, net: &mut Net<Self>) {
            if net.id() == Id(1) {
                (0..3).for_each(|number| net.send_to_all(Number(number)));
            }
        }

        #[on(Number in Idle)]
        fn hear(&mut self) {
            self.state = Heard;
        }

        #[always]
        fn three_are_under_way_until_one_is_heard(world: &World<Self>) -> bool {
            world.in_transit::<Number>() != 2 || world.in_state(Heard).count() > 0
        }
    }
}
