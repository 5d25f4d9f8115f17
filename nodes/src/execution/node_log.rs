//! What happens to a node and what it does, as lines of its log: the same for every engine.

use core::time::Duration;

use serde_json::Value;

use super::LogLine;
use crate::network::{Happening, Observer, Sent};
use crate::protocol::{Reads, Stepped, WorldView};
use crate::topology::{NodeIndex, Port};

/// Takes the lines of logs, each with its node and the time since the start.  A closure is a sink.
pub(crate) trait LogSink {
    /// Takes a line.
    fn line(&mut self, node: NodeIndex, now: Duration, line: &LogLine<'_>);
}

impl<F: FnMut(NodeIndex, Duration, &LogLine<'_>)> LogSink for F {
    fn line(&mut self, node: NodeIndex, now: Duration, line: &LogLine<'_>) {
        self(node, now, line);
    }
}

/// An observer that logs what happens at the nodes, line by line.
pub(crate) struct NodeLog<S> {
    pub(crate) sink: S,
    now: Duration,
    /// The state of the node that makes a step, before it.
    state: String,
    /// Whether that step is the offer of a deferred message: if that is deferred again, nothing has happened.
    offers: bool,
    /// Whether messages of a node to itself are logged.
    own_messages: bool,
    /// Whether failures of nodes are logged.
    failures: bool,
}

impl<S> NodeLog<S> {
    /// The logs of simulated nodes, without their failures: the explanation of the run has them.
    #[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "only commands log simulated nodes"))]
    pub(crate) fn simulated(sink: S) -> Self {
        NodeLog { sink, now: Duration::ZERO, state: String::new(), offers: false, own_messages: true, failures: false }
    }

    /// The log of a node in a process of its own, without its messages to itself.
    pub(crate) fn real(sink: S) -> Self {
        NodeLog { sink, now: Duration::ZERO, state: String::new(), offers: false, own_messages: false, failures: true }
    }

    /// Sets the time of the lines that follow, up to the next event: a real step takes time, and its effects are logged after it.
    pub(crate) fn set_now(&mut self, now: Duration) {
        self.now = now;
    }
}

impl<S: LogSink> NodeLog<S> {
    fn tell(&mut self, node: NodeIndex, line: &LogLine<'_>) {
        self.sink.line(node, self.now, line);
    }

    fn is_logged(&self, port: Port) -> bool {
        self.own_messages || port != Port::SELF
    }
}

impl<S: LogSink> Observer for NodeLog<S> {
    fn reads(&self) -> Reads {
        Reads { log: true, alarms: false }
    }

    fn sent(&mut self, sent: &Sent<'_>) {
        if self.is_logged(sent.port) {
            self.tell(sent.from, &LogLine::Sends { msg: sent.msg, to: sent.to, port: sent.port });
        }
    }

    fn before(&mut self, now: Duration, node: NodeIndex, happening: &Happening<'_>, world: &dyn WorldView) {
        self.now = now;
        self.state.clear();
        self.state.push_str(world.node(node).state_name());
        self.offers = matches!(happening, Happening::Deferred);
        match happening {
            Happening::Impulse => self.tell(node, &LogLine::WakesUp),
            Happening::Alarm => self.tell(node, &LogLine::AlarmRings),
            Happening::Message { sender, msg, .. } if self.is_logged(*sender) => {
                let from = if *sender == Port::SELF { node } else { world.neighbour(node, *sender) };
                self.tell(node, &LogLine::Received { msg: *msg, from, port: *sender });
            }
            Happening::Crash => self.tell(node, &LogLine::Crashes),
            Happening::Message { .. }
            | Happening::Deferred
            | Happening::Doomed
            | Happening::Recover
            | Happening::ToTheDead { .. } => {}
        }
    }

    fn after(&mut self, node: NodeIndex, stepped: Stepped, world: &dyn WorldView) {
        if self.offers && stepped == Stepped::Deferred {
            return;
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{AnyMessage, AnyProtocol, Event, Ids, InputSource, MessageSet, Protocol};
    use crate::topology::Topology;

    #[allow(unreachable_pub, reason = "as a protocol is written")]
    mod door {
        use State::*;

        use crate::prelude::*;

        #[message]
        pub struct Knock(pub u8);

        #[states]
        pub enum State {
            #[default]
            Shut,
            #[terminal]
            Open,
        }

        #[protocol(links = Reliable)]
        pub struct Door {
            state: State,
        }

        #[protocol]
        #[ignore(Knock in Open)]
        impl Door {
            #[on(Spontaneously in Shut)]
            #[on(Knock in Shut)]
            fn open(&mut self) {
                self.state = Open;
            }
        }
    }

    /// Lets it follow a node of a path.
    fn follow(log: &mut dyn Observer) {
        let protocol = AnyProtocol::of::<door::Door>();
        let graph = Topology::path(2).build(1).expect("a path").graph;
        let instance = protocol.instance(graph, Ids::Sequential, 1, InputSource::ByIndex).expect("no inputs");
        let (mut world, _) = protocol.world(&instance, &*protocol.config(), log.reads()).expect("it begins");
        let msg = AnyMessage::new(<door::Door as Protocol>::Msg::decode(&[0, 3]).expect("a message"));
        let (node, neighbour, now) = (NodeIndex::new(1), NodeIndex::new(0), Duration::from_millis(5));
        for sender in [Port::new(0), Port::SELF] {
            log.before(now, node, &Happening::Message { sender, msg: &*msg, number: 0 }, world.view());
            let stepped = world.step(node, Event::Message { sender, msg: msg.clone() }, now, &mut Vec::new());
            log.after(node, stepped, world.view());
        }
        for (port, to) in [(Port::new(0), neighbour), (Port::SELF, node)] {
            log.sent(&Sent { from: node, port, to, msg: &msg, length: 2, number: 0 });
        }
        log.logged(node, "a word");
        log.reported(node, "doors", &2.into());
        log.failed(node, "it sticks");
    }

    #[test]
    fn simulated_nodes_tell_of_messages_to_themselves_and_real_ones_why_they_fail() {
        let (mut simulated, mut real) = (Vec::new(), Vec::new());
        follow(&mut NodeLog::simulated(|node, now, line: &LogLine<'_>| simulated.push((node, line.at(now)))));
        follow(&mut NodeLog::real(|_, _, line: &LogLine<'_>| real.push(line.to_string())));
        let expected = [
            "    0.005000  received Knock(3) from node 0 (port 0)",
            "    0.005000  Shut -> Open",
            "    0.005000  received Knock(3) from itself, node 1",
            "    0.005000  ignored in Open",
            "    0.005000  sends Knock(3) to node 0 (port 0)",
            "    0.005000  sends Knock(3) to itself, node 1",
            "    0.005000  a word",
            "    0.005000  reports doors: 2",
        ];
        assert_eq!(simulated, expected.map(|line| (NodeIndex::new(1), line.to_owned())));
        let expected = [
            "received Knock(3) from node 0 (port 0)",
            "Shut -> Open",
            "ignored in Open",
            "sends Knock(3) to node 0 (port 0)",
            "a word",
            "reports doors: 2",
            "FAILED: it sticks",
        ];
        assert_eq!(real, expected);
    }
}
