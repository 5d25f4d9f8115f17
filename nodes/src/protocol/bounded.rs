//! Decoding that ends soon, whatever the bytes say.
//!
//! Postcard alone believes a length, and goes as deep as the bytes lead it.  Five bytes would keep a `Vec<()>` busy for years,
//! since its elements take none, and a megabyte would drive a type that holds itself in a `Box` through the end of the stack.
//! So postcard reads what holds nothing else, and what holds other values is taken apart here.

use serde::Deserialize;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};

use postcard::Error;

use crate::link::DEFAULT_MAX_MESSAGE;

/// How deep a value may be: options, enums, sequences and maps within each other.
pub(crate) const MAX_DEPTH: u32 = 128;

/// How many elements all its sequences and maps may have together, or as many as there are bytes, if those are more.  More could
/// not come out of a message, unless they take no bytes.
pub(crate) const MAX_ELEMENTS: usize = DEFAULT_MAX_MESSAGE;

/// Why bytes do not decode.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failed {
    #[error("{0}")]
    Postcard(Error),
    #[error("more than {MAX_DEPTH} levels, or {MAX_ELEMENTS} elements")]
    Excessive,
    #[error("{0} bytes too many")]
    Trailing(usize),
}

/// Reads a value; `bytes` are all of it.
#[inline]
pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failed> {
    let mut input = Input::of(bytes);
    let value = T::deserialize(input.value());
    input.end(value)
}

/// What has not been read yet.
pub(super) struct Input<'de> {
    rest: &'de [u8],
    /// How many elements there may still be.
    elements: usize,
    exceeded: bool,
}

impl<'de> Input<'de> {
    pub(super) fn of(bytes: &'de [u8]) -> Self {
        Input { rest: bytes, elements: MAX_ELEMENTS.max(bytes.len()), exceeded: false }
    }

    #[inline]
    pub(super) fn value(&mut self) -> Bounded<'_, 'de> {
        Bounded { input: self, depth: 0 }
    }

    #[cold]
    #[inline(never)]
    fn exceed(&mut self) -> Error {
        self.exceeded = true;
        Error::custom("it is excessive")
    }

    /// The value, after which nothing may follow.
    #[inline]
    pub(super) fn end<T>(&self, value: Result<T, Error>) -> Result<T, Failed> {
        match value {
            Ok(value) if self.rest.is_empty() => Ok(value),
            value => Err(self.failed(value.err())),
        }
    }

    #[cold]
    #[inline(never)]
    fn failed(&self, cause: Option<Error>) -> Failed {
        match cause {
            None => Failed::Trailing(self.rest.len()),
            Some(_) if self.exceeded => Failed::Excessive,
            Some(cause) => Failed::Postcard(cause),
        }
    }
}

/// Reads one value, so many levels deep.
pub(super) struct Bounded<'a, 'de> {
    input: &'a mut Input<'de>,
    depth: u32,
}

impl<'a, 'de> Bounded<'a, 'de> {
    #[inline]
    fn again(&mut self) -> Bounded<'_, 'de> {
        Bounded { input: self.input, depth: self.depth }
    }

    #[inline]
    fn deeper(self) -> Result<Self, Error> {
        if self.depth < MAX_DEPTH { Ok(Bounded { depth: self.depth + 1, ..self }) } else { Err(self.input.exceed()) }
    }

    /// As many values as the type says.
    #[inline]
    fn parts(self, left: usize) -> Elements<'a, 'de> {
        Elements { of: self, left }
    }

    /// As many values as the bytes say.
    fn elements(self) -> Result<Elements<'a, 'de>, Error> {
        let mut this = self.deeper()?;
        let left = usize::deserialize(this.again())?;
        match this.input.elements.checked_sub(left) {
            Some(elements) => this.input.elements = elements,
            None => return Err(this.input.exceed()),
        }
        Ok(this.parts(left))
    }
}

/// What holds nothing else.
// Not marked to be inlined: each would be made again in every part of a crate that decodes such values.
macro_rules! plain {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            let mut postcard = postcard::Deserializer::from_bytes(self.input.rest);
            let value = postcard.$method(visitor)?;
            self.input.rest = postcard.finalize()?;
            Ok(value)
        }
    )*};
}

impl<'de> Deserializer<'de> for Bounded<'_, 'de> {
    type Error = Error;

    plain! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32 deserialize_f64
        deserialize_char deserialize_str deserialize_string deserialize_bytes deserialize_byte_buf
        deserialize_any deserialize_identifier deserialize_ignored_any
    }

    fn is_human_readable(&self) -> bool {
        false
    }

    // Bytes come in arrays, one by one: they take no detour.
    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let Some((byte, rest)) = self.input.rest.split_first() else { return Err(Error::DeserializeUnexpectedEnd) };
        self.input.rest = rest;
        visitor.visit_u8(*byte)
    }

    #[inline]
    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    #[inline]
    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    #[inline]
    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    #[inline]
    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(self.parts(len))
    }

    #[inline]
    fn deserialize_tuple_struct<V: Visitor<'de>>(self, _: &'static str, len: usize, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(self.parts(len))
    }

    #[inline]
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_seq(self.parts(fields.len()))
    }

    #[inline]
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let mut this = self.deeper()?;
        match u8::deserialize(this.again())? {
            0 => visitor.visit_none(),
            1 => visitor.visit_some(this),
            _ => Err(Error::DeserializeBadOption),
        }
    }

    #[inline]
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_enum(self.deeper()?)
    }

    #[inline]
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(self.elements()?)
    }

    #[inline]
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(self.elements()?)
    }
}

impl<'de> EnumAccess<'de> for Bounded<'_, 'de> {
    type Error = Error;
    type Variant = Self;

    #[inline]
    fn variant_seed<S: DeserializeSeed<'de>>(mut self, seed: S) -> Result<(S::Value, Self), Error> {
        let variant = u32::deserialize(self.again())?;
        Ok((seed.deserialize(variant.into_deserializer())?, self))
    }
}

impl<'de> VariantAccess<'de> for Bounded<'_, 'de> {
    type Error = Error;

    #[inline]
    fn unit_variant(self) -> Result<(), Error> {
        Ok(())
    }

    #[inline]
    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Error> {
        seed.deserialize(self)
    }

    #[inline]
    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(self.parts(len))
    }

    #[inline]
    fn struct_variant<V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(self.parts(fields.len()))
    }
}

/// Several values, one after the other.
struct Elements<'a, 'de> {
    of: Bounded<'a, 'de>,
    left: usize,
}

impl Elements<'_, '_> {
    /// How many there are, if there can be so many: room is made for that many before they are read.
    #[inline]
    fn hint(&self) -> Option<usize> {
        (self.left <= self.of.input.rest.len()).then_some(self.left)
    }
}

impl<'de> SeqAccess<'de> for Elements<'_, 'de> {
    type Error = Error;

    #[inline]
    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        match seed.deserialize(self.of.again()) {
            Ok(element) => Ok(Some(element)),
            Err(cause) => Err(cause),
        }
    }

    #[inline]
    fn size_hint(&self) -> Option<usize> {
        self.hint()
    }
}

impl<'de> MapAccess<'de> for Elements<'_, 'de> {
    type Error = Error;

    #[inline]
    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        self.next_element_seed(seed)
    }

    #[inline]
    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        seed.deserialize(self.of.again())
    }

    #[inline]
    fn size_hint(&self) -> Option<usize> {
        self.hint()
    }
}
