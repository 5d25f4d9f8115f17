//! Reading a trace, event by event.

use std::io::Read;

use super::block::{self, Limits};
use super::frame::{Content, Frames};
use super::{Event, Header, MAGIC, TraceError, VERSION};

/// Reads a trace, keeping one block in memory.
#[derive(Debug)]
pub struct Reader<R> {
    frames: Frames<R>,
    header: Header,
    limits: Limits,
    sent: u64,
    time: u64,
    /// How many events have been read.
    events: u64,
}

/// So many events may stand in a file of a few bytes, and so many more for each byte: a run that repeats itself is compressed well,
/// but what is compressed better was made to fill the memory.
const EVENTS_OF_ANY: u64 = 1_000_000;
const EVENTS_OF_A_BYTE: u64 = 128;

impl<R: Read> Reader<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// If it is no trace, of another version, cut short or damaged in its header, or cannot be read.
    pub fn new(mut file: R) -> Result<Self, TraceError> {
        let mut start = Vec::new();
        let length = MAGIC.len() + size_of_val(&VERSION);
        (&mut file).take(length as u64).read_to_end(&mut start)?;
        let begins = start.len().min(MAGIC.len());
        if start.is_empty() || start[..begins] != MAGIC[..begins] {
            return Err(TraceError::NotATrace);
        }
        let Some([low, high]) = start.get(MAGIC.len()..length) else {
            return Err(TraceError::CutInHeader(start.len() as u64));
        };
        let version = u16::from_le_bytes([*low, *high]);
        if version != VERSION {
            return Err(TraceError::OtherVersion(version));
        }
        let mut frames = Frames::new(file, length as u64);
        let damaged = |what| TraceError::Damaged { at: length as u64, what };
        let json = match frames.next()? {
            None => return Err(TraceError::CutInHeader(frames.at)),
            Some((Content::Header, json)) => json,
            Some((Content::Block, _)) => return Err(damaged("it has no header".to_owned())),
        };
        let header: Header =
            serde_json::from_slice(&json).map_err(|cause| damaged(format!("its header cannot be understood: {cause}")))?;
        header.check().map_err(damaged)?;
        let limits = Limits {
            nodes: header.nodes as u64,
            messages: header.messages.len() as u64,
            states: header.states.len() as u64,
            alarms: header.alarms.len() as u64,
            properties: header.properties.len() as u64,
        };
        Ok(Reader { frames, header, limits, sent: 0, time: 0, events: 0 })
    }

    /// What ran.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// How many bytes have been read.
    pub fn position(&self) -> u64 {
        self.frames.at
    }

    /// Reads the next block, and hands out its events; `false` if there is none.
    ///
    /// # Errors
    /// If it is damaged, or cannot be read.
    pub fn read_block(&mut self, take: impl FnMut(Event<'_>)) -> Result<bool, TraceError> {
        let at = self.frames.at;
        let damaged = |what| TraceError::Damaged { at, what };
        match self.frames.next()? {
            None => Ok(false),
            Some((Content::Header, _)) => Err(damaged("a second header".to_owned())),
            Some((Content::Block, bytes)) => {
                let most = EVENTS_OF_ANY + EVENTS_OF_A_BYTE * self.frames.at;
                self.events = self.events.saturating_add(block::events(&bytes));
                if self.events > most {
                    return Err(damaged(format!("it tells of {} events, which so few bytes cannot hold", self.events)));
                }
                block::read(&bytes, &self.limits, &mut self.sent, &mut self.time, take).map_err(damaged)?;
                Ok(true)
            }
        }
    }
}
