//! What only some topologies offer.  A topology of the user's own gets its primitives in the same way: a trait for `Net<P>`
//! whose methods are bound by `P: RunsOn<MyTopology>`.

use super::{MessageOf, Net, Protocol, RunsOn};
use crate::topology::{DirectedRing, Hypercube, OrientedRing, Port, PortLabel, Ring};

/// On every ring.
pub trait RingPrimitives<P: Protocol> {
    /// Sends out of the port that `sender` is not: onwards around the ring.
    fn send_other_way<M: MessageOf<P>>(&mut self, sender: Port, msg: M)
    where
        P: RunsOn<Ring>;
}

impl<P: Protocol> RingPrimitives<P> for Net<P> {
    #[inline]
    fn send_other_way<M: MessageOf<P>>(&mut self, sender: Port, msg: M)
    where
        P: RunsOn<Ring>,
    {
        self.send(Port::new(1 - sender.index()), msg);
    }
}

/// On rings whose nodes agree on left and right.
pub trait OrientedRingPrimitives<P: Protocol> {
    /// The port towards node i-1.
    fn left(&self) -> Port
    where
        P: RunsOn<OrientedRing>;
}

impl<P: Protocol> OrientedRingPrimitives<P> for Net<P> {
    fn left(&self) -> Port
    where
        P: RunsOn<OrientedRing>,
    {
        self.labelled(PortLabel::Left)
    }
}

/// On rings with a direction, and on oriented ones.
pub trait DirectedRingPrimitives<P: Protocol> {
    /// The port towards node i+1.
    fn right(&self) -> Port
    where
        P: RunsOn<DirectedRing>;
}

impl<P: Protocol> DirectedRingPrimitives<P> for Net<P> {
    fn right(&self) -> Port
    where
        P: RunsOn<DirectedRing>,
    {
        self.labelled(PortLabel::Right)
    }
}

/// On hypercubes.
pub trait HypercubePrimitives<P: Protocol> {
    /// The port along dimension `d`: to the neighbour that differs in bit `d`.
    ///
    /// # Panics
    /// If the hypercube has fewer dimensions.
    fn dimension(&self, d: usize) -> Port
    where
        P: RunsOn<Hypercube>;
}

impl<P: Protocol> HypercubePrimitives<P> for Net<P> {
    fn dimension(&self, d: usize) -> Port
    where
        P: RunsOn<Hypercube>,
    {
        self.labelled(PortLabel::Dimension(d as u8))
    }
}
