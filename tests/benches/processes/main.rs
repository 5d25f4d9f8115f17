//! How fast real processes are: each job beside the same job of a bare loop over mio, in the same run, and beside what others
//! reach at it.
//!
//! ```text
//! cargo bench -p nodes-tests --bench processes                  # about a minute
//! cargo bench -p nodes-tests --bench processes -- --long        # more repetitions, longer ones
//! cargo bench -p nodes-tests --bench processes -- ring memory   # only jobs whose names contain one of these
//! ```
//!
//! Ours and the bare loop take turns, and what counts is the median of their ratios: on a machine with other work the figures
//! themselves say little.  The bare loop does the system's part of the job and nothing else: it does not encode, count, resend,
//! order or authenticate; for a whole run it is the start of as many processes.
#![allow(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

mod bare;
mod jobs;
mod table;

use std::io;

use nodes_tests::benched::{Relay, Stream};
use table::Table;

/// How much is done.
pub(crate) struct Effort {
    /// How often each job is repeated.
    pub(crate) repetitions: usize,
    /// How many times as long the jobs are.
    pub(crate) length: u32,
}

fn main() -> io::Result<()> {
    nodes::node_of!(Relay, Stream);
    let arguments = std::env::args().skip(1).filter(|argument| argument != "--bench").collect::<Vec<_>>();
    if bare::serve(&arguments)? {
        return Ok(());
    }
    let long = arguments.iter().any(|argument| argument == "--long");
    let effort = if long { Effort { repetitions: 15, length: 4 } } else { Effort { repetitions: 5, length: 1 } };
    let wanted = arguments.iter().filter(|argument| !argument.starts_with("--")).collect::<Vec<_>>();
    let mut table = Table::new();
    for job in jobs::ALL {
        if wanted.is_empty() || wanted.iter().any(|word| job.name.contains(word.as_str())) {
            for row in (job.measure)(&effort)? {
                table.print(&row);
            }
        }
    }
    Ok(())
}
