//! What is counted.

/// Datagrams that an endpoint took no notice of, by the reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rejected {
    /// Too short for a datagram of ours, or too long, or of another format.
    pub shape: u64,
    /// For another endpoint, or for a link that there is not.
    pub address: u64,
    /// The MAC was wrong: a stranger's, another run's, or damaged.
    pub mac: u64,
    /// From, or for, a process that has been restarted since.
    pub incarnation: u64,
    /// The MAC was right, but what follows makes no sense: a peer that does not keep to the format.
    pub malformed: u64,
}

impl Rejected {
    /// All of them.
    pub fn total(&self) -> u64 {
        self.shape + self.address + self.mac + self.incarnation + self.malformed
    }
}

/// What an endpoint has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Datagrams handed out to be sent, and their bytes.
    pub datagrams_sent: u64,
    /// The bytes of those.
    pub bytes_sent: u64,
    /// Pieces of streams, each about a datagram's worth, that were sent again.
    pub resent: u64,
    /// Datagrams handed in, rejected ones too.
    pub datagrams_received: u64,
    /// The bytes of those.
    pub bytes_received: u64,
    /// Those that were rejected.
    pub rejected: Rejected,
}

/// What became of the messages of one link end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LinkStats {
    /// Messages taken by `send`.
    pub sent: u64,
    /// Of those, messages that the peer has acknowledged.  On a `Reliable` link a message counts when all before it do too.
    pub delivered: u64,
    /// Of those, messages that were lost; only on a `Lossy` link.
    pub lost: u64,
    /// Of those, messages that were on their way to a peer that died, or were sent after it had.
    pub to_the_dead: u64,
    /// Messages that arrived, copies made by the network not counted.
    pub received: u64,
    /// Messages that arrived as copies; only on a `Lossy` link.
    pub duplicates: u64,
    /// Datagrams whose contents had arrived before, so that they changed nothing.
    pub datagrams_repeated: u64,
    /// Datagrams whose contents came too late or found no room, so that they count as lost.
    pub datagrams_dropped: u64,
    /// Datagrams with messages or a question, those sent again included.
    pub datagrams_sent: u64,
    /// Pieces of the stream, each about a datagram's worth, that were sent again.
    pub resent: u64,
    /// How often the peer was silent for so long that it was asked again.
    pub timeouts: u64,
}

impl LinkStats {
    /// Messages of which it is not yet known what became: they wait, or are on their way.
    pub fn in_flight(&self) -> u64 {
        self.sent - self.delivered - self.lost - self.to_the_dead
    }
}
