//! What nodes store: a file each, which outlives their processes, in a folder that does not outlive the run.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::temporary::Temporary;

/// The folder; dropping it removes it.
#[derive(Debug)]
pub(super) struct Folder(Temporary);

impl Folder {
    /// A new folder among the temporary files, which nobody else can read.
    pub(super) fn new() -> io::Result<Self> {
        Temporary::new().map(Folder)
    }

    /// Where a node stores.
    pub(super) fn of(&self, node: usize) -> PathBuf {
        self.0.path().join(format!("node-{node}"))
    }
}

/// Replaces what is stored there: whenever the process is killed, one or the other is there, whole.
pub(super) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let next = path.with_extension("next");
    fs::write(&next, bytes)?;
    fs::rename(&next, path)
}

/// What is stored there, if anything is.
pub(super) fn read(path: &Path) -> io::Result<Option<Box<[u8]>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes.into_boxed_slice())),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(cause),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_stored_last_is_there_until_the_folder_goes() {
        let folder = Folder::new().unwrap();
        let path = folder.of(3);
        assert_eq!(read(&path).unwrap(), None);
        write(&path, b"one").unwrap();
        write(&path, b"two").unwrap();
        assert_eq!(read(&path).unwrap().as_deref(), Some(&b"two"[..]));
        drop(folder);
        assert!(!path.parent().unwrap().exists());
    }
}
