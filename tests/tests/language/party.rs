//! The least engine there is: nodes, and messages that arrive in the order in which they were sent.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use nodes::network::{Carrier, Observer, carry_out};
use nodes::protocol::{Event, Ids, Instance, MessageOf, Stepped};
use nodes::topology::{NodeIndex, Port, Topology};
use nodes::{Net, Node, Protocol, World};
use serde_json::Value;

pub struct Party<P: Protocol> {
    net: Net<P>,
    pub world: World<P>,
    under_way: VecDeque<(NodeIndex, Port, P::Msg)>,
    pub words: Words,
    pub sent: u64,
}

/// What nodes log and report.
#[derive(Default)]
pub struct Words {
    pub log: Vec<String>,
    pub reports: Vec<(String, Value)>,
}

impl Observer for Words {
    fn logged(&mut self, _node: NodeIndex, line: &str) {
        self.log.push(line.to_owned());
    }

    fn reported(&mut self, _node: NodeIndex, name: &str, value: &Value) {
        self.reports.push((name.to_owned(), value.clone()));
    }
}

impl<P: Protocol> Party<P> {
    pub fn new(topology: Topology) -> Self {
        Party::with(topology, &P::Config::default())
    }

    pub fn with(topology: Topology, config: &P::Config) -> Self {
        let graph = topology.build(1).expect("a topology of a test").graph;
        let inputs = graph.nodes().map(|node| nodes::Input::by_index(node.index())).collect();
        let instance = Arc::new(Instance { graph, ids: Ids::Sequential, inputs, seed: 1 });
        let mut net = Net::whole(instance.clone());
        let mut all = Vec::new();
        for node in instance.graph.nodes() {
            net.aim(node);
            all.push(Node::new(config, &mut net));
        }
        let types = P::description(config).messages.len();
        let world = World::new(instance, all, types);
        Party { net, world, under_way: VecDeque::new(), words: Words::default(), sent: 0 }
    }

    pub fn node(&self, node: usize) -> &Node<P> {
        self.world.node(NodeIndex::new(node))
    }

    pub fn state(&self, node: usize) -> &str {
        self.node(node).state_name()
    }

    /// What an event does to a node; what it asks for is carried out.
    pub fn step(&mut self, node: usize, event: Event<P::Msg>) -> Stepped {
        let node = NodeIndex::new(node);
        self.net.aim(node);
        let stepped = self.world.step(node, event, &mut self.net);
        self.carry_out(node);
        stepped
    }

    fn carry_out(&mut self, node: NodeIndex) {
        let mut effects = self.net.drain().collect();
        carry_out(node, &mut effects, self);
    }

    pub fn impulse(&mut self, node: usize) -> Stepped {
        self.step(node, Event::Impulse)
    }

    /// A message that no node sent.
    pub fn deliver<M: MessageOf<P>>(&mut self, node: usize, port: usize, msg: M) -> Stepped {
        self.step(node, Event::Message { sender: Port::new(port), msg: msg.wrap() })
    }

    /// Offers a deferred message to its node's new state.
    pub fn offer(&mut self, node: usize) -> Stepped {
        assert!(self.node(node).has_offer(), "nothing to offer");
        self.step(node, Event::Deferred)
    }

    /// The next alarm of a node rings, at its time.
    pub fn ring(&mut self, node: usize) -> Stepped {
        let due = self.node(node).next_alarm().expect("an alarm is set");
        self.net.set_now(due);
        self.step(node, Event::Alarm)
    }

    pub fn set_now(&mut self, now: Duration) {
        self.net.set_now(now);
    }

    /// Until nothing is under way.
    pub fn run(&mut self) {
        while let Some((node, sender, msg)) = self.under_way.pop_front() {
            let stepped = self.step(node.index(), Event::Message { sender, msg });
            assert!(!matches!(stepped, Stepped::Never | Stepped::LeftTerminal { .. }), "{stepped:?} at node {node}");
            while self.node(node.index()).has_offer() {
                self.step(node.index(), Event::Deferred);
            }
        }
    }

    pub fn finish(&mut self) {
        for node in self.world.topology().nodes() {
            self.net.aim(node);
            self.world.node(node).clone().finish(&mut self.net);
            self.carry_out(node);
        }
    }

    /// The names of the properties that do not hold, with what is wrong.
    pub fn violations(&self) -> Vec<(&'static str, String)> {
        let properties = P::properties().iter();
        properties.filter_map(|property| Some((&*property.name, property.check(&self.world).err()?))).collect()
    }
}

impl<P: Protocol> Carrier<P::Msg, P::Alarm> for Party<P> {
    fn observer(&mut self) -> Option<&mut dyn Observer> {
        Some(&mut self.words)
    }

    fn ports(&self, node: NodeIndex) -> usize {
        self.world.topology().degree(node)
    }

    fn can_send(&self, node: NodeIndex, port: Port) -> bool {
        self.world.topology().end(node, port).sends
    }

    /// Nothing is encoded here.
    fn length(&mut self, _node: NodeIndex, _msg: &P::Msg) -> Option<u64> {
        Some(0)
    }

    fn send(&mut self, node: NodeIndex, port: Port, msg: P::Msg, _length: u64) {
        let end = self.world.topology().end(node, port);
        self.sent += 1;
        self.under_way.push_back((end.neighbour, end.back, msg));
    }

    fn send_to_self(&mut self, node: NodeIndex, msg: P::Msg) {
        self.under_way.push_back((node, Port::SELF, msg));
    }
}
