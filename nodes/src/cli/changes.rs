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
            .values("  random:1..100  a whole number between these, each as likely")
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
    if let Some((least, most)) = given.value("weights", weights)? {
        topology = topology.random_weights(least, most);
    }
    Ok(topology)
}

fn one(option: &str, text: &str, word: &str) -> Result<(), Failure> {
    if text == word { Ok(()) } else { Err(keyword(option, text, &[word], &format!("write `--{option} {word}`"))) }
}

fn weights(text: &str) -> Result<(u32, u32), Failure> {
    let range = text.strip_prefix("random:").and_then(|range| range.split_once(".."));
    let range = range.and_then(|(least, most)| Some((least.parse().ok()?, most.parse().ok()?)));
    range.filter(|(least, most)| least <= most).ok_or_else(|| {
        Failure::wrong(format!("--weights: `{text}` is no range of whole numbers; write one such as `--weights random:1..100`"))
    })
}
