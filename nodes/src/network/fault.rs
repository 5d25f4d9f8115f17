//! What can go wrong on purpose.

use core::fmt;
use core::time::Duration;
use std::collections::BTreeSet;

use super::Crash;
use crate::protocol::Links;
use crate::time::duration_text;
use crate::topology::{Graph, NodeIndex};

/// What happens to a run when a node crashes: `--on-crash`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnCrash {
    /// The run ends there, unless the node is planned to recover.
    #[default]
    Stop,
    /// The others go on.
    Continue,
}

/// Which links are cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Separation {
    /// All between nodes of different groups; nodes that are in none form one more.
    Groups(Vec<BTreeSet<usize>>),
    /// All between these two.
    Link(usize, usize),
}

impl Separation {
    /// Whether links between these two are cut.
    pub fn separates(&self, a: NodeIndex, b: NodeIndex) -> bool {
        match self {
            Separation::Groups(groups) => {
                let group = |node: NodeIndex| groups.iter().position(|group| group.contains(&node.index()));
                group(a) != group(b)
            }
            Separation::Link(one, other) => {
                let ends = (a.index(), b.index());
                ends == (*one, *other) || ends == (*other, *one)
            }
        }
    }

    fn nodes(&self) -> Box<dyn Iterator<Item = usize> + '_> {
        match self {
            Separation::Groups(groups) => Box::new(groups.iter().flatten().copied()),
            Separation::Link(a, b) => Box::new([*a, *b].into_iter()),
        }
    }
}

/// Links that are cut for some time: `--partition`, `--link-down`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Which.
    pub what: Separation,
    /// From then on.
    pub from: Duration,
    /// No longer then.
    pub until: Duration,
}

fn join(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(",")
}

impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.what {
            Separation::Groups(groups) => {
                let groups = groups.iter().map(|group| join(group.iter().map(ToString::to_string)));
                f.write_str(&groups.collect::<Vec<_>>().join("|"))?;
            }
            Separation::Link(a, b) => write!(f, "{a}-{b}")?,
        }
        write!(f, "@{}..{}", duration_text(self.from), duration_text(self.until))
    }
}

/// What goes wrong on purpose.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Faults {
    /// Each time something is sent over a link: the probability that it is lost.
    pub loss: f64,
    /// The probability that it arrives twice.
    pub duplicate: f64,
    /// The probability that it is held up, so that later ones can overtake it.
    pub reorder: f64,
    /// Links that are cut.
    pub cuts: Vec<Cut>,
    /// Who crashes, and when.
    pub crashes: Vec<Crash>,
    /// Who starts again, and when.
    pub recoveries: Vec<(usize, Duration)>,
    /// What a crash means for the run.
    pub on_crash: OnCrash,
}

impl Faults {
    /// Whether anything goes wrong with messages.
    pub fn touch_messages(&self) -> bool {
        self.loss > 0.0 || self.duplicate > 0.0 || self.reorder > 0.0 || !self.cuts.is_empty()
    }

    /// When every cut link between these two is whole again, if one is cut at `now`.
    pub fn cut_until(&self, a: NodeIndex, b: NodeIndex, now: Duration) -> Option<Duration> {
        let cuts = self.cuts.iter().filter(|cut| cut.from <= now && now < cut.until && cut.what.separates(a, b));
        cuts.map(|cut| cut.until).max()
    }

    /// Whether the crash of a node at that time ends the run.
    pub fn crash_ends_run(&self, node: NodeIndex, at: Duration) -> bool {
        let recovers = self.recoveries.iter().any(|(other, when)| *other == node.index() && *when >= at);
        self.on_crash == OnCrash::Stop && !recovers
    }

    /// As they stand on a command line: each option's name, and its value.
    pub fn arguments(&self) -> Vec<(&'static str, String)> {
        let mut arguments = Vec::new();
        for (option, probability) in [("loss", self.loss), ("duplicate", self.duplicate), ("reorder", self.reorder)] {
            if probability > 0.0 {
                arguments.push((option, probability.to_string()));
            }
        }
        let (links, partitions): (Vec<_>, Vec<_>) = self.cuts.iter().partition(|cut| matches!(cut.what, Separation::Link(..)));
        arguments.extend(partitions.iter().map(|cut| ("partition", cut.to_string())));
        let moments =
            |moments: &[(usize, Duration)]| join(moments.iter().map(|(node, at)| format!("{node}@{}", duration_text(*at))));
        let listed = [
            ("link-down", join(links.iter().map(ToString::to_string))),
            ("crash", join(self.crashes.iter().map(ToString::to_string))),
            ("recover", moments(&self.recoveries)),
        ];
        arguments.extend(listed.into_iter().filter(|(_, text)| !text.is_empty()));
        if self.on_crash == OnCrash::Continue {
            arguments.push(("on-crash", "continue".into()));
        }
        arguments
    }

    /// Holds them against a graph and what its links promise; the error says which option is wrong and what would be right.
    pub fn check(&self, graph: &Graph, links: Links) -> Result<(), String> {
        let nodes = graph.node_count();
        for (option, probability) in [("loss", self.loss), ("duplicate", self.duplicate), ("reorder", self.reorder)] {
            if !(0.0..=1.0).contains(&probability) {
                return Err(format!("--{option}: `{probability}` is not a probability; write a number from 0 to 1"));
            }
        }
        if self.loss == 1.0 && links != Links::Lossy {
            return Err("--loss: if everything is lost, nothing can be sent again until it arrives; write less than 1".into());
        }
        let there = |option: &str, node: usize| {
            if node < nodes {
                Ok(())
            } else {
                Err(format!("--{option}: there is no node {node}; the nodes are 0 to {}", nodes.saturating_sub(1)))
            }
        };
        for crash in &self.crashes {
            there("crash", crash.node)?;
        }
        for (node, at) in &self.recoveries {
            there("recover", *node)?;
            if !self.crashes.iter().any(|crash| crash.node == *node && crash.at < *at) {
                return Err(format!(
                    "--recover: node {node} has not crashed before; add `--crash {node}@..` with an earlier time"
                ));
            }
        }
        for cut in &self.cuts {
            let option = if matches!(cut.what, Separation::Link(..)) { "link-down" } else { "partition" };
            cut.what.nodes().try_for_each(|node| there(option, node))?;
            if let Separation::Link(a, b) = cut.what {
                linked(graph, a, b)?;
            }
            if cut.until <= cut.from {
                return Err(format!("--{option}: it would end before it begins; write the earlier time first, `@1s..2s`"));
            }
            if let Separation::Groups(groups) = &cut.what {
                let mut seen = BTreeSet::new();
                if let Some(twice) = groups.iter().flatten().find(|node| !seen.insert(**node)) {
                    return Err(format!("--partition: node {twice} stands twice; a node is on one side"));
                }
            }
        }
        Ok(())
    }
}

/// That there is a link between these nodes of the graph.
fn linked(graph: &Graph, a: usize, b: usize) -> Result<(), String> {
    let neighbours = |node| graph.ends(NodeIndex::new(node)).map(|end| end.neighbour.index()).collect::<BTreeSet<_>>();
    let (of_a, of_b) = (neighbours(a), neighbours(b));
    if of_a.contains(&b) || of_b.contains(&a) {
        return Ok(());
    }
    let mut some = of_a.iter().take(8).map(ToString::to_string).collect::<Vec<_>>();
    some.extend((of_a.len() > 8).then(|| "..".to_owned()));
    Err(format!("--link-down: no link joins {a} and {b}; node {a} has links to {}", some.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secs(from: u64, until: u64, what: Separation) -> Cut {
        Cut { what, from: Duration::from_secs(from), until: Duration::from_secs(until) }
    }

    #[test]
    fn a_partition_cuts_between_its_sides_and_from_the_rest() {
        let sides = Separation::Groups(vec![BTreeSet::from([0, 1]), BTreeSet::from([2])]);
        let node = NodeIndex::new;
        assert!(!sides.separates(node(0), node(1)));
        assert!(sides.separates(node(0), node(2)));
        assert!(sides.separates(node(2), node(3)));
        assert!(!sides.separates(node(3), node(4)));
    }

    #[test]
    fn a_cut_begins_at_its_first_moment_and_has_ended_at_its_last() {
        let faults =
            Faults { cuts: vec![secs(1, 2, Separation::Link(0, 1)), secs(1, 3, Separation::Link(1, 0))], ..Faults::default() };
        let at = |millis| faults.cut_until(NodeIndex::new(0), NodeIndex::new(1), Duration::from_millis(millis));
        assert_eq!(at(999), None);
        assert_eq!(at(1000), Some(Duration::from_secs(3)));
        assert_eq!(at(2999), Some(Duration::from_secs(3)));
        assert_eq!(at(3000), None);
        assert_eq!(faults.cut_until(NodeIndex::new(0), NodeIndex::new(2), Duration::from_millis(1500)), None);
    }

    #[test]
    fn faults_that_do_not_fit_the_graph_are_refused() {
        let path = "path:3".parse::<crate::topology::Topology>().unwrap().build(1).unwrap().graph;
        let wrong = |faults: Faults| faults.check(&path, Links::Fifo).unwrap_err();
        assert!(wrong(Faults { loss: 1.5, ..Faults::default() }).contains("--loss: `1.5`"));
        assert!(wrong(Faults { loss: 1.0, ..Faults::default() }).contains("less than 1"));
        assert!(Faults { loss: 1.0, ..Faults::default() }.check(&path, Links::Lossy).is_ok());
        assert!(
            wrong(Faults { crashes: vec![Crash::new(3, Duration::ZERO)], ..Faults::default() }).contains("there is no node 3")
        );
        assert!(wrong(Faults { recoveries: vec![(1, Duration::ZERO)], ..Faults::default() }).contains("has not crashed"));
        assert!(
            wrong(Faults { cuts: vec![secs(2, 1, Separation::Link(0, 1))], ..Faults::default() }).contains("before it begins")
        );
        let absent = |a, b| wrong(Faults { cuts: vec![secs(1, 2, Separation::Link(a, b))], ..Faults::default() });
        assert_eq!(absent(0, 2), "--link-down: no link joins 0 and 2; node 0 has links to 1");
        assert!(absent(1, 1).contains("node 1 has links to 0, 2"));
        let twice = Separation::Groups(vec![BTreeSet::from([0, 1]), BTreeSet::from([1])]);
        assert!(wrong(Faults { cuts: vec![secs(1, 2, twice)], ..Faults::default() }).contains("node 1 stands twice"));
    }
}
