//! Protocols that send much: as fast as they are let, and faster than anybody takes.
#![allow(missing_docs)]

/// Every node sends each neighbour a numbered stream, one item after the other, as fast as its outbox lets it; and holds what
/// comes against the numbers.
pub mod streaming {
    use State::*;
    use nodes::prelude::*;

    #[message]
    pub struct Item {
        pub number: u64,
        pub bytes: Bytes,
    }

    /// Goes to the node itself: the next item is due.
    #[message]
    pub struct Next;

    #[config]
    pub struct Load {
        /// items to each neighbour
        #[default(1000)]
        pub items: u64,
        /// bytes in each item
        #[default(100)]
        pub size: usize,
    }

    #[states]
    pub enum State {
        #[default]
        Idle,
        Streaming,
        #[terminal]
        Done,
    }

    #[protocol(initiators = All)]
    pub struct Streaming {
        state: State,
        items: u64,
        size: usize,
        sent: u64,
        got: Vec<u64>,
    }

    #[protocol]
    #[never(Item in Idle)]
    #[never(Next in Idle)]
    impl Streaming {
        #[init]
        fn new(config: &Load, net: &mut Net<Self>) -> Self {
            Streaming { state: Idle, items: config.items, size: config.size, sent: 0, got: vec![0; net.degree()] }
        }

        #[on(Spontaneously in Idle)]
        fn start(&mut self, net: &mut Net<Self>) {
            self.state = Streaming;
            self.next(net);
        }

        #[on(Next in Streaming)]
        fn next(&mut self, net: &mut Net<Self>) {
            if self.sent < self.items {
                net.send_to_all(Item { number: self.sent, bytes: vec![self.sent as u8; self.size].into() });
                self.sent += 1;
                net.send_to_self(Next);
            }
            self.look();
        }

        #[on(Item in Streaming)]
        fn take(&mut self, msg: Item, sender: Port) {
            let expected = &mut self.got[sender.index()];
            assert_eq!(msg.number, *expected, "the items at port {sender}");
            assert!(msg.bytes.len() == self.size && msg.bytes.iter().all(|byte| *byte == msg.number as u8));
            *expected += 1;
            self.look();
        }

        fn look(&mut self) {
            if self.sent == self.items && self.got.iter().all(|got| *got == self.items) {
                self.state = Done;
            }
        }

        /// Each stream arrived whole, in order, and once.
        #[finally]
        fn all_arrived(world: &World<Self>) -> bool {
            world.nodes().all(|node| node.got.iter().all(|got| *got == node.items))
        }
    }
}

/// Each message is answered by two.
pub mod avalanche {
    use nodes::prelude::*;

    #[message]
    pub struct Snow {
        pub bytes: Bytes,
    }

    #[protocol]
    pub struct Avalanche {}

    #[protocol]
    impl Avalanche {
        #[on(Spontaneously)]
        fn start(&mut self, net: &mut Net<Self>) {
            net.send_to_all(Snow { bytes: vec![1; 100].into() });
        }

        #[on(Snow)]
        fn grow(&mut self, msg: Snow, sender: Port, net: &mut Net<Self>) {
            net.send(sender, msg.clone());
            net.send(sender, msg);
        }
    }
}

/// Each message that a node sends to itself is answered by two, to itself.
pub mod echo_chamber {
    use nodes::prelude::*;

    #[message]
    pub struct Thought;

    #[protocol]
    pub struct EchoChamber {}

    #[protocol]
    impl EchoChamber {
        #[on(Spontaneously)]
        #[on(Thought)]
        fn think(&mut self, net: &mut Net<Self>) {
            net.send_to_self(Thought);
            net.send_to_self(Thought);
        }
    }
}

/// Its state is larger than any message.
pub mod hoarding {
    use nodes::prelude::*;

    #[config]
    pub struct Store {
        /// bytes that the node keeps
        #[default(2000000)]
        pub bytes: usize,
        /// bytes of the report
        #[default(0)]
        pub report: usize,
    }

    #[message]
    pub struct Go;

    #[protocol]
    pub struct Hoarding {
        kept: Vec<u8>,
        report: usize,
    }

    #[protocol]
    impl Hoarding {
        #[init]
        fn new(config: &Store, _net: &mut Net<Self>) -> Self {
            Hoarding { kept: vec![0; config.bytes], report: config.report }
        }

        #[on(Spontaneously)]
        fn start(&mut self, net: &mut Net<Self>) {
            net.send_to_all(Go);
            if self.report > 0 {
                net.report("all", "x".repeat(self.report));
            }
        }

        #[on(Go)]
        fn go(&mut self) {}
    }
}

/// Node 1 takes its time over its impulse.
pub mod sluggish {
    use nodes::prelude::*;

    #[message]
    pub struct Go;

    #[protocol]
    pub struct Sluggish {
        got: u64,
    }

    #[protocol]
    impl Sluggish {
        #[on(Spontaneously)]
        fn start(&mut self, net: &mut Net<Self>) {
            net.send_to_all(Go);
            if net.id() == 1 {
                std::thread::sleep(std::time::Duration::from_millis(400));
            }
        }

        #[on(Go)]
        fn go(&mut self) {
            self.got += 1;
        }
    }
}

/// Its clean-up panics.
pub mod untidy {
    use nodes::prelude::*;

    #[message]
    pub struct Go;

    #[protocol]
    pub struct Untidy {}

    #[protocol]
    impl Untidy {
        #[on(Spontaneously)]
        fn start(&mut self, net: &mut Net<Self>) {
            net.send_to_all(Go);
        }

        #[on(Go)]
        fn go(&mut self) {}

        #[finish]
        fn finish(&mut self, net: &mut Net<Self>) {
            assert!(net.id() != 1, "nothing can be tidied up");
        }
    }
}

pub use avalanche::Avalanche;
pub use echo_chamber::EchoChamber;
pub use hoarding::Hoarding;
pub use sluggish::Sluggish;
pub use streaming::Streaming;
pub use untidy::Untidy;

/// Its length has no factor in common with those of pieces and windows.
const PATTERN: [u8; 251] = {
    let mut pattern = [0; 251];
    let mut place = 0;
    while place < pattern.len() {
        pattern[place] = place as u8;
        place += 1;
    }
    pattern
};

/// Node 0 sends each neighbour one message, and each node keeps a text until the end.  How much a message may have differs from
/// one of these protocols to the next, and nothing else.
macro_rules! loads {
    ($($module:ident $name:ident $(max_message = $most:literal)?;)+) => {
        $(
            #[doc = concat!("Messages", $(" of at most ", $most,)? ".")]
            pub mod $module {
                use nodes::prelude::*;

                use super::PATTERN;

                #[message]
                pub struct Load {
                    pub bytes: Bytes,
                }

                #[config]
                pub struct Weight {
                    /// bytes that the encoded message has, at least 10
                    #[default(1000)]
                    pub size: usize,
                    /// bytes of the text that each node keeps
                    #[default(0)]
                    pub stored: usize,
                }

                #[protocol($(max_message = $most)?)]
                pub struct $name {
                    size: usize,
                    kept: String,
                    pub got: usize,
                }

                #[protocol]
                impl $name {
                    #[init]
                    fn new(config: &Weight) -> Self {
                        $name { size: config.size, kept: "x".repeat(config.stored), got: 0 }
                    }

                    #[on(Spontaneously)]
                    fn start(&mut self, net: &mut Net<Self>) {
                        // A byte for the type, and seven bits of the length in each of the next.
                        let head = |bytes: usize| 1 + (64 - (bytes as u64 | 1).leading_zeros() as usize).div_ceil(7);
                        let bytes = (2..7).map(|head| self.size - head).find(|bytes| head(*bytes) + bytes == self.size);
                        let bytes = bytes.expect("there is a message of that size");
                        let mut pattern = PATTERN.repeat(bytes / PATTERN.len() + 1);
                        pattern.truncate(bytes);
                        net.send_to_all(Load { bytes: pattern.into() });
                    }

                    #[on(Load)]
                    fn load(&mut self, msg: Load) {
                        assert!(msg.bytes.chunks(PATTERN.len()).all(|part| part == &PATTERN[..part.len()]), "it is whole");
                        self.got = msg.bytes.len();
                    }
                }
            }
            pub use $module::$name;
        )+
    };
}
loads! {
    usual Usual;
    narrow Narrow max_message = "1000 B";
    torrent Torrent max_message = "45 MiB";
}

/// Each node is given a text.
pub mod fed {
    use nodes::prelude::*;

    #[protocol(input = String, max_message = "8 MiB")]
    pub struct Fed {
        pub got: usize,
    }

    #[protocol]
    impl Fed {
        #[init]
        fn new(net: &mut Net<Self>) -> Self {
            Fed { got: net.input().len() }
        }

        #[on(Spontaneously)]
        fn start(&mut self) {}
    }
}

pub use fed::Fed;
