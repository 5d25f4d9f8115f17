//! The command line that [`main!`](crate::main) gives every protocol.
//!
//! A protocol stands here without its type, behind [`Entry`]; a command is a value (`command::Command`), one file each, listed
//! in `app`.  Options are described as data (`option::Opt`), from which clap parses, help is written and every mistake is
//! answered in one sentence with an example of what is right.

mod app;
mod choices;
mod command;
mod entry;
mod failure;
mod faults;
mod live;
mod option;
mod ran;
mod recording;
mod report;
mod sheet;
mod spinner;
mod stop;
mod terminal;
mod values;
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

pub use entry::Entry;

use std::process::ExitCode;

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
            $crate::cli::main(&[$($crate::cli::Entry::of::<$protocol>()),+])
        }
    };
}

/// What [`main!`](crate::main) calls.
pub fn main(protocols: &[Entry]) -> ExitCode {
    // A process that was started as a node goes no further.
    protocols.iter().for_each(|protocol| (protocol.serve)());
    let arguments = std::env::args_os().skip(1).collect::<Vec<_>>();
    app::App::new(protocols).run(&arguments)
}
