//! Every file that a command writes is opened here, so that none is lost.
//!
//! A regular file is written beside its name, as `FILE.part`, and takes its place when it is whole: until then, and if something
//! fails, what stood there stays.  Where the name is a link, that is so for what it leads to.  Devices, pipes and descriptors
//! (`/dev/stdout`) are written directly.  What stands there is replaced if it bears our mark ([`Form`]), or with `--force`.  A lock
//! keeps a second process away from the file until it is whole.

mod form;
mod logs;
mod named;
mod place;

use std::fs::{self, File, Metadata, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

pub(super) use form::Form;
pub(super) use logs::LogFolder;
pub(super) use named::{MANIFEST, PARTS, RUNS, Use, check};
pub(super) use place::beside;
use place::{Identity, Place};

use super::failure::Failure;
use super::option::Opt;
use crate::os;
use crate::scarce::in_words;

/// The option that lets a command replace what it did not write.
pub(super) fn force() -> Opt {
    Opt::switch("force", "Replace files that are there already, whoever wrote them")
}

/// An output of a command: which option names it, what is written, and whether it may replace anything.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    pub(super) option: &'static str,
    pub(super) path: &'a Path,
    pub(super) form: Form,
    pub(super) force: bool,
}

/// An output that is open.
#[derive(Debug)]
pub(super) struct Output {
    option: &'static str,
    path: PathBuf,
    to: To,
}

#[derive(Debug)]
enum To {
    /// A regular file.
    File(Replaced),
    /// A device, a pipe, or what is open under a number.
    Stream(File),
}

/// A regular file, and what is written to take its place.
#[derive(Debug)]
struct Replaced {
    form: Form,
    force: bool,
    /// Behind all links.
    target: PathBuf,
    /// Locked as long as it is written.
    part: Option<Part>,
    /// What stands there, locked.
    standing: Option<File>,
}

/// Makes a folder, whole or not at all.
///
/// # Errors
/// If the system does not let it, or something stands there.
pub(super) fn make_folder(folder: &Path, fill: impl FnOnce(&Path) -> io::Result<()>) -> io::Result<()> {
    if let Some(above) = folder.parent() {
        fs::create_dir_all(above)?;
    }
    let name = folder.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
    let mut random = [0; 8];
    os::random(&mut random)?;
    let part = folder.with_file_name(format!(".{}-{:016x}", name.display(), u64::from_le_bytes(random)));
    fs::create_dir(&part)?;
    let made = fill(&part).and_then(|()| fs::rename(&part, folder));
    if made.is_err() {
        let _ = fs::remove_dir_all(&part);
    }
    made
}

impl Asked<'_> {
    /// Opens it; what stands there is as before.
    pub(super) fn open(self) -> Result<Output, Failure> {
        let to = self.place()?;
        Ok(Output { option: self.option, path: self.path.to_owned(), to })
    }

    fn refuse(&self, why: impl core::fmt::Display) -> Failure {
        Failure::wrong(format!("--{}: {} {why}", self.option, self.path.display()))
    }

    fn place(&self) -> Result<To, Failure> {
        let cannot = |cause: io::Error| self.refuse(format_args!("cannot be written: {}", in_words(&cause)));
        let folder = |path: &Path| place::folder_of(path).to_owned();
        let (target, found) = match Place::of(self.path).map_err(cannot)? {
            Place::Descriptor(number) => return Ok(To::Stream(os::duplicated(number).map_err(cannot)?.into())),
            Place::Taken(_, found) if found.is_dir() => return Err(self.refuse("is a folder; name a file")),
            Place::Taken(path, found) if !found.is_file() => {
                return Ok(To::Stream(File::options().write(true).open(path).map_err(cannot)?));
            }
            Place::Taken(path, found) => (path, Some(found)),
            Place::Free(path) if !folder(&path).is_dir() => {
                let folder = folder(&path);
                return Err(
                    self.refuse(format_args!("cannot be written: there is no folder {}; make it first", folder.display()))
                );
            }
            Place::Free(path) => (path, None),
        };
        let mut standing = None;
        if found.is_some() {
            // To write it is not needed, but only who may is to replace it.
            let file = File::options().read(true).write(true).open(&target).map_err(cannot)?;
            self.check_lock(&file)?;
            if !self.force && !is_ours(self.form, &file).map_err(cannot)? {
                let form = self.form.name();
                return Err(match self.form.mark() {
                    None if self.form != Form::Log => self.refuse(format_args!(
                        "is there already, and nothing in {form} tells that this program wrote it; name another file, or replace \
                         it with --force"
                    )),
                    _ => self.refuse(format_args!(
                        "is there already, and is not {form}; name another file, or replace it with --force"
                    )),
                });
            }
            standing = Some(file);
        }
        let part = Part::open(&target, self.form, self.force, false).map_err(|error| match error {
            PartError::Busy => self.busy(),
            PartError::Foreign(part) => self.refuse(format_args!(
                "is written by way of {}, which is there already, and is not {}; move that away, or replace it with --force",
                part.display(),
                self.form.name()
            )),
            PartError::Io(cause) => {
                let part = beside(&target, ".part");
                self.refuse(format_args!("is written by way of {}, which cannot be made: {}", part.display(), in_words(&cause)))
            }
        })?;
        part.dress(found.as_ref()).map_err(cannot)?;
        Ok(To::File(Replaced { form: self.form, force: self.force, target, part: Some(part), standing }))
    }

    fn check_lock(&self, file: &File) -> Result<(), Failure> {
        // Some file systems have no locks; there, a second writer is not noticed.
        if os::lock(file, false).unwrap_or(true) { Ok(()) } else { Err(self.busy()) }
    }

    fn busy(&self) -> Failure {
        self.refuse("is being written by another process; wait until that has ended, or name another file")
    }
}

/// Whether the file is empty, or one of ours.
fn is_ours(form: Form, file: &File) -> io::Result<bool> {
    let mut beginning = Vec::new();
    file.take(form::BEGINNING as u64).read_to_end(&mut beginning)?;
    Ok(beginning.is_empty() || form.is_ours(&beginning))
}

impl Output {
    /// What it is called.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What takes its place: what is behind the name, if that is a link.
    pub(super) fn target(&self) -> &Path {
        match &self.to {
            To::File(replaced) => &replaced.target,
            To::Stream(_) => &self.path,
        }
    }

    /// Whether what is written is a file that replaces another, not a stream.
    pub(super) fn is_file(&self) -> bool {
        matches!(self.to, To::File(_))
    }

    /// It cannot be written.
    pub(super) fn failure(&self, cause: &io::Error) -> Failure {
        Failure::failed(format!("--{}: {} cannot be written: {}", self.option, self.path.display(), in_words(cause)))
    }

    /// What has been written is whole, and takes its place.
    ///
    /// # Errors
    /// If the system does not let it.
    pub(super) fn keep(&mut self) -> io::Result<()> {
        match &mut self.to {
            To::Stream(file) => file.flush(),
            To::File(replaced) => replaced.keep(),
        }
    }

    /// Replaces what stands there; it stays locked.
    ///
    /// # Errors
    /// If the system does not let it; then what stood there stays.
    pub(super) fn replace(&mut self, content: &[u8]) -> Result<(), Failure> {
        match self.write_all(content).and_then(|()| self.keep()) {
            // The reader of the pipe has gone: it needs no more.
            Err(cause) if cause.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            written => written.map_err(|cause| self.failure(&cause)),
        }
    }

    /// Leaves what has been written where it is, beside the file, and says where; `None` if nothing was, or it is a stream.
    pub(super) fn leave(self) -> Option<PathBuf> {
        let To::File(replaced) = self.to else { return None };
        let part = replaced.part?;
        let path = part.is_begun.then(|| part.path.clone())?;
        part.leave();
        Some(path)
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.to {
            To::Stream(file) => file.write(bytes),
            To::File(replaced) => replaced.part()?.begin()?.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Replaced {
    /// What is being written; another, if the last has taken its place.
    fn part(&mut self) -> io::Result<&mut Part> {
        if self.part.is_none() {
            // Another process may hold it for the moment in which it finds that we hold what stands there.
            let part = Part::open(&self.target, self.form, self.force, true)?;
            part.dress(self.standing.as_ref().map(File::metadata).transpose()?.as_ref())?;
            self.part = Some(part);
        }
        self.part.as_mut().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn keep(&mut self) -> io::Result<()> {
        let target = self.target.clone();
        let part = self.part()?;
        part.begin()?;
        fs::rename(&part.path, &target)?;
        self.standing = self.part.take().and_then(Part::leave);
        Ok(())
    }
}

/// What is written beside a file, to take its place; dropping it removes it.
#[derive(Debug)]
struct Part {
    path: PathBuf,
    file: Option<File>,
    /// Whether something was written; until then, what a process left there that was killed stays.
    is_begun: bool,
    /// Whether nothing was there before.
    is_new: bool,
}

enum PartError {
    /// Another process writes it.
    Busy,
    /// Another program wrote it.
    Foreign(PathBuf),
    Io(io::Error),
}

impl From<io::Error> for PartError {
    fn from(cause: io::Error) -> Self {
        PartError::Io(cause)
    }
}

impl From<PartError> for io::Error {
    fn from(error: PartError) -> Self {
        match error {
            PartError::Busy => io::Error::other("another process writes it"),
            PartError::Foreign(part) => io::Error::other(format!("{} is of another program", part.display())),
            PartError::Io(cause) => cause,
        }
    }
}

impl Part {
    fn open(target: &Path, form: Form, force: bool, wait: bool) -> Result<Self, PartError> {
        let path = beside(target, ".part");
        loop {
            let mut options = File::options();
            // A link might lead to a file of another user, and opening a pipe would wait for its reader.
            options.read(true).write(true).create(true).truncate(false).custom_flags(os::ONLY_A_FILE);
            let file = match options.open(&path) {
                Err(_) if fs::symlink_metadata(&path).is_ok_and(|found| !found.is_file()) => {
                    return Err(PartError::Foreign(path));
                }
                opened => opened?,
            };
            if !os::lock(&file, wait).unwrap_or(true) {
                return Err(PartError::Busy);
            }
            let found = file.metadata()?;
            // Who held the lock may have put it in its place, or removed it.
            let is_there = fs::symlink_metadata(&path).is_ok_and(|there| Identity::of(&there) == Identity::of(&found));
            if !is_there {
                continue;
            }
            let is_new = found.len() == 0;
            if !found.is_file() || !(is_new || force || is_ours(form, &file)?) {
                return Err(PartError::Foreign(path));
            }
            return Ok(Part { path, file: Some(file), is_begun: false, is_new });
        }
    }

    /// Gives it the owner and the mode of what it replaces.
    fn dress(&self, replaced: Option<&Metadata>) -> io::Result<()> {
        let (Some(replaced), Some(file)) = (replaced, &self.file) else { return Ok(()) };
        let own = file.metadata()?;
        if (own.uid(), own.gid()) != (replaced.uid(), replaced.gid()) {
            // Only who is privileged may; the others own what they write.
            let _ = fchown(file, Some(replaced.uid()), Some(replaced.gid()));
        }
        file.set_permissions(Permissions::from_mode(replaced.mode() & 0o7777))
    }

    /// The file; empty, if nothing was written to it yet.
    fn begin(&mut self) -> io::Result<&mut File> {
        let file = self.file.as_mut().ok_or(io::ErrorKind::NotFound)?;
        if !self.is_begun {
            file.set_len(0)?;
            io::Seek::rewind(file)?;
            self.is_begun = true;
        }
        Ok(file)
    }

    /// Lets it stay where it is.
    fn leave(mut self) -> Option<File> {
        self.file.take()
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if self.file.is_some() && (self.is_begun || self.is_new) {
            let _ = fs::remove_file(&self.path);
        }
    }
}
