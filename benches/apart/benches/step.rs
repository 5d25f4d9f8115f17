//! What the language costs: one step of a node, beside the same rules written by hand as bare matches and a `Vec`.
//!
//! `cargo bench --manifest-path benches/apart/Cargo.toml --bench step`.  To be reached: at most 25 ns for choosing the rule, running
//! the handler and draining the outbox, at most 50 ns with decoding before and encoding after it.

use std::hint::black_box;
use std::sync::Arc;

use State::*;
use criterion::{Criterion, criterion_group, criterion_main};
use nodes::prelude::*;
use nodes::protocol::{Effect, Event, Ids, Instance, MessageSet, Ports};
use nodes::topology::Topology;

#[message]
pub struct Forth {
    pub origin: Id,
    pub limit: u32,
}
#[message]
pub struct Back {
    pub origin: Id,
}
#[message]
pub struct Notify {
    pub leader: Id,
}

#[states]
pub enum State {
    #[default]
    Asleep,
    Candidate,
    Defeated,
    #[terminal]
    Follower,
}

/// The busiest part of leader election by controlled distance: a defeated node relays.
#[protocol(topology = Ring)]
pub struct Relay {
    state: State,
    relayed: u32,
}

#[protocol]
#[never(Back in Asleep)]
#[never(Notify in Asleep | Candidate)]
impl Relay {
    #[on(Spontaneously in Asleep)]
    fn start(&mut self) {
        self.state = Candidate;
    }

    #[on(Forth in Candidate if msg.origin < net.id())]
    #[on(Forth in Asleep | Defeated)]
    fn relay(&mut self, msg: Forth, sender: Port, net: &mut Net<Self>) {
        self.relayed += 1;
        if msg.limit > 1 {
            net.send_other_way(sender, Forth { limit: msg.limit - 1, ..msg });
        } else {
            net.send(sender, Back { origin: msg.origin });
        }
        self.state = Defeated;
    }

    #[on(Forth in Candidate)]
    fn ignore(&mut self) {}

    #[on(Back in Candidate | Defeated)]
    fn back(&mut self, msg: Back, sender: Port, net: &mut Net<Self>) {
        net.send_other_way(sender, msg);
    }

    #[on(Notify in Defeated)]
    fn follow(&mut self) {
        self.state = Follower;
    }
}

/// The same, by hand.
#[derive(Clone)]
#[allow(dead_code, reason = "a message that is handled, though the benchmark sends none")]
enum Bare {
    Forth { origin: u64, limit: u32 },
    Back { origin: u64 },
    Notify { leader: u64 },
}

struct BareNode {
    state: State,
    relayed: u32,
    id: u64,
}

impl BareNode {
    fn step(&mut self, sender: u32, message: Bare, outbox: &mut Vec<(u32, Bare)>) {
        match (message, self.state) {
            (Bare::Forth { .. } | Bare::Back { .. }, Follower) | (Bare::Notify { .. }, Asleep | Candidate | Follower) => {}
            (Bare::Forth { origin, .. }, Candidate) if origin >= self.id => {}
            (Bare::Forth { origin, limit }, _) => {
                self.relayed += 1;
                outbox.push(if limit > 1 {
                    (1 - sender, Bare::Forth { origin, limit: limit - 1 })
                } else {
                    (sender, Bare::Back { origin })
                });
                self.state = Defeated;
            }
            (Bare::Back { .. }, Asleep) => {}
            (Bare::Back { origin }, _) => outbox.push((1 - sender, Bare::Back { origin })),
            (Bare::Notify { leader }, Defeated) => {
                self.id = leader;
                self.state = Follower;
            }
        }
    }
}

fn instance() -> Arc<Instance<()>> {
    let graph = Topology::ring(8).build(1).expect("a ring of 8").graph;
    Arc::new(Instance { graph, ids: Ids::Sequential, inputs: vec![(); 8], seed: 1 })
}

fn drain(net: &mut Net<Relay>, mut to: impl FnMut(Port, RelayMsg)) {
    for effect in net.drain() {
        match effect {
            Effect::Send { port, msg } => to(port, msg),
            Effect::SendAll { except: Ports::One(port), msg } => to(port, msg),
            _ => unreachable!("a relay sends through one port"),
        }
    }
}

fn step(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("step");

    let mut bare = BareNode { state: Defeated, relayed: 0, id: 0 };
    let mut outbox = Vec::new();
    group.bench_function("by hand", |bencher| {
        bencher.iter(|| {
            bare.step(0, Bare::Forth { origin: 3, limit: black_box(5) }, &mut outbox);
            for (port, message) in outbox.drain(..) {
                black_box((port, &message));
            }
        })
    });

    let mut net = Net::whole(instance());
    let mut node = Node::<Relay>::new(&(), &mut net);
    let forth = || RelayMsg::Forth(Forth { origin: Id(3), limit: black_box(5) });
    node.step(Event::Message { sender: Port::new(0), msg: forth() }, &mut net);
    drain(&mut net, |_, _| ());
    group.bench_function("dispatch, handler, drain", |bencher| {
        bencher.iter(|| {
            black_box(node.step(Event::Message { sender: Port::new(0), msg: forth() }, &mut net));
            drain(&mut net, |port, message| {
                black_box((port, &message));
            });
        })
    });

    let mut bytes = [0; 32];
    let used = forth().encode(&mut bytes).expect("it is short");
    let bytes = &bytes[..used];
    let mut out = [0; 64];
    group.bench_function("decode, step, encode", |bencher| {
        bencher.iter(|| {
            let msg = RelayMsg::decode(black_box(bytes)).expect("it was encoded");
            black_box(node.step(Event::Message { sender: Port::new(0), msg }, &mut net));
            drain(&mut net, |port, message| {
                black_box((port, message.encode(&mut out).expect("it is short")));
            });
        })
    });
    group.finish();
}

criterion_group!(benches, step);
criterion_main!(benches);
