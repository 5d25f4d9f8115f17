//! What derived code does with a field.
//!
//! These traits have no supertraits, although their only impls ask for so much: rustc would check each supertrait at each use,
//! and report what is missing one by one.

use core::fmt::Debug;

use serde::{Deserializer, Serialize, Serializer, de::DeserializeOwned};

use crate::protocol::Payload;

macro_rules! field {
    ($(#[$attr:meta])* $name:ident: $bound:ident $(, $eq:ident)?) => {
        $(#[$attr])*
        pub trait $name: Sized {
            fn __clone(&self) -> Self;
            fn __debug(&self) -> &dyn Debug;
            $(fn $eq(&self, other: &Self) -> bool;)?
            fn __serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;
            fn __deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
        }

        #[diagnostic::do_not_recommend]
        impl<T: $bound> $name for T {
            #[inline]
            fn __clone(&self) -> Self {
                self.clone()
            }

            fn __debug(&self) -> &dyn Debug {
                self
            }

            $(
                #[inline]
                fn $eq(&self, other: &Self) -> bool {
                    self == other
                }
            )?

            #[inline]
            fn __serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.serialize(serializer)
            }

            #[inline]
            fn __deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::deserialize(deserializer)
            }
        }
    };
}

field! {
    /// A field of a message or a state.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` cannot be carried by a message or a state",
        label = "cannot be carried",
        note = "what is carried is Clone, Debug, PartialEq, Serialize and Deserialize: `#[data]` on a type of your own makes it all that"
    )]
    Carried: Payload, __eq
}

field! {
    /// A field of a protocol, an alarm or a configuration.
    #[diagnostic::on_unimplemented(
        message = "`{Self}` cannot be a field of a protocol",
        label = "cannot be kept",
        note = "a node is shown, copied and sent: its fields are Clone, Debug, Serialize and Deserialize; `#[data]` on a type of your own makes it all that"
    )]
    Kept: Data
}

/// [`Payload`] but for `PartialEq`: what [`Kept`] asks for.
pub trait Data: Clone + Debug + Serialize + DeserializeOwned + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Clone + Debug + Serialize + DeserializeOwned + 'static> Data for T {}
