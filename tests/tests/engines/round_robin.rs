//! The smallest engine: nodes take turns.

use std::{collections::VecDeque, time::Duration};

use nodes::network::{Carrier, Observer, Sent, carry_out, checked_length, take_step};
use nodes::protocol::{AnyAlarm, AnyEvent, AnyMessage, AnyWorld, Description, Event};
use nodes::run::{AnyFinished, End, Ending, Engine, EngineKind, Judge, Prepared, Reports, RunError, caught};
use nodes::topology::{Graph, NodeIndex, Port};

/// In each round every node handles the oldest message that waits for it; where none waits at any, the first alarm rings.
pub(crate) struct RoundRobin<'a>(pub(crate) &'a mut dyn Observer);

impl Engine for RoundRobin<'_> {
    fn run(self, prepared: Prepared) -> Result<AnyFinished, RunError> {
        let (mut followers, judge) = ((self.0, Reports::default()), Judge::new(&prepared.description, true));
        let made = prepared.protocol.world(&prepared.instance, &*prepared.config, followers.reads());
        let (world, asked) = made.map_err(|(node, what)| RunError::SetUp(format!("node {node}: {what}")))?;
        followers.begun(world.view());
        let (graph, waiting) = (prepared.instance.graph(), vec![VecDeque::new(); world.nodes().len()]);
        let (sent, now, end, observer, description) = (0, Duration::ZERO, None, &mut followers, &prepared.description);
        let mut round = Round { graph, description, world, observer, judge, waiting, sent, now, end };
        asked.into_iter().for_each(|(node, mut effects)| round.guarded(node, |round| carry_out(node, &mut effects, round)));
        prepared.initiators.iter().for_each(|(node, _)| round.happens(*node, Event::Impulse, 0));
        while round.end.is_none() && (round.deliver() || round.ring()) {}
        let Round { world, judge, now, end, .. } = round;
        let ending = Ending::of(&prepared, &judge, world, end.unwrap_or(End::Quiet)).at(now, format!("at {now:?}"));
        Ok(ending.reports(followers.1).finish(EngineKind::Other("round robin"), followers.0))
    }
}

struct Round<'a> {
    graph: &'a Graph,
    description: &'a Description,
    world: Box<dyn AnyWorld>,
    observer: &'a mut dyn Observer,
    judge: Judge,
    /// By node: what waits for it, with the port that it came in by and its number.
    waiting: Vec<VecDeque<(Port, AnyMessage, u64)>>,
    sent: u64,
    now: Duration,
    end: Option<End>,
}

impl Round<'_> {
    fn deliver(&mut self) -> bool {
        let turn = (0..self.waiting.len()).filter_map(|node| Some((node, self.waiting[node].pop_front()?))).collect::<Vec<_>>();
        let any = !turn.is_empty();
        for (node, (sender, msg, number)) in turn {
            if sender != Port::SELF {
                self.world.count_arrived(msg.tag());
            }
            self.happens(NodeIndex::new(node), Event::Message { sender, msg }, number);
        }
        any
    }

    fn ring(&mut self) -> bool {
        let undecided = self.world.nodes().map(|node| self.world.node(NodeIndex::new(node))).filter(|node| !node.is_decided());
        let first = undecided.filter_map(|node| Some((node.next_alarm()?, node.index()))).min();
        if let Some((at, node)) = first {
            self.now = self.now.max(at);
            self.happens(node, Event::Alarm, 0);
        }
        first.is_some()
    }

    /// An event, and all that follows from it at once.
    fn happens(&mut self, node: NodeIndex, event: AnyEvent, number: u64) {
        let mut next = Some(event);
        while let Some(event) = next.filter(|_| self.end.is_none()) {
            self.guarded(node, |round| {
                let (world, mut effects) = (&mut *round.world, Vec::new());
                let (stepped, tag) = take_step(world, node, event, number, round.now, &mut effects, round.observer);
                carry_out(node, &mut effects, round);
                round.end = round.judge.look(&*round.world, node, stepped, tag).map(End::Violated);
            });
            next = self.world.node(node).has_offer().then_some(Event::Deferred);
        }
    }

    fn guarded(&mut self, node: NodeIndex, code: impl FnOnce(&mut Self)) {
        self.end = caught(|| code(self)).err().map(|said| self.judge.panicked(node, said)).or(self.end.take());
        self.end.iter().for_each(|end| end.tell(self.observer));
    }

    fn put(&mut self, from: NodeIndex, port: Port, (to, back): (NodeIndex, Port), msg: AnyMessage, length: u64) {
        self.observer.sent(&Sent { from, port, to, msg: &msg, length, number: self.sent });
        self.waiting[to.index()].push_back((back, msg, self.sent));
        self.sent += 1;
    }
}

impl Carrier<AnyMessage, AnyAlarm> for Round<'_> {
    fn observer(&mut self) -> Option<&mut dyn Observer> {
        Some(self.observer)
    }

    fn ports(&self, node: NodeIndex) -> usize {
        self.graph.degree(node)
    }

    fn can_send(&self, node: NodeIndex, port: Port) -> bool {
        self.graph.end(node, port).sends
    }

    fn length(&mut self, _: NodeIndex, msg: &AnyMessage) -> Option<u64> {
        Some(checked_length(msg.length(), msg.tag(), self.description))
    }

    fn send(&mut self, node: NodeIndex, port: Port, msg: AnyMessage, length: u64) {
        self.world.count_sent(msg.tag(), 1);
        let end = self.graph.end(node, port);
        self.put(node, port, (end.neighbour, end.back), msg, length);
    }

    fn send_to_self(&mut self, node: NodeIndex, msg: AnyMessage) {
        self.put(node, Port::SELF, (node, Port::SELF), msg, 0);
    }
}
