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
