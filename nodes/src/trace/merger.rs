//! Makes one trace of the parts that node processes record.

use core::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::header::Ends;
use super::part::PartReader;
use super::{Arrival, Event, Header, Reader, TraceError, What, Writer};
use crate::protocol::Links;

/// Where the header stands in a folder of parts.
pub(crate) const HEADER_FILE: &str = "header.trace";

/// Merges parts by their times, each arrival behind its sending.  Keeps in memory what is under way: a number for each message
/// that has been sent and has not arrived.
#[derive(Debug)]
pub(crate) struct Merger<R, W: Write> {
    writer: Writer<W>,
    ends: Ends,
    parts: Vec<PartReader<R>>,
    /// By node: the messages that it sent, as the trace numbers them.
    sent: Vec<Sent>,
    /// The parts whose next row is known, by its time.
    heads: BinaryHeap<Reverse<(u64, usize)>>,
    /// Parts whose next row is not known.
    drained: Vec<usize>,
    time: u64,
    lossy: bool,
}

/// The messages that a node has sent, but for the first that have all arrived.
#[derive(Debug, Default)]
struct Sent {
    /// The trace's number, and whether the message has arrived; the first is the node's `first`-th.
    numbers: VecDeque<(u64, bool)>,
    first: u64,
    /// The parts whose next row is the arrival of one that it has not sent, as far as is known.
    blocked: Vec<usize>,
}

impl Sent {
    fn place(&self, own: u64) -> Option<usize> {
        usize::try_from(own.checked_sub(self.first)?).ok()
    }

    fn get(&self, own: u64) -> Option<u64> {
        self.numbers.get(self.place(own)?).map(|(number, _)| *number)
    }

    /// Whether it has been sent, be it that it is forgotten.
    fn is_known(&self, own: u64) -> bool {
        own < self.first + self.numbers.len() as u64
    }

    fn arrived(&mut self, own: u64, lossy: bool) {
        if let Some((_, arrived)) = self.place(own).and_then(|place| self.numbers.get_mut(place)) {
            *arrived = true;
        }
        // Where messages may be lost, they may also arrive twice.
        while !lossy && self.numbers.front().is_some_and(|(_, arrived)| *arrived) {
            self.numbers.pop_front();
            self.first += 1;
        }
    }
}

/// Makes a trace of what a run of processes recorded in a folder and did not live to merge.
///
/// # Errors
/// If there is no readable header in it, a part cannot be read, or the trace not be written.
pub fn merge_parts<W: Write>(folder: &Path, out: W) -> Result<W, TraceError> {
    let open = |path: PathBuf| {
        File::open(&path).map_err(|cause| match path.file_name() {
            Some(name) if cause.kind() == io::ErrorKind::NotFound => TraceError::NoParts(name.to_string_lossy().into_owned()),
            _ => cause.into(),
        })
    };
    let header = Reader::new(open(folder.join(HEADER_FILE))?)?.header().clone();
    let parts = (0..header.nodes).map(|node| open(part_file(folder, node))).collect::<Result<Vec<_>, _>>()?;
    let merger = Merger::new(&header, parts, out).map_err(|what| TraceError::Damaged { at: 0, what })?;
    Ok(merger.end()?.finish()?)
}

/// Where a node's part stands in a folder of parts.
pub(crate) fn part_file(folder: &Path, node: usize) -> PathBuf {
    folder.join(format!("node-{node}.part"))
}

/// Whether a file of that name in a folder of parts is a node's.
pub(crate) fn is_part_file(name: &str) -> bool {
    let number = name.strip_prefix("node-").and_then(|name| name.strip_suffix(".part"));
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

impl<R: Read, W: Write> Merger<R, W> {
    /// Begins a trace with that header, of the parts of the nodes in order.
    ///
    /// # Errors
    /// If the header's links are none.
    pub(crate) fn new(header: &Header, parts: impl IntoIterator<Item = R>, out: W) -> Result<Self, String> {
        let parts = parts.into_iter().map(PartReader::new).collect::<Vec<_>>();
        Ok(Merger {
            writer: Writer::new(out, header),
            ends: header.ends()?,
            sent: parts.iter().map(|_| Sent::default()).collect(),
            drained: (0..parts.len()).collect(),
            heads: BinaryHeap::new(),
            parts,
            time: 0,
            lossy: header.guarantee == Links::Lossy,
        })
    }

    /// Merges what has been recorded before that time.
    ///
    /// # Errors
    /// If a part cannot be read.
    pub(crate) fn advance(&mut self, until: u64) -> io::Result<()> {
        for part in std::mem::take(&mut self.drained) {
            self.look(part)?;
        }
        while let Some(Reverse((time, part))) = self.heads.peek().copied().filter(|Reverse((time, _))| *time < until) {
            self.heads.pop();
            self.time = self.time.max(time);
            self.take(part, false)?;
        }
        Ok(())
    }

    /// What nobody but the initializer knows, behind all that happened before that time.
    ///
    /// # Errors
    /// If a part cannot be read.
    pub(crate) fn insert(&mut self, node: u32, time: u64, what: What<'_>) -> io::Result<()> {
        self.advance(time)?;
        self.time = self.time.max(time);
        self.writer.push(Event { node, time: self.time, what });
        Ok(())
    }

    /// Merges all that is left, and hands out the writer for the last words.
    ///
    /// # Errors
    /// If a part cannot be read.
    pub(crate) fn end(mut self) -> io::Result<Writer<W>> {
        loop {
            self.advance(u64::MAX)?;
            // Whatever they wait for is not on record.
            let Some(sent) = self.sent.iter_mut().find(|sent| !sent.blocked.is_empty()) else { break };
            for part in std::mem::take(&mut sent.blocked) {
                self.take(part, true)?;
            }
        }
        if self.lossy {
            for (node, sent) in self.sent.iter().enumerate() {
                for (message, _) in sent.numbers.iter().filter(|(_, arrived)| !arrived) {
                    let what = What::Lost { message: Some(*message) };
                    self.writer.push(Event { node: node as u32, time: self.time, what });
                }
            }
        }
        Ok(self.writer)
    }

    /// Lets what has been merged be read.
    pub(crate) fn flush(&mut self) {
        self.writer.flush();
    }

    fn look(&mut self, part: usize) -> io::Result<()> {
        match self.parts[part].look()? {
            Some(time) => self.heads.push(Reverse((time, part))),
            None => self.drained.push(part),
        }
        Ok(())
    }

    /// Takes over the next row of a part, unless it waits for a sending; if `anyway`, even then.
    fn take(&mut self, part: usize, anyway: bool) -> io::Result<()> {
        let node = part as u32;
        let Some(row) = self.parts[part].row() else { return Ok(()) };
        let mut what = row.what;
        let mut arrived = None;
        if let What::Arrive { message, port, .. } | What::Resume { message, port, .. } = &mut what {
            let sender = port.map_or(Some(node), |port| self.ends.of(node, port).map(|(sender, _)| sender));
            if let (Some(sender), Some(own)) = (sender, *message) {
                if !self.sent[sender as usize].is_known(own) && !anyway {
                    self.sent[sender as usize].blocked.push(part);
                    return Ok(());
                }
                *message = self.sent[sender as usize].get(own);
                arrived = Some((sender, own));
            }
        }
        if let What::Lost { message: Some(message) } = &mut what {
            let own = *message;
            arrived = Some((node, own));
            if let Some(number) = self.sent[part].get(own) {
                *message = number;
            }
        }
        let number = self.writer.push(Event { node, time: self.time, what });
        match what {
            What::Send { .. } => {
                self.sent[part].numbers.push_back((number, false));
                for waiting in std::mem::take(&mut self.sent[part].blocked) {
                    self.heads.push(Reverse((self.time, waiting)));
                }
            }
            // One that waits will be named again.
            What::Arrive { how: Arrival::Deferred, .. } => {}
            _ => {
                if let Some((sender, own)) = arrived {
                    self.sent[sender as usize].arrived(own, self.lossy);
                }
            }
        }
        self.parts[part].pass();
        self.look(part)
    }
}
