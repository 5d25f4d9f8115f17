//! Frames: what lets a reader tell a file that was cut short from one that is damaged.

use std::io::{self, Read};

use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec_with_limit;

use super::TraceError;
use crate::crc::crc32;

/// How long a frame's head is.
const HEAD: usize = 12;

/// zlib's fastest level: a trace is recorded while a run goes on.
const LEVEL: u8 = 1;

/// Less than that is not worth compressing.
const SMALL: usize = 128;

/// What a frame holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content {
    Header,
    Block,
}

impl Content {
    fn limit(self) -> usize {
        match self {
            Content::Header => 256 << 20,
            Content::Block => 16 << 20,
        }
    }

    /// How long it may be when it is no longer compressed, if it takes so many bytes in the file.
    fn limit_of(self, compressed: usize) -> usize {
        match self {
            Content::Header => self.limit().min((1 << 20) + MOST_COMPRESSED * compressed),
            Content::Block => self.limit(),
        }
    }
}

/// A header takes at most this many times as much as it does in the file, beyond the first mebibyte: names and links that differ
/// are not compressed as much as what is there to fill the memory.
const MOST_COMPRESSED: usize = 64;

const HEADER: u8 = 1;
const BLOCK: u8 = 2;
const COMPRESSED_BLOCK: u8 = 3;

/// Appends a frame with that content to `out`.
pub(super) fn push(content: Content, body: &[u8], out: &mut Vec<u8>) {
    let compressed = (content == Content::Header || body.len() > SMALL).then(|| compress_to_vec(body, LEVEL));
    let (tag, body) = match (content, &compressed) {
        (Content::Header, Some(compressed)) => (HEADER, compressed.as_slice()),
        (Content::Block, Some(compressed)) if compressed.len() < body.len() => (COMPRESSED_BLOCK, compressed.as_slice()),
        _ => (BLOCK, body),
    };
    let mut head = (body.len() as u32).to_le_bytes().to_vec();
    head.push(tag);
    head.extend_from_slice(&crc32(&head).to_le_bytes()[..3]);
    head.extend_from_slice(&crc32(body).to_le_bytes());
    out.extend_from_slice(&head);
    out.extend_from_slice(body);
}

/// Takes frames from a file.
#[derive(Debug)]
pub(super) struct Frames<R> {
    file: R,
    /// How many bytes have been read.
    pub(super) at: u64,
    body: Vec<u8>,
}

impl<R: Read> Frames<R> {
    pub(super) fn new(file: R, at: u64) -> Self {
        Frames { file, at, body: Vec::new() }
    }

    /// The next frame, uncompressed; `None` at the end of the file, be it that it was cut short within the frame.
    pub(super) fn next(&mut self) -> Result<Option<(Content, Vec<u8>)>, TraceError> {
        let start = self.at;
        let damaged = |what: String| TraceError::Damaged { at: start, what };
        let mut head = [0; HEAD];
        if !self.fill(&mut head)? {
            return Ok(None);
        }
        let [a, b, c, d, tag, e, f, g, crc @ ..] = head;
        if crc32(&head[..5]).to_le_bytes()[..3] != [e, f, g] {
            return Err(damaged("what stands there begins no part of a trace".to_owned()));
        }
        let content = match tag {
            HEADER => Content::Header,
            BLOCK | COMPRESSED_BLOCK => Content::Block,
            _ => return Err(damaged(format!("there is no part of kind {tag}"))),
        };
        let length = u32::from_le_bytes([a, b, c, d]);
        if length as usize > content.limit() {
            return Err(damaged(format!("a part of {length} bytes is too long")));
        }
        // Not more memory than there is to read.
        self.body.clear();
        let read = (&mut self.file).take(length.into()).read_to_end(&mut self.body)?;
        self.at += read as u64;
        if read < length as usize {
            return Ok(None);
        }
        if crc32(&self.body) != u32::from_le_bytes(crc) {
            return Err(damaged("its check sum is not that of its content".to_owned()));
        }
        if tag == BLOCK {
            return Ok(Some((content, self.body.clone())));
        }
        match decompress_to_vec_with_limit(&self.body, content.limit_of(self.body.len())) {
            Ok(body) => Ok(Some((content, body))),
            Err(cause) => Err(damaged(format!("it cannot be decompressed: {cause}"))),
        }
    }

    /// Whether there was enough to fill the buffer.
    fn fill(&mut self, buffer: &mut [u8]) -> io::Result<bool> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.file.read(&mut buffer[filled..]) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.at += filled as u64;
        Ok(filled == buffer.len())
    }
}
