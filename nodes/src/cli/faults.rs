//! The options for what goes wrong on purpose, the same for every engine.

use core::ops::Range;
use core::time::Duration;
use std::collections::BTreeSet;

use super::command::Given;
use super::failure::Failure;
use super::node_labels::NodeLabels;
use super::option::Opt;
use super::values::{duration, keyword};
use crate::network::{Crash, Cut, Faults, OnCrash, Separation};

const HEADING: &str = "Faults on purpose, below the links";

/// The options.
pub(super) fn options() -> Vec<Opt> {
    let mut options = vec![
        Opt::valued("loss", "P", "Lose each datagram with this probability", "0.1").usually("0"),
        Opt::valued("duplicate", "P", "Send each datagram twice with this probability", "0.05").usually("0"),
        Opt::valued("reorder", "P", "Hold each datagram back with this probability, so that others overtake it", "0.2")
            .usually("0"),
        Opt::valued("partition", "CUT", "Cut all links between groups of nodes for some time", "'0-3|4-7@1s..2s'")
            .values("  0-3|4-7@1s..2s   groups of nodes, from when until when; nodes in no group form one more"),
        Opt::valued("link-down", "CUT", "Cut the links between two nodes for some time", "0-1@1s..2s")
            .values("  0-1@1s..2s           two nodes, from when until when\n  0-1@1s..2s,2-3@0..1s   several"),
        Opt::valued("crash", "WHO", "Crash nodes, each in the first step that it begins from then on", "3@500ms").values(
            "  3@500ms        node 3, half a second after the start; of the messages of that step some leave, by the seed\n  \
             3@500ms+2      of that step, the first two messages leave, one for each link\n  \
             3@500ms,5@1s   several",
        ),
        Opt::valued("recover", "WHO", "Start nodes again that have crashed; they know what they had stored", "3@2s")
            .values("  3@2s       node 3, two seconds after the start\n  3@2s,5@3s  several"),
        Opt::valued("on-crash", "WHAT", "What the crash of a node means for the run", "continue")
            .values("  stop      the run ends there, unless the node is to recover\n  continue  the others go on")
            .usually("stop"),
    ];
    for option in &mut options {
        option.heading = Some(HEADING.into());
    }
    options
}

/// Reads what was given.
pub(super) fn read(given: &Given<'_>, labels: &NodeLabels<'_>) -> Result<Faults, Failure> {
    let chance = |name: &str| given.value(name, |text| probability(name, text)).map(Option::unwrap_or_default);
    let mut cuts = given
        .value("partition", |text| partition(&labels.numbered("partition", text)?, labels))?
        .into_iter()
        .collect::<Vec<_>>();
    cuts.extend(given.value("link-down", |text| link_down(&labels.numbered("link-down", text)?))?.unwrap_or_default());
    Ok(Faults {
        loss: chance("loss")?,
        duplicate: chance("duplicate")?,
        reorder: chance("reorder")?,
        cuts,
        crashes: given.value("crash", |text| crashes(&labels.numbered("crash", text)?))?.unwrap_or_default(),
        recoveries: given.value("recover", |text| moments("recover", &labels.numbered("recover", text)?))?.unwrap_or_default(),
        on_crash: given.value("on-crash", on_crash)?.unwrap_or_default(),
    })
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

/// `0-3|4-7@1s..2s`.
fn partition(text: &str, labels: &NodeLabels<'_>) -> Result<Cut, Failure> {
    const EXAMPLE: &str = "write groups of nodes and a time such as `--partition '0-3|4-7@1s..2s'`";
    let (groups, time) = timed("partition", text, EXAMPLE)?;
    let groups = groups.split('|').map(|group| {
        let mut nodes = BTreeSet::new();
        for part in group.split(',').map(str::trim) {
            let range = labels.range("partition", part)?;
            nodes.extend(range.ok_or_else(|| Failure::wrong(format!("--partition: `{part}` is not a node; {EXAMPLE}")))?);
        }
        Ok(nodes)
    });
    Ok(Cut { what: Separation::Groups(groups.collect::<Result<_, Failure>>()?), from: time.start, until: time.end })
}

/// `0-1@1s..2s`, several with commas.
fn link_down(text: &str) -> Result<Vec<Cut>, Failure> {
    const EXAMPLE: &str = "write two nodes and a time such as `--link-down 0-1@1s..2s`";
    let cut = |item: &str| {
        let (ends, time) = timed("link-down", item, EXAMPLE)?;
        let ends = ends.split_once('-').and_then(|(a, b)| Some((a.trim().parse().ok()?, b.trim().parse().ok()?)));
        let (a, b) = ends.ok_or_else(|| Failure::wrong(format!("--link-down: `{item}` names no two nodes; {EXAMPLE}")))?;
        Ok(Cut { what: Separation::Link(a, b), from: time.start, until: time.end })
    };
    text.split(',').map(|item| cut(item.trim())).collect()
}

/// What stands before the `@`, and the time behind it.
fn timed<'a>(option: &str, text: &'a str, example: &str) -> Result<(&'a str, Range<Duration>), Failure> {
    let wrong = || Failure::wrong(format!("--{option}: `{text}` does not say from when until when; {example}"));
    let (what, time) = text.split_once('@').ok_or_else(wrong)?;
    let (from, until) = time.split_once("..").ok_or_else(wrong)?;
    Ok((what, duration(option, from)?..duration(option, until)?))
}

/// `3@500ms`, `3@500ms+2`, several with commas.
fn crashes(text: &str) -> Result<Vec<Crash>, Failure> {
    let crash = |item: &str| item.trim().parse().map_err(|wrong| Failure::wrong(format!("--crash: {wrong}")));
    text.split(',').map(crash).collect()
}

/// `3@500ms`, several with commas.
pub(super) fn moments(option: &str, text: &str) -> Result<Vec<(usize, Duration)>, Failure> {
    let moment = |item: &str| {
        let wrong =
            || Failure::wrong(format!("--{option}: `{item}` is not a node and a time; write one such as `--{option} 3@500ms`"));
        let (node, at) = item.split_once('@').ok_or_else(wrong)?;
        Ok((node.trim().parse().map_err(|_| wrong())?, duration(option, at)?))
    };
    text.split(',').map(|item| moment(item.trim())).collect()
}
