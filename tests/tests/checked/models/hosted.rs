//! Actors of another checker, all on one node, whose loop is the network.
//!
//! A message that changes nothing is not delivered there, and stays where it is for ever.  Here it arrives, and is sent once more, which
//! leads to the same state.

use core::marker::PhantomData;

use nodes::prelude::*;

/// Some actors, between which `E` travels: a message, with its sender and receiver where they matter.
pub trait Actors<E>: Payload {
    /// So many of what there may be many of, and what they send at once.
    fn start(size: u32) -> (Self, Vec<E>);

    /// What may come of a message: nothing if it changes nothing, else the actors as they are then, and what is sent.
    fn deliver(&self, envelope: &E) -> Vec<(Self, Vec<E>)>;

    /// What holds always.
    fn is_well(&self) -> bool;
}

#[message]
pub struct Sent<E>(E);

#[config]
pub struct Options {
    /// How many there are of what there may be many of.
    #[default(2)]
    pub size: u32,
}

/// A node that stands for all actors.
#[protocol(topology = Ring, links = Reliable, initiators = One)]
pub struct Hosted<A: Actors<E>, E: Payload> {
    actors: A,
    envelope: PhantomData<E>,
}

#[protocol]
impl<A: Actors<E>, E: Payload> Hosted<A, E> {
    #[init]
    fn new(options: &Options, net: &mut Net<Self>) -> Self {
        let (actors, sent) = A::start(options.size);
        sent.into_iter().for_each(|envelope| net.send(Self::link(), Sent(envelope)));
        Hosted { actors, envelope: PhantomData }
    }

    /// Something has to.
    #[on(Spontaneously)]
    fn begin(&mut self) {}

    #[on(Sent<E>)]
    fn deliver(&mut self, msg: Sent<E>, net: &mut Net<Self>) {
        let mut alternatives = self.actors.deliver(&msg.0);
        if alternatives.is_empty() {
            return net.send(Self::link(), msg);
        }
        let (actors, sent) = alternatives.swap_remove(net.random(0..alternatives.len() as u64) as usize);
        sent.into_iter().for_each(|envelope| net.send(Self::link(), Sent(envelope)));
        self.actors = actors;
    }

    fn link() -> Port {
        Port::new(0)
    }

    #[always]
    fn is_well(node: &Node<Self>) -> bool {
        node.actors.is_well()
    }
}
