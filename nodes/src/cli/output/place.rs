//! Where the name of a file leads.

use core::ffi::c_int;
use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Links may lead to links, but not for ever.
const MOST_LINKS: usize = 40;

/// Where the name of a file leads, behind all links.
#[derive(Debug)]
pub(super) enum Place {
    /// To what is open under that number, as `/dev/stdout` does.
    Descriptor(c_int),
    /// To what stands there.
    Taken(PathBuf, Metadata),
    /// To where nothing stands.
    Free(PathBuf),
}

impl Place {
    pub(super) fn of(path: &Path) -> io::Result<Place> {
        let mut path = path.to_path_buf();
        for _ in 0..MOST_LINKS {
            if let Some(number) = descriptor(&path) {
                return Ok(Place::Descriptor(number));
            }
            match fs::symlink_metadata(&path) {
                Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(Place::Free(path)),
                Err(cause) => return Err(cause),
                Ok(found) if !found.is_symlink() => return Ok(Place::Taken(path, found)),
                Ok(_) => path = folder_of(&path).join(fs::read_link(&path)?),
            }
        }
        Err(io::Error::other("it is a link that leads to links without end"))
    }
}

/// The number behind `/dev/fd/`, or what means the same.
fn descriptor(path: &Path) -> Option<c_int> {
    let number = path.file_name()?.to_str()?.parse().ok()?;
    let descriptors = Path::new("/dev/fd").canonicalize().ok()?;
    (folder_of(path).canonicalize().ok()? == descriptors).then_some(number)
}

/// The folder that a file is in.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// The name with that behind it: `run.trace.part` beside `run.trace`.
pub(in crate::cli) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// What tells one file from all others, however it is named: the number of what stands there, or of the next folder above and
/// the names below that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    device: u64,
    number: u64,
    below: PathBuf,
}

impl Identity {
    pub(super) fn of(found: &Metadata) -> Self {
        Identity { device: found.dev(), number: found.ino(), below: PathBuf::new() }
    }

    /// Of a file that need not be there.
    pub(super) fn at(path: &Path) -> Option<Self> {
        if let Ok(found) = fs::metadata(path) {
            return Some(Identity::of(&found));
        }
        let folder = folder_of(path);
        // Above `.` and `/` there is nothing to look at.
        if folder == path {
            return None;
        }
        // Else it is `..` behind a folder that is yet to be made.
        let Some(name) = path.file_name() else { return Identity::at(folder_of(folder)) };
        let mut identity = Identity::at(folder)?;
        identity.below.push(name);
        Some(identity)
    }
}
