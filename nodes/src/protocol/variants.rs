//! The values of an enum, as its `Deserialize` knows them.

use serde::de::value::{Error, U32Deserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

/// Each variant of an enum, in source order, if none of them has fields; nothing for another type.
pub(super) fn of<T: DeserializeOwned>() -> Vec<T> {
    let (mut values, mut count) = (Vec::new(), 0);
    loop {
        match T::deserialize(Nth { place: values.len() as u32, count: &mut count }) {
            Ok(value) => values.push(value),
            Err(_) => return Vec::new(),
        }
        if values.len() >= count {
            return values;
        }
    }
}

/// Stands for the variant in that place of whichever enum is asked for; writes how many variants that has.
struct Nth<'a> {
    place: u32,
    count: &'a mut usize,
}

impl<'de> Deserializer<'de> for Nth<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, Error> {
        Err(Error::custom("this is no enum"))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        *self.count = variants.len();
        visitor.visit_enum(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

impl<'de> EnumAccess<'de> for Nth<'_> {
    type Error = Error;
    type Variant = WithoutFields;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, WithoutFields), Error> {
        let place: U32Deserializer<Error> = self.place.into_deserializer();
        Ok((seed.deserialize(place)?, WithoutFields))
    }
}

/// What a variant holds: nothing.
struct WithoutFields;

impl<'de> VariantAccess<'de> for WithoutFields {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, _seed: T) -> Result<T::Value, Error> {
        Err(Error::custom("it has a field"))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _len: usize, _visitor: V) -> Result<V::Value, Error> {
        Err(Error::custom("it has fields"))
    }

    fn struct_variant<V: Visitor<'de>>(self, _fields: &'static [&'static str], _visitor: V) -> Result<V::Value, Error> {
        Err(Error::custom("it has fields"))
    }
}

#[cfg(test)]
mod tests {
    use core::fmt::Debug;

    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize, Clone, Debug, PartialEq)]
    enum Colour {
        Red,
        #[serde(rename = "grün")]
        Green,
        Blue,
    }

    #[derive(Deserialize, Debug, PartialEq)]
    struct Painted(Colour);

    #[derive(Deserialize, Debug, PartialEq)]
    enum Mixed {
        Plain,
        With(u8),
    }

    #[derive(Deserialize, Debug, PartialEq)]
    struct Point {
        x: u8,
    }

    fn none<T: DeserializeOwned + Debug + PartialEq>() {
        assert_eq!(of::<T>(), []);
    }

    #[test]
    fn an_enum_without_fields_has_its_variants_and_nothing_else_has_values() {
        assert_eq!(of::<Colour>(), [Colour::Red, Colour::Green, Colour::Blue]);
        assert_eq!(of::<Painted>(), [Painted(Colour::Red), Painted(Colour::Green), Painted(Colour::Blue)]);
        // One from outside: `Ordering` has no serde, `IpAddr` and `Result` have fields.
        none::<Mixed>();
        none::<Point>();
        none::<std::net::IpAddr>();
        none::<Result<(), ()>>();
        none::<Option<Colour>>();
        none::<u8>();
        none::<String>();
        none::<Vec<u8>>();
    }
}
