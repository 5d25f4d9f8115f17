//! The links of a node process: the first leads to the initializer, the others to the neighbours, by port.

use std::net::IpAddr;

use super::control::FromNode;
use crate::link::{DATAGRAM, DEFAULT_MAX_MESSAGE, Endpoint, LinkId, MAX_DATAGRAM, Options, SendError};
use crate::protocol::Description;
use crate::topology::Port;

/// The initializer's number among the endpoints of a run; the nodes have their indices.
pub(super) const INITIALIZER: u32 = u32::MAX;

/// The link to the initializer; those to the neighbours follow, by port.
pub(super) const CONTROL: LinkId = LinkId::new(0);

/// The link at a port.
pub(super) fn link_of(port: Port) -> LinkId {
    LinkId::new(1 + port.index() as u32)
}

/// The port of a link to a neighbour.
pub(super) fn port_of(link: LinkId) -> Port {
    Port::new(link.index() - 1)
}

/// Tells the initializer; the error says why that is too much.
pub(super) fn tell(endpoint: &mut Endpoint, what: &FromNode) -> Result<(), String> {
    let bytes = postcard::to_allocvec(what).map_err(|cause| cause.to_string())?;
    endpoint.send(CONTROL, 0, &bytes).map_err(|cause| match cause {
        SendError::TooLarge { len, limit, .. } => format!("that takes {len} bytes, and at most {limit} can be told"),
        full => full.to_string(),
    })
}

/// How many bytes a message may have on the links of a run: the protocol's, and those between initializer and nodes.
pub(super) fn max_message(description: &Description) -> usize {
    description.max_message.max(DEFAULT_MAX_MESSAGE)
}

/// What a node's endpoint may use.  What the initializer is told comes on top of the limit for messages.
pub(super) fn endpoint_options(outbox_limit: usize, max_message: usize, receive_buffer: usize, bind: IpAddr) -> Options {
    let usual = Options::default();
    Options {
        max_message,
        // Half of the limit is left for what deliveries lead to.
        outbox_mark: usual.outbox_mark.min(outbox_limit / 2),
        outbox_limit: outbox_limit.saturating_add((16 << 20).max(2 * max_message)),
        receive_budget: receive_buffer as u64,
        datagram: if bind.is_loopback() { MAX_DATAGRAM } else { DATAGRAM },
        ..usual
    }
}
