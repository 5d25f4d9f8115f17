//! How a message looks on the wire: one byte that tells its type, then its fields in postcard's encoding.

use postcard::ser_flavors::{Flavor, Slice};
use serde::{Deserializer, Serialize, de::DeserializeOwned};

use super::bounded::{Failed, Input, MAX_DEPTH, MAX_ELEMENTS};

#[doc(hidden)]
pub use super::length::Length;

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
    let mut writer = Writer::new(tag, buffer)?;
    let written = fields.serialize(writer.fields());
    writer.end(written)
}

/// How many bytes [`encode`] takes; `None` if a field cannot be encoded.
#[inline]
pub fn length<M: Serialize>(fields: &M) -> Option<usize> {
    let mut length = Length::default();
    let counted = fields.serialize(&mut length);
    length.with_tag(counted)
}

/// Splits off the tag.
pub fn tag(bytes: &[u8]) -> Result<(u8, &[u8]), DecodeError> {
    bytes.split_first().map(|(tag, rest)| (*tag, rest)).ok_or(DecodeError::Empty)
}

/// Reads the fields behind a tag, all of them.
pub fn decode<M: DeserializeOwned>(tag: u8, fields: &[u8]) -> Result<M, DecodeError> {
    let mut reader = Reader { tag, input: Input::of(fields) };
    let read = M::deserialize(reader.fields());
    reader.end(read)
}

/// Writes one message of a set: the part of it that is the same for all types.
#[doc(hidden)]
pub struct Writer<'a>(postcard::Serializer<Slice<'a>>);

impl<'a> Writer<'a> {
    #[inline(never)]
    pub fn new(tag: u8, buffer: &'a mut [u8]) -> Result<Self, EncodeError> {
        let (first, rest) = buffer.split_first_mut().ok_or(EncodeError::Full)?;
        *first = tag;
        Ok(Writer(postcard::Serializer { output: Slice::new(rest) }))
    }

    /// What the fields are to be written with.
    #[inline]
    pub fn fields(&mut self) -> &mut postcard::Serializer<Slice<'a>> {
        &mut self.0
    }

    /// How many bytes that took.
    #[inline(never)]
    pub fn end(self, written: postcard::Result<()>) -> Result<usize, EncodeError> {
        match written.and_then(|()| self.0.output.finalize()) {
            Ok(used) => Ok(used.len() + 1),
            Err(postcard::Error::SerializeBufferFull) => Err(EncodeError::Full),
            Err(cause) => Err(EncodeError::Refused(cause)),
        }
    }
}

/// Reads one message of a set: the part of it that is the same for all types.
#[doc(hidden)]
pub struct Reader<'de> {
    tag: u8,
    input: Input<'de>,
}

impl<'de> Reader<'de> {
    #[inline(never)]
    pub fn new(bytes: &'de [u8]) -> Result<Self, DecodeError> {
        let (tag, fields) = tag(bytes)?;
        Ok(Reader { tag, input: Input::of(fields) })
    }

    #[inline]
    pub fn tag(&self) -> u8 {
        self.tag
    }

    /// What the fields are to be read with.
    #[inline]
    pub fn fields(&mut self) -> impl Deserializer<'de, Error = postcard::Error> {
        self.input.value()
    }

    /// No message has the tag.
    #[cold]
    #[inline(never)]
    pub fn unknown(&self) -> DecodeError {
        DecodeError::UnknownTag(self.tag)
    }

    /// The message, behind which nothing may follow.
    #[inline]
    pub fn end<M>(self, read: postcard::Result<M>) -> Result<M, DecodeError> {
        match self.input.end(read) {
            Ok(message) => Ok(message),
            Err(failed) => Err(refused(self.tag, failed)),
        }
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
