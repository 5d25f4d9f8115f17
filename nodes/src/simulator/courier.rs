//! When messages arrive, and what becomes of them on the way.

use core::time::Duration;

use super::lines::{Left, Lines};
use super::queue::Kind;
use crate::network::{Cut, Delay, Faults, UNIT};
use crate::protocol::Links;
use crate::random::Random;
use crate::tables::{self, Table, prefetch};
use crate::time::nanos;
use crate::topology::{Graph, NodeIndex, Way};

/// A uniform delay is drawn in steps: so many in its range.
const STEPS: u64 = 1000;

/// The largest number of slots that a timing wheel may have to be worth it.
const LARGEST_WHEEL: u64 = 4096;

/// So many delays are drawn ahead.
const AHEAD: usize = 64;

/// How delays are drawn, in ticks.
#[derive(Clone, Copy, Debug)]
enum Sampler {
    Equal(u64),
    /// The smallest, and how many there are.
    Range(u64, u64),
    Exponential(f64),
    LogNormal(f64, f64),
    Weights,
}

impl Sampler {
    #[inline]
    fn draw(&self, random: &mut Random, graph: &Graph, link: usize) -> u64 {
        match *self {
            Sampler::Equal(delay) => delay,
            // As in `Courier::delay`.
            Sampler::Range(low, count) => low.wrapping_add(random.below(count)),
            _ => self.compute(random, graph, link),
        }
    }

    #[inline(never)]
    fn compute(&self, random: &mut Random, graph: &Graph, link: usize) -> u64 {
        match *self {
            Sampler::Equal(_) | Sampler::Range(..) => 1,
            Sampler::Exponential(mean) => whole(-mean * libm::log(1.0 - random.unit())),
            Sampler::LogNormal(median, sigma) => whole(median * libm::exp(sigma * random.normal())),
            Sampler::Weights => whole(graph.link(link as u32).weight * nanos(UNIT) as f64),
        }
    }
}

/// In whole ticks; no message arrives at the moment at which it is sent.  What takes longer than the clock can tell arrives when time is
/// used up.
fn whole(ticks: f64) -> u64 {
    libm::round(ticks).max(1.0) as u64
}

/// How many times in a row something is lost that is lost with probability `loss` each time; `drawn` is uniform in `0.0..1.0`.
#[inline]
fn losses(loss: f64, drawn: f64) -> u64 {
    // It is lost k times or more with probability loss^k; most often it is not lost at all, which takes no logarithm.
    let left = 1.0 - drawn;
    if left > loss { 0 } else { (libm::log(left) / libm::log(loss)) as u64 }
}

/// When a message leaves that arrives, if it is sent first at `now`, and how often it is sent in vain before: while its link is cut,
/// and `losses` times at other moments.  It is sent again when the link is whole again, or else after `pause`.
fn last_sending(faults: &Faults, (from, to): (NodeIndex, NodeIndex), now: u64, losses: u64, pause: u64) -> (u64, u64) {
    let (mut at, mut left, mut in_vain) = (now, losses, 0u64);
    while at < u64::MAX {
        if let Some(until) = faults.cut_until(from, to, Duration::from_nanos(at)) {
            // Whatever is sent before is lost as well.
            at = nanos(until);
            in_vain = in_vain.saturating_add(1);
        } else if left > 0 {
            let begin = |cut: Cut<'_>| nanos(cut.during().from);
            let cuts = faults.cuts().filter(|cut| begin(*cut) > at && cut.separates(from, to));
            let before_a_cut = cuts.map(|cut| (begin(cut) - at).div_ceil(pause)).min();
            let lost = before_a_cut.map_or(left, |sendings| sendings.min(left));
            at = at.saturating_add(lost.saturating_mul(pause));
            in_vain = in_vain.saturating_add(lost);
            left -= lost;
        } else {
            break;
        }
    }
    (at, in_vain)
}

/// What the links did to messages.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct LinkTally {
    pub(super) retransmitted: u64,
    pub(super) lost: u64,
    pub(super) duplicated: u64,
    pub(super) reordered: u64,
}

/// When a message arrives: never, once, or twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    Never,
    Once(u64),
    Twice(u64, u64),
}

/// Carries messages, as the links promise.
#[derive(Debug)]
pub(super) struct Courier {
    sampler: Sampler,
    links: Links,
    random: Random,
    /// Delays that were drawn before they were needed, from `next_drawn` on.
    drawn: [u64; AHEAD],
    next_drawn: usize,
    /// By channel, where messages could overtake each other and must not: when the last arrives.
    last: Table<u64>,
    /// By channel, where they may: how many have been sent, and the latest that has arrived.
    numbers: Table<(u32, u32)>,
    /// Whether either of them is.
    keeps_account: bool,
    faults: Option<Box<(Faults, Random)>>,
    lines: Option<Lines>,
    /// Whether messages take their delays and nothing else: nothing goes wrong, and none waits for others.
    is_plain: bool,
    /// How many nanoseconds a tick has.
    tick: u64,
    pub(super) tally: LinkTally,
}

impl Courier {
    /// The courier, and the kind of queue that fits when its messages arrive.
    pub(super) fn new(
        delay: Delay,
        lines: Option<Lines>,
        links: Links,
        faults: &Faults,
        graph: &Graph,
        seed: u64,
    ) -> (Self, Kind) {
        let faulty = faults.touch_messages();
        let is_plain = !faulty && lines.is_none();
        let (sampler, tick, mut queue) = match delay {
            Delay::Unit => (Sampler::Equal(nanos(UNIT)), 1, Kind::Equal),
            Delay::Uniform(low, high) if low == high => (Sampler::Equal(nanos(low).max(1)), 1, Kind::Equal),
            Delay::Uniform(low, high) => {
                let (low, high) = (nanos(low), nanos(high));
                let tick = ((high - low) / STEPS).max(1);
                let (first, last) = (low.div_ceil(tick).max(1), (high / tick).max(1));
                // Else every nanosecond counts: a link is cut, or not yet, and what has left makes room for the next.
                if last <= LARGEST_WHEEL && is_plain {
                    (Sampler::Range(first, last - first + 1), tick, Kind::Bounded(last))
                } else {
                    (Sampler::Range(low.max(1), high - low.max(1) + 1), 1, Kind::Any)
                }
            }
            Delay::Exponential(mean) => (Sampler::Exponential(nanos(mean) as f64), 1, Kind::Any),
            Delay::LogNormal(median, sigma) => (Sampler::LogNormal(nanos(median) as f64, sigma), 1, Kind::Any),
            Delay::Weights => (Sampler::Weights, 1, Kind::Any),
        };
        if !is_plain {
            // What is sent again, or waits for others, arrives as late as it happens.
            queue = Kind::Any;
        }
        let overtaking = faulty || !matches!(sampler, Sampler::Equal(_) | Sampler::Weights);
        let channels = if overtaking { graph.link_count() * 2 } else { 0 };
        let fifo = links == Links::Fifo;
        let mut random = Random::stream(seed, "delays", 0);
        let mut drawn = [0; AHEAD];
        if let Sampler::Range(low, count) = sampler
            && is_plain
        {
            drawn.fill_with(|| low + random.below(count));
        }
        let courier = Courier {
            sampler,
            links,
            random,
            drawn,
            next_drawn: 0,
            last: tables::filled(if fifo { channels } else { 0 }, 0),
            numbers: tables::filled(if fifo { 0 } else { channels }, (0, 0)),
            keeps_account: channels > 0,
            faults: faulty.then(|| Box::new((faults.clone(), Random::stream(seed, "faults", 0)))),
            lines,
            is_plain,
            tick,
            tally: LinkTally::default(),
        };
        (courier, queue)
    }

    /// How many nanoseconds a tick has.
    pub(super) fn tick(&self) -> u64 {
        self.tick
    }

    /// Whether messages take their delays and nothing else.
    #[inline]
    pub(super) fn is_plain(&self) -> bool {
        self.is_plain
    }

    /// When a message arrives that is sent by `way` in tick `now`, and its number on its way, where they count; it takes its delay and
    /// nothing else.
    #[inline(always)]
    pub(super) fn send(&mut self, graph: &Graph, way: Way, now: u64) -> (u64, u32) {
        let at = now.saturating_add(self.delay(graph, way));
        if self.keeps_account { (self.in_order(way, at), self.number(way)) } else { (at, 0) }
    }

    #[inline(always)]
    fn delay(&mut self, graph: &Graph, way: Way) -> u64 {
        let Sampler::Range(low, count) = self.sampler else {
            return self.sampler.draw(&mut self.random, graph, way.link());
        };
        let place = self.next_drawn % AHEAD;
        self.next_drawn = place.wrapping_add(1);
        // What is drawn is less than `count`, and `low + count - 1` is the longest delay in ticks.
        core::mem::replace(&mut self.drawn[place], low.wrapping_add(self.random.below(count)))
    }

    /// The delay that was drawn for the so many-th of the messages that will be sent, if delays are drawn ahead.
    #[inline]
    pub(super) fn ahead(&self, messages: usize) -> u64 {
        debug_assert!(messages < AHEAD, "it has been drawn");
        self.drawn[(self.next_drawn + messages) % AHEAD]
    }

    /// On links that keep the order: not before what was sent before.
    #[inline]
    fn in_order(&mut self, way: Way, at: u64) -> u64 {
        match self.last.get_mut(way.channel as usize) {
            Some(last) => {
                *last = at.max(*last);
                *last
            }
            None => at,
        }
    }

    #[inline]
    fn number(&mut self, way: Way) -> u32 {
        match self.numbers.get_mut(way.channel as usize) {
            Some((sent, _)) => {
                *sent = sent.wrapping_add(1);
                *sent
            }
            None => 0,
        }
    }

    /// Has what sending through a channel will need fetched.
    #[inline]
    pub(super) fn prefetch(&self, channel: usize) {
        if let Some(last) = self.last.get(channel) {
            prefetch(last);
        }
    }

    /// A message of that number arrives, which was sent by that channel.
    #[inline(always)]
    pub(super) fn arrived(&mut self, channel: impl FnOnce() -> usize, number: u32) {
        if !self.numbers.is_empty() {
            self.arrived_in(channel(), number);
        }
    }

    fn arrived_in(&mut self, channel: usize, number: u32) {
        let (_, latest) = &mut self.numbers[channel];
        if number.wrapping_sub(*latest) as i32 > 0 {
            *latest = number;
        } else if number != *latest {
            self.tally.reordered += 1;
        }
    }

    /// As [`send`](Courier::send), of a message of `bytes`, where messages can go wrong or wait for others.  A tick is a nanosecond.
    #[cold]
    pub(super) fn send_with_care(&mut self, graph: &Graph, from: NodeIndex, way: Way, now: u64, length: u64) -> (Arrival, u32) {
        let number = self.number(way);
        let draw = |random: &mut Random| self.sampler.draw(random, graph, way.link());
        let channel = way.channel as usize;
        let mut leaves = |times: u64| match &mut self.lines {
            Some(lines) => lines.send(from, channel, now, length, times),
            None => Left::at(now),
        };
        let mut delay = draw(&mut self.random);
        let Some(faults) = &mut self.faults else {
            let left = leaves(1).last;
            return (Arrival::Once(self.in_order(way, left.saturating_add(delay))), number);
        };
        let (faults, dice) = &mut **faults;
        if dice.chance(faults.reorder) {
            // Long enough that those sent meanwhile can overtake it.
            delay = delay.saturating_add((1 + dice.below(3)).saturating_mul(draw(&mut self.random)));
        }
        let twice = dice.chance(faults.duplicate);
        self.tally.duplicated += u64::from(twice);
        if self.links == Links::Lossy {
            let left = leaves(1 + u64::from(twice));
            let is_cut_at = |at| faults.cut_until(from, way.neighbour, Duration::from_nanos(at)).is_some();
            let is_cut = is_cut_at(now) || is_cut_at(left.first);
            let mut arrives = || !is_cut && !dice.chance(faults.loss);
            let first = arrives().then(|| left.first.saturating_add(delay));
            let second = (twice && arrives()).then(|| left.last.saturating_add(draw(&mut self.random)));
            let arrival = match (first, second) {
                (None, None) => Arrival::Never,
                (Some(at), None) | (None, Some(at)) => Arrival::Once(at),
                (Some(one), Some(other)) => Arrival::Twice(one, other),
            };
            self.tally.lost += u64::from(arrival == Arrival::Never);
            self.tally.duplicated -= u64::from(twice && !matches!(arrival, Arrival::Twice(..)));
            return (arrival, number);
        }
        // The link below sends it again until it arrives, and takes away what arrives twice.
        let losses = losses(faults.loss, dice.unit());
        // All sendings, the last of which is the one that arrives, take their time where the first stands.
        let left = leaves(losses.saturating_add(1)).last;
        if twice {
            leaves(1);
        }
        let (mut sent_at, in_vain) = if losses == 0 && !faults.cut_links() {
            (left, 0)
        } else {
            // After the time of a way there and back.
            let pause = if losses > 0 { draw(&mut self.random).saturating_add(draw(&mut self.random)) } else { 0 };
            last_sending(faults, (from, way.neighbour), left, losses, pause)
        };
        if in_vain > losses
            && let Some(lines) = &mut self.lines
        {
            // It was lost in a cut too: all that was stands before the link when that is over.
            sent_at = lines.send_again(channel, sent_at, length);
        }
        self.tally.retransmitted = self.tally.retransmitted.saturating_add(in_vain);
        let at = self.in_order(way, sent_at.saturating_add(delay));
        (Arrival::Once(at), number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{LinkCut, Partition};

    /// A seed that a failure prints.
    fn seed() -> u64 {
        std::env::var("SEED").map_or_else(|_| std::process::id().into(), |seed| seed.parse().expect("SEED is a number"))
    }

    #[test]
    fn losses_follow_the_geometric_distribution() {
        let seed = seed();
        let mut random = Random::stream(seed, "test", 0);
        const DRAWN: usize = 200_000;
        for loss in [0.001, 0.05, 0.3, 0.5, 0.9, 0.99, 0.999_999] {
            let drawn = (0..DRAWN).map(|_| losses(loss, random.unit())).collect::<Vec<_>>();
            let mean = drawn.iter().map(|losses| *losses as f64).sum::<f64>() / DRAWN as f64;
            let (expected, variance) = (loss / (1.0 - loss), loss / ((1.0 - loss) * (1.0 - loss)));
            let error = libm::sqrt(variance / DRAWN as f64);
            assert!((mean - expected).abs() < 6.0 * error, "seed {seed}: loss {loss}: mean {mean}, expected {expected}");
            // P(k losses or more) = loss^k.
            for k in [1u64, 2, 3, 10, 100, 1_000_000] {
                let share = drawn.iter().filter(|losses| **losses >= k).count() as f64 / DRAWN as f64;
                let right = libm::pow(loss, k as f64);
                let error = libm::sqrt(right * (1.0 - right) / DRAWN as f64);
                assert!(
                    (share - right).abs() <= 6.0 * error + 1e-4,
                    "seed {seed}: loss {loss}, {k} times: {share}, not {right}"
                );
            }
        }
        assert_eq!((losses(0.0, 0.0), losses(0.0, random.unit()), losses(0.5, 0.0)), (0, 0, 0));
        // So often that no loop may count it.
        assert!(losses(0.999_999_999_9, 0.5) > 6_000_000_000);
    }

    /// As a loop that sends it each time finds it.
    #[test]
    fn the_last_sending_is_that_of_a_loop() {
        let seed = seed();
        let mut random = Random::stream(seed, "test", 1);
        let (a, b) = (NodeIndex::new(0), NodeIndex::new(1));
        for case in 0..10_000 {
            let cut = |random: &mut Random| {
                let (from, node) = (random.below(200), |random: &mut Random, among| random.below(among) as usize);
                let during = Duration::from_nanos(from)..Duration::from_nanos(from + 1 + random.below(50));
                let link = LinkCut::new(node(random, 2), node(random, 3), during);
                LinkCut { one_way: random.chance(0.5), ..link }
            };
            let links_down = (0..random.below(4)).map(|_| cut(&mut random)).collect();
            let partition = |cut: LinkCut| Partition::new([[cut.to]], cut.during);
            let partitions = (0..random.below(2)).map(|_| partition(cut(&mut random))).collect();
            let faults = Faults { links_down, partitions, ..Faults::default() };
            let (now, losses, pause) = (random.below(250), random.below(20), 1 + random.below(30));
            let (mut at, mut left, mut in_vain) = (now, losses, 0);
            loop {
                if let Some(until) = faults.cut_until(a, b, Duration::from_nanos(at)) {
                    at = nanos(until);
                } else if left > 0 {
                    (at, left) = (at + pause, left - 1);
                } else {
                    break;
                }
                in_vain += 1;
            }
            assert_eq!(
                last_sending(&faults, (a, b), now, losses, pause),
                (at, in_vain),
                "seed {seed}, case {case}: {faults:?}"
            );
        }
    }

    #[test]
    fn what_is_lost_for_ever_is_sent_when_time_ends() {
        let ends = (NodeIndex::new(0), NodeIndex::new(1));
        assert_eq!(last_sending(&Faults::default(), ends, 5, u64::MAX, 2), (u64::MAX, u64::MAX));
        let cut = LinkCut::new(0, 1, Duration::ZERO..Duration::MAX);
        let faults = Faults { links_down: vec![cut], ..Faults::default() };
        assert_eq!(last_sending(&faults, ends, 5, 0, 0), (u64::MAX, 1));
    }
}
