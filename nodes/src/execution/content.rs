//! What files hold, as a short text: what was measured of a file counts as long as the file holds the same.

use std::collections::BTreeMap;
use std::hash::Hasher;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use siphasher::sip::SipHasher13;

use super::RunError;
use crate::scarce::in_words;

/// Between the hashes of several files.
const BETWEEN: &str = "+";

/// A hash of what a file holds.
pub(crate) fn hash(file: &Path) -> io::Result<String> {
    let mut file = std::fs::File::open(file)?;
    let (mut hasher, mut buffer) = (SipHasher13::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(format!("{:016x}", hasher.finish())),
            count => hasher.write(&buffer[..count]),
        }
    }
}

/// Refuses a pipe or a device: where many runs are made, each reads the files again.
pub(crate) fn check_can_be_read_again(files: &[PathBuf]) -> Result<(), RunError> {
    let is_stream = |file: &&PathBuf| std::fs::metadata(file).is_ok_and(|found| !found.is_file() && !found.is_dir());
    files.iter().find(is_stream).map_or(Ok(()), |file| {
        let file = file.display();
        Err(RunError::refused(format!(
            "{file} is a pipe or a device, and is read again for each run; copy it into a file first"
        )))
    })
}

/// What files held when each was first asked for.
#[derive(Default)]
pub(crate) struct Contents(BTreeMap<PathBuf, String>);

impl Contents {
    /// The hashes of these files; empty without any.
    pub(crate) fn of(&mut self, files: &[PathBuf]) -> Result<String, RunError> {
        let mut hashes = Vec::new();
        for file in files {
            let known = self.0.get(file).cloned();
            let hash = known.map_or_else(|| hash(file), Ok);
            let hash =
                hash.map_err(|cause| RunError::refused(format!("{} cannot be read: {}", file.display(), in_words(&cause))))?;
            self.0.insert(file.clone(), hash.clone());
            hashes.push(hash);
        }
        Ok(hashes.join(BETWEEN))
    }
}

/// The first file that does not hold what it held.
pub(crate) fn changed_since(files: &[PathBuf], before: &str) -> Result<Option<PathBuf>, RunError> {
    let now = Contents::default().of(files)?;
    Ok(changed(files, before, &now).next().cloned())
}

/// The files that do not hold what they held.
pub(crate) fn changed<'a>(files: &'a [PathBuf], before: &str, now: &str) -> impl Iterator<Item = &'a PathBuf> {
    let (mut before, mut now) = (before.split(BETWEEN), now.split(BETWEEN));
    files.iter().filter(move |_| before.next() != now.next())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_that_changed_is_known() {
        let files = ["graph.edges", "inputs.txt"].map(PathBuf::from);
        let between = |before, now| changed(&files, before, now).cloned().collect::<Vec<_>>();
        assert_eq!(between("1+2", "1+2"), [""; 0].map(PathBuf::from));
        assert_eq!(between("1+2", "1+3"), files[1..]);
        assert_eq!(between("1+2", "2+2"), files[..1]);
        assert_eq!(between("1", "1+2"), files[1..]);
    }

    #[test]
    fn a_file_is_known_by_every_byte() {
        let file = std::env::temp_dir().join(format!("nodes-content-{}", std::process::id()));
        let of = |bytes: &[u8]| {
            std::fs::write(&file, bytes).expect("it can be written");
            hash(&file).expect("it can be read")
        };
        let (one, other) = (of(b"0 1\n1 2\n"), of(b"0 1\n1 3\n"));
        std::fs::remove_file(&file).expect("it can be removed");
        assert_ne!(one, other);
    }
}
