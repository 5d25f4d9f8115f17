//! Which instances there are: each has a number, and follows from it.

use core::ops::Range;

use serde_json::{Value, json};

use super::{Instances, Meter, Sizes, Tally};
use crate::check::{Check, Checked, GraphCount, Lessons, Progress, Reach, check_run};
use crate::execution::{AnyRun, EngineKind, IdChoice, Initiators, InputChoice, PortOrder, Prepared, RunError};
use crate::protocol::{AnyProtocol, InitiatorRule};
use crate::shell::quoted;
use crate::sorting;
use crate::topology::{
    EveryGraph, Graph, MOST_NODES, NodeIndex, Topology, nth_order, nth_order_of_ports, nth_set, orders, orders_of_ports, sets,
};

/// The most instances that are looked at one after the other: what was found on them is written down together.
const GROUP: u64 = 64;

/// All instances, in their order: by graph, then by the order of ports, of ids, by inputs, by initiators.
pub(crate) struct Plan {
    /// What is the same in all of them.
    run: AnyRun,
    every: Instances,
    /// Those that the protocol takes.
    graphs: Vec<Shape>,
    /// By graph, the number of its first instance, and of its first group; then how many there are.
    first: Vec<u64>,
    first_group: Vec<u64>,
    count: GraphCount,
    /// The run's own graph, if there is no other.
    given: Option<Graph>,
}

/// A graph, in little memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Shape {
    nodes: usize,
    edges: usize,
    /// Which of [`EveryGraph`], if it is one of them; else it is the run's.
    number: Option<u32>,
}

impl Plan {
    /// The instances of a run.
    ///
    /// # Errors
    /// If the protocol does not take such instances, or they are more than can be counted.
    pub(crate) fn of(run: &AnyRun, every: &Instances) -> Result<Self, RunError> {
        let mut run = run.clone();
        run.seed.get_or_insert(1);
        every.fit(&run)?;
        let (mut graphs, mut first, mut first_group, mut left_out, mut given) = (Vec::new(), vec![0_u64], vec![0], 0, None);
        let mut add = |shape: Shape, graph: &Graph| -> Result<(), RunError> {
            let next = every.count(&run, graph).and_then(|count| first[graphs.len()].checked_add(count));
            let before = first[graphs.len()];
            let next = next.ok_or_else(too_many)?;
            let alike = every.initiators_of(&run, shape.nodes).unwrap_or(1);
            first_group.push(first_group[graphs.len()] + (next - before) / alike * alike.div_ceil(GROUP));
            first.push(next);
            graphs.push(shape);
            Ok(())
        };
        match &every.graphs {
            Some(Sizes(sizes)) => {
                for nodes in sizes.clone() {
                    let mut numbers = EveryGraph::named(nodes).numbers().collect::<Vec<_>>();
                    sorting::by_key(&mut numbers, |number| number.count_ones());
                    for number in numbers {
                        let shape = Shape { nodes, edges: number.count_ones() as usize, number: Some(number) };
                        match run.description.topology.accept(EveryGraph::graph(nodes, number)) {
                            Ok(graph) => add(shape, &graph)?,
                            Err(_) => left_out += 1,
                        }
                    }
                }
            }
            None => {
                let graph = run.prepare()?.instance.graph().clone();
                add(Shape { nodes: graph.node_count(), edges: graph.link_count(), number: None }, &graph)?;
                given = Some(graph);
            }
        }
        let count = GraphCount { total: graphs.len() as u64 + left_out, left_out };
        if graphs.is_empty() {
            let (class, name) = (&run.description.topology.name, &run.description.name);
            return Err(RunError::refused(format!(
                "--every-graph: {name} is declared for topology {class}, and none of the {left_out} graphs is one; try another \
                 number of nodes"
            )));
        }
        let plan = Plan { run, every: every.clone(), graphs, first, first_group, count, given };
        // An option that does not fit graphs of some size is refused before anything is checked.
        let mut nodes = 0;
        for place in 0..plan.graphs.len() {
            if core::mem::replace(&mut nodes, plan.graphs[place].nodes) != plan.graphs[place].nodes {
                plan.run(plan.first[place]).prepare()?;
            }
        }
        Ok(plan)
    }

    /// How many there are.
    pub(crate) fn len(&self) -> u64 {
        self.first[self.graphs.len()]
    }

    /// On how many graphs, and how many are none of the protocol's.
    #[cfg(feature = "cli")]
    pub(crate) fn graphs(&self) -> GraphCount {
        self.count
    }

    pub(super) fn protocol(&self) -> &AnyProtocol {
        self.run.protocol()
    }

    /// The protocol's name.
    pub(crate) fn name(&self) -> String {
        self.run.description.snake_name()
    }

    /// The place of an instance's graph.
    fn place(&self, number: u64) -> usize {
        self.first.partition_point(|first| *first <= number) - 1
    }

    /// How many groups there are: of instances one after the other, at most [`GROUP`], that differ only in their initiators.
    pub(super) fn groups(&self) -> u64 {
        self.first_group[self.graphs.len()]
    }

    /// How many instances of a graph differ only in their initiators, and in how many groups they are.
    fn alike(&self, place: usize) -> (u64, u64) {
        let alike = self.every.initiators_of(&self.run, self.graphs[place].nodes).unwrap_or(1);
        (alike, alike.div_ceil(GROUP))
    }

    /// The instances of a group.
    pub(super) fn group(&self, number: u64) -> Range<u64> {
        let place = self.first_group.partition_point(|first| *first <= number) - 1;
        let (alike, groups) = self.alike(place);
        let of_graph = number - self.first_group[place];
        let begin = of_graph % groups * GROUP;
        let first = self.first[place] + of_graph / groups * alike;
        first + begin..first + alike.min(begin + GROUP)
    }

    /// The group of an instance.
    pub(super) fn group_of(&self, number: u64) -> u64 {
        let place = self.place(number);
        let (alike, groups) = self.alike(place);
        let of_graph = number - self.first[place];
        self.first_group[place] + of_graph / alike * groups + of_graph % alike / GROUP
    }

    /// The groups on graphs with as many nodes and links.
    pub(super) fn groups_like(&self, group: u64) -> Range<u64> {
        let place = self.first_group.partition_point(|first| *first <= group) - 1;
        let size = |shape: &Shape| (shape.nodes, shape.edges);
        let wanted = size(&self.graphs[place]);
        let begin = self.graphs.partition_point(|shape| size(shape) < wanted);
        let end = self.graphs.partition_point(|shape| size(shape) <= wanted);
        self.first_group[begin]..self.first_group[end]
    }

    /// Which of the groups it is that differ only in their initiators.
    pub(super) fn part_of(&self, group: u64) -> u64 {
        let place = self.first_group.partition_point(|first| *first <= group) - 1;
        (group - self.first_group[place]) % self.alike(place).1
    }

    /// What varies.
    pub(super) fn every(&self) -> &Instances {
        &self.every
    }

    /// The nodes that begin, in their order, if they vary.
    pub(super) fn beginning(&self, number: u64) -> Option<Vec<NodeIndex>> {
        if !self.every.initiators {
            return None;
        }
        let place = self.place(number);
        let nodes = self.graphs[place].nodes;
        let set = (number - self.first[place]) % self.every.initiators_of(&self.run, nodes)?;
        Some(match self.run.description.initiators {
            InitiatorRule::Any => nth_set(nodes, set).into_iter().map(NodeIndex::new).collect(),
            InitiatorRule::One => vec![NodeIndex::new(set as usize)],
            InitiatorRule::All => (0..nodes).map(NodeIndex::new).collect(),
        })
    }

    /// Whether an instance is the first of its graph.
    pub(super) fn begins_a_graph(&self, number: u64) -> bool {
        self.first[self.place(number)] == number
    }

    /// An instance.
    pub(super) fn run(&self, number: u64) -> AnyRun {
        let Plan { run, every, graphs, first, given, .. } = self;
        let place = self.place(number);
        let Shape { nodes, number: of_graphs, .. } = graphs[place];
        let mut rest = number - first[place];
        let mut next = |of: u64| {
            let digit = rest % of;
            rest /= of;
            digit
        };
        let mut run = run.clone();
        if let Some(number) = of_graphs {
            let links = EveryGraph::links(nodes, number);
            // A node alone has no links to be named.
            run.topology = Ok(if links.is_empty() { Topology::complete(nodes) } else { Topology::links(links) });
        }
        if every.initiators {
            let set = next(every.initiators_of(&run, nodes).unwrap_or(1));
            run.initiators = match run.description.initiators {
                InitiatorRule::Any => Initiators::Given(nth_set(nodes, set).into_iter().map(|node| (node, None)).collect()),
                InitiatorRule::One => Initiators::Given(vec![(set as usize, None)]),
                InitiatorRule::All => Initiators::All,
            };
        }
        if let Some(inputs) = &every.inputs {
            let of_node = |_| inputs[next(inputs.len() as u64) as usize].clone();
            run.inputs = InputChoice::Given((0..nodes).map(of_node).collect());
        }
        if every.ids {
            let order = nth_order(nodes, next(orders(nodes).unwrap_or(1))).0;
            run.ids = IdChoice::Given(order.into_iter().map(u64::from).collect());
        }
        if every.ports {
            let graph = match of_graphs {
                Some(number) => run.description.topology.accept(EveryGraph::graph(nodes, number)).ok(),
                None => given.clone(),
            };
            run.ports = match graph {
                // The first order is that by neighbour.
                Some(graph) if rest > 0 => PortOrder::Given(nth_order_of_ports(&graph, rest)),
                _ => PortOrder::Ordered,
            };
        }
        run
    }

    /// What was found, with its schedules.
    ///
    /// # Errors
    /// If an instance cannot be checked again.
    pub(super) fn checked(&self, tally: &Tally, reach: Reach, meter: &Meter<'_>) -> Result<Checked, RunError> {
        let prepared = self.run(0).prepare()?;
        let mut checked = Checked::nothing_yet(&prepared);
        let largest = self.graphs.iter().max_by_key(|shape| (shape.nodes, shape.edges)).copied();
        let largest = largest.unwrap_or(self.graphs[0]);
        (checked.nodes, checked.edges) = (largest.nodes, largest.edges);
        if let Some(sizes) = &self.every.graphs {
            checked.topology = format!("every graph of {sizes} nodes");
        }
        checked.graphs = self.count;
        self.tell(&prepared, &mut checked);
        checked.note_options(reach);
        tally.tell(self, &mut checked, reach.ended_by(), &mut |number| {
            let run = self.run(number);
            let mut ask = |progress: &Progress| meter.ask(progress);
            check_run(&run, Check::within(reach).watch(&mut ask), true, &mut Lessons::new(false))
        })?;
        Ok(checked)
    }

    /// The options, and the command that repeats the check.
    fn tell(&self, prepared: &Prepared, checked: &mut Checked) {
        let varied = self.every.options();
        let mut arguments = prepared.arguments_of(EngineKind::Checker);
        for (name, ..) in &varied {
            let given = if *name == "every-graph" { "--topology".to_owned() } else { format!("--{name}") };
            if let Some(place) = arguments.iter().position(|argument| *argument == given) {
                arguments.drain(place..place + 2);
            }
        }
        let before = varied.iter().flat_map(|(name, text, _)| [format!("--{name}"), quoted(text)]);
        let arguments = before.chain(arguments).collect::<Vec<_>>();
        checked.replay = prepared.repeatable.then(|| format!("check {} {}", self.name(), arguments.join(" ")));
        for (name, _, value) in varied {
            checked.options.insert(name.to_owned(), value);
        }
    }
}

impl Instances {
    /// Whether the protocol can be checked so.
    fn fit(&self, run: &AnyRun) -> Result<(), RunError> {
        let name = &run.description.name;
        let refused = |why: String| Err(RunError::refused(why));
        if let Some(sizes) = &self.graphs
            && (sizes.0.is_empty() || *sizes.0.start() == 0 || *sizes.0.end() > MOST_NODES)
        {
            return refused(format!(
                "--every-graph: all graphs of {sizes} nodes cannot be gone through, only of 1 to {MOST_NODES}; write for example \
                 `--every-graph 5` or `--every-graph 3..5`"
            ));
        }
        if self.ids && run.description.anonymous {
            return refused(format!("--ids all: nodes of {name} have no ids, so all orders are the same; leave it out"));
        }
        match &self.inputs {
            Some(_) if !run.description.has_input => {
                refused(format!("--inputs: nodes of {name} take no input; it would be declared as `#[protocol(input = u64)]`"))
            }
            Some(inputs) if inputs.is_empty() => refused("--inputs every: no values; write for example `every:0,1`".to_owned()),
            _ => Ok(()),
        }
    }

    /// How many instances there are on a graph.
    fn count(&self, run: &AnyRun, graph: &Graph) -> Option<u64> {
        let nodes = graph.node_count();
        let ports = if self.ports { orders_of_ports(graph)? } else { 1 };
        let ids = if self.ids { orders(nodes)? } else { 1 };
        let inputs = match &self.inputs {
            Some(inputs) => (inputs.len() as u64).checked_pow(u32::try_from(nodes).ok()?)?,
            None => 1,
        };
        ports.checked_mul(ids)?.checked_mul(inputs)?.checked_mul(self.initiators_of(run, nodes)?)
    }

    fn initiators_of(&self, run: &AnyRun, nodes: usize) -> Option<u64> {
        match run.description.initiators {
            _ if !self.initiators => Some(1),
            InitiatorRule::Any => sets(nodes),
            InitiatorRule::One => Some(nodes as u64),
            InitiatorRule::All => Some(1),
        }
    }

    /// The options that vary something, as a command line and the document have them.
    pub(crate) fn options(&self) -> Vec<(&'static str, String, Value)> {
        let mut options = Vec::new();
        let mut tell = |name, text: String| options.push((name, text.clone(), json!(text)));
        if let Some(Sizes(sizes)) = &self.graphs {
            let (least, most) = (sizes.start(), sizes.end());
            tell("every-graph", if least == most { least.to_string() } else { format!("{least}..{most}") });
        }
        if self.ids {
            tell("ids", "all".to_owned());
        }
        if self.ports {
            tell("ports", "all".to_owned());
        }
        if self.initiators {
            tell("initiators", "every".to_owned());
        }
        if let Some(inputs) = &self.inputs {
            tell("inputs", format!("every:{}", inputs.join(",")));
        }
        options
    }
}

fn too_many() -> RunError {
    RunError::refused("these are more instances than can be counted; vary less, or on smaller graphs")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::instances::idle;
    use crate::run::Run;

    #[test]
    fn instances_of_a_group_follow_each_other_and_differ_only_in_their_initiators() {
        let graph = |nodes: usize| AnyRun::from(Run::<idle::Idle>::on(format!("complete:{nodes}").as_str()));
        for (run, every, groups) in [
            // 1, 1, 4 and 38 graphs, each with all its sets.
            (graph(2), Instances::new().every_graph(1..=4).every_initiators(), 44),
            // 255 sets.
            (graph(8), Instances::new().every_initiators(), 4),
            (graph(3), Instances::new().every_ids().every_initiators(), 6),
            (graph(3), Instances::new().every_ids(), 6),
        ] {
            let plan = Plan::of(&run, &every).unwrap();
            let mut next = 0;
            for group in 0..plan.groups() {
                let numbers = plan.group(group);
                assert_eq!(numbers.start, next);
                next = numbers.end;
                let but_for_initiators = |number: u64| {
                    let AnyRun { topology, ids, ports, .. } = plan.run(number);
                    (topology.unwrap().to_string(), format!("{ids:?} {ports:?}"))
                };
                for number in numbers.clone() {
                    assert_eq!(plan.group_of(number), group);
                    assert_eq!(but_for_initiators(number), but_for_initiators(numbers.start));
                }
            }
            assert_eq!((next, plan.groups()), (plan.len(), groups));
        }
    }
}
