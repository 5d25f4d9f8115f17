//! The end of a run: `#[finish]`.

use serde_json::Value;

use super::End;
use super::core::Core;
use crate::execution::{Violation, explain};
use crate::network::{Carrier, Observer, carry_out};
use crate::panics::caught;
use crate::protocol::{AnyAlarm, AnyEffect, AnyMessage, AnyWorld};
use crate::topology::{NodeIndex, Port};

/// Lets every live node report.  What goes wrong there is the end of a run that ended well.
pub(super) fn finish(core: &mut Core<'_>, world: &mut dyn AnyWorld, observer: &mut dyn Observer) -> Option<End> {
    let mut wrong = None;
    let now = core.time();
    let mut effects = Vec::new();
    for node in core.graph.nodes() {
        if !world.node(node).is_alive() {
            continue;
        }
        match caught(|| world.finish(node, now, &mut effects)) {
            Ok(()) if effects.iter().any(AnyEffect::is_more_than_words) => {
                let what = explain::FINISH_DOES_MORE.to_owned();
                wrong.get_or_insert(End::Violated(Violation { property: None, node, what }));
            }
            Ok(()) => carry_out(node, &mut effects, &mut LastWords { core, observer }),
            Err(what) => {
                wrong.get_or_insert(End::Crashed { node, what: format!("panicked: {what}") });
            }
        }
        effects.clear();
    }
    wrong
}

/// Takes reports and lines of the log, and nothing else.
struct LastWords<'a, 'b> {
    core: &'a mut Core<'b>,
    observer: &'a mut dyn Observer,
}

impl Carrier<AnyMessage, AnyAlarm> for LastWords<'_, '_> {
    fn ports(&self, _node: NodeIndex) -> usize {
        0
    }

    fn can_send(&self, _node: NodeIndex, _port: Port) -> bool {
        false
    }

    fn length(&mut self, _node: NodeIndex, _msg: &AnyMessage) -> Option<u64> {
        None
    }

    fn send(&mut self, _node: NodeIndex, _port: Port, _msg: AnyMessage, _length: u64) {}

    fn send_to_self(&mut self, _node: NodeIndex, _msg: AnyMessage) {}

    fn log(&mut self, node: NodeIndex, line: &str) {
        self.observer.logged(node, line);
    }

    fn report(&mut self, node: NodeIndex, name: Box<str>, value: Value) {
        self.observer.reported(node, &name, &value);
        self.core.report(node, name, value);
    }
}
