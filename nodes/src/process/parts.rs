//! The folder in which the processes of a run keep their parts of its record, until that is whole.

use std::fs::{self, DirBuilder, File};
use std::io::{self, Read};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::temporary::Temporary;
use crate::os;
use crate::scarce::in_words;
use crate::trace::{self, HEADER_FILE, Header, MAGIC, is_part_file, part_file};

/// The folder.  Dropping it removes it, unless there is something in it that is kept nowhere else.
#[derive(Debug)]
pub(super) struct Parts {
    place: Place,
    /// Holds the lock.
    _header: File,
    /// Whether it stays.
    pub(super) stays: bool,
}

#[derive(Debug)]
enum Place {
    /// Beside the record, for whoever finds that the run was killed.
    Beside(PathBuf),
    Temporary(Temporary),
}

impl Parts {
    /// Makes the folder, or one among the temporary files, with a file for each node.  What was left at its place by a run that was
    /// killed is removed; what another run uses, or another program made, is not.
    pub(super) fn make(folder: Option<PathBuf>, header: &Header) -> io::Result<(Self, Vec<File>)> {
        let place = match folder {
            None => Place::Temporary(Temporary::new()?),
            Some(folder) => {
                remove_left(&folder)?;
                if let Some(above) = folder.parent() {
                    fs::create_dir_all(above)?;
                }
                // Never one that is there: whoever made it may have laid links in it.
                DirBuilder::new().mode(0o700).create(&folder).map_err(|cause| not_made(&folder, &cause))?;
                Place::Beside(folder)
            }
        };
        let made = |place: &Place| -> io::Result<(File, Vec<File>)> {
            let new = |path: PathBuf| File::options().create_new(true).read(true).write(true).open(path);
            let file = new(place.folder().join(HEADER_FILE))?;
            os::lock(&file, false).unwrap_or(true).then_some(()).ok_or_else(used)?;
            let parts = (0..header.nodes).map(|node| new(part_file(place.folder(), node))).collect::<io::Result<Vec<_>>>()?;
            // Where there is a header, all parts are there: whatever moment a run is killed at, what it leaves can be read.
            trace::Writer::new(&file, header).finish()?;
            Ok((file, parts))
        };
        match made(&place) {
            Ok((file, parts)) => Ok((Parts { place, _header: file, stays: false }, parts)),
            Err(cause) => {
                if let Place::Beside(folder) = &place {
                    remove(folder);
                }
                Err(cause)
            }
        }
    }

    /// Where it is.
    pub(super) fn folder(&self) -> &Path {
        self.place.folder()
    }

    /// Lets it stay; returns where it is then.
    pub(super) fn stay(&mut self) -> Option<&Path> {
        self.stays = true;
        match &self.place {
            Place::Beside(folder) => Some(folder),
            Place::Temporary(_) => None,
        }
    }
}

impl Place {
    fn folder(&self) -> &Path {
        match self {
            Place::Beside(folder) => folder,
            Place::Temporary(folder) => folder.path(),
        }
    }
}

impl Drop for Parts {
    fn drop(&mut self) {
        if let Place::Beside(folder) = &self.place
            && !self.stays
        {
            remove(folder);
        }
    }
}

fn used() -> io::Error {
    io::Error::other("another run records there; wait until it has ended, or name another file")
}

/// Removes the parts that a run left there that was killed.
fn remove_left(folder: &Path) -> io::Result<()> {
    match fs::symlink_metadata(folder) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(cause) => return Err(not_made(folder, &cause)),
        Ok(found) if !found.is_dir() => return Err(foreign(folder)),
        Ok(_) => {}
    }
    let header = folder.join(HEADER_FILE);
    let file = match File::options().read(true).custom_flags(os::ONLY_A_FILE).open(&header) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => None,
        opened => Some(opened.map_err(|_| foreign(folder))?),
    };
    if let Some(file) = &file {
        let mut beginning = Vec::new();
        file.take(MAGIC.len() as u64).read_to_end(&mut beginning)?;
        if !MAGIC.starts_with(&beginning) {
            return Err(foreign(folder));
        }
        if !os::lock(file, false).unwrap_or(true) {
            return Err(used());
        }
    }
    for entry in fs::read_dir(folder)? {
        if !is_ours(&entry?.file_name().to_string_lossy()) {
            return Err(foreign(folder));
        }
    }
    remove(folder);
    Ok(())
}

fn not_made(folder: &Path, cause: &io::Error) -> io::Error {
    io::Error::new(cause.kind(), format!("the folder {} cannot be made: {}", folder.display(), in_words(cause)))
}

fn foreign(folder: &Path) -> io::Error {
    io::Error::other(format!("{} is there, and holds more than the parts of a record; move it away", folder.display()))
}

fn is_ours(name: &str) -> bool {
    name == HEADER_FILE || is_part_file(name)
}

/// Removes our files, and the folder if nothing else is in it.
fn remove(folder: &Path) {
    // Without a header it is not taken for the parts of a record.
    let _ = fs::remove_file(folder.join(HEADER_FILE));
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if is_ours(&entry.file_name().to_string_lossy()) {
            let _ = fs::remove_file(entry.path());
        }
    }
    let _ = fs::remove_dir(folder);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_removed_by_halves_has_no_header() {
        let folder = Temporary::new().unwrap();
        let parts = folder.path().join("x.parts");
        // What is no file stays, and the folder with it.
        fs::create_dir_all(part_file(&parts, 0)).unwrap();
        for name in [HEADER_FILE, "node-1.part"] {
            fs::write(parts.join(name), MAGIC).unwrap();
        }
        remove(&parts);
        let left = fs::read_dir(&parts).unwrap().map(|entry| entry.unwrap().file_name());
        assert_eq!(left.collect::<Vec<_>>(), ["node-0.part"]);
    }
}
