//! A protocol without its type: what engines, commands and programs that know their protocols only at run time work with.
//!
//! An [`AnyProtocol`] is a cheap handle.  It describes the protocol, reads its configuration and its inputs, and makes its nodes:
//! one ([`AnyNode`], for a process of its own) or all ([`AnyWorld`], for a simulator).  Messages travel between them as
//! [`AnyMessage`]s, opaque to the engine.
//!
//! | with its type | without | |
//! |---|---|---|
//! | `P: Protocol` | [`AnyProtocol`] | what the protocol is |
//! | [`Node<P>`] | [`NodeView`], [`AnyNode`] | a node: what can be seen of it; one that makes steps |
//! | [`World<P>`](super::World) | [`WorldView`], [`AnyWorld`] | all nodes |
//! | `P::Msg`, `P::Alarm` | [`AnyMessage`], [`AnyAlarm`] | a message, an alarm |
//! | `P::Config` | [`AnyConfig`] | what `#[init]` takes |
//! | [`Instance<P::Input>`](super::Instance) | [`AnyInstance`] | graph, ids, inputs |
//!
//! A protocol may also be made at run time, without the macros: a type that implements [`Definition`], whose nodes implement
//! [`AnyNode`].

mod answer;
mod config;
mod crowd;
mod fields;
mod handle;
mod message;
mod node;
mod typed;
mod world;

pub use answer::{Answer, Glance, OnlySend};
pub use config::{AnyConfig, AnyInputs, AnyInstance};
pub use crowd::{Crowd, LookAt, MakeNode};
pub use handle::{AnyProtocol, Definition, Extension, InputSource, NodeStart, WrongInput};
pub use message::{AlarmContent, AnyAlarm, AnyEffect, AnyEvent, AnyMessage, Content};
pub use node::{AnyNode, KeptNode, Look, NodeView};
pub(crate) use world::TypedWorld;
pub use world::{Act, AnyWorld, Asked, Reads, Totals, WorldView};

use core::fmt::{self, Debug, Write as _};

/// The most that is shown of a value, in bytes: a message may be large.
const SHOWN: usize = 64 << 10;

/// A value as text, up to a length.
fn text_of(value: &dyn Debug) -> String {
    let mut shown = Shown(String::new());
    // The only error is that the text is full.
    let _ = write!(shown, "{value:?}");
    shown.0
}

/// A text of limited length: what does not fit is not even formatted.
struct Shown(String);

impl fmt::Write for Shown {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.push_str(text);
        if self.0.len() <= SHOWN {
            return Ok(());
        }
        let end = (0..=SHOWN).rev().find(|place| self.0.is_char_boundary(*place)).unwrap_or(0);
        self.0.truncate(end);
        self.0.push('…');
        Err(fmt::Error)
    }
}

/// An encoding, or the error as text.
fn encoded(bytes: postcard::Result<Vec<u8>>) -> Result<Vec<u8>, String> {
    bytes.map_err(|cause| cause.to_string())
}

/// Why bytes do not decode, as text.
fn cause_of(cause: super::bounded::Failed) -> String {
    cause.to_string()
}

/// A node is to handle what it does not have: a bug of the engine.
#[cold]
fn nothing_received() -> ! {
    panic!("the node has received no message")
}

/// A value of one protocol was used with another: a bug of the engine.
#[cold]
fn not_of(protocol: &str) -> ! {
    panic!("a value of another protocol was handed to a node of {protocol}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_value_is_shown_up_to_a_length() {
        assert_eq!(text_of(&"ß".repeat(3)), "\"ßßß\"");
        let text = text_of(&vec!['ß'; 1 << 20]);
        assert!(text.starts_with("['ß', 'ß', ") && text.ends_with('…') && text.len() <= SHOWN + '…'.len_utf8());
    }
}
