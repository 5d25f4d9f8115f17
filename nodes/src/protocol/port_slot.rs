//! Where a port stands in an array: what [`PortMap`](super::PortMap) and [`PortSet`](super::PortSet) have in common.
//!
//! What protocols keep about their links is small and dense, and a map of it is generated for each type of its values: an array by the
//! ports' numbers takes a tenth of the code of a balanced tree, and no search.

use serde::de::Error;

use super::bounded::MAX_ELEMENTS;
use crate::topology::Port;

/// Where a port stands: [`Port::SELF`] first, then the others by number.
#[inline]
pub(super) fn slot_of(port: Port) -> usize {
    port.index().wrapping_add(1) as u32 as usize
}

#[inline]
pub(super) fn port_at(slot: usize) -> Port {
    if slot == 0 { Port::SELF } else { Port::new(slot - 1) }
}

/// Whether a port that was read from bytes is one that a node can have; bytes must not reserve room for others.
pub(super) fn checked<E: Error>(port: Port) -> Result<Port, E> {
    if slot_of(port) <= MAX_ELEMENTS { Ok(port) } else { Err(E::custom("a port with too large a number")) }
}

#[cfg(test)]
pub(super) mod testing {
    use super::Port;
    use crate::random::Random;

    /// Few ports, the node's own among them, and one that stands far behind the others.
    pub(in super::super) fn some_port(random: &mut Random) -> Port {
        match random.range(0..12) {
            10 => Port::SELF,
            11 => Port::new(200),
            port => Port::new(port),
        }
    }

    /// In the order of slots; trees have [`Port::SELF`] last.
    pub(in super::super) fn ordered<T>(values: impl IntoIterator<Item = T>, port: impl Fn(&T) -> Port) -> Vec<T> {
        let (mut first, rest): (Vec<_>, Vec<_>) = values.into_iter().partition(|value| port(value) == Port::SELF);
        first.extend(rest);
        first
    }
}
