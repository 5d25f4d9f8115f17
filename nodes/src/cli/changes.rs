//! The options that change a graph before anything runs on it, the same for every command.

use super::command::Given;
use super::failure::Failure;
use super::option::Opt;
use super::values::keyword;
use crate::topology::Topology;

/// The options.
pub(super) fn options() -> Vec<Opt> {
    vec![
        Opt::valued("keep", "PART", "Of a file's graph that falls apart, keep a part", "largest")
            .values("  largest  the part of most nodes"),
        Opt::valued("drop", "WHAT", "Leave out what a graph from a file may not have", "loops")
            .values("  loops  links from a node to itself"),
        Opt::switch("both-ways", "Let the links of a file lead both ways, though it says one way"),
        Opt::valued("weights", "WEIGHTS", "Give each link a weight", "random:1..100")
            .values(
                "  random:1..100  a whole number between these, each as likely\n  \
                   metropolis     1 / (1 + the larger degree of its two ends), by which neighbours average\n  \
                   uniform        1 / (1 + the largest degree of all), likewise",
            )
            .usually("as the file says, else 1"),
    ]
}

/// A topology, and what was given.
pub(super) fn read(given: &Given<'_>, mut topology: Topology) -> Result<Topology, Failure> {
    if given.value("keep", |text| one("keep", text, "largest"))?.is_some() {
        topology = topology.keep_largest();
    }
    if given.value("drop", |text| one("drop", text, "loops"))?.is_some() {
        topology = topology.drop_loops();
    }
    if given.is_set("both-ways") {
        topology = topology.both_ways();
    }
    if let Some(weighed) = given.value("weights", |text| weights(text, topology.clone()))? {
        topology = weighed;
    }
    Ok(topology)
}

fn one(option: &str, text: &str, word: &str) -> Result<(), Failure> {
    if text == word { Ok(()) } else { Err(keyword(option, text, &[word], &format!("write `--{option} {word}`"))) }
}

fn weights(text: &str, topology: Topology) -> Result<Topology, Failure> {
    match text {
        "metropolis" => return Ok(topology.metropolis_weights()),
        "uniform" => return Ok(topology.uniform_weights()),
        _ => {}
    }
    let Some(range) = text.strip_prefix("random:") else {
        let instead = "write `--weights metropolis`, `--weights uniform`, or `--weights random:1..100`";
        return Err(keyword("weights", text, &["metropolis", "uniform", "random:1..100"], instead));
    };
    let range = range.split_once("..").and_then(|(least, most)| Some((least.parse().ok()?, most.parse().ok()?)));
    let (least, most) = range.filter(|(least, most)| least <= most).ok_or_else(|| {
        Failure::wrong(format!("--weights: `{text}` is no range of whole numbers; write one such as `--weights random:1..100`"))
    })?;
    Ok(topology.random_weights(least, most))
}
