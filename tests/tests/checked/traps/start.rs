//! How nodes begin and end.

use catalogue::Shout;
use nodes::prelude::*;
use nodes::run::Run;

use super::{holds, stuck};

/// A node said that it was ready, and only then opened its socket: what was sent to it meanwhile was lost.
mod ready_before_it_listens {
    use State::*;

    use super::*;

    #[message]
    pub struct SetUp;
    #[message]
    pub struct Bind;
    #[message]
    pub struct Ready;
    #[message]
    pub struct Go;

    #[states]
    pub enum State {
        #[default]
        Deaf,
        Listening,
        #[terminal]
        Running,
    }

    #[config]
    pub struct Options {
        /// It listens before it says so.
        pub listens_first: bool,
    }

    #[protocol(initiators = One)]
    pub struct Starting {
        state: State,
        listens_first: bool,
        ready: usize,
    }

    #[protocol]
    #[ignore(Go in Deaf)]
    #[never(SetUp in Listening)]
    #[never(Bind in Listening)]
    #[never(Ready in Listening)]
    impl Starting {
        #[init]
        fn new(options: &Options) -> Self {
            Starting { state: Deaf, listens_first: options.listens_first, ready: 0 }
        }

        #[on(Spontaneously in Deaf)]
        fn set_up(&mut self, net: &mut Net<Self>) {
            net.send_to_all(SetUp);
        }

        #[on(SetUp in Deaf)]
        fn prepare(&mut self, sender: Port, net: &mut Net<Self>) {
            if self.listens_first {
                self.state = Listening;
            } else {
                net.send_to_self(Bind);
            }
            net.send(sender, Ready);
        }

        #[on(Bind in Deaf)]
        fn listen(&mut self) {
            self.state = Listening;
        }

        #[on(Ready in Deaf)]
        fn count(&mut self, net: &mut Net<Self>) {
            self.ready += 1;
            if self.ready == net.degree() {
                net.send_to_all(Go);
                self.state = Running;
            }
        }

        #[on(Go in Listening)]
        fn run(&mut self) {
            self.state = Running;
        }
    }
}

#[test]
fn ready_before_it_listens() {
    use ready_before_it_listens::{Options, Starting};
    let run = |listens_first| Run::<Starting>::on("path:2").config(Options { listens_first });
    // The impulse, SetUp, Ready, Go, and too late Bind.
    assert_eq!(stuck(&run(false)), 5);
    holds(&run(true));
}

/// A node that had decided left, and did not answer any more.
mod deaf_when_done {
    use State::*;

    use super::*;

    #[message]
    pub struct Q;
    #[message]
    pub struct Yes;
    #[message]
    pub struct No;

    #[states]
    pub enum State {
        #[default]
        Idle,
        Active,
        #[terminal]
        Done,
    }

    #[protocol(links = Reliable, initiators = One)]
    pub struct DeafShout {
        state: State,
        answers: usize,
    }

    #[protocol]
    #[never(Yes in Idle)]
    #[never(No in Idle)]
    impl DeafShout {
        #[on(Spontaneously in Idle)]
        fn start(&mut self, net: &mut Net<Self>) {
            net.send_to_all(Q);
            self.state = Active;
        }

        #[on(Q in Idle)]
        fn join(&mut self, sender: Port, net: &mut Net<Self>) {
            net.send(sender, Yes);
            net.send_to_all_except(sender, Q);
            self.state = Active;
            self.count(net);
        }

        #[on(Q in Active)]
        fn refuse(&mut self, sender: Port, net: &mut Net<Self>) {
            net.send(sender, No);
        }

        #[on(Yes in Active)]
        #[on(No in Active)]
        fn count(&mut self, net: &mut Net<Self>) {
            self.answers += 1;
            if self.answers == net.degree() {
                self.state = Done;
            }
        }
    }
}

#[test]
fn deaf_when_done() {
    // The impulse, four Q, of which one finds nobody, two Yes and one No.
    assert_eq!(stuck(&Run::<deaf_when_done::DeafShout>::on("ring:3")), 8);
    holds(&Run::<Shout>::on("ring:3"));
}
