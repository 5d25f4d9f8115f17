//! What an engine is made of, used from outside: by an engine of a user's own, by a protocol that no macro has written, and by
//! observers that are put together.

mod catalogue;
mod limited;
mod observers;
mod read;
mod round_robin;
mod under_way;
