//! Protocols that do one thing very often: what the benchmarks of real processes measure.
#![allow(missing_docs)]

/// Tokens that travel on and on: around a ring, or to and fro on a path of two nodes.
pub mod relay {
    use nodes::prelude::*;

    /// A token, with how many links it has still to cross.
    #[message]
    pub struct Token {
        left: u32,
    }

    #[config]
    pub struct Journey {
        /// How many links each token crosses.
        #[default(1000)]
        pub hops: u32,
    }

    #[protocol]
    pub struct Relay {
        hops: u32,
        /// How many tokens ended their journey here.
        ended: u32,
    }

    #[protocol]
    impl Relay {
        #[init]
        fn new(config: &Journey, _net: &mut Net<Self>) -> Self {
            Relay { hops: config.hops, ended: 0 }
        }

        #[on(Spontaneously)]
        fn start(&mut self, net: &mut Net<Self>) {
            net.send(Port::new(0), Token { left: self.hops - 1 });
        }

        #[on(Token)]
        fn pass(&mut self, msg: Token, sender: Port, net: &mut Net<Self>) {
            let on = if net.degree() == 2 { Port::new(1 - sender.index()) } else { sender };
            match msg.left {
                0 => self.ended += 1,
                left => net.send(on, Token { left: left - 1 }),
            }
        }
    }
}

/// The initiator sends to its neighbour as fast as it can.
pub mod stream {
    use nodes::prelude::*;

    /// A message of 32 bytes: these, and the one that tells its type.
    #[message]
    pub struct Item {
        number: [u8; 4],
        rest: [u8; 27],
    }

    /// To the sender itself: the next step.
    #[message]
    pub struct Next;

    #[config]
    pub struct Load {
        /// How many messages.
        #[default(1000)]
        pub messages: u32,
        /// How many of them in one step.
        #[default(1)]
        pub at_once: u32,
    }

    #[protocol]
    pub struct Stream {
        messages: u32,
        at_once: u32,
        /// How many were sent, or have come in the order of their numbers.
        passed: u32,
    }

    #[protocol]
    impl Stream {
        #[init]
        fn new(config: &Load, _net: &mut Net<Self>) -> Self {
            Stream { messages: config.messages, at_once: config.at_once, passed: 0 }
        }

        #[on(Spontaneously)]
        #[on(Next)]
        fn send(&mut self, net: &mut Net<Self>) {
            let until = self.messages.min(self.passed + self.at_once);
            for number in self.passed..until {
                net.send(Port::new(0), Item { number: number.to_le_bytes(), rest: [7; 27] });
            }
            self.passed = until;
            if until < self.messages {
                net.send_to_self(Next);
            }
        }

        #[on(Item)]
        fn take(&mut self, msg: Item) {
            if u32::from_le_bytes(msg.number) == self.passed {
                self.passed += 1;
            }
        }

        /// Everything came, in order.
        #[finally]
        fn all_came(world: &World<Self>) -> bool {
            world.nodes().all(|node| node.passed == node.messages)
        }
    }
}

pub use relay::Relay;
pub use stream::Stream;
