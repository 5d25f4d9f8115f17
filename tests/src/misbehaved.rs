//! Protocols that do what protocols should not do: what the engines make of them is what the tests look at.
#![allow(missing_docs)]

/// A node panics in a handler.
pub mod panicking {
    use State::*;
    use nodes::prelude::*;

    #[message]
    pub struct Go;

    #[states]
    pub enum State {
        #[default]
        Waiting,
        #[terminal]
        Done,
    }

    #[protocol]
    pub struct Panicking {
        state: State,
    }

    #[protocol]
    impl Panicking {
        #[on(Spontaneously in Waiting)]
        fn start(&mut self, net: &mut Net<Self>) {
            net.send_to_all(Go);
            self.state = Done;
        }

        #[on(Go in Waiting)]
        fn go(&mut self, net: &mut Net<Self>) {
            assert!(net.id() != 2, "two is too much");
            net.send_to_all(Go);
            self.state = Done;
        }
    }
}

/// A node's handler never returns.
pub mod looping {
    use State::*;
    use nodes::prelude::*;

    #[message]
    pub struct Go;

    #[states]
    pub enum State {
        #[default]
        Waiting,
        #[terminal]
        Done,
    }

    #[protocol]
    pub struct Looping {
        state: State,
    }

    #[protocol]
    impl Looping {
        #[on(Spontaneously in Waiting)]
        fn start(&mut self, net: &mut Net<Self>) {
            net.send_to_all(Go);
            self.state = Done;
        }

        #[on(Go in Waiting)]
        fn go(&mut self, net: &mut Net<Self>) {
            while net.id() == 2 {
                std::hint::spin_loop();
            }
            self.state = Done;
        }
    }
}

/// Everybody waits for somebody else.
pub mod waiting {
    use State::*;
    use nodes::prelude::*;

    #[message]
    pub struct Ask;

    #[message]
    pub struct Answer;

    #[states]
    pub enum State {
        #[default]
        Idle,
        Asking,
        #[terminal]
        Done,
    }

    #[protocol]
    pub struct Waiting {
        state: State,
    }

    #[protocol]
    #[ignore(Ask in Idle)]
    #[defer(Ask in Asking)]
    #[never(Answer in Idle)]
    impl Waiting {
        #[on(Spontaneously in Idle)]
        fn start(&mut self, net: &mut Net<Self>) {
            net.send_to_all(Ask);
            self.state = Asking;
        }

        #[on(Answer in Asking)]
        fn answered(&mut self) {
            self.state = Done;
        }

        #[on(Ask in Done)]
        fn answer(&mut self, sender: Port, net: &mut Net<Self>) {
            net.send(sender, Answer);
        }
    }
}

/// An alarm that rings sets itself again for the moment at which it rings.
pub mod restless {
    use nodes::prelude::*;

    #[alarm]
    pub struct Again;

    #[protocol]
    pub struct Restless {}

    #[protocol]
    impl Restless {
        #[on(Spontaneously)]
        #[when(Again)]
        fn again(&mut self, net: &mut Net<Self>) {
            net.set_alarm(Duration::ZERO, Again);
        }
    }
}

/// A handler calls itself until its stack is full.
pub mod bottomless {
    use std::hint::black_box;

    use nodes::prelude::*;

    #[protocol]
    pub struct Bottomless {}

    #[protocol]
    impl Bottomless {
        #[on(Spontaneously)]
        fn fall(&mut self, net: &mut Net<Self>) {
            net.report("depth", fall_from(0));
        }
    }

    fn fall_from(depth: u64) -> u64 {
        let below = black_box([depth; 64]);
        if black_box(true) { fall_from(below[7] + 1) + below[9] } else { depth }
    }
}

/// Two messages chase each other around for ever.
pub mod chattering {
    use nodes::prelude::*;

    #[message]
    pub struct Ball;

    #[protocol]
    pub struct Chattering {
        hits: u64,
    }

    #[protocol]
    impl Chattering {
        #[on(Spontaneously)]
        fn start(&mut self, net: &mut Net<Self>) {
            net.send_to_all(Ball);
        }

        #[on(Ball)]
        fn hit(&mut self, sender: Port, net: &mut Net<Self>) {
            self.hits += 1;
            net.send(sender, Ball);
        }

        #[finish]
        fn finish(&mut self, net: &mut Net<Self>) {
            net.report("hits", self.hits);
        }
    }
}

/// A message comes that `#[never]` rules out.
pub mod surprised {
    use State::*;
    use nodes::prelude::*;

    #[message]
    pub struct Surprise;

    #[states]
    pub enum State {
        #[default]
        Calm,
        #[terminal]
        Done,
    }

    #[protocol]
    pub struct Surprised {
        state: State,
    }

    #[protocol]
    #[never(Surprise in Calm)]
    impl Surprised {
        #[on(Spontaneously in Calm)]
        fn start(&mut self, net: &mut Net<Self>) {
            net.send_to_all(Surprise);
            self.state = Done;
        }
    }
}

/// A helper leaves the terminal state, where the macro cannot see it.
pub mod fickle {
    use State::*;
    use nodes::prelude::*;

    #[message]
    pub struct Again;

    #[states]
    pub enum State {
        #[default]
        Calm,
        #[terminal]
        Done,
    }

    #[protocol]
    pub struct Fickle {
        state: State,
    }

    #[protocol]
    impl Fickle {
        #[on(Spontaneously in Calm)]
        fn start(&mut self, net: &mut Net<Self>) {
            net.send_to_all(Again);
            self.state = Done;
        }

        #[on(Again in Calm)]
        fn first(&mut self, sender: Port, net: &mut Net<Self>) {
            net.send(sender, Again);
            self.state = Done;
        }

        #[on(Again in Done)]
        fn again(&mut self) {
            self.waver(Calm);
        }

        fn waver(&mut self, to: State) {
            self.state = to;
        }
    }
}

/// Its properties are wrong.
pub mod boastful {
    use State::*;
    use nodes::prelude::*;

    #[message]
    pub struct Hello;

    #[states]
    pub enum State {
        #[default]
        Calm,
        #[terminal]
        Done,
    }

    #[protocol]
    pub struct Boastful {
        state: State,
    }

    #[protocol]
    impl Boastful {
        #[on(Spontaneously in Calm)]
        fn start(&mut self, net: &mut Net<Self>) {
            net.send_to_all(Hello);
            self.state = Done;
        }

        #[on(Hello in Calm)]
        fn hello(&mut self, sender: Port, net: &mut Net<Self>) {
            net.send_to_all_except(sender, Hello);
            self.state = Done;
        }

        /// Nobody is ever done.
        #[always]
        fn nobody_is_done(world: &World<Self>) -> bool {
            world.in_state(Done).count() == 0
        }

        /// Each link carried one message.
        #[finally]
        fn one_message_a_link(world: &World<Self>) -> Result<(), String> {
            let (sent, links) = (world.sent::<Hello>(), world.topology().link_count() as u64);
            if sent == links { Ok(()) } else { Err(format!("{sent} messages over {links} links")) }
        }
    }
}

/// A node's process ends abruptly.
pub mod aborting {
    use nodes::prelude::*;

    #[message]
    pub struct Go;

    #[protocol]
    pub struct Aborting {}

    #[protocol]
    impl Aborting {
        #[on(Spontaneously)]
        fn start(&mut self, net: &mut Net<Self>) {
            net.send_to_all(Go);
        }

        #[on(Go)]
        fn go(&mut self) {
            std::process::abort();
        }
    }
}

/// Handlers print, read, and start a program that outlives the node, whose process then ends abruptly.
pub mod fostering {
    use std::process::{Command, Stdio};

    use nodes::prelude::*;

    #[message]
    pub struct Go;

    #[protocol]
    pub struct Fostering {}

    #[protocol]
    impl Fostering {
        #[on(Spontaneously)]
        fn start(&mut self, net: &mut Net<Self>) {
            println!("a handler prints");
            let read = std::io::stdin().read_line(&mut String::new()).expect("it can be read");
            println!("a handler reads {read} bytes");
            net.send_to_all(Go);
        }

        #[on(Go)]
        fn go(&mut self) {
            // It inherits what may be inherited, but not by what a test finds its processes, and what it reads.
            let mut sleep = Command::new("sleep");
            sleep.arg("5").env_clear().stdin(Stdio::inherit()).stdout(Stdio::null()).stderr(Stdio::null());
            sleep.spawn().expect("it starts");
            std::process::abort();
        }
    }
}

/// Sends messages of any size to its neighbours.
pub mod bulky {
    use State::*;
    use nodes::prelude::*;

    #[message]
    pub struct Load {
        pub bytes: Bytes,
    }

    #[config]
    pub struct Weight {
        /// bytes in each message
        #[default(1000)]
        pub size: usize,
    }

    #[states]
    pub enum State {
        #[default]
        Empty,
        #[terminal]
        Full,
    }

    #[protocol]
    pub struct Bulky {
        state: State,
        size: usize,
        got: usize,
    }

    #[protocol]
    impl Bulky {
        #[init]
        fn new(config: &Weight, _net: &mut Net<Self>) -> Self {
            Bulky { state: Empty, size: config.size, got: 0 }
        }

        #[on(Spontaneously in Empty)]
        fn start(&mut self, net: &mut Net<Self>) {
            net.send_to_all(Load { bytes: vec![7; self.size].into() });
            self.state = Full;
        }

        #[on(Load in Empty)]
        fn load(&mut self, msg: Load, sender: Port, net: &mut Net<Self>) {
            self.got = msg.bytes.len();
            net.send_to_all_except(sender, msg);
            self.state = Full;
        }

        /// Everything arrived whole.
        #[finally]
        fn whole(world: &World<Self>) -> bool {
            world.nodes().all(|node| node.got == node.size || node.got == 0)
        }
    }
}

pub use aborting::Aborting;
pub use boastful::Boastful;
pub use bulky::Bulky;
pub use chattering::Chattering;
pub use fickle::Fickle;
pub use fostering::Fostering;
pub use looping::Looping;
pub use panicking::Panicking;
pub use surprised::Surprised;
pub use waiting::Waiting;

/// `#[finish]` does not only report and log.
pub mod garrulous {
    use nodes::prelude::*;

    #[message]
    pub struct Bye;

    #[protocol]
    pub struct Garrulous {}

    #[protocol]
    impl Garrulous {
        #[on(Spontaneously)]
        fn start(&mut self) {}

        #[on(Bye)]
        fn bye(&mut self) {}

        #[finish]
        fn finish(&mut self, net: &mut Net<Self>) {
            net.send_to_all(Bye);
        }
    }
}

/// `#[finish]` panics.
pub mod abrupt {
    use nodes::prelude::*;

    #[protocol]
    pub struct Abrupt {}

    #[protocol]
    impl Abrupt {
        #[on(Spontaneously)]
        fn start(&mut self) {}

        #[finish]
        fn finish(&mut self) {
            panic!("too much at the end");
        }
    }
}
