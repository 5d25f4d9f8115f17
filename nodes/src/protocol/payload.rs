//! What a message can carry.

use core::fmt::Debug;

use serde::{Deserializer, Serialize, Serializer, de::DeserializeOwned};

/// What a message or a state can carry: anything that is `Clone`, `Debug`, `PartialEq`, `Serialize` and `Deserialize`, and owns
/// what it has.  A `#[message]` is; so are numbers, texts, [`Id`](super::Id), [`Port`](crate::topology::Port) and collections of such.
///
/// A generic protocol takes it as the bound of its parameter: `struct Echo<T: Payload>`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be carried by a message or a state",
    label = "cannot be carried",
    note = "what is carried is Clone, Debug, PartialEq, Serialize and Deserialize: `#[message]` on a type of your own makes it all that"
)]
pub trait Payload: Clone + Debug + PartialEq + Serialize + DeserializeOwned + 'static {
    #[doc(hidden)]
    fn __clone(&self) -> Self {
        self.clone()
    }

    #[doc(hidden)]
    fn __debug(&self) -> &dyn Debug {
        self
    }

    #[doc(hidden)]
    fn __eq(&self, other: &Self) -> bool {
        self == other
    }

    #[doc(hidden)]
    fn __serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.serialize(serializer)
    }

    #[doc(hidden)]
    fn __deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(deserializer)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Clone + Debug + PartialEq + Serialize + DeserializeOwned + 'static> Payload for T {}
