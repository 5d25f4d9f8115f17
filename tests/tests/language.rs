//! The language, seen from the outside.
#![allow(missing_docs, unreachable_pub)]

mod controlled_distance {
    use State::*;
    use nodes::prelude::*;

    #[message]
    pub struct Forth {
        pub origin: Id,
        pub limit: u32,
    }
    #[message]
    pub struct Back {
        pub origin: Id,
    }
    #[message]
    pub struct Notify {
        pub leader: Id,
    }

    #[states]
    pub enum State {
        #[default]
        Asleep,
        Candidate,
        Defeated,
        #[terminal]
        Leader,
        #[terminal]
        Follower,
    }

    #[protocol(topology = Ring, links = Reliable, problem = "leader election", cost = "O(n log n) messages", source = "Hirschberg & Sinclair 1980")]
    pub struct ControlledDistance {
        state: State,
        limit: u32,
        returned: u8,
    }

    #[protocol]
    #[never(Back in Asleep)]
    #[never(Notify in Asleep | Candidate)]
    impl ControlledDistance {
        #[on(Spontaneously in Asleep)]
        fn start(&mut self, net: &mut Net<Self>) {
            self.limit = 1;
            self.begin_stage(net);
            self.state = Candidate;
        }

        #[on(Forth in Asleep)]
        fn woken(&mut self, msg: Forth, sender: Port, net: &mut Net<Self>) {
            if msg.origin < net.id() {
                self.relay_or_answer(msg, sender, net);
            } else {
                self.start(net);
            }
        }

        #[on(Forth in Candidate if msg.origin < net.id())]
        #[on(Forth in Defeated)]
        fn relay_or_answer(&mut self, msg: Forth, sender: Port, net: &mut Net<Self>) {
            if msg.limit > 1 {
                net.send_other_way(sender, Forth { limit: msg.limit - 1, ..msg });
            } else {
                net.send(sender, Back { origin: msg.origin });
            }
            self.state = Defeated;
        }

        #[on(Forth in Candidate)]
        fn own_or_larger(&mut self, msg: Forth, sender: Port, net: &mut Net<Self>) {
            if msg.origin == net.id() {
                net.send_other_way(sender, Notify { leader: net.id() });
                self.state = Leader;
            }
        }

        #[on(Back in Candidate)]
        fn survived(&mut self, net: &mut Net<Self>) {
            self.returned += 1;
            if self.returned == 2 {
                self.limit *= 2;
                self.begin_stage(net);
            }
        }

        #[on(Back in Defeated)]
        fn relay(&mut self, msg: Back, sender: Port, net: &mut Net<Self>) {
            net.send_other_way(sender, msg);
        }

        #[on(Notify in Defeated)]
        fn follow(&mut self, msg: Notify, sender: Port, net: &mut Net<Self>) {
            net.send_other_way(sender, msg);
            self.state = Follower;
        }

        fn begin_stage(&mut self, net: &mut Net<Self>) {
            self.returned = 0;
            net.send_to_all(Forth { origin: net.id(), limit: self.limit });
        }

        /// Safety: never two leaders.
        #[always]
        fn at_most_one_leader(world: &World<Self>) -> bool {
            world.in_state(Leader).count() <= 1
        }

        /// When all is quiet: one leader, and all others know it.
        #[finally]
        fn elected(world: &World<Self>) -> bool {
            world.in_state(Leader).count() == 1 && world.all_terminal()
        }
    }
}

#[test]
fn it_is_described() {
    use nodes::Protocol;
    println!("{:#?}", controlled_distance::ControlledDistance::description(&()));
}
