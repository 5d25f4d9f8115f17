//! What becomes of a graph before anything runs on it: parts that are left out, links that are turned into others, weights.

use core::fmt;

use super::spec::Kind;
use super::{Topology, TopologyError};

/// The changes; none by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Changes {
    pub(super) keep_largest: bool,
    pub(super) drop_loops: bool,
    pub(super) both_ways: bool,
    pub(super) weights: Option<Weights>,
}

/// What links weigh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weights {
    /// A whole number from the first to the second, drawn.
    Random(u32, u32),
    /// One over one more than the larger degree of the two ends.
    Metropolis,
    /// One over one more than the largest degree of all.
    Uniform,
}

impl fmt::Display for Weights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Weights::Random(least, most) => write!(f, "random:{least}..{most}"),
            Weights::Metropolis => f.write_str("metropolis"),
            Weights::Uniform => f.write_str("uniform"),
        }
    }
}

impl Topology {
    /// `--keep largest`: of a file's graph that falls apart, its largest part.
    pub fn keep_largest(mut self) -> Self {
        self.1.keep_largest = true;
        self
    }

    /// `--drop loops`: a file's graph without the links from a node to itself.
    pub fn drop_loops(mut self) -> Self {
        self.1.drop_loops = true;
        self
    }

    /// `--both-ways`: the links of a file lead both ways, though it says one way.
    pub fn both_ways(mut self) -> Self {
        self.1.both_ways = true;
        self
    }

    /// `--weights random:LEAST..MOST`: each link has a whole number between these as its weight, by the seed.
    pub fn random_weights(mut self, least: u32, most: u32) -> Self {
        self.1.weights = Some(Weights::Random(least, most));
        self
    }

    /// `--weights metropolis`: each link weighs 1 / (1 + the larger degree of its two ends).  With what is left to 1 as the weight of
    /// each node to itself, these are a doubly stochastic matrix, by which neighbours average [Xiao, Boyd and Lall 2006].
    pub fn metropolis_weights(mut self) -> Self {
        self.1.weights = Some(Weights::Metropolis);
        self
    }

    /// `--weights uniform`: each link weighs 1 / (1 + the largest degree of all), with which the same holds.
    pub fn uniform_weights(mut self) -> Self {
        self.1.weights = Some(Weights::Uniform);
        self
    }

    /// The same graph with the changes that are made to another one, instead of its own.
    pub fn changed_as(mut self, other: &Topology) -> Self {
        self.1 = other.1.clone();
        self
    }

    /// The options that make these changes, as they stand on a command line.
    pub fn changes(&self) -> Vec<(&'static str, Option<String>)> {
        let Changes { keep_largest, drop_loops, both_ways, weights } = &self.1;
        let options = [
            keep_largest.then(|| ("keep", Some("largest".to_owned()))),
            drop_loops.then(|| ("drop", Some("loops".to_owned()))),
            both_ways.then_some(("both-ways", None)),
            weights.map(|weights| ("weights", Some(weights.to_string()))),
        ];
        options.into_iter().flatten().collect()
    }

    /// Whether it is read from a file.
    pub(crate) fn is_file(&self) -> bool {
        matches!(self.0, Kind::File(_))
    }

    /// Whether the changes make sense for this graph.
    pub(super) fn check_changes(&self) -> Result<(), TopologyError> {
        let why = match &self.1 {
            Changes { weights: Some(weights @ Weights::Random(least, most)), .. } if least > most => {
                format!("--weights: `{weights}` is empty")
            }
            Changes { keep_largest: false, drop_loops: false, both_ways: false, .. } => return Ok(()),
            _ if self.is_file() => return Ok(()),
            _ => "--keep, --drop and --both-ways change graphs from files".to_owned(),
        };
        Err(TopologyError::Spec { spec: self.to_string(), why, example: "file:graph.edges".into() })
    }
}
