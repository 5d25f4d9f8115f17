//! Decoding that ends soon, whatever the bytes say.
//!
//! Postcard alone believes a length, and goes as deep as the bytes lead it.  Five bytes would keep a `Vec<()>` busy for years,
//! since its elements take none, and a megabyte would drive a type that holds itself in a `Box` through the end of the stack.

use core::cell::Cell;
use core::fmt;

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess, Visitor,
};

use postcard::de_flavors::Slice;

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
    Postcard(postcard::Error),
    #[error("more than {MAX_DEPTH} levels, or {MAX_ELEMENTS} elements")]
    Excessive,
    #[error("{0} bytes too many")]
    Trailing(usize),
}

/// Reads a value; `bytes` are all of it.
#[inline]
pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failed> {
    let mut postcard = postcard::Deserializer::from_bytes(bytes);
    let limits = Limits { elements: Cell::new(MAX_ELEMENTS.max(bytes.len())), exceeded: Cell::new(false) };
    let bounded = Bounded { inner: &mut postcard, limits: &limits, depth: 0, counts: false };
    let value = match T::deserialize(bounded) {
        Ok(value) => value,
        Err(cause) => return Err(limits.failed(cause)),
    };
    limits.end(postcard)?;
    Ok(value)
}

struct Limits {
    /// How many elements there may still be.
    elements: Cell<usize>,
    exceeded: Cell<bool>,
}

impl Limits {
    #[cold]
    #[inline(never)]
    fn failed(&self, cause: postcard::Error) -> Failed {
        if self.exceeded.get() { Failed::Excessive } else { Failed::Postcard(cause) }
    }

    /// Nothing may follow the value.
    fn end<'de>(&self, postcard: postcard::Deserializer<'de, Slice<'de>>) -> Result<(), Failed> {
        match postcard.finalize().map_err(|cause| self.failed(cause))? {
            [] => Ok(()),
            rest => Err(Failed::Trailing(rest.len())),
        }
    }

    #[cold]
    fn exceed<T, E: Error>(&self) -> Result<T, E> {
        self.exceeded.set(true);
        Err(E::custom("it is excessive"))
    }

    #[inline]
    fn take<E: Error>(&self, elements: usize) -> Result<(), E> {
        match self.elements.get().checked_sub(elements) {
            Some(left) => {
                self.elements.set(left);
                Ok(())
            }
            None => self.exceed(),
        }
    }
}

/// A part of what decodes a value (deserializer, visitor, access or seed), with the limits kept.
struct Bounded<'a, T> {
    inner: T,
    limits: &'a Limits,
    depth: u32,
    /// Whether the elements are as many as the bytes say, rather than the type.
    counts: bool,
}

impl<'a, T> Bounded<'a, T> {
    /// The next part.
    #[inline]
    fn with<U>(&self, inner: U) -> Bounded<'a, U> {
        Bounded { inner, limits: self.limits, depth: self.depth, counts: false }
    }

    #[inline]
    fn deeper<E: Error>(mut self, counts: bool) -> Result<Self, E> {
        self.depth += 1;
        self.counts = counts;
        if self.depth > MAX_DEPTH { self.limits.exceed() } else { Ok(self) }
    }
}

/// What holds nothing else.
macro_rules! plain {
    ($($method:ident)*) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
            self.inner.$method(visitor)
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Bounded<'_, D> {
    type Error = D::Error;

    plain! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32 deserialize_f64
        deserialize_char deserialize_str deserialize_string deserialize_bytes deserialize_byte_buf deserialize_unit
        deserialize_any deserialize_identifier deserialize_ignored_any
    }

    #[inline]
    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
    }

    #[inline]
    fn deserialize_unit_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_unit_struct(name, visitor)
    }

    #[inline]
    fn deserialize_newtype_struct<V: Visitor<'de>>(self, name: &'static str, visitor: V) -> Result<V::Value, D::Error> {
        let visitor = self.with(visitor);
        self.inner.deserialize_newtype_struct(name, visitor)
    }

    #[inline]
    fn deserialize_tuple<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, D::Error> {
        let visitor = self.with(visitor);
        self.inner.deserialize_tuple(len, visitor)
    }

    #[inline]
    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let visitor = self.with(visitor);
        self.inner.deserialize_tuple_struct(name, len, visitor)
    }

    #[inline]
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let visitor = self.with(visitor);
        self.inner.deserialize_struct(name, fields, visitor)
    }

    #[inline]
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        let visitor = self.with(visitor).deeper(false)?;
        self.inner.deserialize_option(visitor)
    }

    #[inline]
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        let visitor = self.with(visitor).deeper(false)?;
        self.inner.deserialize_enum(name, variants, visitor)
    }

    #[inline]
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        let visitor = self.with(visitor).deeper(true)?;
        self.inner.deserialize_seq(visitor)
    }

    #[inline]
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        let visitor = self.with(visitor).deeper(true)?;
        self.inner.deserialize_map(visitor)
    }
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Bounded<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)
    }

    #[inline]
    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.inner.visit_none()
    }

    #[inline]
    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        let deserializer = self.with(deserializer);
        self.inner.visit_some(deserializer)
    }

    #[inline]
    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<V::Value, D::Error> {
        let deserializer = self.with(deserializer);
        self.inner.visit_newtype_struct(deserializer)
    }

    #[inline]
    fn visit_seq<A: SeqAccess<'de>>(self, access: A) -> Result<V::Value, A::Error> {
        let mut access = self.with(access);
        if self.counts {
            match access.inner.size_hint() {
                Some(elements) => self.limits.take(elements)?,
                // They are more than the bytes that are left: each is counted as it comes.
                None => access.counts = true,
            }
        }
        self.inner.visit_seq(access)
    }

    #[inline]
    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<V::Value, A::Error> {
        self.limits.take(access.size_hint().unwrap_or(usize::MAX))?;
        let access = self.with(access);
        self.inner.visit_map(access)
    }

    #[inline]
    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<V::Value, A::Error> {
        let access = self.with(access);
        self.inner.visit_enum(access)
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Bounded<'_, A> {
    type Error = A::Error;

    #[inline]
    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        if self.counts {
            self.limits.take(1)?;
        }
        let seed = self.with(seed);
        self.inner.next_element_seed(seed)
    }

    #[inline]
    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Bounded<'_, A> {
    type Error = A::Error;

    #[inline]
    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        let seed = self.with(seed);
        self.inner.next_key_seed(seed)
    }

    #[inline]
    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        let seed = self.with(seed);
        self.inner.next_value_seed(seed)
    }
}

impl<'a, 'de, A: EnumAccess<'de>> EnumAccess<'de> for Bounded<'a, A> {
    type Error = A::Error;
    type Variant = Bounded<'a, A::Variant>;

    #[inline]
    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self::Variant), A::Error> {
        let Bounded { inner, limits, depth, counts } = self;
        let (value, inner) = inner.variant_seed(seed)?;
        Ok((value, Bounded { inner, limits, depth, counts }))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Bounded<'_, A> {
    type Error = A::Error;

    #[inline]
    fn unit_variant(self) -> Result<(), A::Error> {
        self.inner.unit_variant()
    }

    #[inline]
    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        let seed = self.with(seed);
        self.inner.newtype_variant_seed(seed)
    }

    #[inline]
    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, A::Error> {
        let visitor = self.with(visitor);
        self.inner.tuple_variant(len, visitor)
    }

    #[inline]
    fn struct_variant<V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value, A::Error> {
        let visitor = self.with(visitor);
        self.inner.struct_variant(fields, visitor)
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Bounded<'_, S> {
    type Value = S::Value;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<S::Value, D::Error> {
        let deserializer = self.with(deserializer);
        self.inner.deserialize(deserializer)
    }
}
