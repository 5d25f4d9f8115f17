//! A folder among the temporary files that does not outlive the run.

use std::fs::{self, DirBuilder, File, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use crate::{os, scarce};

/// How such a folder's name begins; 16 hexadecimal digits follow.
const NAME: &str = "nodes-";

/// Nobody else may look into it.
const MODE: u32 = 0o700;

/// The folder; dropping it removes it.  As long as its owner lives it is locked, so that what a process left that was killed can
/// be told from what is used.
#[derive(Debug)]
pub(super) struct Temporary {
    path: PathBuf,
    /// Holds the lock.
    _folder: File,
}

impl Temporary {
    /// A new folder, with a name that nobody can know before.
    pub(super) fn new() -> io::Result<Self> {
        Temporary::within(&std::env::temp_dir())
    }

    fn within(parent: &Path) -> io::Result<Self> {
        loop {
            let mut random = [0; 8];
            os::random(&mut random)?;
            let path = parent.join(format!("{NAME}{:016x}", u64::from_le_bytes(random)));
            DirBuilder::new().mode(MODE).create(&path).map_err(|cause| not_made(parent, &cause))?;
            let folder = match open(&path) {
                // Until it is locked, another run may take it for one that was left, and remove it.
                Err(cause) if cause.kind() == io::ErrorKind::NotFound => continue,
                Err(cause) => {
                    let _ = fs::remove_dir(&path);
                    return Err(cause);
                }
                Ok(folder) => folder,
            };
            // A mask may have taken some of it, and then no run would take it for one of ours.
            folder.set_permissions(Permissions::from_mode(MODE))?;
            let is_locked = os::lock(&folder, false).unwrap_or(true);
            if is_locked && path.is_dir() {
                return Ok(Temporary { path, _folder: folder });
            }
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

/// Why nothing can be made among the temporary files.
pub(crate) fn not_made(parent: &Path, cause: &io::Error) -> io::Error {
    let parent = parent.display();
    let remedy = scarce::remedy(cause).unwrap_or_else(|| "set TMPDIR to another folder".to_owned());
    let what = format!("nothing can be made in {parent}, where temporary files go: {cause}; {remedy}");
    io::Error::new(cause.kind(), what)
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// Removes the folders of processes that were killed.
pub(super) fn sweep() {
    sweep_in(&std::env::temp_dir());
}

fn sweep_in(parent: &Path) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    for entry in entries.flatten().filter(|entry| entry.file_name().to_str().is_some_and(is_name)) {
        let path = entry.path();
        let Ok(folder) = open(&path) else { continue };
        let is_ours =
            folder.metadata().is_ok_and(|found| found.uid() == os::user() && found.permissions().mode() & 0o777 == MODE);
        // Where there are no locks, nothing tells whether it is used.
        if is_ours && os::lock(&folder, false).unwrap_or(false) {
            let _ = fs::remove_dir_all(&path);
        }
    }
}

fn is_name(name: &str) -> bool {
    let digits = name.strip_prefix(NAME);
    digits.is_some_and(|digits| digits.len() == 16 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Opens a folder; not one that a link leads to.
fn open(path: &Path) -> io::Result<File> {
    let folder = File::options().read(true).custom_flags(os::ONLY_A_FILE).open(path)?;
    if folder.metadata()?.is_dir() { Ok(folder) } else { Err(io::ErrorKind::NotADirectory.into()) }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_folder_is_there_until_it_is_dropped_and_for_its_owner_alone() {
        let folder = Temporary::new().unwrap();
        let path = folder.path().to_owned();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, MODE);
        fs::write(path.join("file"), "text").unwrap();
        drop(folder);
        assert!(!path.exists());
    }

    #[test]
    fn what_was_left_is_swept_and_what_is_used_or_of_others_is_not() {
        let parent = Temporary::new().unwrap();
        let within = |name: &str| parent.path().join(name);
        let used = Temporary::within(parent.path()).unwrap();
        for name in ["nodes-0123456789abcdef", "nodes-traces-1-2", "nodes-0123456789abcdeg", "other"] {
            DirBuilder::new().mode(MODE).create(within(name)).unwrap();
            fs::write(within(name).join("file"), "text").unwrap();
        }
        // Not made as ours are.
        DirBuilder::new().mode(0o755).create(within("nodes-00000000000000aa")).unwrap();
        symlink(within("other"), within("nodes-00000000000000bb")).unwrap();
        fs::write(within("nodes-00000000000000cc"), "text").unwrap();
        sweep_in(parent.path());
        assert!(!within("nodes-0123456789abcdef").exists() && used.path().is_dir());
        for name in ["nodes-traces-1-2/file", "nodes-0123456789abcdeg/file", "other/file", "nodes-00000000000000aa"] {
            assert!(within(name).exists(), "{name}");
        }
        assert!(within("nodes-00000000000000bb/file").exists() && within("nodes-00000000000000cc").exists());
    }
}
