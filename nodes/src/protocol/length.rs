//! How long a message is on the wire, found without writing it: a simulator counts bytes that never travel.

use core::fmt::Display;

use serde::ser::{
    Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple, SerializeTupleStruct,
    SerializeTupleVariant, Serializer,
};

/// A value that has no encoding, or whose own `Serialize` refuses.
#[derive(Debug)]
pub struct Refused;

impl Display for Refused {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("it cannot be encoded")
    }
}

impl core::error::Error for Refused {}

impl serde::ser::Error for Refused {
    fn custom<T: Display>(_: T) -> Self {
        Refused
    }
}

/// The length of what is serialized with it, in postcard's encoding, in bytes.
#[derive(Debug, Default)]
pub struct Length(usize);

impl Length {
    /// The length of a message whose fields those were; `None` if one was refused.
    #[inline]
    pub fn with_tag(self, counted: Result<(), Refused>) -> Option<usize> {
        match counted {
            Ok(()) => Some(self.0 + 1),
            Err(Refused) => None,
        }
    }

    /// Seven bits a byte.
    #[inline]
    fn varint(&mut self, value: u64) -> Result<(), Refused> {
        // For up to 64 bits, 9/64 is as good as 1/7, and takes no division.
        let highest = (value | 1).ilog2();
        self.0 += (highest * 9 + 73) as usize / 64;
        Ok(())
    }

    #[inline]
    fn fixed(&mut self, bytes: usize) -> Result<(), Refused> {
        self.0 += bytes;
        Ok(())
    }

    #[inline]
    fn zigzag(&mut self, value: i64) -> Result<(), Refused> {
        self.varint(((value << 1) ^ (value >> 63)) as u64)
    }
}

impl Serializer for &mut Length {
    type Ok = ();
    type Error = Refused;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    #[inline]
    fn is_human_readable(&self) -> bool {
        false
    }

    #[inline]
    fn serialize_bool(self, _: bool) -> Result<(), Refused> {
        self.fixed(1)
    }

    #[inline]
    fn serialize_i8(self, _: i8) -> Result<(), Refused> {
        self.fixed(1)
    }

    #[inline]
    fn serialize_i16(self, value: i16) -> Result<(), Refused> {
        self.zigzag(value.into())
    }

    #[inline]
    fn serialize_i32(self, value: i32) -> Result<(), Refused> {
        self.zigzag(value.into())
    }

    #[inline]
    fn serialize_i64(self, value: i64) -> Result<(), Refused> {
        self.zigzag(value)
    }

    fn serialize_i128(self, value: i128) -> Result<(), Refused> {
        self.serialize_u128(((value << 1) ^ (value >> 127)) as u128)
    }

    #[inline]
    fn serialize_u8(self, _: u8) -> Result<(), Refused> {
        self.fixed(1)
    }

    #[inline]
    fn serialize_u16(self, value: u16) -> Result<(), Refused> {
        self.varint(value.into())
    }

    #[inline]
    fn serialize_u32(self, value: u32) -> Result<(), Refused> {
        self.varint(value.into())
    }

    #[inline]
    fn serialize_u64(self, value: u64) -> Result<(), Refused> {
        self.varint(value)
    }

    fn serialize_u128(self, value: u128) -> Result<(), Refused> {
        let bits = u128::BITS - (value | 1).leading_zeros();
        self.fixed(bits.div_ceil(7) as usize)
    }

    #[inline]
    fn serialize_f32(self, _: f32) -> Result<(), Refused> {
        self.fixed(4)
    }

    #[inline]
    fn serialize_f64(self, _: f64) -> Result<(), Refused> {
        self.fixed(8)
    }

    fn serialize_char(self, value: char) -> Result<(), Refused> {
        self.fixed(1 + value.len_utf8())
    }

    #[inline]
    fn serialize_str(self, value: &str) -> Result<(), Refused> {
        self.serialize_bytes(value.as_bytes())
    }

    #[inline]
    fn serialize_bytes(self, value: &[u8]) -> Result<(), Refused> {
        self.varint(value.len() as u64)?;
        self.fixed(value.len())
    }

    #[inline]
    fn serialize_none(self) -> Result<(), Refused> {
        self.fixed(1)
    }

    #[inline]
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Refused> {
        self.0 += 1;
        value.serialize(self)
    }

    #[inline]
    fn serialize_unit(self) -> Result<(), Refused> {
        Ok(())
    }

    #[inline]
    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Refused> {
        Ok(())
    }

    #[inline]
    fn serialize_unit_variant(self, _: &'static str, variant: u32, _: &'static str) -> Result<(), Refused> {
        self.varint(variant.into())
    }

    #[inline]
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Refused> {
        value.serialize(self)
    }

    #[inline]
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        variant: u32,
        _: &'static str,
        value: &T,
    ) -> Result<(), Refused> {
        self.varint(variant.into())?;
        value.serialize(self)
    }

    #[inline]
    fn serialize_seq(self, length: Option<usize>) -> Result<Self, Refused> {
        self.varint(length.ok_or(Refused)? as u64)?;
        Ok(self)
    }

    #[inline]
    fn serialize_tuple(self, _: usize) -> Result<Self, Refused> {
        Ok(self)
    }

    #[inline]
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self, Refused> {
        Ok(self)
    }

    #[inline]
    fn serialize_tuple_variant(self, _: &'static str, variant: u32, _: &'static str, _: usize) -> Result<Self, Refused> {
        self.varint(variant.into())?;
        Ok(self)
    }

    #[inline]
    fn serialize_map(self, length: Option<usize>) -> Result<Self, Refused> {
        self.serialize_seq(length)
    }

    #[inline]
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, Refused> {
        Ok(self)
    }

    #[inline]
    fn serialize_struct_variant(self, _: &'static str, variant: u32, _: &'static str, _: usize) -> Result<Self, Refused> {
        self.varint(variant.into())?;
        Ok(self)
    }
}

/// Parts follow one another, without anything between them.
macro_rules! parts {
    ($($of:ident: $part:ident($($name:ty)?);)*) => {$(
        impl $of for &mut Length {
            type Ok = ();
            type Error = Refused;

            #[inline]
            fn $part<T: Serialize + ?Sized>(&mut self, $(_: $name,)? value: &T) -> Result<(), Refused> {
                value.serialize(&mut **self)
            }

            #[inline]
            fn end(self) -> Result<(), Refused> {
                Ok(())
            }
        }
    )*};
}
parts! {
    SerializeSeq: serialize_element();
    SerializeTuple: serialize_element();
    SerializeTupleStruct: serialize_field();
    SerializeTupleVariant: serialize_field();
    SerializeStruct: serialize_field(&'static str);
    SerializeStructVariant: serialize_field(&'static str);
}

impl SerializeMap for &mut Length {
    type Ok = ();
    type Error = Refused;

    #[inline]
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Refused> {
        key.serialize(&mut **self)
    }

    #[inline]
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refused> {
        value.serialize(&mut **self)
    }

    #[inline]
    fn end(self) -> Result<(), Refused> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::protocol::codec::length;

    #[derive(serde::Serialize)]
    enum Kind {
        Unit,
        Newtype(u64),
        Tuple(u8, i16),
        Struct { long: u128, text: String },
    }

    /// Postcard itself is the reference.
    fn is_as_long_as_written<T: Serialize>(value: T) {
        let written = postcard::to_allocvec(&value).unwrap().len();
        assert_eq!(length(&value), Some(written + 1));
    }

    #[test]
    fn a_length_is_that_of_the_encoding() {
        for shift in 0..64 {
            let edge = 1u64 << shift;
            for value in [edge - 1, edge, edge + 1, u64::MAX - edge] {
                is_as_long_as_written((value, value as u32, value as u16, value as u8));
                is_as_long_as_written((value as i64, value as i32, value as i16, value as i8));
                is_as_long_as_written((u128::from(value) << 64, -i128::from(value)));
            }
        }
        is_as_long_as_written((true, 1.5f32, 2.5f64, 'a', 'ß', '€', '𝄞', ()));
        is_as_long_as_written((None::<u8>, Some(300u16), "text", "x".repeat(200)));
        is_as_long_as_written(vec![Kind::Unit, Kind::Newtype(1 << 40), Kind::Tuple(1, -1)]);
        is_as_long_as_written([Kind::Struct { long: u128::MAX, text: String::new() }]);
        is_as_long_as_written((0..300).map(|n| (n, n.to_string())).collect::<BTreeMap<_, _>>());
        is_as_long_as_written(crate::Bytes(vec![0; 1000]));
        is_as_long_as_written(core::time::Duration::from_millis(1500));
    }

    /// Neither has a length before it has been counted.
    #[test]
    fn what_postcard_refuses_is_refused() {
        struct Endless;
        impl Serialize for Endless {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_seq(None)?.end()
            }
        }
        assert!(length(&Endless).is_none() && postcard::to_allocvec(&Endless).is_err());
    }
}
