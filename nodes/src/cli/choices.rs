//! The options that every engine's command takes: what a run starts from.

use core::time::Duration;

use super::changes;
use super::command::Given;
use super::failure::Failure;
use super::faults;
use super::node_labels::NodeLabels;
use super::option::Opt;
use super::output::Use;
use super::values;
use crate::execution::{AnyRun, Initiators, InputChoice};
use crate::protocol::{AnyProtocol, Flag};

/// What was chosen.
#[derive(Clone, Debug)]
pub(super) struct Choices {
    /// The run, but for the flags of the protocol's configuration.
    run: AnyRun,
    /// Those that are given, with their values as text.
    flags: Vec<(String, String)>,
}

/// The options; what holds without `--timeout` and without `--delay` depends on the engine.
pub(super) fn options(timeout: &str, delay: &str) -> Vec<Opt> {
    let mut options = vec![
        Opt::valued("topology", "SPEC", "The graph that the nodes stand on", "ring:20")
            .short('t')
            .values(super::topology::specs_as_text())
            .uses(Use::ReadsBehindFile)
            .usually("what the protocol is made for"),
    ];
    options.extend(changes::options());
    options.extend([
        Opt::valued("ids", "IDS", "Who is who", "3,1,4,0,2")
            .values(
                "  sequential  node i has id i\n  shuffled    the same ids in a random order\n  3,1,4,0,2   node i has the i-th; \
                 distinct",
            )
            .usually("sequential"),
        Opt::valued("ports", "ORDER", "In which order a node numbers its links", "shuffled")
            .values(
                "  ordered      by neighbour\n  shuffled     at random, at each node: a protocol that relies on an orientation shows \
                 it\n  1,0/0,1,2/0  which of those by neighbour comes first, second, ..",
            )
            .usually("ordered"),
        Opt::valued("initiators", "NODES", "Which nodes start on their own", "0,4")
            .short('i')
            .values(
                "  one            node 0\n  all            every node\n  random:3       so many, drawn at random\n  0,4            \
                 these; 0-3 means 0,1,2,3\n  @Rome          the node of that label in a file\n  0@0s,4@200ms   these, each at \
                 its time; 4@1s,4@2s wakes node 4 twice",
            )
            .usually("all for protocols that need all, else one"),
        Opt::valued("wake", "HOW", "How the initiators' starts lie to each other", "random")
            .values("  together  all start before any message is delivered\n  random    each at a random moment")
            .usually("together"),
        Opt::valued("inputs", "VALUES", "What each node is given, if the protocol takes an input", "3,1,4")
            .values(
                "  3,1,4            node i gets the i-th\n  random:0..100    drawn for each node, from 0 to 99\n  random:red,blue  \
                 drawn from these\n  random           drawn from all values, of `bool` and enums\n  file:PATH        one for each \
                 node, by lines, blanks or commas",
            )
            .usually("by index")
            .uses(Use::ReadsBehindFile)
            .dashes(),
        Opt::valued("seed", "N", "The number that everything random follows from", "7")
            .short('s')
            .usually("random, and shown with the result"),
        Opt::valued("links", "LINKS", "Other links than the protocol declares", "reliable")
            .values(
                "  fifo      every message arrives once, in the order of sending on its link\n  reliable  every message arrives \
                 once, in any order\n  lossy     messages may be lost, duplicated and reordered",
            )
            .usually("as declared"),
        Opt::valued("timeout", "TIME", "The run has failed if it has not ended by then", "5s")
            .values("  A simulated run has two clocks, its own and that on the wall, and has failed when one of them says so.")
            .usually(timeout),
        Opt::valued("for", "TIME", "The run shall end then", "2s").usually("when nothing is left to do"),
        Opt::valued("delay", "DELAY", "How long each message takes on its way", "uniform:1ms..10ms").values(
            "  unit               one unit: 1 ms\n  uniform:1ms..10ms  between these, each as likely\n  exponential:5ms    \
             with that mean\n  lognormal:5ms,2    few take very long: median, and deviation of the logarithm\n  weights            \
             the link's weight, in units",
        )
        .usually(delay),
    ]);
    options.extend(faults::options());
    options
}

/// The options of what only simulated networks have: rates.
pub(super) fn rates() -> [Opt; 2] {
    [
        Opt::valued("bandwidth", "RATE", "How fast each link sends, one message behind the other, before their delays", "10Mbit/s")
            .values(
                "  10Mbit/s                   all: in bit/s, kbit/s, Mbit/s or Gbit/s\n  uniform:1Mbit/s..10Mbit/s  each between these\n  \
                 lognormal:10Mbit/s,0.5     median, and deviation of the logarithm\n  weights                    the link's weight, in \
                 Mbit/s\nA message takes the link for as long as its bytes need, each way by itself.",
            )
            .usually("no limit"),
        Opt::valued("uplink", "RATE", "How fast each node sends, over all its links together", "20Mbit/s")
            .values(
                "  20Mbit/s            all of them, or by a law, as for --bandwidth\n  20Mbit/s,3@1Mbit/s  node 3 has its own\n  \
                 0@20Mbit/s          only node 0 has a limit\nIts messages wait in one queue, then for their links.",
            )
            .usually("no limit"),
    ]
}

impl Choices {
    /// Reads what was given for a protocol.
    pub(super) fn read(given: &Given<'_>, protocol: &AnyProtocol) -> Result<Self, Failure> {
        let timeout = given.value("timeout", |text| values::duration("timeout", text))?;
        let stop_after = given.value("for", |text| values::duration("for", text))?;
        for (name, time) in [("timeout", timeout), ("for", stop_after)] {
            if time == Some(Duration::ZERO) {
                return Err(Failure::wrong(format!("--{name}: a run of no time is none; write a time such as `--{name} 2s`")));
            }
        }
        if let (Some(timeout), Some(end)) = (timeout, stop_after)
            && timeout <= end
        {
            let text = crate::execution::duration_text;
            return Err(Failure::wrong(format!(
                "--timeout {} contradicts --for {}: the run would fail before its end; leave out one, or write `--for {} --timeout {}`",
                text(timeout),
                text(end),
                text(end),
                text(end.saturating_mul(2).max(Duration::from_secs(1)))
            )));
        }
        let mut run = AnyRun::of(protocol);
        if let Some(topology) = given.value("topology", super::topology::parse)? {
            run = run.topology(topology);
        }
        let topology = run.topology.as_ref().ok().cloned().map(|topology| changes::read(given, topology)).transpose()?;
        let labels = NodeLabels::of(topology.as_ref());
        run.ids = given.value("ids", values::ids)?.unwrap_or_default();
        run.ports = given.value("ports", values::ports)?.unwrap_or_default();
        run.initiators = given
            .value("initiators", |text| values::initiators(&labels.numbered("initiators", text)?, &labels))?
            .unwrap_or_default();
        run.wake = given.value("wake", values::wake)?;
        run.inputs = given.value("inputs", |text| text.parse::<InputChoice>().map_err(Failure::from))?.unwrap_or_default();
        run.seed = given.value("seed", values::seed)?;
        run.links = given.value("links", values::links)?;
        (run.timeout, run.stop_after) = (timeout, stop_after);
        run.delay = given.value("delay", |text| text.parse().map_err(|why| Failure::wrong(format!("--delay: {why}"))))?;
        let rate = |name: &str, why| Failure::wrong(format!("--{name}: {why}"));
        run.bandwidth = given.value("bandwidth", |text| text.parse().map_err(|why: String| rate("bandwidth", why)))?;
        run.uplink = given
            .value("uplink", |text| labels.numbered("uplink", text)?.parse().map_err(|why: String| rate("uplink", why)))?;
        run.faults = faults::read(given, &labels)?;
        if let Some(topology) = topology {
            run = run.topology(topology);
        }
        let flag = |flag: &Flag| given.text(&flag.name).map(|value| (flag.name.clone().into_owned(), value.to_owned()));
        Ok(Choices { run, flags: protocol.description().flags.iter().filter_map(flag).collect() })
    }

    /// The protocol that is to run.
    pub(super) fn protocol(&self) -> &AnyProtocol {
        self.run.protocol()
    }

    /// Who is woken.
    pub(super) fn initiators(&self) -> &Initiators {
        &self.run.initiators
    }

    /// With other initiators.
    pub(super) fn with_initiators(mut self, initiators: Initiators) -> Self {
        self.run.initiators = initiators;
        self
    }

    /// The value of a flag of the protocol's configuration, as it is given, or else by default.
    pub(super) fn flag(&self, name: &str) -> Option<String> {
        let given = self.flags.iter().find(|(flag, _)| *flag == name);
        given.map(|(_, value)| value.clone()).or_else(|| self.protocol().config().get(name))
    }

    /// The run that was chosen.
    pub(super) fn run(&self) -> Result<AnyRun, Failure> {
        let mut config = self.protocol().config();
        for (flag, value) in &self.flags {
            config.set(flag, value).map_err(|why| {
                let default = self.protocol().config().get(flag).unwrap_or_default();
                Failure::wrong(format!("{why}; write for example `--{flag} {default}`"))
            })?;
        }
        Ok(self.run.clone().config(config))
    }
}
