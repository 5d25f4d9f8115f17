//! A trace: one record of a run, the same from every engine, in memory and in a file.
//!
//! A trace is a header ([`Header`]: what ran, on which graph, from which seed) and *events* ([`Event`]: what happened to a
//! node, or what it did, and when).  Events stand in an order that respects *happened-before* (Lamport 1978): those of one node
//! in the order in which they happened, and a message's sending before its arrival.  Times never fall.  Everything else follows
//! from that and is not recorded: Lamport stamps, lengths of causal chains, an event's past and future; [`Trace`] computes
//! them.
//!
//! An engine writes with a [`Writer`], which keeps no more than one block in memory, whatever the length of the run.  A file
//! that was cut short is readable up to the cut; [`Trace::is_complete`] tells.
//!
//! # The file
//! Integers of fixed length are little-endian; *varint* is unsigned LEB128, at most 64 bits.
//!
//! ```text
//! file    := magic version frame*
//! magic   := 89 4e 4f 44 45 53 0d 0a        "\x89NODES\r\n": spoiled by whatever spoils binary files
//! version := u16                            1; every change of what follows is a new version
//! frame   := length:u32 tag:u8 check:u24 crc:u32 body[length]
//! ```
//! `check` is the lower 24 bits of the CRC-32 (the one of zip and PNG) of the five bytes before it, so that a damaged length is
//! told from a file that ends too early; `crc` is the CRC-32 of the body as it stands there.
//!
//! | tag | body |
//! |---|---|
//! | 1 | the header, as JSON (UTF-8), compressed ("raw deflate", RFC 1951: `DecompressionStream("deflate-raw")`, `zlib.decompress(.., -15)`) |
//! | 2 | a block of events |
//! | 3 | a block of events, compressed in the same way |
//!
//! The first frame is the header, and there is one.  Uncompressed, a block has at most 16 MiB, a header 256 MiB
//! and 64 times as much as compressed, beyond 1 MiB.  A file has at most a million events and 128 for each of its bytes, and a graph
//! of more than a million nodes hangs together: so the memory that a reader needs is in proportion to the file.
//!
//! ## The header
//! The JSON object has the fields of [`Header`], by name.  Later builds may add fields without a new version; ignore what you
//! do not know.
//!
//! ## A block
//! ```text
//! block   := events:varint before:varint time:varint column{8}
//! column  := length:varint bytes[length]
//! ```
//! `events` counts the events of the block, `before` the `Send`s of all blocks before it; `time` is what the first delta adds
//! to.  The columns hold the parts of the events, each in the order of the events, so that equal things stand together:
//!
//! | column | for | holds |
//! |---|---|---|
//! | 0 kind | every event | a byte: the [kind](Kind) in the lower 6 bits; `0x80` *same*: at the same node and time as the event before (never at the first of a block); `0x40` *text*: has a text |
//! | 1 node | events without *same* | varint: the node |
//! | 2 time | events without *same* | varint: nanoseconds since the event before (the first: since `time`) |
//! | 3 message | kinds with `Message` | varint: how many `Send`s back the message was sent; 1 is the latest; 0 if its sending is not on record |
//! | 4 port | kinds with `Port` | varint: the port + 1; 0 for the node itself, or no port |
//! | 5 detail | kinds with `Type`, `State`, `Alarm` or `Property` | varint: type of message, state, type of alarm (indices into the header's lists), property + 1 (0: a rule was broken) |
//! | 6 amount | kinds with `Amount` | varint |
//! | 7 text | events with *text*: only of kinds with `Text` or `Json` | length:varint, and that number of bytes of UTF-8 |
//!
//! The kinds, their numbers and what each has stand in the table at [`Kind`].
//!
//! Messages have numbers: the k-th `Send` of the file sends message k, from 0.  Where it arrives follows from the sender's port
//! and the header's links.
//!
//! What a node does in a step follows the event that set it off, with *same*.  A node has decided when it is in a terminal
//! state (the header's `states` tell).  A text longer than [`MAX_TEXT`] bytes is cut, and ends with an ellipsis.

mod block;
mod bytes;
mod detail;
mod error;
mod event;
mod export;
mod frame;
mod header;
mod kind;
#[cfg(test)]
mod kinds_js;
mod merger;
mod part;
mod reader;
mod record;
mod recorder;
mod steps;
#[cfg(test)]
mod tests;
mod writer;

pub use detail::Detail;
pub use error::TraceError;
pub use event::{Arrival, Event, What};
pub use export::ExportFormat;
pub use header::{AlarmName, Header, PropertyName, StateName, TimeKind};
pub use kind::Kind;
pub use merger::merge_parts;
pub(crate) use merger::{HEADER_FILE, Merger, is_part_file, part_file};
pub(crate) use part::PartWriter;
pub use reader::Reader;
pub use record::{Message, Trace};
pub use recorder::Recorder;
pub(crate) use recorder::last_words;
pub(crate) use steps::Steps;
pub use writer::Writer;

/// The version of the format.
pub const VERSION: u16 = 1;

/// The longest text, in bytes: 64 KiB.
pub const MAX_TEXT: usize = 1 << 16;

/// How a file begins.
pub(crate) const MAGIC: [u8; 8] = *b"\x89NODES\r\n";
