//! What survives a crash.

use serde::{Serialize, de::DeserializeOwned};

use super::Protocol;
use super::codec::EncodeError;

/// What can be stored: anything that is `Serialize` and `Deserialize`, and owns what it has.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stored",
    label = "cannot be stored",
    note = "what is stored is Serialize and Deserialize: `#[data]` on a type of your own makes it both"
)]
pub trait Stored: Sized {
    #[doc(hidden)]
    fn __encode(&self) -> Result<Vec<u8>, EncodeError>;

    #[doc(hidden)]
    fn __decode(bytes: &[u8]) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> Stored for T {
    fn __encode(&self) -> Result<Vec<u8>, EncodeError> {
        postcard::to_allocvec(self).map_err(EncodeError::Refused)
    }

    fn __decode(bytes: &[u8]) -> Self {
        match super::bounded::decode(bytes) {
            Ok(saved) => saved,
            Err(cause) => panic!("what was stored cannot be read: {cause}"),
        }
    }
}

/// What `#[recover]` of protocol `P` takes: the type that [`Net::store`](super::Net::store) stores.  Written by `#[protocol]`.
#[diagnostic::on_unimplemented(
    message = "`{P}` has no `#[recover]` that takes a stored `{Self}`",
    label = "stored, but nothing takes it up after a crash",
    note = "say how a node comes back: `#[recover] fn back(saved: {Self}, net: &mut Net<Self>) -> Self`"
)]
pub trait StoredBy<P: Protocol> {
    /// As [`Protocol::recover`] is given it.
    ///
    /// # Errors
    /// If its own `Serialize` refuses.
    fn encode(&self) -> Result<Vec<u8>, EncodeError>;
}
