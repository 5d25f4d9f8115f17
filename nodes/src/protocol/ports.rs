//! Sets of ports.

use core::ops::Range;

use crate::topology::Port;

/// Some ports of a node: what `send_to_all_except` leaves out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Ports {
    /// No port.
    #[default]
    None,
    /// One.
    One(Port),
    /// Several.
    // One pointer: a handler's wish is copied with every message.
    #[allow(clippy::box_collection)]
    Many(Box<Vec<Port>>),
}

impl Ports {
    /// Whether `port` is one of them.
    #[inline]
    pub fn contains(&self, port: Port) -> bool {
        match self {
            Ports::None => false,
            Ports::One(one) => *one == port,
            Ports::Many(many) => many.contains(&port),
        }
    }
}

impl From<Port> for Ports {
    fn from(port: Port) -> Self {
        Ports::One(port)
    }
}

impl From<Vec<Port>> for Ports {
    fn from(ports: Vec<Port>) -> Self {
        Ports::Many(Box::new(ports))
    }
}

impl From<&[Port]> for Ports {
    fn from(ports: &[Port]) -> Self {
        Ports::Many(Box::new(ports.into()))
    }
}

impl<const N: usize> From<[Port; N]> for Ports {
    fn from(ports: [Port; N]) -> Self {
        Ports::Many(Box::new(ports.into()))
    }
}

impl From<Option<Port>> for Ports {
    fn from(port: Option<Port>) -> Self {
        port.map_or(Ports::None, Ports::One)
    }
}

impl From<&std::collections::BTreeSet<Port>> for Ports {
    fn from(ports: &std::collections::BTreeSet<Port>) -> Self {
        ports.iter().copied().collect()
    }
}

impl FromIterator<Port> for Ports {
    fn from_iter<I: IntoIterator<Item = Port>>(ports: I) -> Self {
        Ports::Many(Box::new(ports.into_iter().collect()))
    }
}

/// The ports of a node, in order; borrows nothing, so one can send while iterating.
#[derive(Clone, Debug)]
pub struct PortIter(Repr);

#[derive(Clone, Debug)]
enum Repr {
    All(Range<usize>),
    Some(std::vec::IntoIter<Port>),
}

impl PortIter {
    pub(crate) fn all(degree: usize) -> Self {
        PortIter(Repr::All(0..degree))
    }

    pub(crate) fn some(ports: Vec<Port>) -> Self {
        PortIter(Repr::Some(ports.into_iter()))
    }
}

impl Iterator for PortIter {
    type Item = Port;

    fn next(&mut self) -> Option<Port> {
        match &mut self.0 {
            Repr::All(range) => range.next().map(Port::new),
            Repr::Some(ports) => ports.next(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let len = match &self.0 {
            Repr::All(range) => range.len(),
            Repr::Some(ports) => ports.len(),
        };
        (len, Some(len))
    }
}

impl ExactSizeIterator for PortIter {}
