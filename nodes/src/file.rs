//! Files that users name, read with a bound.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// A file has at most so many bytes: what has more, as a device that never ends, is not what was meant.  With one more, to see
/// that there is more, they fit into 1 GiB, which is how far room grows that is doubled again and again.
pub(crate) const MOST_BYTES: u64 = (1 << 30) - 2;

/// The bytes of what is open.
///
/// # Errors
/// If it cannot be read, or has more than [`MOST_BYTES`].
pub(crate) fn read(file: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(io::Error::other(format!("it has {} MiB or more, and less can be read", MOST_BYTES.div_ceil(1 << 20))));
    }
    Ok(bytes)
}

/// The text in a file.
///
/// # Errors
/// As [`read`], or if it is no UTF-8.
pub(crate) fn text(path: &Path) -> io::Result<String> {
    String::from_utf8(read(File::open(path)?)?).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_never_ends_is_refused() {
        assert!(text(Path::new("/dev/zero")).unwrap_err().to_string().contains("1024 MiB or more"));
        assert_eq!(text(Path::new("/dev/null")).unwrap(), "");
        assert_eq!(text(Path::new("/nowhere")).unwrap_err().kind(), io::ErrorKind::NotFound);
    }
}
