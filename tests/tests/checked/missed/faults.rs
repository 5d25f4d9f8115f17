//! What only faults do.

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
