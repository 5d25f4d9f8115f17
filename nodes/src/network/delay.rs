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

/// How long a message takes from one node to the next: `--delay`.  Where links or nodes have rates, it begins when the last bit has left:
/// see [`Bandwidth`](super::Bandwidth).
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
        let unweighted = check_weights("--delay weights", graph, |weight| match weight {
            weight if weight > MOST_UNITS => Some(format!("that is longer than a run can be; write one up to {MOST_UNITS}")),
            weight if weight >= least => None,
            _ => Some("a message takes some time; write one above 0".to_owned()),
        })?;
        Ok(unweighted
            .then(|| format!("--delay weights: no link has a weight other than 1, so each takes {}", duration_text(UNIT))))
    }
}

/// Holds the weights of a graph's links, the extreme ones, against what is `wrong` with a weight.  Whether links have none.
pub(super) fn check_weights(option: &str, graph: &Graph, wrong: impl Fn(f64) -> Option<String>) -> Result<bool, String> {
    for (link, place) in graph.extreme_links().into_iter().flatten() {
        let Some(why) = wrong(link.weight) else { continue };
        let (a, b, weight) = (graph.title(link.a), graph.title(link.b), link.weight);
        let place = place.map_or_else(String::new, |place| format!("{place}: "));
        return Err(format!("{option}: {place}the link from `{a}` to `{b}` has the weight {weight}, and {why}"));
    }
    Ok(!graph.is_weighted() && graph.link_count() > 0)
}

/// Reads the ends of a range of such things.
pub(super) fn read_range<'a>(range: &'a str, things: &str, example: &str) -> Result<(&'a str, &'a str), String> {
    range.split_once("..").ok_or_else(|| format!("`{range}` is not a range of {things}; write `{example}`"))
}

/// Reads a median, which stays text, and the standard deviation of the logarithm.
pub(super) fn read_spread<'a>(text: &'a str, example: &str) -> Result<(&'a str, f64), String> {
    let (median, sigma) =
        text.split_once(',').ok_or_else(|| format!("`{text}` is not a median and a standard deviation; write `{example}`"))?;
    let spread = sigma.trim().parse::<f64>().ok().filter(|sigma| (0.0..=20.0).contains(sigma));
    let spread = spread.ok_or_else(|| format!("`{sigma}` is not a standard deviation from 0 to 20; write `{example}`"))?;
    Ok((median, spread))
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
                let (low, high) = read_range(range, "times", "uniform:1ms..10ms")?;
                let (from, to) = (time(low)?, positive(high)?);
                if from > to {
                    return Err(format!("`{range}` is empty: {low} is longer than {high}; write `uniform:{high}..{low}`"));
                }
                Ok(Delay::Uniform(from, to))
            }
            ("exponential", mean) => Ok(Delay::Exponential(positive(mean)?)),
            ("lognormal", rest) => {
                let (median, spread) = read_spread(rest, "lognormal:5ms,2")?;
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
