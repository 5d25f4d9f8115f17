//! The mixture of a campaign: which delays, wake-ups and losses a seed is run with.

use core::time::Duration;

use crate::network::Delay;
use crate::protocol::{InitiatorRule, Links, Protocol};
use crate::random::Random;
use crate::execution::{Initiators, Run, Wake};

/// Each datagram of a lossy link is lost with this probability.
const LOSS: f64 = 0.05;

impl<P: Protocol> Run<P> {
    /// The run that a campaign makes of a seed.  If no delay is chosen, the seed decides: uniform or exponential delays, and
    /// where messages may overtake each other also a few that take very long; initiators together or at random moments, unless
    /// that is chosen; lossy links lose one message in twenty.
    pub fn of_campaign(&self, seed: u64) -> Self {
        let mut run = self.clone().seed(seed);
        if self.delay.is_some() {
            return run;
        }
        let links = self.links.unwrap_or(P::DECLARATION.links);
        let ms = Duration::from_millis;
        let delays = [Delay::Uniform(ms(1), ms(10)), Delay::Exponential(ms(5)), Delay::LogNormal(ms(5), 2.0)];
        let mut random = Random::stream(seed, "mixture", 0);
        // On links that keep the order, a message that takes very long only holds up those behind it.
        let choices = if links == Links::Fifo { 2 } else { 3 };
        run.delay = Some(delays[random.below(choices) as usize]);
        if random.chance(0.5) && self.wake.is_none() && self.wakes_several() {
            run.wake = Some(Wake::Random);
        }
        if links == Links::Lossy && run.faults.loss == 0.0 {
            run.faults.loss = LOSS;
        }
        run
    }

    /// The options that a campaign varies.
    pub(super) fn varied(&self) -> Vec<&'static str> {
        let wake = self.wake.is_none() && self.wakes_several();
        let varied = [("delay", true), ("wake", wake)];
        varied.into_iter().filter(|(_, varies)| self.delay.is_none() && *varies).map(|(option, _)| option).collect()
    }

    /// Whether several nodes start, at no given time.
    fn wakes_several(&self) -> bool {
        match &self.initiators {
            Initiators::Declared => P::DECLARATION.initiators == InitiatorRule::All,
            Initiators::One => false,
            Initiators::All => true,
            Initiators::Random(count) => *count > 1,
            Initiators::Given(given) => given.len() > 1 && given.iter().all(|(_, at)| at.is_none()),
        }
    }
}
