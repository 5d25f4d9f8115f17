//! Messages: what a `#[message]` is, and the set of all that a protocol handles.

use core::any::Any;
use core::fmt::{self, Debug};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::codec::{DecodeError, EncodeError};
use super::{Payload, Protocol};
use crate::link::LARGEST_MAX_MESSAGE;

/// A type of message: a struct or enum with `#[message]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a message",
    label = "not a message type",
    note = "annotate its definition with `#[message]`"
)]
pub trait Message: Payload {
    /// Its name.
    const NAME: &'static str;
    /// Its fields, as text: part of the fingerprint by which builds that do not fit refuse each other.
    const SCHEMA: &'static str;
    /// What stands above it in the documentation.
    const DOC: &'static str = "";

    #[doc(hidden)]
    const __TEXTS: [&'static str; 3] = [Self::NAME, Self::SCHEMA, Self::DOC];

    #[doc(hidden)]
    #[inline]
    fn __clone(&self) -> Self {
        self.clone()
    }

    #[doc(hidden)]
    #[inline]
    fn __eq(&self, other: &Self) -> bool {
        self == other
    }

    #[doc(hidden)]
    fn __debug(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fmt(f)
    }

    #[doc(hidden)]
    #[inline]
    fn __serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.serialize(serializer)
    }

    #[doc(hidden)]
    #[inline]
    fn __deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(deserializer)
    }
}

/// All messages that a protocol handles, as one enum, written by `#[protocol]` on the impl block.
///
/// On the wire: a byte, the tag, by order of first mention; then the fields in postcard's encoding.
pub trait MessageSet: Clone + Debug + 'static {
    /// Which of [`Description::messages`](super::Description::messages) this is.
    fn tag(&self) -> u8;

    /// Writes the message into `buffer`; returns its length.
    fn encode(&self, buffer: &mut [u8]) -> Result<usize, EncodeError>;

    /// How many bytes [`encode`](MessageSet::encode) writes; `None` if it would refuse.
    fn length(&self) -> Option<usize> {
        self.encode_growing(&mut Vec::new(), LARGEST_MAX_MESSAGE).ok()
    }

    /// The message alone, without the set.
    fn inner(&self) -> &dyn Any {
        self
    }

    /// Reads what [`encode`](MessageSet::encode) wrote, all of it.
    fn decode(bytes: &[u8]) -> Result<Self, DecodeError>;

    /// Writes the message into `buffer`, which grows as needed; returns the length, which is `limit` at most.
    fn encode_growing(&self, buffer: &mut Vec<u8>, limit: usize) -> Result<usize, EncodeError> {
        loop {
            let room = buffer.len().min(limit);
            match self.encode(&mut buffer[..room]) {
                Err(EncodeError::Full) if room < limit => buffer.resize((room * 2).max(256).min(limit), 0),
                other => return other,
            }
        }
    }
}

/// A message that protocol `P` handles.
#[diagnostic::on_unimplemented(
    message = "`{P}` has no rule for message `{Self}`",
    label = "sent, but no `#[on({Self})]` in `impl {P}` receives it",
    note = "add a handler: `#[on({Self} in ..)] fn ..(&mut self, msg: {Self}, sender: Port, net: &mut Net<Self>)`"
)]
pub trait MessageOf<P: Protocol>: Sized {
    /// Its tag in `P`'s set.
    const TAG: u8;
    /// As one of `P`'s messages.
    fn wrap(self) -> P::Msg;
}

/// Bytes in bulk, as a field of a message: decoded by one copy, where a `Vec<u8>` is decoded byte by byte.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Bytes(#[serde(with = "serde_bytes")] pub Vec<u8>);

impl core::ops::Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes(bytes)
    }
}

impl From<&[u8]> for Bytes {
    fn from(bytes: &[u8]) -> Self {
        Bytes(bytes.to_vec())
    }
}
