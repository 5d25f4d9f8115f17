//! What checks of a protocol have found, to be shown with it.

use super::Verdict;
use crate::protocol::Extension;

/// A check that was made, and what it found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Of which protocol: its name on a command line.
    pub protocol: &'static str,
    /// Of which instance: what stands behind that name.
    pub instance: &'static str,
    /// What was found.
    pub verdict: Verdict,
    /// How many states there are.
    pub states: u64,
    /// The fewest and the most messages that a run sends; `None` if not every run ends.
    pub messages: Option<(u64, u64)>,
}

/// Checks that were made.  A program that attaches them to its protocols shows them with `describe`.
///
/// ```
/// # mod shout { use nodes::prelude::*;
/// # #[message] pub struct Inform;
/// # #[states] pub enum State { #[default] Idle, #[terminal] Informed }
/// # #[protocol(links = Reliable)] pub struct Flooding { state: State }
/// # #[protocol] impl Flooding {
/// #     #[on(Spontaneously in Idle)] fn start(&mut self, net: &mut Net<Self>) { net.send_to_all(Inform); self.state = State::Informed; }
/// #     #[on(Inform in Idle)] fn hear(&mut self, sender: Port, net: &mut Net<Self>) { net.send_to_all_except(sender, Inform); self.state = State::Informed; }
/// # }}
/// # use shout::Flooding;
/// use nodes::check::{Known, KnownChecks, Verdict};
/// use nodes::protocol::AnyProtocol;
///
/// static CHECKS: KnownChecks = KnownChecks(&[Known {
///     protocol: "flooding",
///     instance: "--topology path:6",
///     verdict: Verdict::Holds,
///     states: 7,
///     messages: Some((5, 5)),
/// }]);
/// static FLOODING: AnyProtocol = AnyProtocol::of::<Flooding>().with(&CHECKS);
/// # assert_eq!(FLOODING.extension::<KnownChecks>().map(|checks| checks.of("flooding").count()), Some(1));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct KnownChecks(pub &'static [Known]);

impl Extension for KnownChecks {}

impl KnownChecks {
    /// Those of a protocol.
    pub fn of<'a>(&self, protocol: &'a str) -> impl Iterator<Item = &'static Known> + use<'a> {
        self.0.iter().filter(move |known| known.protocol == protocol)
    }
}
