//! What may happen besides an event that commutes with all that comes to its node.

/// A message may come to a node while another, which has decided, has its alarm set: then that still rings before the run is over.
pub mod bell {
    use State::*;
    use nodes::prelude::*;

    #[message]
    pub struct Go;

    #[alarm]
    pub struct Ring;

    #[states]
    pub enum State {
        #[default]
        Idle,
        #[terminal]
        Done,
    }

    #[protocol(initiators = One)]
    pub struct Bell {
        state: State,
        has_rung: bool,
    }

    #[protocol]
    impl Bell {
        #[on(Spontaneously in Idle)]
        fn start(&mut self, net: &mut Net<Self>) {
            net.send_to_all(Go);
            self.state = Done;
        }

        #[on(Go in Idle)]
        fn go(&mut self, net: &mut Net<Self>) {
            if net.id() == Id(2) {
                net.set_alarm(secs(1), Ring);
            }
            self.state = Done;
        }

        #[when(Ring in Done)]
        fn ring(&mut self) {
            self.has_rung = true;
        }
    }
}

/// The center shuts the door of the first leaf once the others have knocked in a row, which random runs do not come to; nobody must enter
/// behind that.
pub mod door {
    use State::*;
    use nodes::prelude::*;

    #[message]
    pub struct Enter;
    #[message]
    pub struct Knock(pub u64);
    #[message]
    pub struct Shut;

    #[states]
    pub enum State {
        #[default]
        Open,
        Closed,
    }

    #[protocol]
    pub struct Door {
        state: State,
        /// The last that has knocked in a row.
        last: u64,
    }

    #[protocol]
    #[never(Enter in Closed)]
    #[otherwise(ignore)]
    impl Door {
        #[init]
        fn new() -> Self {
            Door { state: Open, last: 1 }
        }

        #[on(Spontaneously in Open)]
        fn start(&mut self, net: &mut Net<Self>) {
            match net.id() {
                Id(0) => net.send_to(net.ports().next(), Enter),
                Id(number) => net.send_to_all(Knock(number)),
            }
        }

        #[on(Knock in Open)]
        fn hear(&mut self, msg: Knock, net: &mut Net<Self>) {
            if msg.0 == self.last + 1 {
                self.last = msg.0;
                if self.last == 8 {
                    net.send_to(net.ports().next(), Shut);
                }
            }
        }

        #[on(Enter in Open)]
        fn enter(&mut self) {}

        #[on(Shut in Open)]
        fn shut(&mut self) {
            self.state = Closed;
        }
    }
}

/// Somebody must not enter behind the impulse of the one who is asked.
pub mod early {
    use State::*;
    use nodes::prelude::*;

    #[message]
    pub struct Enter;

    #[states]
    pub enum State {
        #[default]
        Open,
        Closed,
    }

    #[protocol]
    pub struct Early {
        state: State,
    }

    #[protocol]
    #[never(Enter in Closed)]
    impl Early {
        #[on(Spontaneously in Open)]
        fn start(&mut self, net: &mut Net<Self>) {
            if net.id() == Id(1) { net.send_to_all(Enter) } else { self.state = Closed }
        }

        #[on(Enter in Open)]
        fn enter(&mut self) {}
    }
}

/// A leaf looks, and must not do so once it was counted twice.  The other counts; or the same one does, with messages that overtake.
pub mod counted {
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

    #[protocol]
    pub struct Counted {
        state: State,
    }

    #[protocol]
    #[never(Look in Two)]
    #[otherwise(ignore)]
    impl Counted {
        #[on(Spontaneously in Zero)]
        fn send(&mut self, net: &mut Net<Self>) {
            let is_alone = net.id() == Id(3);
            if is_alone || net.id() == Id(1) {
                net.send_to_all(Look);
            }
            if is_alone || net.id() == Id(2) {
                (0..2).for_each(|_| net.send_to_all(Count));
            }
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

/// Two hear something, of whom the one must not be the first.
pub mod order {
    use State::*;
    use nodes::prelude::*;

    #[message]
    pub struct Go;

    #[states]
    pub enum State {
        #[default]
        Idle,
        First,
        Second,
    }

    #[protocol(initiators = One)]
    pub struct Order {
        state: State,
    }

    #[protocol]
    #[otherwise(ignore)]
    impl Order {
        #[on(Spontaneously in Idle)]
        fn send(&mut self, net: &mut Net<Self>) {
            net.send_to_all(Go);
        }

        #[on(Go in Idle)]
        fn go(&mut self, net: &mut Net<Self>) {
            self.state = if net.id() == Id(0) { First } else { Second };
        }

        #[always]
        fn the_second_comes_behind_the_first(world: &World<Self>) -> bool {
            world.in_state(Second).count() == 0 || world.in_state(First).count() > 0
        }
    }
}
