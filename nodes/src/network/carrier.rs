//! What a step asked for, carried out: the same for every engine.

use core::any::Any;

use serde_json::Value;

use super::Observer;
use crate::protocol::{Description, Effect};
use crate::topology::{NodeIndex, Port};

/// What an engine does with the effects of steps.  `M` and `A` are messages and alarms, with their types or without.
pub trait Carrier<M: 'static, A: 'static> {
    /// What follows the run, if anything does.  It is told of alarms, lines of logs and reports; of what is sent, the carrier tells it.
    fn observer(&mut self) -> Option<&mut dyn Observer>;

    /// How many ports a node has.
    fn ports(&self, node: NodeIndex) -> usize;

    /// Whether a link leads out of that port.
    fn can_send(&self, node: NodeIndex, port: Port) -> bool;

    /// The encoded length of a message in bytes; `None` if it cannot be sent, which the carrier has told of.
    fn length(&mut self, node: NodeIndex, msg: &M) -> Option<u64>;

    /// Sends a message of that length through a port.
    fn send(&mut self, node: NodeIndex, port: Port, msg: M, length: u64);

    /// Sends a message to the node itself.
    fn send_to_self(&mut self, node: NodeIndex, msg: M);

    /// Keeps what a handler stored; the node keeps a copy as well.
    fn store(&mut self, _node: NodeIndex, _bytes: &[u8]) {}

    /// Keeps a result.
    fn report(&mut self, _node: NodeIndex, _name: &str, _value: Value) {}
}

/// The length of a message of that type, in bytes, if it may be sent: what [`Carrier::length`] returns in an engine that encodes no
/// message.
///
/// # Panics
/// If the message cannot be encoded, or is larger than [`Description::max_message`]: that is the handler's failure, as any panic in
/// it.
#[inline]
pub fn checked_length(length: Option<usize>, tag: u8, description: &Description) -> u64 {
    match length {
        Some(length) if length <= description.max_message => length as u64,
        length => panic_about(length, tag, description),
    }
}

#[cold]
fn panic_about(length: Option<usize>, tag: u8, description: &Description) -> ! {
    match length {
        Some(length) => panic!("{}", too_large(length, tag, description)),
        None => {
            let name = &description.messages[usize::from(tag)].name;
            panic!("`{name}` cannot be sent: a field cannot be encoded")
        }
    }
}

/// The sentence for a message that is larger than its protocol allows.
pub(crate) fn too_large(length: usize, tag: u8, description: &Description) -> String {
    let (name, limit) = (&description.messages[usize::from(tag)].name, description.max_message);
    format!("`{name}` cannot be sent: it has {length} bytes, more than {limit}")
}

/// Carries out the effects of a step in order, but what is stored first: others must not hear of what may yet be forgotten.
pub fn carry_out<M: Clone + 'static, A: 'static>(
    node: NodeIndex,
    effects: &mut Vec<Effect<M, A>>,
    carrier: &mut impl Carrier<M, A>,
) {
    let stored = effects.iter().rev().find_map(|effect| if let Effect::Store(bytes) = effect { Some(bytes) } else { None });
    if let Some(bytes) = stored {
        carrier.store(node, bytes);
    }
    for effect in effects.drain(..) {
        carry_out_one(node, effect, carrier);
    }
}

fn carry_out_one<M: Clone + 'static, A: 'static>(node: NodeIndex, effect: Effect<M, A>, carrier: &mut impl Carrier<M, A>) {
    match effect {
        Effect::Send { port, msg } => {
            if let Some(length) = carrier.length(node, &msg) {
                carrier.send(node, port, msg, length);
            }
        }
        Effect::SendAll { except, msg } => {
            let Some(length) = carrier.length(node, &msg) else { return };
            for port in (0..carrier.ports(node)).map(Port::new) {
                if carrier.can_send(node, port) && !except.contains(port) {
                    carrier.send(node, port, msg.clone(), length);
                }
            }
        }
        Effect::ToSelf { msg } => carrier.send_to_self(node, msg),
        Effect::Log(line) => {
            if let Some(observer) = carrier.observer() {
                observer.logged(node, &line);
            }
        }
        Effect::Report { name, value } => {
            if let Some(observer) = carrier.observer() {
                observer.reported(node, &name, &value);
            }
            carrier.report(node, &name, *value);
        }
        // The node has done so.  What has its types no observer follows.
        Effect::SetAlarm { .. } | Effect::Cancel { .. } => {
            let effect: &dyn Any = &effect;
            if let (Some(effect), Some(observer)) = (effect.downcast_ref(), carrier.observer()) {
                observer.alarm(node, effect);
            }
        }
        Effect::Store(_) => {}
    }
}
