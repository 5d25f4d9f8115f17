//! How long to wait for an acknowledgement: RFC 6298, "Computing TCP's Retransmission Timer".

use core::time::Duration;

/// The clock's granularity, G in the RFC: an event loop sleeps in whole milliseconds.
const GRANULARITY: Duration = Duration::from_millis(1);

/// Bounds of the estimate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// Until there is a measurement.
    pub(super) initial: Duration,
    /// Never shorter.
    pub(super) min: Duration,
    /// Backing off goes no further; a round trip that takes longer still counts.
    pub(super) max: Duration,
}

/// The estimate of one link's round trip, and the timeout that follows.
///
/// A sample belongs to one transmission, since datagrams are numbered and acknowledgements name the datagram that caused them.
/// So no sample is ever ambiguous, which is what Karn's rule asks for (RFC 6298, section 3).
#[derive(Clone, Debug, Default)]
pub(super) struct Rtt {
    /// SRTT and RTTVAR, once there is a sample.
    estimate: Option<(Duration, Duration)>,
    /// How often in a row the timer has rung.
    backoff: u32,
}

impl Rtt {
    /// Takes a measurement (2.2, 2.3), which also ends the back-off.
    #[inline]
    pub(super) fn sample(&mut self, rtt: Duration) {
        self.backoff = 0;
        self.estimate = Some(match self.estimate {
            None => (rtt, rtt / 2),
            Some((smoothed, variation)) => (smoothed * 7 / 8 + rtt / 8, variation * 3 / 4 + smoothed.abs_diff(rtt) / 4),
        });
    }

    /// Whether the timer has rung since the last sample.
    pub(super) fn is_backed_off(&self) -> bool {
        self.backoff > 0
    }

    /// The timer has rung: the next wait is twice as long (5.5).
    pub(super) fn back_off(&mut self) {
        self.backoff = (self.backoff + 1).min(31);
    }

    /// The smoothed round trip, if one has been measured.
    pub(super) fn smoothed(&self) -> Option<Duration> {
        self.estimate.map(|(smoothed, _)| smoothed)
    }

    /// RTO: how long to wait for an acknowledgement that the peer may hold back for `held`.  Measurements are free of that, so
    /// it comes on top.
    #[inline]
    pub(super) fn timeout(&self, bounds: &Bounds, held: Duration) -> Duration {
        let once = match self.estimate {
            None => bounds.initial,
            Some((smoothed, variation)) => smoothed + (variation * 4).max(GRANULARITY),
        };
        let once = once.max(bounds.min) + held;
        once.saturating_mul(1 << self.backoff).min(bounds.max.max(once))
    }

    /// How long after its sending a datagram counts as lost if a later one was acknowledged, but it was not: two deviations
    /// above the mean, so that jitter does not make us send twice what was merely late.
    #[inline]
    pub(super) fn reordering_time(&self, bounds: &Bounds) -> Duration {
        match self.estimate {
            None => bounds.initial,
            Some((smoothed, variation)) => (smoothed * 9 / 8).max(smoothed + variation * 2).max(GRANULARITY),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds { initial: Duration::from_secs(1), min: Duration::ZERO, max: Duration::from_secs(60) };

    fn micros(micros: u64) -> Duration {
        Duration::from_micros(micros)
    }

    #[test]
    fn before_any_sample_it_is_a_second() {
        assert_eq!(Rtt::default().timeout(&BOUNDS, Duration::ZERO), Duration::from_secs(1), "(2.1)");
    }

    #[test]
    fn the_first_sample_gives_three_times_itself() {
        let mut rtt = Rtt::default();
        rtt.sample(micros(100_000));
        assert_eq!(rtt.smoothed(), Some(micros(100_000)), "(2.2) SRTT = R");
        assert_eq!(rtt.timeout(&BOUNDS, Duration::ZERO), micros(100_000 + 4 * 50_000), "(2.2) RTO = SRTT + 4 * R/2");
    }

    #[test]
    fn later_samples_are_weighed_by_an_eighth_and_a_quarter() {
        let mut rtt = Rtt::default();
        let (mut srtt, mut rttvar) = (100_000.0, 50_000.0);
        rtt.sample(micros(100_000));
        for sample in [200_000, 80_000, 80_000, 300_000, 1_000, 120_000] {
            rtt.sample(micros(sample));
            // (2.3), RTTVAR first, with the old SRTT.
            rttvar = 0.75 * rttvar + 0.25 * f64::abs(srtt - sample as f64);
            srtt = 0.875 * srtt + 0.125 * sample as f64;
            let is = rtt.timeout(&BOUNDS, Duration::ZERO).as_secs_f64() * 1e6;
            assert!((is - (srtt + 4.0 * rttvar)).abs() < 0.01, "{is} after {sample}");
        }
    }

    #[test]
    fn the_variation_counts_for_no_less_than_the_clock() {
        let mut rtt = Rtt::default();
        for _ in 0..200 {
            rtt.sample(micros(30));
        }
        assert_eq!(rtt.timeout(&BOUNDS, Duration::ZERO), micros(30) + GRANULARITY, "(2.2) max(G, K * RTTVAR)");
    }

    #[test]
    fn it_doubles_until_a_sample_or_the_bound() {
        let mut rtt = Rtt::default();
        rtt.sample(micros(1_000_000));
        for doubled in [3, 6, 12, 24, 48, 60, 60] {
            assert_eq!(rtt.timeout(&BOUNDS, Duration::ZERO), Duration::from_secs(doubled), "(5.5), (2.5)");
            rtt.back_off();
        }
        for _ in 0..100 {
            rtt.back_off();
        }
        assert_eq!(rtt.timeout(&BOUNDS, Duration::ZERO), Duration::from_secs(60));
        rtt.sample(micros(1_000_000));
        assert!(rtt.timeout(&BOUNDS, Duration::ZERO) < Duration::from_secs(3), "a sample ends the back-off");
    }

    #[test]
    fn the_upper_bound_is_for_backing_off_only() {
        let bounds = Bounds { max: micros(250_000), ..BOUNDS };
        let mut rtt = Rtt::default();
        assert_eq!(rtt.timeout(&bounds, Duration::ZERO), BOUNDS.initial);
        rtt.sample(micros(200_000));
        rtt.back_off();
        assert_eq!(
            rtt.timeout(&bounds, Duration::ZERO),
            micros(600_000),
            "a far peer is not asked before it can have answered"
        );
    }

    #[test]
    fn bounds_and_the_peers_delay_are_added_in_order() {
        let (bounds, held) = (Bounds { min: micros(10_000), ..BOUNDS }, micros(5_000));
        let mut rtt = Rtt::default();
        rtt.sample(micros(30));
        assert_eq!(rtt.timeout(&bounds, held), micros(15_000));
        rtt.back_off();
        assert_eq!(rtt.timeout(&bounds, held), micros(30_000));
    }
}
