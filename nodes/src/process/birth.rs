//! What a node process is told when it is born, on its standard input: never on a command line or in the environment, where
//! others could read the key.

use std::io::{self, Read, Write};
use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

use crate::protocol::bounded;

/// The environment variable that makes a process a node; its value is the protocol's name, which is no secret.
pub(super) const NODE_OF: &str = "NODES_NODE_OF";

/// The environment variable with the node's number, where the program's name does not show it: for what the program prints.
pub(super) const NODE: &str = "NODES_NODE";

/// What a node must know before it can say Hello.
#[derive(Serialize, Deserialize)]
pub(super) struct Birth {
    /// Which node of the graph it is.
    pub(super) node: u32,
    /// How often it was started before.
    pub(super) incarnation: u32,
    /// The run's key.
    pub(super) key: [u8; 32],
    /// Where the initializer listens.
    pub(super) initializer: SocketAddr,
    /// Where the node shall bind.
    pub(super) bind: IpAddr,
    /// The initializer's process.
    pub(super) parent: u32,
    /// How many bytes of messages may wait to be sent.
    pub(super) outbox_limit: u64,
    /// How many bytes a message may have on any of its links.
    pub(super) max_message: u64,
}

impl Birth {
    /// Writes it in one piece, behind its length.
    pub(super) fn write(&self, mut pipe: impl Write) -> io::Result<()> {
        let body = postcard::to_allocvec(self).map_err(io::Error::other)?;
        let mut all = (body.len() as u16).to_le_bytes().to_vec();
        all.extend(body);
        pipe.write_all(&all)
    }

    /// Reads what [`write`](Birth::write) wrote.
    pub(super) fn read(mut pipe: impl Read) -> io::Result<Birth> {
        let mut length = [0; 2];
        pipe.read_exact(&mut length)?;
        let mut body = vec![0; usize::from(u16::from_le_bytes(length))];
        pipe.read_exact(&mut body)?;
        bounded::decode(&body).map_err(io::Error::other)
    }
}
