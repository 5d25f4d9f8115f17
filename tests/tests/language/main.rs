//! The language, as a user meets it: small protocols, stepped directly, without an engine.
#![allow(missing_docs, unreachable_pub)]

mod alarms;
mod beginning;
mod configuration;
mod controlled_distance;
mod declaration;
mod deferring;
mod description;
mod generic;
mod guards;
mod handlers;
mod messages;
mod own_topology;
mod party;
mod properties;
mod rules;
mod states;
