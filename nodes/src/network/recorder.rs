//! What a run chose, taken down while it goes on.

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};

use super::{Choice, Fate, Faults, Happening, Observer, Passage, Sent};
use crate::protocol::WorldView;
use crate::sorting;
use crate::topology::{NodeIndex, Port};

/// Takes down a run as choices, each with its time: made one after the other on a [`System`](super::System) of the same start, they
/// give the same run.
#[derive(Clone, Debug)]
pub struct Recorder {
    choices: Vec<(Duration, Choice)>,
    /// By sender and port: how many have been sent.
    sent: BTreeMap<(NodeIndex, Port), u64>,
    /// By number in the run: a message's place on its link.
    passages: BTreeMap<u64, Passage>,
    /// What no node does, and so nobody tells; latest first.
    cuts: Vec<(Duration, Choice)>,
    impulses: Vec<(NodeIndex, Duration)>,
    dead: BTreeSet<NodeIndex>,
    /// Who will crash in its next step, and whether it makes that.
    doomed: BTreeMap<NodeIndex, bool>,
}

impl Recorder {
    /// For a run that starts from that.
    pub fn new(initiators: &[(NodeIndex, Duration)], faults: &Faults) -> Self {
        let cuts = faults.cuts().enumerate();
        let mut cuts = cuts
            .flat_map(|(place, cut)| {
                let during = cut.during();
                [(during.from, Choice::Cut(place)), (during.until, Choice::Mend(place))]
            })
            // Those are there from the start.
            .filter(|(at, _)| !at.is_zero())
            .collect::<Vec<_>>();
        sorting::by(&mut cuts, |one, other| other.cmp(one));
        Recorder {
            choices: Vec::new(),
            sent: BTreeMap::new(),
            passages: BTreeMap::new(),
            cuts,
            impulses: initiators.to_vec(),
            dead: BTreeSet::new(),
            doomed: BTreeMap::new(),
        }
    }

    /// What has been taken down so far.
    pub fn choices(&self) -> &[(Duration, Choice)] {
        &self.choices
    }

    /// All that was chosen, in a run that has ended.
    pub fn into_choices(mut self) -> Vec<(Duration, Choice)> {
        self.passed_by(Duration::MAX);
        self.choices
    }

    /// The links are cut and whole again as planned, up to now.
    fn cut(&mut self, now: Duration) {
        while let Some(due) = self.cuts.pop_if(|(at, _)| *at <= now) {
            self.choices.push(due);
        }
    }

    /// The impulses that came before `now` while their node was down.
    fn passed_by(&mut self, now: Duration) {
        let dead = &self.dead;
        let passed = self.impulses.extract_if(.., |(node, at)| *at < now && dead.contains(node));
        self.choices.extend(passed.map(|(node, at)| (at, Choice::Impulse(node))));
    }
}

impl Observer for Recorder {
    fn sent(&mut self, sent: &Sent<'_>) {
        let number = self.sent.entry((sent.from, sent.port)).or_default();
        *number += 1;
        self.passages.insert(sent.number, Passage { from: sent.from, port: sent.port, number: *number });
    }

    fn fate(&mut self, _sender: NodeIndex, _port: Port, number: u64, fate: Fate) {
        let Some(passage) = self.passages.get(&number).copied() else { return };
        let now = self.choices.last().map_or(Duration::ZERO, |(now, _)| *now);
        let choice = match fate {
            Fate::Lost => Choice::Lose(passage),
            Fate::Duplicated => Choice::Duplicate(passage),
            // It arrives later, which its delivery tells.
            Fate::Resent(_) => return,
        };
        self.choices.push((now, choice));
    }

    fn before(&mut self, now: Duration, node: NodeIndex, happening: &Happening<'_>, _world: &dyn WorldView) {
        if matches!(happening, Happening::Deferred) {
            return;
        }
        self.cut(now);
        self.passed_by(now);
        if let Happening::Impulse | Happening::Message { .. } | Happening::Alarm = happening
            && let Some(makes_step) = self.doomed.get_mut(&node)
        {
            *makes_step = true;
        }
        let choice = match happening {
            Happening::Impulse => {
                let of_node = self.impulses.iter().enumerate().filter(|(_, (other, _))| *other == node);
                if let Some((first, _)) = of_node.min_by_key(|(_, (_, at))| *at) {
                    self.impulses.remove(first);
                }
                Choice::Impulse(node)
            }
            Happening::Message { sender: Port::SELF, .. } => Choice::ToSelf(node),
            // A second copy may follow, and be called the same.
            Happening::Message { number, .. } | Happening::ToTheDead { number, .. } => match self.passages.get(number) {
                Some(passage) => Choice::Deliver(*passage),
                None => return,
            },
            Happening::Alarm => Choice::Alarm(node),
            Happening::Doomed => {
                self.doomed.insert(node, false);
                Choice::Doom(node)
            }
            Happening::Crash => {
                self.dead.insert(node);
                // Its last step was that.
                if self.doomed.remove(&node) == Some(true) {
                    return;
                }
                Choice::Crash(node)
            }
            Happening::Recover => {
                self.dead.remove(&node);
                Choice::Recover(node)
            }
            Happening::Deferred => return,
        };
        self.choices.push((now, choice));
    }
}
