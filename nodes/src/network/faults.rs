//! What can go wrong on purpose.

mod budget;
mod crash;
mod link_cut;
mod option;
mod partition;
mod recovery;
mod span;
mod turns;

use core::time::Duration;

pub use budget::{Budget, Duplicates};
pub use crash::{Crash, Leaving};
pub(crate) use crash::{draws, over_links};
pub use link_cut::LinkCut;
pub use option::{FaultOption, OptionHelp};
pub use partition::Partition;
pub use recovery::Recovery;
pub use span::Span;

use crate::protocol::Links;
use crate::sorting;
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

/// Links that are cut for some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut<'a> {
    /// Those between groups of nodes.
    Partition(&'a Partition),
    /// Those between two nodes.
    Link(&'a LinkCut),
}

impl Cut<'_> {
    /// Whether what `from` sends to `to` is cut off.
    pub fn separates(self, from: NodeIndex, to: NodeIndex) -> bool {
        match self {
            Cut::Partition(partition) => partition.separates(from.index(), to.index()),
            Cut::Link(link) => link.separates(from.index(), to.index()),
        }
    }

    /// From when until when.
    pub fn during(self) -> Span {
        match self {
            Cut::Partition(partition) => partition.during,
            Cut::Link(link) => link.during,
        }
    }
}

/// What goes wrong on purpose.
///
/// ```
/// # use nodes::prelude::*;
/// use nodes::network::{Crash, Faults, LinkCut, Recovery};
///
/// // Node 1 crashes twice, and what 0 sends to 1 is cut off for a while.
/// let faults = Faults {
///     links_down: vec![LinkCut::one_way(0, 1, millis(2)..millis(9))],
///     crashes: vec![Crash::new(1, millis(5)), "1@20ms+2".parse()?],
///     recoveries: vec![Recovery::new(1, millis(10)), Recovery::new(1, millis(30))],
///     ..Faults::default()
/// };
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Faults {
    /// Each time something is sent over a link: the probability that it is lost.
    pub loss: f64,
    /// The probability that it arrives twice.
    pub duplicate: f64,
    /// The probability that it is held up, so that later ones can overtake it.
    pub reorder: f64,
    /// Groups of nodes whose links to each other are cut; their times may overlap.
    pub partitions: Vec<Partition>,
    /// Links that are cut; their times may overlap, also those of one link.
    pub links_down: Vec<LinkCut>,
    /// Who crashes, and when.
    pub crashes: Vec<Crash>,
    /// Who starts again, and when.  Crashes and recoveries of a node take turns.
    pub recoveries: Vec<Recovery>,
    /// What a crash means for the run.
    pub on_crash: OnCrash,
    /// What may go wrong besides at any time: where something chooses the time, a check or a schedule.  A crash does not end the run then.
    pub budget: Budget,
}

impl From<Budget> for Faults {
    fn from(budget: Budget) -> Self {
        Faults { budget, ..Faults::default() }
    }
}

impl Faults {
    /// All links that are cut: partitions, then single links.
    pub fn cuts(&self) -> impl Iterator<Item = Cut<'_>> {
        self.partitions.iter().map(Cut::Partition).chain(self.links_down.iter().map(Cut::Link))
    }

    /// Whether any link is cut at any time.
    pub fn cut_links(&self) -> bool {
        !self.partitions.is_empty() || !self.links_down.is_empty()
    }

    /// Whether anything goes wrong with messages.
    pub fn touch_messages(&self) -> bool {
        self.loss > 0.0 || self.duplicate > 0.0 || self.reorder > 0.0 || self.cut_links()
    }

    /// If what `from` sends to `to` is cut off at `now`: when every cut of that moment has ended.
    #[inline]
    pub fn cut_until(&self, from: NodeIndex, to: NodeIndex, now: Duration) -> Option<Duration> {
        if !self.cut_links() {
            return None;
        }
        let cuts = self.cuts().filter(|cut| cut.during().contains(now) && cut.separates(from, to));
        cuts.map(|cut| cut.during().until).max()
    }

    /// Whether a node comes back from a crash that ends its life of that number; the first is 0.
    pub fn recovers(&self, node: NodeIndex, incarnation: u32) -> bool {
        self.recoveries.iter().filter(|recovery| recovery.node == node.index()).count() > incarnation as usize
    }

    /// Whether the crash that ends a node's life of that number ends the run.
    pub fn crash_ends_run(&self, node: NodeIndex, incarnation: u32) -> bool {
        self.on_crash == OnCrash::Stop && !self.recovers(node, incarnation) && self.budget.crashes == 0
    }

    /// As they stand on a command line: each option's name, and its value.
    pub fn arguments(&self) -> Vec<(&'static str, String)> {
        let mut arguments = Vec::new();
        for (option, probability) in [("loss", self.loss), ("duplicate", self.duplicate), ("reorder", self.reorder)] {
            if probability > 0.0 {
                arguments.push((option, probability.to_string()));
            }
        }
        arguments.extend(argument(&self.partitions));
        arguments.extend(argument(&self.links_down));
        arguments.extend(argument(&self.crashes));
        arguments.extend(argument(&self.recoveries));
        if self.on_crash == OnCrash::Continue {
            arguments.push(("on-crash", "continue".into()));
        }
        if !self.budget.is_none() {
            arguments.push(("faults", self.budget.to_string()));
        }
        arguments
    }

    /// For an engine that chooses no times: that each fault has one, or a probability.
    pub(crate) fn have_times(&self) -> Result<(), String> {
        if self.budget.is_none() {
            return Ok(());
        }
        Err("--faults says how often faults may happen, and not when: `check` looks at every time, and a schedule (`simulate \
             --schedule FILE`) says when; else plan them, for example by `--crash 1@5ms`"
            .to_owned())
    }

    /// For an engine that looks at every time: that no fault has one, nor a probability.
    pub(crate) fn have_no_times(&self) -> Result<(), String> {
        let timed = Faults { budget: Budget::default(), ..self.clone() };
        match timed.arguments().first() {
            None => Ok(()),
            Some((option, _)) => Err(format!(
                "--{option}: a check looks at every time at which faults may happen, and is told only how often; write for example \
                 `--faults crashes=1,losses=2`"
            )),
        }
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
        let there = |node: usize| if node < nodes { Ok(()) } else { Err(no_node(node, nodes)) };
        check_each(&self.partitions, |partition| partition.check(nodes))?;
        check_distinct(&self.partitions, Partition::in_order)?;
        check_each(&self.links_down, |cut| cut.check(graph))?;
        check_distinct(&self.links_down, LinkCut::in_order)?;
        check_each(&self.crashes, |crash| there(crash.node))?;
        check_each(&self.recoveries, |recovery| there(recovery.node))?;
        turns::check(&self.crashes, &self.recoveries)?;
        self.budget.check(links)
    }
}

/// What an option says, if anything: its name, and its value.
fn argument<T: FaultOption>(faults: &[T]) -> Option<(&'static str, String)> {
    (!faults.is_empty()).then(|| (T::HELP.name, T::write_all(faults)))
}

fn check_each<T: FaultOption>(faults: &[T], check: impl Fn(&T) -> Result<(), String>) -> Result<(), String> {
    faults.iter().try_for_each(check).map_err(|why| format!("--{}: {why}", T::HELP.name))
}

/// That none of them stands twice; what is equal has the same key.
fn check_distinct<T: FaultOption, K: Ord>(faults: &[T], key: impl Fn(&T) -> K) -> Result<(), String> {
    /// So many letters of it tell which it is.
    const SHORT: usize = 60;
    let Some(twice) = sorting::repeated(&faults.iter().map(key).collect::<Vec<_>>()) else { return Ok(()) };
    let (name, text) = (T::HELP.name, faults[twice].to_string());
    let text = if text.len() <= SHORT { text } else { format!("{}..", &text[..SHORT]) };
    Err(format!("--{name}: `{text}` stands twice; write it once"))
}

pub(super) fn no_node(node: usize, nodes: usize) -> String {
    format!("there is no node {node}; the nodes are 0 to {}", nodes.saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;
    use crate::topology::Topology;
    use crate::{millis, secs};

    #[test]
    fn a_cut_begins_at_its_first_moment_and_has_ended_at_its_last() {
        let links_down = vec![LinkCut::new(0, 1, secs(1)..secs(2)), LinkCut::one_way(1, 0, secs(1)..secs(3))];
        let partitions = vec![Partition::new([[2]], secs(4)..secs(5))];
        let faults = Faults { partitions, links_down, ..Faults::default() };
        let until = |from, to, at| faults.cut_until(NodeIndex::new(from), NodeIndex::new(to), millis(at));
        assert_eq!([999, 1000, 1999, 2000].map(|at| until(0, 1, at)), [None, Some(secs(2)), Some(secs(2)), None]);
        assert_eq!([999, 1000, 2999, 3000].map(|at| until(1, 0, at)), [None, Some(secs(3)), Some(secs(3)), None]);
        assert_eq!([until(0, 2, 1500), until(0, 2, 4000), until(2, 1, 4999)], [None, Some(secs(5)), Some(secs(5))]);
    }

    #[test]
    fn a_life_is_followed_by_another_if_a_recovery_is_left_for_it() {
        let recoveries = vec![Recovery::new(1, secs(1)), Recovery::new(1, secs(3)), Recovery::new(2, secs(2))];
        let faults = Faults { recoveries, ..Faults::default() };
        let ends = |node, lives: [u32; 3]| lives.map(|life| faults.crash_ends_run(NodeIndex::new(node), life));
        assert_eq!(ends(0, [0, 1, 2]), [true, true, true]);
        assert_eq!(ends(1, [0, 1, 2]), [false, false, true]);
        assert_eq!(ends(2, [0, 1, 2]), [false, true, true]);
    }

    #[test]
    fn faults_that_do_not_fit_the_graph_or_each_other_are_refused() {
        let path = "path:3".parse::<Topology>().unwrap().build(1).unwrap().graph;
        let wrong = |faults: Faults| faults.check(&path, Links::Fifo).unwrap_err();
        let usual = Faults::default;
        assert!(wrong(Faults { loss: 1.5, ..usual() }).contains("--loss: `1.5`"));
        assert!(wrong(Faults { loss: 1.0, ..usual() }).contains("less than 1"));
        assert!(Faults { loss: 1.0, ..usual() }.check(&path, Links::Lossy).is_ok());
        let nobody = "there is no node 3; the nodes are 0 to 2";
        assert_eq!(wrong(Faults { crashes: vec![Crash::new(3, secs(0))], ..usual() }), format!("--crash: {nobody}"));
        assert_eq!(wrong(Faults { recoveries: vec![Recovery::new(3, secs(0))], ..usual() }), format!("--recover: {nobody}"));
        let crashes = vec![Crash::new(0, secs(1)); 2];
        assert_eq!(wrong(Faults { crashes, ..usual() }), "--crash: node 0 would crash twice at 1s; write it once");
        let links_down = vec![LinkCut::new(0, 2, secs(1)..secs(2))];
        assert!(wrong(Faults { links_down, ..usual() }).starts_with("--link-down: no link joins 0 and 2"));
        let partitions = vec![Partition::new([[0, 1, 2]], secs(1)..secs(2))];
        assert!(wrong(Faults { partitions, ..usual() }).starts_with("--partition: all nodes are on one side"));
    }

    #[test]
    fn the_same_cut_twice_is_refused_and_others_of_the_same_link_are_not() {
        let path = "path:3".parse::<Topology>().unwrap().build(1).unwrap().graph;
        let links_down = |text: &str| Faults { links_down: LinkCut::read_all(text).unwrap(), ..Faults::default() };
        let partitions = |text: &str| Faults { partitions: Partition::read_all(text).unwrap(), ..Faults::default() };
        for (faults, twice) in [
            (links_down("0-1@1s..2s,1-2@1s..2s,1-0@1s..2s"), "--link-down: `1-0@1s..2s` stands twice; write it once"),
            (links_down("0->1@1s..2s,0->1@1000ms..2s"), "--link-down: `0->1@1s..2s` stands twice; write it once"),
            (partitions("0|1,2@1s..2s,2,1|0@1s..2s"), "--partition: `1,2|0@1s..2s` stands twice; write it once"),
        ] {
            assert_eq!(faults.check(&path, Links::Fifo), Err(twice.to_owned()));
        }
        for right in [
            links_down("0-1@1s..2s,0-1@1s..3s,0-1@5s..6s,0->1@1s..2s,1->0@1s..2s,1->2@1s..2s"),
            partitions("0|1,2@1s..2s,0|1,2@2s..3s,0,1|2@1s..2s"),
        ] {
            assert_eq!(right.check(&path, Links::Fifo), Ok(()));
        }
    }

    /// Whatever is planned is read as it is written, alone, among others, and as a value of the document.
    #[test]
    fn faults_are_read_as_they_are_written() {
        fn same<T: FaultOption + serde::Serialize + serde::de::DeserializeOwned + PartialEq + core::fmt::Debug>(
            seed: u64,
            faults: &[T],
        ) {
            for fault in faults {
                assert!(fault.to_string().parse().as_ref() == Ok(fault), "seed {seed}: {fault:?}");
                let json = serde_json::to_value(fault).unwrap();
                assert!(json == fault.to_string(), "seed {seed}: {fault:?}");
                assert_eq!(&serde_json::from_value::<T>(json).unwrap(), fault, "seed {seed}");
            }
            assert!(T::read_all(&T::write_all(faults)).as_deref() == Ok(faults), "seed {seed}: {faults:?}");
        }
        let first = std::env::var("SEED").map_or_else(|_| std::process::id().into(), |seed| seed.parse().unwrap());
        for seed in first..first + 100 {
            let mut random = Random::stream(seed, "test", 0);
            // Of every size that the clock tells.
            let time = |random: &mut Random| Duration::from_nanos(random.below(u64::MAX) >> random.below(64));
            let node = |random: &mut Random| (random.below(1 << 20) >> random.below(20)) as usize;
            let span = |random: &mut Random| time(random)..time(random);
            let several = 1 + random.below(4);
            let crashes = (0..several).map(|_| {
                let crash = Crash::new(node(&mut random), time(&mut random));
                if random.chance(0.5) { crash.leaving(random.below(9) as usize) } else { crash }
            });
            same(seed, &crashes.collect::<Vec<_>>());
            let recoveries = (0..several).map(|_| Recovery::new(node(&mut random), time(&mut random)));
            same(seed, &recoveries.collect::<Vec<_>>());
            let cuts = (0..several).map(|_| {
                let (one, other, during) = (node(&mut random), node(&mut random), span(&mut random));
                if random.chance(0.5) { LinkCut::new(one, other, during) } else { LinkCut::one_way(one, other, during) }
            });
            same(seed, &cuts.collect::<Vec<_>>());
            let partitions = (0..several).map(|_| {
                // Each begins behind the one before: no node stands twice.
                let mut free = 0;
                let mut range = |random: &mut Random| {
                    let first = free + node(random);
                    free = first + 1 + (random.below(15_000) >> random.below(14)) as usize;
                    first..free
                };
                let mut group = |random: &mut Random| range(random).chain(range(random)).collect::<Vec<_>>();
                let groups = (0..1 + random.below(3)).map(|_| group(&mut random)).collect::<Vec<_>>();
                Partition::new(groups, span(&mut random))
            });
            same(seed, &partitions.collect::<Vec<_>>());
        }
    }
}
