//! What can be wrong with a topology: in its specification, in its file, or for a protocol.

use std::path::PathBuf;

/// Why there is no graph.  Says what, where, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TopologyError {
    /// No family of graphs has that name.
    #[error("{spec}: there is no topology `{name}`; {hint}")]
    Unknown {
        /// What was written.
        spec: String,
        /// The part of it that names the family.
        name: String,
        /// What was probably meant.
        hint: String,
    },
    /// The numbers of a specification are wrong.
    #[error("{spec}: {why}; write `{example}`")]
    Spec {
        /// What was written.
        spec: String,
        /// What is wrong with it.
        why: String,
        /// A right one.
        example: String,
    },
    /// A random family did not give a connected graph.
    #[error("{spec}: none of {draws} graphs that were drawn was connected; {advice}")]
    Draws {
        /// What was written.
        spec: String,
        /// How many were drawn.
        draws: u32,
        /// What to do.
        advice: String,
    },
    /// A file cannot be read.
    #[error("{}: {why}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// A line of a file is wrong.
    #[error("{}:{line}: {why}", path.display())]
    Line {
        /// In which file.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
        /// What was expected, and what is there.
        why: String,
    },
    /// The graph is none of the class that the protocol is declared for.
    #[error("`{spec}` does not fit `{class}`: {why}; write `{example}`")]
    Class {
        /// What was written.
        spec: String,
        /// The class's name.
        class: &'static str,
        /// What does not fit.
        why: String,
        /// A topology that fits.
        example: &'static str,
    },
    /// A graph that cannot be written in that format.
    #[error("the graph cannot be written as {format}: {why}")]
    Write {
        /// The format's name.
        format: &'static str,
        /// Why not.
        why: String,
    },
}
