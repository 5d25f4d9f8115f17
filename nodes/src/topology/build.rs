//! From a specification to a graph.

use super::changes::Weights;
use super::spec::Kind;
use super::{Graph, Link, Topology, TopologyClass, TopologyError, families, random_families, read};

/// A graph, and what happened when it came about.
#[derive(Clone, Debug, PartialEq)]
pub struct Built {
    /// The graph.
    pub graph: Graph,
    /// What the user should know of it, a sentence each: "2 repeated links became one each".
    pub notices: Vec<String>,
    /// The specification, for messages.
    pub spec: String,
}

impl Topology {
    /// Makes the graph.  Nothing but a random family looks at the seed; the same seed gives the same graph on every platform.
    ///
    /// # Errors
    /// If the numbers make no graph, a file cannot be read, or no draw of a random family was connected.
    pub fn build(&self, seed: u64) -> Result<Built, TopologyError> {
        self.check()?;
        self.check_changes()?;
        let mut notices = Vec::new();
        let graph = match &self.0 {
            Kind::Given(graph) => (**graph).clone(),
            Kind::File(path) => {
                let (graph, said) = read::file(path, &self.1)?;
                notices = said;
                graph
            }
            kind => match families::graph(kind) {
                Some(graph) => graph,
                None => {
                    let (graph, draws) = random_families::graph(self, seed)?;
                    match draws {
                        1 => {}
                        2 => notices.push(format!("{self}: redrawn once, until connected")),
                        draws => notices.push(format!("{self}: redrawn {} times, until connected", draws - 1)),
                    }
                    graph
                }
            },
        };
        let graph = match self.1.weights {
            Some(Weights::Random(least, most)) => graph.with_random_weights(least, most, seed),
            Some(weights) => {
                let is_loop = |link: Link| link.a == link.b;
                let why = match graph.is_directed() {
                    true => "has links that lead one way",
                    false if graph.links().any(is_loop) => "has a link from a node to itself",
                    false => return Ok(Built { graph: graph.with_mixing_weights(weights), notices, spec: self.to_string() }),
                };
                let why = format!("--weights: `{weights}` lets neighbours average, and the graph {why}");
                return Err(TopologyError::Spec { spec: self.to_string(), why, example: "ring:8".into() });
            }
            None => graph,
        };
        Ok(Built { graph, notices, spec: self.to_string() })
    }
}

impl Built {
    /// The graph as protocols of class `T` see it.
    ///
    /// # Errors
    /// If it is none of that class.
    pub fn accepted_by<T: TopologyClass>(self) -> Result<Built, TopologyError> {
        self.accepted(T::NAME, T::DEFAULT, T::accept)
    }

    /// The graph as protocols see it whose class has that name, default and [`accept`](TopologyClass::accept).
    ///
    /// # Errors
    /// If it is none of that class.
    pub fn accepted(
        self,
        class: &'static str,
        default: &'static str,
        accept: fn(Graph) -> Result<Graph, String>,
    ) -> Result<Built, TopologyError> {
        let Built { graph, notices, spec } = self;
        let is_one_way = graph.is_directed() && spec.starts_with("file:");
        match accept(graph) {
            Ok(graph) => Ok(Built { graph, notices, spec }),
            Err(why) if is_one_way => {
                let why = format!("{why}; `--both-ways` lets them lead both");
                Err(TopologyError::Class { spec, class, why, example: default })
            }
            Err(why) => Err(TopologyError::Class { spec, class, why, example: default }),
        }
    }
}
