//! How fast links are.

use core::fmt;
use core::str::FromStr;

use super::Rate;
use super::delay::{check_weights, read_range, read_spread};
use crate::random::Random;
use crate::topology::Graph;

/// The rate of a weight of 1, in bits a second.
const OF_WEIGHT: f64 = 1e6;

/// How fast links are: `--bandwidth`.  The law by which each link has its rate, one for the whole run; or each node, see
/// [`Uplink`](super::Uplink).
///
/// A message of L bytes, those that `bytes` counts for it, takes its link for `8 L / rate`, to the next nanosecond.  A link sends one
/// message behind the other, in the order of sending; each of its two ways has a queue of its own, and the same rate.  When the last bit
/// has left, the [delay](super::Delay) begins.  With `free` for when the link has sent what came before:
///
/// ```text
/// left = max(now, free) + 8 L / rate
/// free = left
/// arrival = left + delay
/// ```
///
/// What goes wrong takes its time as well.  What is lost, and what is sent twice, takes the link each time that it is sent.  Where a link
/// sends again what is lost, all these sendings stand in the queue at the place of the first; only what is lost in a cut is sent again,
/// and takes the link again, when the cut is over.  A message is lost in a cut if its last bit leaves while the link is cut; on lossy
/// links, also if it is sent then.  The queue belongs to the network: what a node has sent leaves, even if the node crashes before.  A
/// message of a node to itself takes no link.
///
/// As text, which [`FromStr`] reads: `10Mbit/s`, `uniform:1Mbit/s..10Mbit/s`, `lognormal:10Mbit/s,0.5` or `weights`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bandwidth {
    /// That rate, all of them.
    Equal(Rate),
    /// Each drawn between these, each rate as likely.
    Uniform(Rate, Rate),
    /// Each drawn, log-normally distributed: that median, times e to the power of a normal variable with that standard deviation.
    LogNormal(Rate, f64),
    /// The weight of the link, in Mbit/s.
    Weights,
}

impl Bandwidth {
    /// The rate of each link of that graph in a run of that seed.
    pub fn of_links(&self, graph: &Graph, seed: u64) -> Vec<Rate> {
        let mut random = Random::stream(seed, "bandwidth", 0);
        graph.links().map(|link| self.draw(&mut random, link.weight)).collect()
    }

    /// The rate of something of that weight.
    pub(super) fn draw(&self, random: &mut Random, weight: f64) -> Rate {
        match *self {
            Bandwidth::Equal(rate) => rate,
            Bandwidth::Uniform(low, high) => {
                let (low, high) = (low.bits_per_second(), high.bits_per_second());
                Rate::nearest(random.range(low.min(high)..=high.max(low)) as f64)
            }
            Bandwidth::LogNormal(median, sigma) => {
                Rate::nearest(median.bits_per_second() as f64 * libm::exp(sigma * random.normal()))
            }
            Bandwidth::Weights => Rate::nearest(weight * OF_WEIGHT),
        }
    }

    /// Whether the links of a graph have weights that are rates, where weights are asked for; and what the user should know.
    ///
    /// # Errors
    /// If a link's weight in Mbit/s is no [`Rate`]: which.
    pub fn fits(&self, graph: &Graph) -> Result<Option<String>, String> {
        if *self != Bandwidth::Weights {
            return Ok(None);
        }
        let (least, most) = (0.5 / OF_WEIGHT, Rate::MOST as f64 / OF_WEIGHT);
        let unweighted = check_weights("--bandwidth weights", graph, |weight| match weight {
            weight if weight > most => Some(format!("no link is faster than {most} Mbit/s; write one up to {most}")),
            weight if weight >= least => None,
            _ => Some("a link that carries nothing is none; write one above 0, in Mbit/s".to_owned()),
        })?;
        let each = Rate::nearest(OF_WEIGHT);
        Ok(unweighted.then(|| format!("--bandwidth weights: no link has a weight other than 1, so each carries {each}")))
    }
}

impl From<Rate> for Bandwidth {
    fn from(rate: Rate) -> Self {
        Bandwidth::Equal(rate)
    }
}

impl fmt::Display for Bandwidth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Bandwidth::Equal(rate) => write!(f, "{rate}"),
            Bandwidth::Uniform(low, high) => write!(f, "uniform:{low}..{high}"),
            Bandwidth::LogNormal(median, sigma) => write!(f, "lognormal:{median},{sigma}"),
            Bandwidth::Weights => f.write_str("weights"),
        }
    }
}

impl FromStr for Bandwidth {
    type Err = String;

    /// As [`Display`](fmt::Display) writes it; the error says what is wrong and what would be right.
    fn from_str(text: &str) -> Result<Self, String> {
        const FORMS: &str = "write `10Mbit/s`, `uniform:1Mbit/s..10Mbit/s`, `lognormal:10Mbit/s,0.5` or `weights`";
        match text.split_once(':') {
            None if text == "weights" => Ok(Bandwidth::Weights),
            // A word, and no number: it is meant for a law.
            None if text.starts_with(|first: char| first.is_ascii_alphabetic()) => {
                Err(format!("`{text}` is not a bandwidth; {FORMS}"))
            }
            None => Ok(Bandwidth::Equal(text.parse()?)),
            Some(("uniform", range)) => {
                let (low, high) = read_range(range, "rates", "uniform:1Mbit/s..10Mbit/s")?;
                let (from, to) = (low.parse::<Rate>()?, high.parse()?);
                if from > to {
                    return Err(format!("`{range}` is empty: {low} is more than {high}; write `uniform:{high}..{low}`"));
                }
                Ok(Bandwidth::Uniform(from, to))
            }
            Some(("lognormal", rest)) => {
                let (median, sigma) = read_spread(rest, "lognormal:10Mbit/s,0.5")?;
                Ok(Bandwidth::LogNormal(median.parse()?, sigma))
            }
            Some(_) => Err(format!("`{text}` is not a bandwidth; {FORMS}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::GraphBuilder;

    fn rate(text: &str) -> Rate {
        text.parse().expect("a rate")
    }

    fn path(weights: [f64; 2]) -> Graph {
        let mut builder = GraphBuilder::new(3);
        builder.weighted_link(0, 1, weights[0]).weighted_link(1, 2, weights[1]);
        builder.build()
    }

    #[test]
    fn bandwidths_are_read_as_they_are_printed() {
        for bandwidth in [
            Bandwidth::Equal(rate("10Mbit/s")),
            Bandwidth::Weights,
            Bandwidth::Uniform(rate("1.5Mbit/s"), rate("10Gbit/s")),
            Bandwidth::LogNormal(rate("10Mbit/s"), 0.5),
        ] {
            assert_eq!(bandwidth.to_string().parse(), Ok(bandwidth));
        }
    }

    #[test]
    fn what_is_no_bandwidth_is_refused_with_an_example() {
        for (wrong, hint) in [
            ("fast", "uniform:1Mbit/s..10Mbit/s"),
            ("weights:3", "or `weights`"),
            ("10", "has no unit"),
            ("0Mbit/s", "less than 1bit/s"),
            ("uniform:", "is not a range of rates"),
            ("uniform:1Mbit/s..x", "`x` is not a rate"),
            ("uniform:10Mbit/s..1Mbit/s", "write `uniform:1Mbit/s..10Mbit/s`"),
            ("lognormal:10Mbit/s", "lognormal:10Mbit/s,0.5"),
            ("lognormal:10Mbit/s,-1", "from 0 to 20"),
            ("exponential:10Mbit/s", "is not a bandwidth"),
        ] {
            let error = wrong.parse::<Bandwidth>().unwrap_err();
            assert!(error.contains(hint), "{wrong}: {error}");
        }
    }

    #[test]
    fn each_link_has_a_rate_by_the_law_and_the_seed() {
        let graph = path([2.5, 1e6]);
        assert_eq!(Bandwidth::Weights.of_links(&graph, 1), [rate("2.5Mbit/s"), rate("1000Gbit/s")]);
        assert_eq!(Bandwidth::from(rate("1kbit/s")).of_links(&graph, 1), [rate("1kbit/s"); 2]);
        let ring = "ring:1000".parse::<crate::topology::Topology>().unwrap().build(1).unwrap().graph;
        let uniform = Bandwidth::Uniform(rate("1Mbit/s"), rate("9Mbit/s"));
        let drawn = uniform.of_links(&ring, 7);
        assert_eq!(drawn, uniform.of_links(&ring, 7));
        assert_ne!(drawn, uniform.of_links(&ring, 8));
        assert!(drawn.iter().all(|drawn| (rate("1Mbit/s")..=rate("9Mbit/s")).contains(drawn)));
        let mean = drawn.iter().map(|rate| rate.bits_per_second() as f64).sum::<f64>() / 1e3;
        // Of 1000 rates, the mean deviates by 8 / sqrt(12 * 1000) = 0.073 Mbit/s.
        assert!((mean - 5e6).abs() < 0.4e6, "{mean}");
        let mut drawn = Bandwidth::LogNormal(rate("10Mbit/s"), 0.5).of_links(&ring, 7);
        drawn.sort_unstable();
        let (median, within) = (drawn[500], drawn[160]..drawn[840]);
        assert!((rate("9Mbit/s")..rate("11Mbit/s")).contains(&median), "{median}");
        // e^0.5 above and below.
        assert!(within.start < rate("7Mbit/s") && within.end > rate("14.5Mbit/s"), "{within:?}");
    }

    #[test]
    fn weights_are_rates_or_refused() {
        assert_eq!(Bandwidth::Weights.fits(&path([2.0, 0.5])), Ok(None));
        assert_eq!(Bandwidth::Equal(rate("1bit/s")).fits(&path([-2.0, 0.0])), Ok(None));
        let said = Bandwidth::Weights.fits(&path([1.0, 1.0])).unwrap().expect("a notice");
        assert_eq!(said, "--bandwidth weights: no link has a weight other than 1, so each carries 1Mbit/s");
        for wrong in [-1.5, 0.0, 1e-9, 1e15, f64::NAN, f64::INFINITY] {
            let error = Bandwidth::Weights.fits(&path([2.0, wrong])).unwrap_err();
            let link = format!("--bandwidth weights: the link from `1` to `2` has the weight {wrong}, and ");
            assert!(error.starts_with(&link), "{error}");
        }
    }
}
