//! Runs from the words of a command line, for programs that offer the same options in another way.

use super::catalogue::Catalogue;
use super::choices::Choices;
use super::command::Given;
use super::failure::Failure;
use super::terminal::Terminal;
use super::{check, describe, dispatch, wrong};
use crate::campaign::Instances;
use crate::check::{Check, Watch};
use crate::execution::AnyRun;
use crate::protocol::AnyProtocol;
use crate::sweep::Places;

/// What is wrong with the words, in one sentence, with an example of what is right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Wrong(String);

impl From<Failure> for Wrong {
    fn from(failure: Failure) -> Self {
        let (Failure::Wrong(why) | Failure::Failed(why)) = failure;
        Wrong(why)
    }
}

/// The run of that protocol that a command, `simulate` or `run`, would make of these words; options of the command that are not of
/// the run are read, and have no effect.
///
/// ```
/// # mod shout { use nodes::prelude::*;
/// # #[message] pub struct Inform;
/// # #[protocol(links = Reliable)] pub struct Flooding { informed: bool }
/// # #[protocol] impl Flooding {
/// #     #[on(Spontaneously)] fn start(&mut self, net: &mut Net<Self>) { net.send_to_all(Inform); self.informed = true; }
/// #     #[on(Inform)] fn hear(&mut self, sender: Port, net: &mut Net<Self>) { if !self.informed { net.send_to_all_except(sender, Inform); self.informed = true; } }
/// # }}
/// # use shout::Flooding;
/// use nodes::protocol::AnyProtocol;
/// use nodes::simulator::Simulation;
///
/// let protocol = AnyProtocol::of::<Flooding>();
/// let run = nodes::cli::run_of(&protocol, "simulate", &["--topology", "path:4", "--initiators", "0", "--seed", "1"])?;
/// assert_eq!(run.by(Simulation::new()).expect("it runs").document.messages.total, 3);
///
/// let wrong = nodes::cli::run_of(&protocol, "simulate", &["--sede", "1"]).map(drop);
/// assert_eq!(wrong.map_err(|wrong| wrong.to_string()), Err("simulate has no option `--sede`; did you mean `--seed 7`?".to_owned()));
/// # Ok::<(), nodes::cli::Wrong>(())
/// ```
///
/// # Errors
/// If the words are none that the command understands, or contradict each other or the protocol.
pub fn run_of(protocol: &AnyProtocol, command: &str, words: &[&str]) -> Result<AnyRun, Wrong> {
    Ok(given(protocol, command, words, |given| Choices::read(given, protocol)?.run())?)
}

/// The run, the instances and the check that `check` would make of these words.
///
/// # Errors
/// As [`run_of`].
pub fn checked_by<'a>(
    protocol: &AnyProtocol,
    words: &[&str],
    watch: &'a mut Watch<'a>,
) -> Result<(AnyRun, Instances, Check<'a>), Wrong> {
    let (run, every, how) = given(protocol, "check", words, |given| check::read(given, protocol))?;
    Ok((run, every.instances, how.watch(watch)))
}

/// What `describe --to` shows of a protocol in that form: `table`, `dot`, `svg` or `mermaid`.
///
/// ```
/// # use nodes::prelude::*;
/// # #[message] pub struct Inform;
/// # #[protocol(links = Reliable)] pub struct Flooding { informed: bool }
/// # #[protocol] impl Flooding {
/// #     #[on(Spontaneously)] fn start(&mut self, net: &mut Net<Self>) { net.send_to_all(Inform); }
/// #     #[on(Inform)] fn hear(&mut self) { self.informed = true; }
/// # }
/// use nodes::protocol::AnyProtocol;
///
/// let flooding = AnyProtocol::of::<Flooding>();
/// let table = nodes::cli::described(&flooding, "table")?;
/// assert!(table.contains("Spontaneously   start") && table.contains("Inform          hear"));
/// let wrong = nodes::cli::described(&flooding, "tabel").map_err(|wrong| wrong.to_string());
/// assert_eq!(wrong, Err("--to: there is no `tabel`; did you mean `--to table`?".to_owned()));
/// # Ok::<(), nodes::cli::Wrong>(())
/// ```
///
/// # Errors
/// If there is no such form.
pub fn described(protocol: &AnyProtocol, form: &str) -> Result<String, Wrong> {
    Ok(describe::described(protocol, form, Terminal::none())?)
}

/// Reads the words as that command does.
fn given<T>(
    protocol: &AnyProtocol,
    command: &str,
    words: &[&str],
    read: impl FnOnce(&Given<'_>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let catalogue = Catalogue::new(core::slice::from_ref(protocol), super::catalogue::invocation());
    let command = dispatch::named(&catalogue, command)?;
    let options = command.all_options(&catalogue)?;
    let matches = command.parser(&catalogue, &options, Some(protocol)).try_get_matches_from(words);
    let matches = matches.map_err(|error| Failure::wrong(wrong::sentence(dispatch::COMMANDS, command, &options, &error)))?;
    let words = words.iter().map(|word| (*word).to_owned()).collect();
    read(&Given::new(&catalogue, command, matches, words, Places::default()))
}
