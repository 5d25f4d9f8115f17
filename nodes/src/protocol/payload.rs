//! What a message can carry.

use core::fmt::Debug;

use serde::{Serialize, de::DeserializeOwned};

/// What a message or a state can carry: anything that is `Clone`, `Debug`, `PartialEq`, `Serialize` and `Deserialize`, and owns
/// what it has.  A `#[message]` is, and so is [`#[data]`](macro@crate::data); numbers, texts, [`Id`](super::Id),
/// [`Port`](crate::topology::Port) and collections of such are, too.
///
/// A generic protocol takes it as the bound of its parameter: `struct Echo<T: Payload>`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be carried by a message or a state",
    label = "cannot be carried",
    note = "what is carried is Clone, Debug, PartialEq, Serialize and Deserialize: `#[data]` on a type of your own makes it all that"
)]
pub trait Payload: Clone + Debug + PartialEq + Serialize + DeserializeOwned + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Clone + Debug + PartialEq + Serialize + DeserializeOwned + 'static> Payload for T {}
