//! Orders of two messages that differ in one thing only.  Each comes from a leaf of a star to its center, or behind another.

/// A message must not come behind another.  No field tells so, and nothing is sent.
pub mod gate {
    use State::*;
    use nodes::prelude::*;

    #[message]
    pub struct Enter;
    #[message]
    pub struct Shut;

    #[states]
    pub enum State {
        #[default]
        Open,
        Closed,
    }

    #[protocol]
    pub struct Gate {
        state: State,
    }

    #[protocol]
    #[never(Enter in Closed)]
    #[otherwise(ignore)]
    impl Gate {
        #[on(Spontaneously in Open)]
        fn send(&mut self, net: &mut Net<Self>) {
            if net.id() == Id(1) { net.send_to_all(Enter) } else { net.send_to_all(Shut) }
        }

        #[on(Enter in Open)]
        fn enter(&mut self) {}

        #[on(Shut in Open)]
        fn shut(&mut self) {
            self.state = Closed;
        }
    }
}

/// A center passes on what it hears, and keeps nothing of it: what it hears first arrives first.
pub mod relay {
    use nodes::prelude::*;

    #[message]
    pub struct Number(pub u64);

    #[protocol]
    pub struct Relay {
        first: Option<u64>,
    }

    #[protocol]
    impl Relay {
        #[on(Spontaneously)]
        fn send(&mut self, net: &mut Net<Self>) {
            let Id(number) = net.id();
            net.send_to_all(Number(number));
        }

        #[on(Number)]
        fn hear(&mut self, msg: Number, sender: Port, net: &mut Net<Self>) {
            if net.id() == Id(0) {
                net.send_to_all_except(sender, msg);
            } else {
                self.first.get_or_insert(msg.0);
            }
        }
    }
}

/// A coin is tossed unless the center hears before that it is too late: then it lies as it was.
pub mod coin {
    use State::*;
    use nodes::prelude::*;

    #[message]
    pub struct Late;
    #[message]
    pub struct Toss;

    #[states]
    pub enum State {
        #[default]
        Open,
        Closed,
    }

    #[protocol]
    pub struct Coin {
        state: State,
        side: u8,
    }

    #[protocol]
    #[otherwise(ignore)]
    impl Coin {
        #[on(Spontaneously in Open)]
        fn send(&mut self, net: &mut Net<Self>) {
            if net.id() == Id(1) { net.send_to_all(Late) } else { net.send_to_all(Toss) }
        }

        #[on(Late in Open)]
        fn close(&mut self) {
            self.state = Closed;
        }

        #[on(Toss in Open)]
        fn toss(&mut self, net: &mut Net<Self>) {
            self.side = net.random(0..=1);
        }
    }
}

/// The order of two messages is kept, one of which comes behind something that changes nothing.
pub mod behind {
    use nodes::prelude::*;

    #[message]
    pub struct Nothing;
    #[message]
    pub struct Number(pub u64);

    #[protocol]
    pub struct Behind {
        first: Option<u64>,
    }

    #[protocol]
    impl Behind {
        #[on(Spontaneously)]
        fn send(&mut self, net: &mut Net<Self>) {
            let Id(number) = net.id();
            if number == 2 {
                net.send_to_all(Nothing);
            }
            net.send_to_all(Number(number));
        }

        #[on(Nothing)]
        fn pass_by(&mut self) {}

        #[on(Number)]
        fn hear(&mut self, msg: Number) {
            self.first.get_or_insert(msg.0);
        }
    }
}
