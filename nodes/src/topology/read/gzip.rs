//! Files packed by gzip (RFC 1952).

use std::borrow::Cow;

use miniz_oxide::inflate::stream::{InflateState, MinReset, inflate};
use miniz_oxide::{DataFormat, MZFlush, MZStatus};

use super::{MOST_BYTES, Wrong};
use crate::crc::crc32;

/// A file may be unpacked to so many times its size, or to 64 MiB if that is more: lists of links are packed to a tenth or so,
/// and what grows more is no graph.
const MOST_TIMES: u64 = 128;
const SMALL: u64 = 64 << 20;

/// Every member begins so.
const MAGIC: [u8; 2] = [0x1f, 0x8b];
/// The only way of packing that there is.
const DEFLATE: u8 = 8;
/// What stands in a head besides: a check of it, more fields, a name, a comment.  Other flags mean nothing.
const CHECK: u8 = 2;
const EXTRA: u8 = 4;
const NAME: u8 = 8;
const COMMENT: u8 = 16;
const UNKNOWN: u8 = 0xe0;

/// So much is unpacked at once.
const PART: usize = 64 << 10;

/// The bytes that are packed, if they are; as they are otherwise.
pub(super) fn unpacked(bytes: &[u8]) -> Result<Cow<'_, [u8]>, Wrong> {
    if !bytes.starts_with(&MAGIC) {
        return Ok(Cow::Borrowed(bytes));
    }
    let most = MOST_BYTES.min(SMALL.max(MOST_TIMES * bytes.len() as u64));
    let unpacked = members(bytes, most)
        .map_err(|cause| Wrong::whole(format!("begins as a file packed by gzip does, and cannot be unpacked: {cause}")))?;
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

/// What the members of a file hold, one behind the other; no more is unpacked once it is more than that.
fn members(mut packed: &[u8], most: u64) -> Result<Vec<u8>, &'static str> {
    let (mut unpacked, mut part) = (Vec::new(), vec![0; PART]);
    let mut state = InflateState::new_boxed(DataFormat::Raw);
    while !packed.is_empty() {
        packed = body(packed).ok_or("the head of what is packed is damaged")?;
        let first = unpacked.len();
        state.reset_as(MinReset);
        loop {
            let done = inflate(&mut state, packed, &mut part, MZFlush::None);
            packed = &packed[done.bytes_consumed..];
            unpacked.extend_from_slice(&part[..done.bytes_written]);
            if unpacked.len() as u64 > most {
                return Ok(unpacked);
            }
            match done.status {
                Ok(MZStatus::StreamEnd) => break,
                Ok(_) => {}
                Err(_) => return Err("it is damaged, or its end is missing"),
            }
        }
        let ([a, b, c, d, length @ ..], rest) = packed.split_first_chunk::<8>().ok_or("its end is missing")?;
        let member = &unpacked[first..];
        if crc32(member) != u32::from_le_bytes([*a, *b, *c, *d]) || member.len() as u32 != u32::from_le_bytes(*length) {
            return Err("it is damaged: its check is that of something else");
        }
        packed = rest;
    }
    Ok(unpacked)
}

/// What stands behind the head of a member; nothing if that is none.
fn body(member: &[u8]) -> Option<&[u8]> {
    let (head, mut rest) = member.split_first_chunk::<10>()?;
    let flags = head[3];
    if !head.starts_with(&MAGIC) || head[2] != DEFLATE || flags & UNKNOWN != 0 {
        return None;
    }
    if flags & EXTRA != 0 {
        let (length, fields) = rest.split_first_chunk()?;
        rest = fields.get(usize::from(u16::from_le_bytes(*length))..)?;
    }
    for text in [NAME, COMMENT] {
        if flags & text != 0 {
            let end = rest.iter().position(|byte| *byte == 0)?;
            rest = &rest[end + 1..];
        }
    }
    if flags & CHECK != 0 {
        let head = &member[..member.len() - rest.len()];
        let (check, behind) = rest.split_first_chunk()?;
        if u16::from_le_bytes(*check) != crc32(head) as u16 {
            return None;
        }
        rest = behind;
    }
    Some(rest)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use flate2::read::MultiGzDecoder;
    use flate2::write::GzEncoder;
    use flate2::{Compression, GzBuilder};
    use proptest::prelude::*;

    use super::*;

    fn packed(text: &[u8], builder: GzBuilder) -> Vec<u8> {
        let mut encoder: GzEncoder<Vec<u8>> = builder.write(Vec::new(), Compression::fast());
        encoder.write_all(text).expect("memory takes it");
        encoder.finish().expect("memory takes it")
    }

    /// `printf 'a b\n' | gzip -n`, with the check of its head that RFC 1952 allows and no program writes: the CRC of the 10 bytes.
    #[test]
    fn the_check_of_a_head_is_held_against_it() {
        let mut file = packed(b"a b\n", GzBuilder::new());
        file[3] |= CHECK;
        let check = crc32(&file[..10]) as u16;
        file.splice(10..10, check.to_le_bytes());
        assert_eq!(members(&file, 10), Ok(b"a b\n".to_vec()));
        file[4] = 1;
        assert_eq!(members(&file, 10), Err("the head of what is packed is damaged"));
    }

    proptest! {
        /// Against another reader: whole members with all that may stand in a head, and what is left of them when a byte is changed
        /// or the end cut off.
        #[test]
        fn it_unpacks_what_another_reader_does(
            text in proptest::collection::vec(0u8..4, 0..3000),
            which in 0..8usize,
            place: proptest::sample::Index,
            with: Option<u8>,
        ) {
            let mut builder = GzBuilder::new();
            for (bit, add) in [
                |builder: GzBuilder| builder.filename("a.edges"),
                |builder: GzBuilder| builder.comment("a graph"),
                |builder: GzBuilder| builder.extra([7; 300]),
            ].into_iter().enumerate() {
                if which & (1 << bit) != 0 {
                    builder = add(builder);
                }
            }
            let whole = [packed(&text, builder), packed(b"a b\n", GzBuilder::new())].concat();
            prop_assert_eq!(members(&whole, 10_000), Ok([&text[..], b"a b\n"].concat()));
            let mut damaged = whole;
            let place = place.index(damaged.len());
            match with {
                Some(byte) => damaged[place] = byte,
                None => damaged.truncate(place),
            }
            let mut right = Vec::new();
            let right = MultiGzDecoder::new(&damaged[..]).read_to_end(&mut right).map(|_| right).ok();
            // Nothing at all is no file for `flate2`, and is never asked for here.
            prop_assert_eq!(members(&damaged, 10_000).ok(), right.or(damaged.is_empty().then(Vec::new)));
        }
    }
}
