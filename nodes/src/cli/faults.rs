//! The options for what goes wrong on purpose, the same for every engine.

use super::command::Given;
use super::failure::Failure;
use super::node_labels::NodeLabels;
use super::option::Opt;
use super::values::keyword;
use crate::network::{Budget, Crash, FaultOption, Faults, LinkCut, OnCrash, Partition, Recovery};

const HEADING: &str = "Faults on purpose, below the links";

/// The options.
pub(super) fn options() -> Vec<Opt> {
    let mut options = vec![
        Opt::valued("loss", "P", "Lose each datagram with this probability", "0.1").usually("0"),
        Opt::valued("duplicate", "P", "Send each datagram twice with this probability", "0.05").usually("0"),
        Opt::valued("reorder", "P", "Hold each datagram back with this probability, so that others overtake it", "0.2")
            .usually("0"),
        Opt::of(Partition::HELP).repeats(),
        Opt::of(LinkCut::HELP).repeats(),
        Opt::of(Crash::HELP).repeats(),
        Opt::of(Recovery::HELP).repeats(),
        Opt::valued("on-crash", "WHAT", "What the crash of a node means for the run", "continue")
            .values("  stop      the run ends there, unless the node is to recover\n  continue  the others go on")
            .usually("stop"),
    ];
    for option in &mut options {
        option.heading = Some(HEADING.into());
    }
    options
}

/// How often faults may happen, where a check or a schedule says when; `more` is what the command adds.
pub(super) fn budget(more: &'static str) -> Opt {
    let mut option = Opt::valued("faults", "BUDGET", "How often faults may happen, each at any time", "crashes=1,losses=2")
        .values(format!(
            "  crashes=1      a node crashes, between two steps or inside one: some of its last messages may not leave\n  \
             recoveries=1   a node that has crashed recovers, with what it had stored\n  losses=2       two messages are lost, \
             on any links\n  duplicates=1   a message arrives twice; any: each message arrives any number of times\n  \
             cuts=1         a link is cut, and whole again{more}"
        ))
        .usually("none but those of lossy links");
    option.heading = Some(HEADING.into());
    option
}

/// Reads what was given.
pub(super) fn read(given: &Given<'_>, labels: &NodeLabels<'_>) -> Result<Faults, Failure> {
    let chance = |name: &str| given.value(name, |text| probability(name, text)).map(Option::unwrap_or_default);
    Ok(Faults {
        loss: chance("loss")?,
        duplicate: chance("duplicate")?,
        reorder: chance("reorder")?,
        partitions: planned(given, labels)?,
        links_down: planned(given, labels)?,
        crashes: planned(given, labels)?,
        recoveries: planned(given, labels)?,
        on_crash: given.value("on-crash", on_crash)?.unwrap_or_default(),
        budget: given
            .value("faults", |text| text.parse::<Budget>().map_err(|why| Failure::wrong(format!("--faults: {why}"))))?
            .unwrap_or_default(),
    })
}

/// All faults of one kind.
fn planned<T: FaultOption>(given: &Given<'_>, labels: &NodeLabels<'_>) -> Result<Vec<T>, Failure> {
    let name = T::HELP.name;
    let read =
        |text: &str| T::read_all(&labels.numbered(name, text)?).map_err(|why| Failure::wrong(format!("--{name}: {why}")));
    given.value(name, read).map(Option::unwrap_or_default)
}

fn probability(option: &str, text: &str) -> Result<f64, Failure> {
    text.trim().parse::<f64>().ok().filter(|chance| (0.0..=1.0).contains(chance)).ok_or_else(|| {
        Failure::wrong(format!(
            "--{option}: `{text}` is not a probability; write a number from 0 to 1 such as `--{option} 0.1`"
        ))
    })
}

fn on_crash(text: &str) -> Result<OnCrash, Failure> {
    match text {
        "stop" => Ok(OnCrash::Stop),
        "continue" => Ok(OnCrash::Continue),
        _ => Err(keyword("on-crash", text, &["stop", "continue"], "write `stop` or `continue`")),
    }
}
