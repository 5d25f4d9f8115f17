//! How long messages take.

use core::fmt;
use core::str::FromStr;
use core::time::Duration;

use crate::time::{duration_text, read_duration};
use crate::topology::Graph;

/// One unit of virtual time: what a message takes under [`Delay::Unit`].
pub const UNIT: Duration = Duration::from_millis(1);

/// A weight that is a time has at most so many units.
const MOST_UNITS: f64 = 1e9;

/// How long a message takes from one node to the next: `--delay`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Delay {
    /// One unit, every message: the time that the literature counts ("ideal time").
    #[default]
    Unit,
    /// Between these two, each as likely.
    Uniform(Duration, Duration),
    /// Exponentially distributed, with that mean: whichever message is under way is as likely to arrive next as any other.
    Exponential(Duration),
    /// Log-normally distributed: that median, times e to the power of a normal variable with that standard deviation.  Few
    /// messages take very long, as on real networks.
    LogNormal(Duration, f64),
    /// The weight of the link, in units.
    Weights,
}

impl Delay {
    /// Whether the links of a graph have weights that are times, where weights are asked for; and what the user should know.
    ///
    /// # Errors
    /// If a link's weight is no time, one below a nanosecond, or more than 10^9 units (11 days): which.
    pub fn fits(&self, graph: &Graph) -> Result<Option<String>, String> {
        if *self != Delay::Weights {
            return Ok(None);
        }
        let least = 0.5 / UNIT.as_nanos() as f64;
        for (link, place) in graph.extreme_links().into_iter().flatten() {
            let why = match link.weight {
                weight if weight > MOST_UNITS => format!("that is longer than a run can be; write one up to {MOST_UNITS}"),
                weight if weight >= least => continue,
                _ => "a message takes some time; write one above 0".to_owned(),
            };
            let (a, b, weight) = (graph.title(link.a), graph.title(link.b), link.weight);
            let place = place.map_or_else(String::new, |place| format!("{place}: "));
            return Err(format!("--delay weights: {place}the link from `{a}` to `{b}` has the weight {weight}, and {why}"));
        }
        let unweighted = !graph.is_weighted() && graph.link_count() > 0;
        Ok(unweighted
            .then(|| format!("--delay weights: no link has a weight other than 1, so each takes {}", duration_text(UNIT))))
    }
}

impl fmt::Display for Delay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Delay::Unit => f.write_str("unit"),
            Delay::Uniform(low, high) => write!(f, "uniform:{}..{}", duration_text(*low), duration_text(*high)),
            Delay::Exponential(mean) => write!(f, "exponential:{}", duration_text(*mean)),
            Delay::LogNormal(median, sigma) => write!(f, "lognormal:{},{sigma}", duration_text(*median)),
            Delay::Weights => f.write_str("weights"),
        }
    }
}

impl FromStr for Delay {
    type Err = String;

    /// As [`Display`](fmt::Display) writes it; the error says what is wrong and what would be right.
    fn from_str(text: &str) -> Result<Self, String> {
        const FORMS: &str = "write `unit`, `uniform:1ms..10ms`, `exponential:5ms`, `lognormal:5ms,2` or `weights`";
        let time = |text: &str| read_duration(text).map_err(|why| format!("`{text}` {why}; write one such as `500ms` or `2s`"));
        let positive = |text: &str| match time(text)? {
            Duration::ZERO => Err(format!("`{text}`: a message takes some time; write one such as `5ms`")),
            time => Ok(time),
        };
        let (name, rest) = text.split_once(':').unwrap_or((text, ""));
        match (name, rest) {
            ("unit", "") => Ok(Delay::Unit),
            ("weights", "") => Ok(Delay::Weights),
            ("uniform", range) => {
                let (low, high) = range
                    .split_once("..")
                    .ok_or_else(|| format!("`{range}` is not a range of times; write `uniform:1ms..10ms`"))?;
                let (from, to) = (time(low)?, positive(high)?);
                if from > to {
                    return Err(format!("`{range}` is empty: {low} is longer than {high}; write `uniform:{high}..{low}`"));
                }
                Ok(Delay::Uniform(from, to))
            }
            ("exponential", mean) => Ok(Delay::Exponential(positive(mean)?)),
            ("lognormal", rest) => {
                let (median, sigma) = rest
                    .split_once(',')
                    .ok_or_else(|| format!("`{rest}` is not a median and a standard deviation; write `lognormal:5ms,2`"))?;
                let spread = sigma.trim().parse::<f64>().ok().filter(|sigma| (0.0..=20.0).contains(sigma));
                let spread = spread
                    .ok_or_else(|| format!("`{sigma}` is not a standard deviation from 0 to 20; write `lognormal:5ms,2`"))?;
                Ok(Delay::LogNormal(positive(median)?, spread))
            }
            _ => Err(format!("`{text}` is not a delay; {FORMS}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_are_read_as_they_are_printed() {
        let ms = Duration::from_millis;
        for delay in [
            Delay::Unit,
            Delay::Weights,
            Delay::Uniform(ms(1), ms(10)),
            Delay::Uniform(Duration::ZERO, Duration::from_nanos(1500)),
            Delay::Exponential(ms(5)),
            Delay::LogNormal(ms(5), 2.5),
        ] {
            assert_eq!(delay.to_string().parse(), Ok(delay));
        }
    }

    #[test]
    fn weights_are_times_or_refused() {
        let path = |weights: [f64; 2]| {
            let mut builder = crate::topology::GraphBuilder::new(3);
            builder.weighted_link(0, 1, weights[0]).weighted_link(1, 2, weights[1]);
            builder.build()
        };
        assert_eq!(Delay::Weights.fits(&path([2.0, 0.5])), Ok(None));
        assert_eq!(Delay::Unit.fits(&path([-2.0, 0.0])), Ok(None));
        let said = Delay::Weights.fits(&path([1.0, 1.0])).unwrap().expect("a notice");
        assert_eq!(said, "--delay weights: no link has a weight other than 1, so each takes 1ms");
        for wrong in [-1.5, 0.0, 1e-9, 1e15, f64::NAN, -f64::NAN, f64::INFINITY] {
            let error = Delay::Weights.fits(&path([2.0, wrong])).unwrap_err();
            assert!(error.contains(&format!("the link from `1` to `2` has the weight {wrong}, ")), "{error}");
        }
    }

    #[test]
    fn what_is_no_delay_is_refused_with_an_example() {
        for (wrong, hint) in [
            ("units", "uniform:1ms..10ms"),
            ("unit:3", "write `unit`"),
            ("uniform", "uniform:1ms..10ms"),
            ("uniform:10ms..1ms", "write `uniform:1ms..10ms`"),
            ("uniform:1..2", "such as `500ms`"),
            ("uniform:0..0", "takes some time"),
            ("exponential:0s", "takes some time"),
            ("exponential:5", "such as `500ms`"),
            ("lognormal:5ms", "lognormal:5ms,2"),
            ("lognormal:5ms,-1", "from 0 to 20"),
            ("lognormal:5ms,nan", "from 0 to 20"),
            ("uniform:1ms..5200000h", "longer than 584 years"),
            ("exponential:5200000h", "longer than 584 years"),
        ] {
            let error = wrong.parse::<Delay>().unwrap_err();
            assert!(error.contains(hint), "{wrong}: {error}");
        }
    }
}
