//! Why a trace cannot be read.

use super::VERSION;

/// Why a trace cannot be read.  A file that was cut short behind its header can be, up to the cut.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// It is something else.
    #[error(
        "it is not a trace: it does not begin as one; traces are written by `run --trace FILE` and `simulate --trace FILE`"
    )]
    NotATrace,
    /// It is of another build.
    #[error(
        "it is a trace of version {0}, and this program reads version {VERSION}; read it with the program that wrote it, or \
         record it again"
    )]
    OtherVersion(u16),
    /// It ends before its header does.
    #[error("it was cut short at byte {0}, before the end of its header: nothing of it can be read")]
    CutInHeader(u64),
    /// It has been changed since it was written.
    #[error("it is damaged at byte {at}: {what}")]
    Damaged {
        /// Where.
        at: u64,
        /// What is wrong there.
        what: String,
    },
    /// It is a folder without that file.
    #[error("it is a folder, but not one of the parts of a trace: there is no `{0}` in it")]
    NoParts(String),
    /// It holds more than fits into memory.
    #[error("it has more than {} events, which are too many to be looked at together", u32::MAX)]
    TooLong,
    /// The system does not let it be read.
    #[error("it cannot be read: {0}")]
    Io(#[from] std::io::Error),
}
