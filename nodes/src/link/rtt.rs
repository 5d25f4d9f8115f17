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
    /// Never longer, however often it is backed off.
    pub(super) max: Duration,
    /// How long the peer may hold back an acknowledgement.  Measurements are free of it, so it comes on top.
    pub(super) peer_delay: Duration,
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
    pub(super) fn sample(&mut self, rtt: Duration) {
        self.backoff = 0;
        self.estimate = Some(match self.estimate {
            None => (rtt, rtt / 2),
            Some((smoothed, variation)) => (smoothed * 7 / 8 + rtt / 8, variation * 3 / 4 + smoothed.abs_diff(rtt) / 4),
        });
    }

    /// The timer has rung: the next wait is twice as long (5.5).
    pub(super) fn back_off(&mut self) {
        self.backoff = (self.backoff + 1).min(31);
    }

    /// The smoothed round trip, if one has been measured.
    pub(super) fn smoothed(&self) -> Option<Duration> {
        self.estimate.map(|(smoothed, _)| smoothed)
    }

    /// RTO: how long to wait for an acknowledgement.
    pub(super) fn timeout(&self, bounds: &Bounds) -> Duration {
        let once = match self.estimate {
            None => bounds.initial,
            Some((smoothed, variation)) => smoothed + (variation * 4).max(GRANULARITY),
        };
        (once.max(bounds.min) + bounds.peer_delay).saturating_mul(1 << self.backoff).min(bounds.max)
    }

    /// How long after its sending a datagram counts as lost if a later one was acknowledged, but it was not: two deviations
    /// above the mean, so that jitter does not make us send twice what was merely late.
    pub(super) fn reordering_time(&self, bounds: &Bounds) -> Duration {
        match self.estimate {
            None => bounds.initial,
            Some((smoothed, variation)) => (smoothed * 9 / 8).max(smoothed + variation * 2).max(GRANULARITY),
        }
    }
}
