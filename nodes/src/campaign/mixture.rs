//! The mixture of a campaign: which delays, wake-ups and losses a seed is run with.

use core::time::Duration;

use super::crashes;
use crate::execution::{AnyRun, Initiators, Wake};
use crate::network::{Delay, OnCrash};
use crate::protocol::{InitiatorRule, Links};
use crate::random::Random;

/// Each datagram of a lossy link is lost with this probability.
const LOSS: f64 = 0.05;

/// The run that a campaign makes of a seed.  If no delay is chosen, the seed decides: uniform or exponential delays, and
/// where messages may overtake each other also a few that take very long; initiators together or at random moments, unless
/// that is chosen; lossy links lose one message in twenty.
pub fn of_seed(run: &AnyRun, seed: u64) -> AnyRun {
    Mixture::of(run).of_seed(seed)
}

/// A run whose seeds are mixed.
pub(crate) struct Mixture<'a> {
    run: &'a AnyRun,
    links: Links,
    /// Whether several nodes start, at no given time.
    wakes_several: bool,
    /// In each run up to so many nodes crash.
    crashes: usize,
}

impl<'a> Mixture<'a> {
    pub(crate) fn of(run: &'a AnyRun) -> Self {
        let description = &run.description;
        let wakes_several = match &run.initiators {
            Initiators::Declared => description.initiators == InitiatorRule::All,
            Initiators::One => false,
            Initiators::All => true,
            Initiators::Random(count) => *count > 1,
            Initiators::Given(given) => given.len() > 1 && given.iter().all(|(_, at)| at.is_none()),
        };
        Mixture { run, links: run.links.unwrap_or(description.links), wakes_several, crashes: 0 }
    }

    /// Up to so many nodes crash besides, drawn by the seed; the others go on.
    pub(crate) fn crashes(mut self, at_most: usize) -> Self {
        self.crashes = at_most;
        self
    }

    /// See [`of_seed`].
    pub(crate) fn of_seed(&self, seed: u64) -> AnyRun {
        let mut run = self.without_crashes(seed);
        if self.crashes > 0 {
            let drawn = crashes::drawn(&run, self.crashes);
            run.faults.crashes.extend(drawn);
            run.faults.on_crash = OnCrash::Continue;
        }
        run
    }

    fn without_crashes(&self, seed: u64) -> AnyRun {
        let mut run = self.run.clone().seed(seed);
        if run.delay.is_some() {
            return run;
        }
        let ms = Duration::from_millis;
        let delays = [Delay::Uniform(ms(1), ms(10)), Delay::Exponential(ms(5)), Delay::LogNormal(ms(5), 2.0)];
        let mut random = Random::stream(seed, "mixture", 0);
        // On links that keep the order, a message that takes very long only holds up those behind it.
        let choices = if self.links == Links::Fifo { 2 } else { 3 };
        run.delay = Some(delays[random.below(choices) as usize]);
        if random.chance(0.5) && run.wake.is_none() && self.wakes_several {
            run.wake = Some(Wake::Random);
        }
        if self.links == Links::Lossy && run.faults.loss == 0.0 {
            run.faults.loss = LOSS;
        }
        run
    }

    /// The options that a campaign varies.
    pub(super) fn varied(&self) -> Vec<&'static str> {
        let varied = [("delay", true), ("wake", self.run.wake.is_none() && self.wakes_several)];
        varied.into_iter().filter(|(_, varies)| self.run.delay.is_none() && *varies).map(|(option, _)| option).collect()
    }
}
