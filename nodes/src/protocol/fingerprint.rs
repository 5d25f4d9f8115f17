//! What a node's future depends on, as bytes.

use super::any::Content;
use crate::topology::Port;

/// Writes parts one after the other, each so that its end is known.
pub(super) struct Print<'a>(&'a mut Vec<u8>);

impl<'a> Print<'a> {
    pub(super) fn of(bytes: &'a mut Vec<u8>, alive: bool) -> Self {
        bytes.push(u8::from(alive));
        Print(bytes)
    }

    pub(super) fn part(&mut self, bytes: Vec<u8>) {
        self.counts(&[bytes.len()]);
        self.0.extend(bytes);
    }

    pub(super) fn counts(&mut self, counts: &[usize]) {
        for count in counts {
            put_varint(self.0, *count as u64);
        }
    }

    pub(super) fn message(&mut self, port: Port, msg: &dyn Content) -> Result<(), String> {
        let mut encoded = Vec::new();
        let length = msg.encode_into(&mut encoded, usize::MAX).map_err(|cause| cause.to_string())?;
        encoded.truncate(length);
        self.counts(&[port.index()]);
        self.part(encoded);
        Ok(())
    }

    pub(super) fn stored(&mut self, stored: Option<&[u8]>) {
        self.counts(&[usize::from(stored.is_some())]);
        self.part(stored.unwrap_or_default().to_vec());
    }
}

/// Appends a number in as few bytes as its size asks for, seven bits a byte.
#[inline]
pub(crate) fn put_varint(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}
