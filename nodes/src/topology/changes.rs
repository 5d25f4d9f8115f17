//! What becomes of a graph before anything runs on it: parts that are left out, links that are turned into others, weights.

use super::spec::Kind;
use super::{Topology, TopologyError};

/// The changes; none by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Changes {
    pub(super) keep_largest: bool,
    pub(super) drop_loops: bool,
    pub(super) both_ways: bool,
    /// The least and the largest that is drawn.
    pub(super) weights: Option<(u32, u32)>,
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
        self.1.weights = Some((least, most));
        self
    }

    /// The options that make these changes, as they stand on a command line.
    pub fn changes(&self) -> Vec<(&'static str, Option<String>)> {
        let Changes { keep_largest, drop_loops, both_ways, weights } = &self.1;
        let options = [
            keep_largest.then(|| ("keep", Some("largest".to_owned()))),
            drop_loops.then(|| ("drop", Some("loops".to_owned()))),
            both_ways.then_some(("both-ways", None)),
            weights.map(|(least, most)| ("weights", Some(format!("random:{least}..{most}")))),
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
            Changes { weights: Some((least, most)), .. } if least > most => {
                format!("--weights: `random:{least}..{most}` is empty")
            }
            Changes { keep_largest: false, drop_loops: false, both_ways: false, .. } => return Ok(()),
            _ if self.is_file() => return Ok(()),
            _ => "--keep, --drop and --both-ways change graphs from files".to_owned(),
        };
        Err(TopologyError::Spec { spec: self.to_string(), why, example: "file:graph.edges".into() })
    }
}
