//! How fast nodes send.

use core::fmt;
use core::str::FromStr;

use super::faults::no_node;
use super::{Bandwidth, Rate};
use crate::random::Random;
use crate::sorting;

/// How fast nodes send: `--uplink`.
///
/// All that a node sends, over whichever link, passes one queue first, in the order of sending, and takes it for `8 L / rate`, as
/// [`Bandwidth`] has it of a link.  If its link has a rate too, the message waits for the link when its last bit has passed the uplink:
/// two queues, one behind the other, of which the slower decides.  What a link sends again passes the uplink again, but for what was lost
/// in a cut: that waits beyond the uplink.  What a node has sent leaves, even if the node crashes before.  What it receives
/// passes no queue of its own.
///
/// As text, which [`FromStr`] reads: `20Mbit/s`, or any law of [`Bandwidth`] but weights; then single nodes, `20Mbit/s,3@1Mbit/s`, or only
/// those, `0@20Mbit/s`: the others send as fast as they like.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Uplink {
    /// The law of all nodes but those; `None` if they have no limit.
    pub usual: Option<Bandwidth>,
    /// Nodes, each once, with their rates.
    pub nodes: Vec<(usize, Rate)>,
}

impl Uplink {
    /// The rate of each node of that many in a run of that seed; `None` if it has no limit.
    pub fn of_nodes(&self, nodes: usize, seed: u64) -> Vec<Option<Rate>> {
        let mut random = Random::stream(seed, "uplink", 0);
        let mut rates = (0..nodes).map(|_| self.usual.as_ref().map(|law| law.draw(&mut random, 1.0))).collect::<Vec<_>>();
        for (node, rate) in &self.nodes {
            if let Some(place) = rates.get_mut(*node) {
                *place = Some(*rate);
            }
        }
        rates
    }

    /// Whether each node that it names is one of a graph of that size.
    ///
    /// # Errors
    /// If it asks for weights, or for a node that is not there, or twice for one.
    pub fn fits(&self, nodes: usize) -> Result<(), String> {
        if self.usual == Some(Bandwidth::Weights) {
            return Err("--uplink weights: links have weights, and nodes have none; write a rate such as `20Mbit/s`".to_owned());
        }
        if let Some((node, _)) = self.nodes.iter().find(|(node, _)| *node >= nodes) {
            return Err(format!("--uplink: {}", no_node(*node, nodes)));
        }
        let named = self.nodes.iter().map(|(node, _)| *node).collect::<Vec<_>>();
        match sorting::repeated(&named) {
            Some(twice) => Err(format!("--uplink: node {} has two rates; write one", named[twice])),
            None => Ok(()),
        }
    }

    /// The same for a graph of some of these nodes: `now` is the number that a node has there.
    pub(crate) fn moved(&self, now: impl Fn(usize) -> Option<usize>) -> Self {
        let nodes = self.nodes.iter().filter_map(|(node, rate)| Some((now(*node)?, *rate)));
        Uplink { usual: self.usual, nodes: nodes.collect() }
    }
}

impl From<Rate> for Uplink {
    fn from(rate: Rate) -> Self {
        Uplink { usual: Some(rate.into()), nodes: Vec::new() }
    }
}

impl fmt::Display for Uplink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let usual = self.usual.iter().map(ToString::to_string);
        let nodes = self.nodes.iter().map(|(node, rate)| format!("{node}@{rate}"));
        f.write_str(&usual.chain(nodes).collect::<Vec<_>>().join(","))
    }
}

impl FromStr for Uplink {
    type Err = String;

    /// As [`Display`](fmt::Display) writes it; the error says what is wrong and what would be right.
    fn from_str(text: &str) -> Result<Self, String> {
        // A law may have a comma itself: it ends before the first node.
        let first = text.find('@').map_or(text.len(), |at| text[..at].rfind(',').map_or(0, |comma| comma + 1));
        let (law, nodes) = text.split_at(first);
        let usual = match law.strip_suffix(',').filter(|_| !nodes.is_empty()) {
            None if law.is_empty() && !nodes.is_empty() => None,
            law_of_others => Some(law_of_others.unwrap_or(law).trim().parse()?),
        };
        let read = |item: &str| {
            let wrong = || format!("`{item}` is not a node and a rate; write one such as `3@1Mbit/s`");
            let (node, rate) = item.split_once('@').ok_or_else(wrong)?;
            Ok::<_, String>((node.trim().parse().map_err(|_| wrong())?, rate.parse()?))
        };
        let items = nodes.split(',').filter(|_| !nodes.is_empty());
        Ok(Uplink { usual, nodes: items.map(|item| read(item.trim())).collect::<Result<_, _>>()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(text: &str) -> Rate {
        text.parse().expect("a rate")
    }

    #[test]
    fn uplinks_are_read_as_they_are_printed() {
        for text in [
            "20Mbit/s",
            "0@20Mbit/s",
            "20Mbit/s,3@1Mbit/s",
            "lognormal:10Mbit/s,0.5,3@1Mbit/s,0@2.5kbit/s",
            "uniform:1Mbit/s..2Mbit/s,1@1Gbit/s",
            "lognormal:10Mbit/s,0.5",
        ] {
            assert_eq!(text.parse::<Uplink>().map(|uplink| uplink.to_string()), Ok(text.to_owned()));
        }
        assert_eq!("20Mbit/s".parse(), Ok(Uplink::from(rate("20Mbit/s"))));
    }

    #[test]
    fn what_is_no_uplink_is_refused_with_an_example() {
        for (wrong, hint) in [
            ("", "is not a rate"),
            ("fast", "uniform:1Mbit/s..10Mbit/s"),
            ("3@", "`` is not a rate"),
            ("x@1Mbit/s", "such as `3@1Mbit/s`"),
            ("-1@1Mbit/s", "such as `3@1Mbit/s`"),
            ("20Mbit/s,3@1Mbit/s,1Mbit/s", "`1Mbit/s` is not a node and a rate"),
            ("3@0bit/s", "less than 1bit/s"),
            ("20Mbit/s,", "is not a rate"),
            (",3@1Mbit/s", "is not a rate"),
        ] {
            let error = wrong.parse::<Uplink>().unwrap_err();
            assert!(error.contains(hint), "{wrong}: {error}");
        }
        let wrong = |text: &str| text.parse::<Uplink>().unwrap().fits(3).unwrap_err();
        assert!(wrong("weights").contains("nodes have none"));
        assert_eq!(wrong("3@1Mbit/s"), "--uplink: there is no node 3; the nodes are 0 to 2");
        assert_eq!(wrong("1@1Mbit/s,1@2Mbit/s"), "--uplink: node 1 has two rates; write one");
    }

    #[test]
    fn nodes_have_their_own_rates_or_those_of_the_law() {
        let of = |text: &str| text.parse::<Uplink>().unwrap().of_nodes(3, 5);
        assert_eq!(of("1@2Mbit/s"), [None, Some(rate("2Mbit/s")), None]);
        let (drawn, changed) = (of("uniform:1Mbit/s..2Mbit/s"), of("uniform:1Mbit/s..2Mbit/s,0@9bit/s"));
        assert_eq!((changed[0], &changed[1..]), (Some(rate("9bit/s")), &drawn[1..]));
        let moved = "1Mbit/s,2@5bit/s,0@7bit/s".parse::<Uplink>().unwrap().moved(|node| node.checked_sub(1));
        assert_eq!(moved.to_string(), "1Mbit/s,1@5bit/s");
    }
}
