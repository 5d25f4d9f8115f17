//! What a node's future depends on, as bytes.

use super::any::{AlarmContent, KeptNode, NodeView};

/// Writes parts one after the other, each so that its end is known.  The first that cannot be encoded is the error of the whole.
pub(super) struct Print<'a> {
    bytes: &'a mut Vec<u8>,
    wrong: Option<String>,
}

impl<'a> Print<'a> {
    pub(super) fn of(bytes: &'a mut Vec<u8>, alive: bool, fields: Result<Vec<u8>, String>) -> Self {
        bytes.push(u8::from(alive));
        let mut print = Print { bytes, wrong: None };
        print.part(fields);
        print
    }

    fn part(&mut self, part: Result<Vec<u8>, String>) {
        match part {
            Ok(part) => {
                self.count(part.len());
                self.bytes.extend(part);
            }
            Err(wrong) => drop(self.wrong.get_or_insert(wrong)),
        }
    }

    fn count(&mut self, count: usize) {
        put_varint(self.bytes, count as u64);
    }

    /// What is not in the fields: what the node has deferred, how much of that has been offered, what it has stored, how often it has
    /// recovered, and how many alarms follow.  Of a node that has, and has had, none of that, nothing is told; nor of one that has it no
    /// longer.
    pub(super) fn kept(
        &mut self,
        node: &dyn NodeView,
        stored: &Option<Box<[u8]>>,
        incarnation: u32,
        offered: usize,
        on_condition: bool,
        alarms: usize,
    ) {
        let deferred = node.deferred_messages().count();
        if deferred == 0 && alarms == 0 && stored.is_none() && incarnation == 0 {
            return;
        }
        // Of nothing, nothing waits for a condition.
        let on_condition = on_condition && deferred > 0;
        self.count(incarnation as usize);
        self.count(usize::from(stored.is_some()));
        self.part(Ok(stored.as_deref().unwrap_or_default().to_vec()));
        self.count(offered);
        self.count(usize::from(on_condition));
        self.count(deferred);
        for (port, msg) in node.deferred_messages() {
            let mut encoded = Vec::new();
            let length = msg.encode_into(&mut encoded, usize::MAX).map_err(|cause| cause.to_string());
            self.count(port.index());
            self.part(length.map(|length| {
                encoded.truncate(length);
                encoded
            }));
        }
    }

    pub(super) fn alarm(&mut self, alarm: &dyn AlarmContent) {
        self.part(alarm.encode());
    }

    pub(super) fn finish(self, copy: KeptNode) -> Result<KeptNode, String> {
        self.wrong.map_or(Ok(copy), Err)
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
