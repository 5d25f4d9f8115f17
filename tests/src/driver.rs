//! A small deterministic driver: one protocol, one graph, one schedule drawn from a seed.
//!
//! It keeps what is under way in plain queues and picks the next event at random, so that every interleaving which the links
//! allow has a chance.  Properties marked `#[always]` are looked at after each step, `#[finally]` ones when nothing is left
//! to do.

use core::time::Duration;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use nodes::network::{Carrier, Crash, Faults, Observer, OnCrash, carry_out};
use nodes::protocol::{Description, Event, Id, Ids, Input, Instance, MessageSet, Random, Stepped, When};
use nodes::run::{IdChoice, Run, Wake};
use nodes::topology::{Graph, NodeIndex, Port};
use nodes::{Net, Node, Protocol, World};

/// What comes next among that which may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// Any link's oldest message, or the first alarm.
    Fifo,
    /// Any message at all, or the first alarm.
    Reordering,
    /// Every message takes exactly 1 ms; at one instant, messages in the order of sending, then alarms.
    Unit,
}

/// A run to be made.
#[derive(Clone, Debug)]
pub struct Drive<P: Protocol> {
    graph: Graph,
    ids: Ids,
    initiators: Vec<usize>,
    together: bool,
    crashed: Vec<usize>,
    config: P::Config,
    schedule: Schedule,
    seed: u64,
}

/// A run that ended well: every node has decided (if the protocol has terminal states), and no property was violated.
#[derive(Clone, Debug)]
pub struct Ended<P: Protocol> {
    /// The nodes at the end.
    pub world: World<P>,
    /// Messages by type; those to the node itself do not count.
    pub sent: BTreeMap<String, u64>,
    /// Messages that came to a node which had decided and has no rule for them.
    pub late: u64,
    /// When the last event happened: a number of units under [`Schedule::Unit`].
    pub time: u64,
}

impl<P: Protocol> Ended<P> {
    /// Messages of one type.
    pub fn sent(&self, message: &str) -> u64 {
        self.sent.get(message).copied().unwrap_or_else(|| panic!("there is no message `{message}`"))
    }

    /// Messages of all types.
    pub fn total(&self) -> u64 {
        self.sent.values().sum()
    }
}

impl<P: Protocol> Drive<P> {
    /// On that graph; ids in order, node 0 is woken, FIFO, seed 0.
    pub fn on(graph: Graph) -> Self {
        let config = P::Config::default();
        let (ids, initiators) = (Ids::Sequential, vec![0]);
        let (schedule, crashed) = (Schedule::Fifo, Vec::new());
        Drive { graph, ids, initiators, together: true, crashed, config, schedule, seed: 0 }
    }

    /// Node i has the i-th of these ids.
    pub fn ids(mut self, ids: &[u64]) -> Self {
        self.ids = Ids::Given(ids.iter().copied().map(Id).collect());
        self
    }

    /// Wakes these, in this order.
    pub fn wake(mut self, initiators: impl IntoIterator<Item = usize>) -> Self {
        self.initiators = initiators.into_iter().collect();
        self
    }

    /// Initiators are woken at any time, not all before the first delivery.
    pub fn wake_any_time(mut self) -> Self {
        self.together = false;
        self
    }

    /// These have crashed before anything happens.
    pub fn crash(mut self, nodes: Vec<usize>) -> Self {
        self.crashed = nodes;
        self
    }

    /// The protocol's configuration.
    pub fn config(mut self, config: P::Config) -> Self {
        self.config = config;
        self
    }

    /// The same for an engine.
    pub fn to_run(&self) -> Run<P> {
        let ids = match &self.ids {
            Ids::Sequential => IdChoice::Sequential,
            Ids::Given(ids) => IdChoice::Given(ids.iter().map(|id| id.0).collect()),
        };
        let wake = if self.together { Wake::Together } else { Wake::Random };
        let crashes = self.crashed.iter().map(|node| Crash::new(*node, Duration::ZERO).leaving(0)).collect();
        let faults = Faults { crashes, on_crash: OnCrash::Continue, ..Faults::default() };
        let run = Run::on(self.graph.clone()).config(self.config.clone()).ids(ids).wake_up(wake).faults(faults).seed(self.seed);
        run.wake(self.initiators.iter().copied())
    }

    /// The schedule, and the seed that it and all else that is random follows from.
    pub fn schedule(mut self, schedule: Schedule, seed: u64) -> Self {
        (self.schedule, self.seed) = (schedule, seed);
        self
    }

    /// Makes the run.
    ///
    /// # Errors With what went wrong: a property, a `#[never]`, a node that never decides.
    pub fn run(self) -> Result<Ended<P>, String> {
        let description = P::description(&self.config);
        let graph = description.topology.accept(self.graph.clone())?;
        let inputs = (0..graph.node_count()).map(P::Input::by_index).collect();
        let instance = Arc::new(Instance { graph, ids: self.ids.clone(), inputs, seed: self.seed });
        let mut net = Net::whole(instance.clone());
        let mut asked = Vec::new();
        let nodes = instance.graph.nodes().map(|node| {
            net.aim(node);
            let made = Node::new(&self.config, &mut net);
            asked.push((node, net.drain().collect::<Vec<_>>()));
            made
        });
        let world = World::new(instance.clone(), nodes.collect(), description.messages.len());
        let asleep = self.initiators.iter().copied().map(NodeIndex::new).collect();
        let sent = description.messages.iter().map(|message| (message.name.clone(), 0)).collect();
        let mut running = Running {
            world,
            net,
            description,
            schedule: self.schedule,
            random: Random::stream(self.seed, "schedule", 0),
            together: self.together,
            asleep,
            under_way: BTreeMap::new(),
            in_order: VecDeque::new(),
            now: 0,
            sent,
            late: 0,
        };
        for (node, mut effects) in asked {
            carry_out(node, &mut effects, &mut running);
        }
        for node in self.crashed {
            running.world.crash(NodeIndex::new(node));
        }
        running.check(When::Always)?;
        while let Some(next) = running.choose() {
            running.happen(next)?;
        }
        running.end()
    }
}

/// The sending end of a link, which names one direction of it; `Port::SELF` for what a node sends to itself.
type Way = (NodeIndex, Port);

enum Next {
    Wake,
    Deliver { way: Way, place: usize },
    Ring(NodeIndex, u64),
}

struct Running<P: Protocol> {
    world: World<P>,
    net: Net<P>,
    description: Arc<Description>,
    schedule: Schedule,
    random: Random,
    together: bool,
    asleep: VecDeque<NodeIndex>,
    under_way: BTreeMap<Way, VecDeque<P::Msg>>,
    /// When what arrives, in the order of sending: what [`Schedule::Unit`] goes by.
    in_order: VecDeque<(u64, Way)>,
    /// In microseconds.
    now: u64,
    sent: BTreeMap<String, u64>,
    late: u64,
}

const UNIT: u64 = 1000;

impl<P: Protocol> Running<P> {
    fn choose(&mut self) -> Option<Next> {
        if !self.asleep.is_empty() && (self.together || self.schedule == Schedule::Unit) {
            return Some(Next::Wake);
        }
        let alarms = self.world.correct().filter_map(|node| Some((node.next_alarm()?.as_micros() as u64, node.index())));
        let alarm = alarms.min().map(|(at, node)| Next::Ring(node, at));
        if self.schedule == Schedule::Unit {
            return match (self.in_order.front(), alarm) {
                (Some((arrives, _)), Some(Next::Ring(node, at))) if at < *arrives => Some(Next::Ring(node, at)),
                (Some((_, way)), _) => Some(Next::Deliver { way: *way, place: 0 }),
                (None, alarm) => alarm,
            };
        }
        let ways = self.under_way.len() as u64;
        let wake = u64::from(!self.asleep.is_empty());
        let choices = ways + wake + u64::from(alarm.is_some());
        if choices == 0 {
            return None;
        }
        let drawn = self.random.below(choices);
        if drawn < ways {
            let (way, waiting) = self.under_way.iter().nth(drawn as usize)?;
            let place = match self.schedule {
                Schedule::Reordering => self.random.below(waiting.len() as u64) as usize,
                _ => 0,
            };
            Some(Next::Deliver { way: *way, place })
        } else if drawn < ways + wake {
            Some(Next::Wake)
        } else {
            alarm
        }
    }

    fn happen(&mut self, next: Next) -> Result<(), String> {
        match next {
            Next::Wake => {
                let place = if self.together { 0 } else { self.random.below(self.asleep.len() as u64) as usize };
                match self.asleep.remove(place) {
                    Some(node) => self.step(node, Event::Impulse),
                    None => Ok(()),
                }
            }
            Next::Ring(node, at) => {
                self.now = self.now.max(at);
                self.step(node, Event::Alarm)
            }
            Next::Deliver { way: (from, port), place } => {
                let waiting = self.under_way.get_mut(&(from, port)).ok_or("nothing is under way there")?;
                let msg = waiting.remove(place).ok_or("nothing is under way there")?;
                if waiting.is_empty() {
                    self.under_way.remove(&(from, port));
                }
                if let (Schedule::Unit, Some((arrives, _))) = (self.schedule, self.in_order.pop_front()) {
                    self.now = arrives;
                }
                let (to, sender) = if port == Port::SELF {
                    (from, Port::SELF)
                } else {
                    self.world.count_arrived(msg.tag());
                    let end = self.world.topology().end(from, port);
                    (end.neighbour, end.back)
                };
                self.step(to, Event::Message { sender, msg })
            }
        }
    }

    fn step(&mut self, node: NodeIndex, event: Event<P::Msg>) -> Result<(), String> {
        let mut next = self.world.node(node).is_alive().then_some(event);
        while let Some(event) = next {
            let what = format!("{event:?} at node {node} in state {}", self.world.node(node).state_name());
            self.net.aim(node);
            self.net.set_now(Duration::from_micros(self.now));
            match self.world.step(node, event, &mut self.net) {
                Stepped::Never => return Err(format!("declared `never`: {what}")),
                Stepped::LeftTerminal { .. } => return Err(format!("left a terminal state: {what}")),
                Stepped::Late => self.late += 1,
                Stepped::Handled | Stepped::Ignored | Stepped::Deferred => {}
            }
            let mut effects = self.net.drain().collect::<Vec<_>>();
            carry_out(node, &mut effects, self);
            self.check(When::Always).map_err(|violated| format!("{violated} after {what}"))?;
            next = self.world.node(node).has_offer().then_some(Event::Deferred);
        }
        Ok(())
    }

    fn put(&mut self, way: Way, msg: P::Msg) {
        self.under_way.entry(way).or_default().push_back(msg);
        if self.schedule == Schedule::Unit {
            self.in_order.push_back((self.now + UNIT, way));
        }
    }

    fn check(&self, when: When) -> Result<(), String> {
        for property in P::properties().iter().filter(|property| property.when == when) {
            property.check(&self.world).map_err(|what| format!("`{}` is violated: {what}", property.name))?;
        }
        Ok(())
    }

    fn end(self) -> Result<Ended<P>, String> {
        if self.description.has_terminal_states() && !self.world.all_terminal() {
            let undecided = self.world.correct().filter(|node| !node.is_decided());
            let stuck = undecided.map(|node| format!("node {} is {}", node.index(), node.state_name()));
            return Err(format!("stuck: {}", stuck.collect::<Vec<_>>().join(", ")));
        }
        self.check(When::Finally)?;
        Ok(Ended { world: self.world, sent: self.sent, late: self.late, time: self.now / UNIT })
    }
}

impl<P: Protocol> Carrier<P::Msg, P::Alarm> for Running<P> {
    fn observer(&mut self) -> Option<&mut dyn Observer> {
        None
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
        self.world.count_sent(msg.tag(), 1);
        let name = &self.description.messages[msg.tag() as usize].name;
        *self.sent.entry(name.clone()).or_default() += 1;
        self.put((node, port), msg);
    }

    /// Arrives by itself: no link, not counted.
    fn send_to_self(&mut self, node: NodeIndex, msg: P::Msg) {
        self.put((node, Port::SELF), msg);
    }
}
