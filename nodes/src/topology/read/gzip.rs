//! Files packed by gzip.

use std::borrow::Cow;
use std::io::Read;

use super::{MOST_BYTES, Wrong};

/// The bytes that are packed, if they are; as they are otherwise.
pub(super) fn unpacked(bytes: &[u8]) -> Result<Cow<'_, [u8]>, Wrong> {
    if !bytes.starts_with(b"\x1f\x8b") {
        return Ok(Cow::Borrowed(bytes));
    }
    let mut unpacked = Vec::new();
    let read = flate2::read::MultiGzDecoder::new(bytes).take(MOST_BYTES + 1).read_to_end(&mut unpacked);
    read.map_err(|cause| Wrong::whole(format!("begins as a file packed by gzip does, and cannot be unpacked: {cause}")))?;
    if unpacked.len() as u64 > MOST_BYTES {
        return Err(Wrong::whole("unpacked it is larger than 1 GiB"));
    }
    Ok(Cow::Owned(unpacked))
}
