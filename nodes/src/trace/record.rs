//! A trace in memory.

use core::mem;
use std::io::Read;

use super::event::Parts;
use super::header::Ends;
use super::{Event, Header, Kind, Reader, TraceError, What};

/// No such event, message, or text.
const NONE: u32 = u32::MAX;

/// A message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    /// Who sent it.
    pub sender: u32,
    /// Through which port; `None` for one to the node itself.
    pub port: Option<u32>,
    /// To whom.
    pub receiver: u32,
    /// Its type.
    pub kind: u32,
    /// Its encoded size, in bytes.
    pub size: u64,
    /// The event of its sending.
    pub sent: usize,
    arrived: u32,
    /// How long the chain of messages is that ends with it.
    pub depth: u32,
}

impl Message {
    /// The event of its arrival, of the first if there are two; `None` if it has not arrived.
    pub fn arrived(&self) -> Option<usize> {
        (self.arrived != NONE).then_some(self.arrived as usize)
    }
}

/// Whether `ports`, which the kind does not use otherwise, tells where its amount is; else `what` does.
const fn amount_is_at_port(kind: Kind) -> bool {
    !kind.has_port()
}

/// `what` and `ports` have room for what each kind has.
const _: () = {
    let mut at = 0;
    while at < Kind::ALL.len() {
        let kind = Kind::ALL[at];
        let in_what = kind.has_message() as u8 + kind.has_detail() as u8;
        let amount_in_what = kind.has_amount() && !amount_is_at_port(kind) && !matches!(kind, Kind::Send);
        assert!(in_what + amount_in_what as u8 <= 1);
        at += 1;
    }
};

/// A trace in memory: events by number, in an order that respects happened-before, and what follows from them.
#[derive(Clone, Debug)]
pub struct Trace {
    header: Header,
    kinds: Vec<Kind>,
    nodes: Vec<u32>,
    times: Vec<u64>,
    /// The message; for other kinds the detail, or where the amount is.
    what: Vec<u32>,
    /// The port + 1, or where the amount is.
    ports: Vec<u32>,
    /// Where the text is.
    texts: Vec<u32>,
    lamport: Vec<u32>,
    depth: Vec<u32>,
    messages: Vec<Message>,
    /// Of all kinds but `Send`, whose amounts are the messages' sizes.
    amounts: Vec<u64>,
    /// All texts, and where each ends.
    words: String,
    word_ends: Vec<usize>,
}

impl Trace {
    /// Reads a trace, whole or up to where it was cut.
    ///
    /// # Errors
    /// If it is no trace, of another version, cut short in its header, damaged, too long, or cannot be read.
    pub fn read(file: impl Read) -> Result<Self, TraceError> {
        let mut reader = Reader::new(file)?;
        let ends = reader.header().ends().map_err(|what| TraceError::Damaged { at: 0, what })?;
        let mut trace = Trace {
            header: reader.header().clone(),
            kinds: Vec::new(),
            nodes: Vec::new(),
            times: Vec::new(),
            what: Vec::new(),
            ports: Vec::new(),
            texts: Vec::new(),
            lamport: Vec::new(),
            depth: Vec::new(),
            messages: Vec::new(),
            amounts: Vec::new(),
            words: String::new(),
            word_ends: Vec::new(),
        };
        let mut clocks = vec![(0, 0); trace.header.nodes];
        let mut wrong = None;
        loop {
            let at = reader.position();
            let more = reader.read_block(|event| {
                if wrong.is_none() {
                    wrong = trace.take(event, &ends, &mut clocks).err();
                }
            })?;
            match wrong.take() {
                Some(None) => return Err(TraceError::TooLong),
                Some(Some(what)) => return Err(TraceError::Damaged { at, what }),
                None => {}
            }
            if !more {
                break;
            }
        }
        Ok(trace)
    }

    /// Appends an event; the error is what is wrong with it, or nothing if there are too many.
    fn take(&mut self, event: Event<'_>, ends: &Ends, clocks: &mut [(u32, u32)]) -> Result<(), Option<String>> {
        let place = u32::try_from(self.kinds.len()).ok().filter(|place| *place != NONE).ok_or(None)?;
        let Event { node, time, what } = event;
        let parts = what.parts();
        let (lamport, depth) = &mut clocks[node as usize];
        *lamport += 1;
        let mut detail = parts.detail as u32;
        let mut port = parts.port as u32;
        if parts.kind.has_message() {
            detail = parts.message.map_or(NONE, |message| message as u32);
            if let Some(message) = self.messages.get_mut(detail as usize) {
                let there = if parts.kind.has_origin() { message.receiver } else { message.sender };
                if there != node {
                    return Err(Some(format!("message {detail} does not concern node {node}")));
                }
                if parts.kind.has_origin() {
                    *lamport = (self.lamport[message.sent] + 1).max(*lamport);
                }
                if parts.kind.is_arrival() {
                    if message.arrived == NONE {
                        message.arrived = place;
                    }
                    if parts.kind != Kind::Dead {
                        *depth = message.depth.max(*depth);
                    }
                }
            }
        }
        if let What::Send { port, kind, size, .. } = what {
            let receiver = match port {
                None => node,
                Some(port) => ends.of(node, port).ok_or_else(|| Some(format!("node {node} has no port {port}")))?.0,
            };
            detail = self.messages.len() as u32;
            let depth = *depth + u32::from(port.is_some());
            let sent = place as usize;
            self.messages.push(Message { sender: node, port, receiver, kind, size, sent, arrived: NONE, depth });
        } else if parts.kind.has_amount() {
            let place = if amount_is_at_port(parts.kind) { &mut port } else { &mut detail };
            *place = self.amounts.len() as u32;
            self.amounts.push(parts.amount);
        }
        self.kinds.push(parts.kind);
        self.nodes.push(node);
        self.times.push(time);
        self.what.push(detail);
        self.ports.push(port);
        self.texts.push(match parts.text {
            None => NONE,
            Some(text) => {
                self.words.push_str(text);
                self.word_ends.push(self.words.len());
                (self.word_ends.len() - 1) as u32
            }
        });
        self.lamport.push(*lamport);
        self.depth.push(*depth);
        Ok(())
    }

    /// What ran.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// How many events there are.
    pub fn len(&self) -> usize {
        self.kinds.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// Whether the record reaches to the end of the run; if not, it was cut short, or the run goes on.
    pub fn is_complete(&self) -> bool {
        self.kinds.last() == Some(&Kind::End)
    }

    /// How the run ended, if that is on record.
    pub fn outcome(&self) -> Option<&str> {
        if self.is_complete() { self.text(self.len() - 1) } else { None }
    }

    /// The event of that number, from 0.
    ///
    /// # Panics
    /// If there is none, as everything that takes an event's number.
    pub fn event(&self, event: usize) -> Event<'_> {
        Event { node: self.nodes[event], time: self.times[event], what: What::of(self.parts(event)) }
    }

    pub(super) fn parts(&self, event: usize) -> Parts<'_> {
        let kind = self.kinds[event];
        let (what, port) = (self.what[event], self.ports[event]);
        let mut parts = Parts { port: port.into(), detail: what.into(), text: self.text(event), ..Parts::of(kind) };
        if kind == Kind::Send {
            let message = &self.messages[what as usize];
            (parts.detail, parts.amount) = (message.kind.into(), message.size);
        } else if kind.has_amount() {
            let place = if amount_is_at_port(kind) { &mut parts.port } else { &mut parts.detail };
            parts.amount = self.amounts[mem::take(place) as usize];
        }
        if kind.has_message() {
            parts.message = (mem::take(&mut parts.detail) != u64::from(NONE)).then_some(what.into());
        }
        parts
    }

    /// All events, in order.
    pub fn events(&self) -> impl ExactSizeIterator<Item = Event<'_>> {
        (0..self.len()).map(|event| self.event(event))
    }

    /// What an event is.
    pub fn kind(&self, event: usize) -> Kind {
        self.kinds[event]
    }

    /// At which node.
    pub fn node(&self, event: usize) -> u32 {
        self.nodes[event]
    }

    /// When, in nanoseconds since the run began.
    pub fn time(&self, event: usize) -> u64 {
        self.times[event]
    }

    /// The event's text, if it has one.
    pub fn text(&self, event: usize) -> Option<&str> {
        let word = self.texts[event];
        if word == NONE {
            return None;
        }
        let start = word.checked_sub(1).map_or(0, |before| self.word_ends[before as usize]);
        self.words.get(start..self.word_ends[word as usize])
    }

    /// Its Lamport stamp: one more than that of the event before at the same node, and than that of the sending of the message
    /// that it comes of.
    pub fn lamport(&self, event: usize) -> u32 {
        self.lamport[event]
    }

    /// Its causal round: how long the longest chain of messages is that led to the node so far.
    pub fn depth(&self, event: usize) -> u32 {
        self.depth[event]
    }

    /// The number of the message that the event sends, or that it is about.
    pub fn message_of(&self, event: usize) -> Option<usize> {
        let kind = self.kinds[event];
        let is_about = kind == Kind::Send || kind.has_message();
        (is_about && self.what[event] != NONE).then_some(self.what[event] as usize)
    }

    /// The messages, in the order of their sending, those of nodes to themselves among them.
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }
}
