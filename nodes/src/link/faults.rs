//! Faults on demand: a network that loses, copies, delays and reorders as it is told, between an endpoint and its socket.
//!
//! What leaves an [`Endpoint`](super::Endpoint) is handed to [`Faults::send`], and what comes out of [`Faults::poll_transmit`]
//! goes into the socket.  Everything random is drawn from the seed, one stream for each link, so that a link's faults do not
//! depend on what the others do.

use core::cmp::Ordering;
use core::ops::Range;
use core::time::Duration;
use std::collections::BinaryHeap;

use super::{LinkId, MAX_DATAGRAM, Transmit};
use crate::random::Random;

/// How long each datagram takes on top of what the network takes.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Wait {
    /// Nothing.
    #[default]
    None,
    /// Always the same.
    Fixed(Duration),
    /// Each time between these is as likely.
    Uniform(Duration, Duration),
    /// Exponentially distributed, with that mean.
    Exponential(Duration),
    /// Log-normally distributed: the median, and the standard deviation of the logarithm.
    LogNormal(Duration, f64),
    /// Always the same on a link: that of its number.
    ByLink(Vec<Duration>),
}

impl Wait {
    fn draw(&self, link: LinkId, random: &mut Random) -> Duration {
        match *self {
            Wait::None => Duration::ZERO,
            Wait::Fixed(time) => time,
            Wait::Uniform(least, most) => {
                let span = most.saturating_sub(least).as_nanos() as u64;
                least + Duration::from_nanos(random.below(span.saturating_add(1)))
            }
            Wait::Exponential(mean) => scaled(mean, -libm::log(1.0 - random.unit())),
            Wait::LogNormal(median, deviation) => {
                // Box & Muller 1958.
                let radius = libm::sqrt(-2.0 * libm::log(1.0 - random.unit()));
                let normal = radius * libm::cos(core::f64::consts::TAU * random.unit());
                scaled(median, libm::exp(deviation * normal))
            }
            Wait::ByLink(ref times) => times.get(link.index()).copied().unwrap_or_default(),
        }
    }
}

/// `time * factor`, but no more than a day: the tail of a distribution is not to stop a run forever.
fn scaled(time: Duration, factor: f64) -> Duration {
    const DAY: Duration = Duration::from_secs(86_400);
    Duration::try_from_secs_f64(time.as_secs_f64() * factor).unwrap_or(DAY).min(DAY)
}

/// A link that lets nothing through for some time; a partition is all links between its sides, down at both ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkDown {
    /// Which link.
    pub link: LinkId,
    /// From when until when.
    pub during: Range<Duration>,
}

/// Which faults there are.  Each probability is between 0 and 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// How likely a datagram is lost.
    pub loss: f64,
    /// How likely it is sent twice.
    pub duplicate: f64,
    /// How likely it is held back for up to [`Faults::HELD`], so that later ones may overtake it.
    pub reorder: f64,
    /// How long each takes.
    pub wait: Wait,
    /// Times when links are down.
    pub down: Vec<LinkDown>,
}

impl Plan {
    /// Whether it is without faults, so that datagrams need not go through [`Faults`] at all.
    pub fn is_empty(&self) -> bool {
        *self == Plan::default()
    }
}

/// A datagram that has not left yet.
#[derive(Debug)]
struct Waiting {
    at: Duration,
    order: u64,
    transmit: Transmit,
    bytes: Vec<u8>,
}

/// How many buffers are kept.
const SPARE: usize = 64;

impl PartialEq for Waiting {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Waiting {}

impl PartialOrd for Waiting {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Waiting {
    /// The first to leave is the greatest, as the heap has it.
    fn cmp(&self, other: &Self) -> Ordering {
        (other.at, other.order).cmp(&(self.at, self.order))
    }
}

/// The faults of one endpoint's links.
#[derive(Debug)]
pub struct Faults {
    plan: Plan,
    seed: u64,
    /// By link.
    random: Vec<Random>,
    waiting: BinaryHeap<Waiting>,
    /// Buffers to be used again.
    spare: Vec<Vec<u8>>,
    order: u64,
    lost: u64,
}

impl Faults {
    /// A datagram that is to be overtaken waits no longer than this.
    pub const HELD: Duration = Duration::from_millis(5);

    /// The faults of that plan; `seed` should differ from endpoint to endpoint.
    pub fn new(plan: Plan, seed: u64) -> Self {
        Faults { plan, seed, random: Vec::new(), waiting: BinaryHeap::new(), spare: Vec::new(), order: 0, lost: 0 }
    }

    /// Takes a datagram that leaves an endpoint.
    pub fn send(&mut self, now: Duration, transmit: Transmit, datagram: &[u8]) {
        let Faults { plan, seed, random, .. } = self;
        while random.len() <= transmit.link.index() {
            random.push(Random::stream(*seed, "faults", random.len() as u64));
        }
        let random = &mut random[transmit.link.index()];
        let lost = random.chance(plan.loss);
        let copies = 1 + u32::from(random.chance(plan.duplicate));
        let mut times = [now; 2];
        for time in &mut times[..copies as usize] {
            *time += plan.wait.draw(transmit.link, random);
            if random.chance(plan.reorder) {
                *time += Wait::Uniform(Duration::ZERO, Faults::HELD).draw(transmit.link, random);
            }
        }
        let down = plan.down.iter().any(|down| down.link == transmit.link && down.during.contains(&now));
        if lost || down {
            self.lost += 1;
            return;
        }
        for at in &times[..copies as usize] {
            let mut bytes = self.spare.pop().unwrap_or_default();
            bytes.clear();
            bytes.extend_from_slice(datagram);
            self.order += 1;
            self.waiting.push(Waiting { at: *at, order: self.order, transmit, bytes });
        }
    }

    /// Writes the next datagram whose time has come; to be called until there is none.
    pub fn poll_transmit(&mut self, now: Duration, datagram: &mut [u8; MAX_DATAGRAM]) -> Option<Transmit> {
        if self.waiting.peek()?.at > now {
            return None;
        }
        let Waiting { transmit, bytes, .. } = self.waiting.pop()?;
        datagram[..transmit.len].copy_from_slice(&bytes);
        if self.spare.len() < SPARE {
            self.spare.push(bytes);
        }
        Some(transmit)
    }

    /// When the next datagram leaves.
    pub fn poll_timeout(&self) -> Option<Duration> {
        self.waiting.peek().map(|first| first.at)
    }

    /// How many datagrams were lost.
    pub fn lost(&self) -> u64 {
        self.lost
    }
}
