//! A protocol without its type: what commands can do with any of them.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::choices::Choices;
use super::failure::Failure;
use super::ran::Ran;
use super::{run, simulate, sweep};
use crate::campaign::Findings;
use crate::protocol::{Config, Description, Protocol};
use crate::execution::Document;

/// The result of a run and its explanation; none if somebody ended it.
type Measured = Result<Option<(Document, Vec<String>)>, Failure>;

/// A protocol of the command line; made by [`main!`](crate::main).
#[derive(Clone, Copy)]
pub struct Entry {
    pub(super) serve: fn(),
    describe: fn() -> Arc<Description>,
    value_of: fn(&str) -> Option<String>,
    pub(super) warnings: fn() -> Vec<String>,
    pub(super) initial_states: fn() -> BTreeSet<usize>,
    pub(super) run: fn(&Choices, run::Plugs) -> Result<Ran, Failure>,
    pub(super) simulate: fn(&Choices, simulate::Plugs) -> Result<Ran, Failure>,
    pub(super) campaign: fn(&Choices, u64, bool) -> Result<Findings, Failure>,
    /// Whether such runs can be made at all.
    pub(super) check: fn(&Choices, u64) -> Result<(), Failure>,
    pub(super) measure: fn(&Choices, u64, &sweep::How<'_>) -> Measured,
}

impl Entry {
    /// Protocol `P`.
    pub const fn of<P: Protocol>() -> Self {
        Entry {
            serve: crate::process::serve::<P>,
            describe: || P::description(&P::Config::default()),
            value_of: |flag| P::Config::default().get(flag),
            warnings: crate::lint::warnings::<P>,
            initial_states: crate::lint::initial_states::<P>,
            run: run::run::<P>,
            simulate: simulate::simulate::<P>,
            campaign: simulate::campaign::<P>,
            check: sweep::check::<P>,
            measure: sweep::measure::<P>,
        }
    }

    /// What it is, under its default configuration.
    pub(super) fn description(&self) -> Arc<Description> {
        (self.describe)()
    }

    /// What a flag of its configuration is when nobody sets it.
    pub(super) fn default_of(&self, flag: &str) -> Option<String> {
        (self.value_of)(flag)
    }
}
