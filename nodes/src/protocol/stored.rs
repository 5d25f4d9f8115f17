//! What survives a crash.

use serde::{Serialize, de::DeserializeOwned};

use super::Protocol;

/// What `#[recover]` of protocol `P` takes: the type that [`Net::store`](super::Net::store) stores.  Written by `#[protocol]`.
#[diagnostic::on_unimplemented(
    message = "`{P}` has no `#[recover]` that takes a stored `{Self}`",
    label = "stored, but nothing takes it up after a crash",
    note = "say how a node comes back: `#[recover] fn back(saved: {Self}, net: &mut Net<Self>) -> Self`"
)]
pub trait StoredBy<P: Protocol>: Serialize + DeserializeOwned {}
