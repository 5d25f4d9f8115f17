//! What happens to a node and what it does, as lines of its log: the same for every engine.

use core::time::Duration;

use serde_json::Value;

use super::LogLine;
use crate::network::{Happening, Observer, Sent};
use crate::protocol::{Reads, Stepped, WorldView};
use crate::topology::{NodeIndex, Port};

/// Where lines go: the node's, the time since the start, and the line.  A closure is one.
pub(crate) trait LogSink {
    /// Takes a line.
    fn line(&mut self, node: NodeIndex, now: Duration, line: &LogLine<'_>);
}

impl<F: FnMut(NodeIndex, Duration, &LogLine<'_>)> LogSink for F {
    fn line(&mut self, node: NodeIndex, now: Duration, line: &LogLine<'_>) {
        self(node, now, line);
    }
}

/// An observer that tells of all nodes that it sees, line by line.
pub(crate) struct NodeLog<S> {
    pub(crate) sink: S,
    now: Duration,
    /// The state of the node that makes a step, before it.
    state: String,
    /// Whether messages of a node to itself are told of.
    own_messages: bool,
    /// Whether it is told why a node cannot go on.
    failures: bool,
}

impl<S> NodeLog<S> {
    /// The logs of simulated nodes.  Why one fails is told of the run.
    #[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "only commands log simulated nodes"))]
    pub(crate) fn simulated(sink: S) -> Self {
        NodeLog { sink, now: Duration::ZERO, state: String::new(), own_messages: true, failures: false }
    }

    /// The log of a node in a process of its own, without its messages to itself.
    pub(crate) fn real(sink: S) -> Self {
        NodeLog { sink, now: Duration::ZERO, state: String::new(), own_messages: false, failures: true }
    }

    /// The time of what follows, until something happens at another: a real step takes time, and what it did is told when it is over.
    pub(crate) fn set_now(&mut self, now: Duration) {
        self.now = now;
    }
}

impl<S: LogSink> NodeLog<S> {
    fn tell(&mut self, node: NodeIndex, line: &LogLine<'_>) {
        self.sink.line(node, self.now, line);
    }

    fn told_of(&self, port: Port) -> bool {
        self.own_messages || port != Port::SELF
    }
}

impl<S: LogSink> Observer for NodeLog<S> {
    fn reads(&self) -> Reads {
        Reads { log: true, alarms: false }
    }

    fn sent(&mut self, sent: &Sent<'_>) {
        if self.told_of(sent.port) {
            self.tell(sent.from, &LogLine::Sends { msg: sent.msg, to: sent.to, port: sent.port });
        }
    }

    fn before(&mut self, now: Duration, node: NodeIndex, happening: &Happening<'_>, world: &dyn WorldView) {
        self.now = now;
        self.state.clear();
        self.state.push_str(world.node(node).state_name());
        match happening {
            Happening::Impulse => self.tell(node, &LogLine::WakesUp),
            Happening::Alarm => self.tell(node, &LogLine::AlarmRings),
            Happening::Message { sender, msg, .. } if self.told_of(*sender) => {
                let from = if *sender == Port::SELF { node } else { world.neighbour(node, *sender) };
                self.tell(node, &LogLine::Received { msg: *msg, from, port: *sender });
            }
            Happening::Crash => self.tell(node, &LogLine::Crashes),
            Happening::Message { .. } | Happening::Deferred | Happening::Recover | Happening::ToTheDead { .. } => {}
        }
    }

    fn after(&mut self, node: NodeIndex, stepped: Stepped, world: &dyn WorldView) {
        if let Some(line) = LogLine::of_step(stepped, &self.state, world.node(node).state_name()) {
            self.sink.line(node, self.now, &line);
        }
    }

    fn logged(&mut self, node: NodeIndex, line: &str) {
        self.tell(node, &LogLine::Says(line));
    }

    fn reported(&mut self, node: NodeIndex, name: &str, value: &Value) {
        self.tell(node, &LogLine::Reports { name, value });
    }

    fn failed(&mut self, node: NodeIndex, what: &str) {
        if self.failures {
            self.tell(node, &LogLine::Failed(what));
        }
    }

    fn violated(&mut self, node: NodeIndex, _property: Option<usize>, what: &str) {
        self.failed(node, what);
    }
}
