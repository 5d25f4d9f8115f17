//! Who may speak: every datagram begins with a keyed MAC of the rest of it, BLAKE3 in its keyed mode, cut to 16 bytes.
//!
//! The key is made for one run and handed to its processes only.  So a stranger's datagram, one of another run on a port that was
//! used again, and one that was damaged on the way all fail the same test, before a byte of them is looked at.

/// How many bytes the MAC takes.
pub(super) const MAC: usize = 16;

/// The key of a run: whoever has it can speak for any of its processes.
#[derive(Clone)]
pub struct Key([u8; 32]);

impl Key {
    /// The key of those bytes, which should come from the system's source of randomness.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Key(bytes)
    }

    fn mac(&self, body: &[u8]) -> u128 {
        let hash = blake3::keyed_hash(&self.0, body);
        let mut cut = [0; MAC];
        cut.copy_from_slice(&hash.as_bytes()[..MAC]);
        u128::from_le_bytes(cut)
    }

    /// Writes the MAC of everything behind it to the front of the datagram.
    pub(super) fn seal(&self, datagram: &mut [u8]) {
        let (mac, body) = datagram.split_at_mut(MAC);
        mac.copy_from_slice(&self.mac(body).to_le_bytes());
    }

    /// What is behind the MAC, if that is right.
    pub(super) fn open<'a>(&self, datagram: &'a [u8]) -> Option<&'a [u8]> {
        let (mac, body) = datagram.split_first_chunk::<MAC>()?;
        // Two integers are compared without a branch on their bytes: how long it takes tells nothing.
        (u128::from_le_bytes(*mac) == self.mac(body)).then_some(body)
    }
}

impl core::fmt::Debug for Key {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Key(..)")
    }
}
