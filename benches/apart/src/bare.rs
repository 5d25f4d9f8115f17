//! The limit: the same job as a loop over arrays, with a typed message, an outbox and counters, and nothing else.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use nodes::protocol::Random;

use crate::job::{Job, Way, cpu};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Msg {
    Hop {
        left: u32,
        value: u64,
    },
    #[allow(dead_code, reason = "a protocol has more than one message")]
    Other(u64),
}

#[derive(Clone, Copy, Default)]
struct Cell {
    seen: u64,
    sum: u64,
    last: u64,
    received: u64,
}

/// To whom, through which port, what.
type Parcel = (u32, u32, Msg);

/// What is under way.
trait Queue {
    fn push(&mut self, parcel: Parcel);
    fn pop(&mut self) -> Option<Parcel>;
}

impl Queue for VecDeque<Parcel> {
    fn push(&mut self, parcel: Parcel) {
        self.push_back(parcel);
    }

    fn pop(&mut self) -> Option<Parcel> {
        self.pop_front()
    }
}

/// A slot for each time.
struct Wheel {
    slots: Vec<Vec<Parcel>>,
    taken: Vec<Parcel>,
    now: usize,
    left: usize,
    random: Random,
}

impl Queue for Wheel {
    fn push(&mut self, parcel: Parcel) {
        let at = (self.now + 1 + self.random.below(1000) as usize) % self.slots.len();
        self.slots[at].push(parcel);
        self.left += 1;
    }

    fn pop(&mut self) -> Option<Parcel> {
        if self.left == 0 {
            return None;
        }
        while self.taken.is_empty() {
            self.now = (self.now + 1) % self.slots.len();
            std::mem::swap(&mut self.taken, &mut self.slots[self.now]);
            self.taken.reverse();
        }
        self.left -= 1;
        self.taken.pop()
    }
}

/// The standard library's heap.
struct Heap {
    heap: BinaryHeap<Reverse<(u64, u64, Parcel)>>,
    now: u64,
    number: u64,
    random: Random,
}

impl Queue for Heap {
    fn push(&mut self, parcel: Parcel) {
        let delay = -1e8 * libm::log(1.0 - self.random.unit());
        self.number += 1;
        self.heap.push(Reverse((self.now + delay as u64, self.number, parcel)));
    }

    fn pop(&mut self) -> Option<Parcel> {
        let Reverse((at, _, parcel)) = self.heap.pop()?;
        self.now = at;
        Some(parcel)
    }
}

/// Events a second.
pub(crate) fn rate(job: Job) -> f64 {
    let random = || Random::stream(1, "bare", 0);
    match job.way {
        Way::Unit => run(job, VecDeque::with_capacity(job.nodes)),
        Way::Uniform => {
            let slots = vec![Vec::new(); 1024];
            run(job, Wheel { slots, taken: Vec::new(), now: 0, left: 0, random: random() })
        }
        Way::Exponential => run(job, Heap { heap: BinaryHeap::new(), now: 0, number: 0, random: random() }),
    }
}

fn run(job: Job, mut queue: impl Queue) -> f64 {
    let last = job.nodes as u32 - 1;
    let mut cells = vec![Cell::default(); job.nodes];
    let mut counts = [0u64; 2];
    let mut outbox: Vec<(u32, Msg)> = Vec::new();
    for node in 0..=last {
        queue.push((node, 0, Msg::Hop { left: job.hops, value: 1 }));
    }
    let started = cpu();
    let mut events = 0u64;
    while let Some((to, port, msg)) = queue.pop() {
        let cell = &mut cells[to as usize];
        match msg {
            Msg::Hop { left, value } => {
                cell.seen += 1;
                cell.sum = cell.sum.wrapping_add(value);
                cell.last = value;
                if left > 0 {
                    outbox.push((1 - port, Msg::Hop { left: left - 1, value: value + 1 }));
                }
            }
            Msg::Other(value) => cell.last = value,
        }
        cell.received += 1;
        for (port, msg) in outbox.drain(..) {
            counts[usize::from(matches!(msg, Msg::Other(_)))] += 1;
            let next = match port {
                1 if to == last => 0,
                1 => to + 1,
                _ if to == 0 => last,
                _ => to - 1,
            };
            queue.push((next, 1 - port, msg));
        }
        events += 1;
    }
    std::hint::black_box((&cells, &counts));
    events as f64 / (cpu() - started)
}
