//! The least engine there is: nodes, and messages that arrive in the order in which they were sent.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use nodes::protocol::{Effect, Event, Ids, Instance, MessageOf, Stepped};
use nodes::topology::{NodeIndex, Port, Topology};
use nodes::{Net, Node, Protocol, World};

pub struct Party<P: Protocol> {
    net: Net<P>,
    pub world: World<P>,
    under_way: VecDeque<(NodeIndex, Port, P::Msg)>,
    pub log: Vec<String>,
    pub reports: Vec<(String, serde_json::Value)>,
    pub sent: u64,
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
        Party { net, world, under_way: VecDeque::new(), log: Vec::new(), reports: Vec::new(), sent: 0 }
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
        let effects: Vec<_> = self.net.drain().collect();
        for effect in effects {
            match effect {
                Effect::Send { port, msg } => self.send(node, port, msg),
                Effect::SendAll { except, msg } => {
                    let ports: Vec<Port> = self.net.ports().filter(|port| !except.contains(*port)).collect();
                    for port in ports {
                        self.send(node, port, msg.clone());
                    }
                }
                Effect::ToSelf { msg } => self.under_way.push_back((node, Port::SELF, msg)),
                Effect::Log(line) => self.log.push(line),
                Effect::Report { name, value } => self.reports.push((name.into_string(), *value)),
                Effect::Store(_) => {}
                Effect::SetAlarm { .. } | Effect::Cancel { .. } => panic!("a node keeps its alarms to itself"),
            }
        }
    }

    fn send(&mut self, node: NodeIndex, port: Port, msg: P::Msg) {
        let end = self.world.topology().end(node, port);
        self.sent += 1;
        self.under_way.push_back((end.neighbour, end.back, msg));
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
