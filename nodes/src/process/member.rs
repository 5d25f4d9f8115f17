//! What the initializer knows of a node.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use serde_json::Value;

use super::control::Final;

/// How far a node has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    #[default]
    Started,
    Present,
    Introduced,
    Ready,
    Woken,
}

/// What is known of a node.
#[derive(Default)]
pub(super) struct Member {
    pub(super) stage: Stage,
    pub(super) address: Option<SocketAddr>,
    pub(super) last: Option<Box<Final>>,
    pub(super) reported: BTreeMap<String, Value>,
    pub(super) gone: bool,
    /// A signal had stopped its process when the run ended.
    pub(super) stopped: bool,
    /// Its crash was planned, and is due: it dies in its next step.
    pub(super) planned: bool,
    /// How often it was started again, whether it has begun since, and which neighbours do not know of it yet.
    pub(super) incarnation: u32,
    pub(super) begun: bool,
    pub(super) unaware: BTreeSet<usize>,
}
