//! Files packed by gzip.

use std::borrow::Cow;
use std::io::Read;

use super::{MOST_BYTES, Wrong};

/// A file may be unpacked to so many times its size, or to 64 MiB if that is more: lists of links are packed to a tenth or so,
/// and what grows more is no graph.
const MOST_TIMES: u64 = 128;
const SMALL: u64 = 64 << 20;

/// The bytes that are packed, if they are; as they are otherwise.
pub(super) fn unpacked(bytes: &[u8]) -> Result<Cow<'_, [u8]>, Wrong> {
    if !bytes.starts_with(b"\x1f\x8b") {
        return Ok(Cow::Borrowed(bytes));
    }
    let most = MOST_BYTES.min(SMALL.max(MOST_TIMES * bytes.len() as u64));
    let mut unpacked = Vec::new();
    let read = flate2::read::MultiGzDecoder::new(bytes).take(most + 1).read_to_end(&mut unpacked);
    read.map_err(|cause| Wrong::whole(format!("begins as a file packed by gzip does, and cannot be unpacked: {cause}")))?;
    if unpacked.len() as u64 > most {
        let why = if most == MOST_BYTES {
            "unpacked it is larger than 1 GiB".into()
        } else {
            format!(
                "unpacked it is more than {MOST_TIMES} times as large; if it is a graph all the same, unpack it by `gunzip`"
            )
        };
        return Err(Wrong::whole(why));
    }
    Ok(Cow::Owned(unpacked))
}
