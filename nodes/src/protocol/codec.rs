//! How a message looks on the wire: one byte that tells its type, then its fields in postcard's encoding.

use serde::{Serialize, de::DeserializeOwned};

use super::bounded::{Failed, Input, MAX_DEPTH, MAX_ELEMENTS};
use super::length;

/// A message could not be encoded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// The buffer is too small for it.
    #[error("the message is larger than the buffer")]
    Full,
    /// A field's own `Serialize` refused.
    #[error("a field cannot be encoded: {0}")]
    Refused(postcard::Error),
}

/// Bytes that are not the encoding of a message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// Nothing at all.
    #[error("an empty message")]
    Empty,
    /// No message has this tag.
    #[error("no message has the tag {0}")]
    UnknownTag(u8),
    /// The fields do not fit the type.
    #[error("the fields of message {tag} do not decode: {cause}")]
    Fields {
        /// The type's tag.
        tag: u8,
        /// What postcard says.
        cause: postcard::Error,
    },
    /// The fields go deeper than 128 levels of options, enums, sequences and maps, or have more elements than 1 Mi together, and than
    /// there are bytes.
    #[error("the fields of message {tag} have more than {MAX_DEPTH} levels, or {MAX_ELEMENTS} elements")]
    Excessive {
        /// The type's tag.
        tag: u8,
    },
    /// The message is followed by more.
    #[error("{0} bytes too many")]
    Trailing(usize),
}

/// Writes `tag` and the fields; returns how many bytes that took.
pub fn encode<M: Serialize>(tag: u8, fields: &M, buffer: &mut [u8]) -> Result<usize, EncodeError> {
    let (first, rest) = buffer.split_first_mut().ok_or(EncodeError::Full)?;
    *first = tag;
    match postcard::to_slice(fields, rest) {
        Ok(used) => Ok(used.len() + 1),
        Err(postcard::Error::SerializeBufferFull) => Err(EncodeError::Full),
        Err(cause) => Err(EncodeError::Refused(cause)),
    }
}

/// How many bytes [`encode`] takes; `None` if a field cannot be encoded.
#[inline]
pub fn length<M: Serialize>(fields: &M) -> Option<usize> {
    length::of(fields).ok().map(|length| length + 1)
}

/// Splits off the tag.
pub fn tag(bytes: &[u8]) -> Result<(u8, &[u8]), DecodeError> {
    bytes.split_first().map(|(tag, rest)| (*tag, rest)).ok_or(DecodeError::Empty)
}

/// Reads the fields behind a tag, all of them.
pub fn decode<M: DeserializeOwned>(tag: u8, fields: &[u8]) -> Result<M, DecodeError> {
    let mut input = Input::of(fields);
    let value = M::deserialize(input.value());
    match input.end(value) {
        Ok(fields) => Ok(fields),
        Err(failed) => Err(refused(tag, failed)),
    }
}

#[cold]
#[inline(never)]
fn refused(tag: u8, failed: Failed) -> DecodeError {
    match failed {
        Failed::Postcard(cause) => DecodeError::Fields { tag, cause },
        Failed::Excessive => DecodeError::Excessive { tag },
        Failed::Trailing(bytes) => DecodeError::Trailing(bytes),
    }
}
