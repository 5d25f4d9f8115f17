//! The command line that [`main!`](crate::main) gives every protocol.
//!
//! It works on [`AnyProtocol`]s.  A command is a value (`command::Command`), one file each, listed in `dispatch`; which protocols
//! there are, the `catalogue` knows.  Options are described as data (`option::Opt`), from which clap parses, help is written and
//! every mistake is answered in one sentence with an example of what is right.

mod catalogue;
mod changes;
mod check;
mod choices;
mod command;
mod csv;
mod dispatch;
mod failure;
mod faults;
mod live;
mod logs;
mod manifest;
mod node_labels;
mod option;
mod output;
mod recording;
mod report;
mod sheet;
mod shown;
mod spinner;
mod stop;
mod terminal;
mod values;
mod words;
mod wrong;

mod describe;
mod diagram;
mod list;
mod new;
mod run;
mod simulate;
mod sweep;
mod topology;
mod trace;
mod view;
mod wrap;

use std::ffi::OsString;
use std::process::ExitCode;

use crate::os;
use crate::process;
use crate::protocol::AnyProtocol;
use catalogue::Catalogue;
use failure::Failure;

pub use words::{Wrong, checked_by, described, run_of};

/// Gives protocols the whole command line: `nodes::main!(P)`, or `nodes::main!(P, Q, R)` whose commands take the protocol's
/// name first.
///
/// It stands for `fn main`, so a file needs it once:
///
/// ```ignore
/// nodes::main!(ControlledDistance);
/// ```
#[macro_export]
macro_rules! main {
    ($($protocol:ty),+ $(,)?) => {
        // The file may also be a module of a library, where nobody calls it.
        #[allow(dead_code)]
        fn main() -> ::std::process::ExitCode {
            static PROTOCOLS: &[$crate::protocol::AnyProtocol] = &[$($crate::simulator::attached::<$protocol>()),+];
            $crate::cli::main(PROTOCOLS)
        }
    };
}

/// What [`main!`](crate::main) calls.
pub fn main(protocols: &[AnyProtocol]) -> ExitCode {
    main_with(protocols, &catalogue::invocation(), &std::env::args_os().skip(1).collect::<Vec<_>>())
}

/// The same for a program that an interpreter runs: what to type to call it, and arguments that are not those of this process.
pub fn main_with(protocols: &[AnyProtocol], invocation: &str, arguments: &[OsString]) -> ExitCode {
    // A file that reaches its size limit then gives an error, not a signal; node processes inherit this.
    os::ignore_file_size_signal();
    // A process that was started as a node goes no further.
    protocols.iter().for_each(process::serve);
    if os::output_was_closed() {
        let why =
            "standard output is closed, so that the result would go nowhere; write `>FILE`, or `>/dev/null` if nobody needs it";
        return Failure::failed(why).report();
    }
    dispatch::dispatch(&Catalogue::new(protocols, invocation.to_owned()), arguments).unwrap_or_else(|failure| failure.report())
}
