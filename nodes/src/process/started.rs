//! A process that is a node, however it was started.

use std::io;
use std::process::{Child, ExitStatus};

use crate::os;

/// A process that is a node.
pub(super) enum Started {
    /// As a program.
    Child(Child),
    /// By a process that forks: see `forks`.
    Forked(u32),
}

impl Started {
    /// Its number.
    pub(super) fn id(&self) -> u32 {
        match self {
            Started::Child(child) => child.id(),
            Started::Forked(process) => *process,
        }
    }

    /// How it ended, if it has.
    pub(super) fn try_wait(&mut self) -> io::Result<Option<ExitStatus>> {
        match self {
            Started::Child(child) => child.try_wait(),
            Started::Forked(process) => os::how_child_ended(*process, false),
        }
    }

    /// Waits until it has ended.
    pub(super) fn wait(&mut self) -> io::Result<ExitStatus> {
        match self {
            Started::Child(child) => child.wait(),
            Started::Forked(process) => {
                os::how_child_ended(*process, true).and_then(|status| status.ok_or_else(|| io::ErrorKind::Other.into()))
            }
        }
    }

    /// Kills it, if it has not been waited for.
    pub(super) fn kill(&mut self) -> io::Result<()> {
        match self {
            Started::Child(child) => child.kill(),
            Started::Forked(process) => os::kill_child(*process),
        }
    }
}
