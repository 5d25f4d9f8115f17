//! Consensus by flooding in rounds: Lynch, Distributed Algorithms, 1996, section 6.2.1.
//!
//! An alarm ends a round.  What comes behind the end of its round makes the run one that is not synchronous, of which nothing is asked.

use std::collections::BTreeSet;

use State::*;
use nodes::prelude::*;

/// What a process knows in that round.
#[message]
pub struct Known {
    round: u64,
    values: BTreeSet<u8>,
}

/// A round is over.
#[alarm]
pub struct RoundIsOver;

#[states]
pub enum State {
    #[default]
    Asleep,
    Flooding,
    #[terminal]
    Decided,
}

#[config]
pub struct Options {
    /// How many rounds there are; for f crashes f + 1 are enough, and f are not.
    #[default(1)]
    pub rounds: u64,
}

#[protocol(topology = Complete, initiators = All, input = u8)]
#[derive(Default)]
pub struct FloodSet {
    state: State,
    rounds: u64,
    round: u64,
    known: BTreeSet<u8>,
    /// What has come of the next round.
    early: BTreeSet<u8>,
    decision: Option<u8>,
    is_late: bool,
}

#[protocol]
#[never(Known in Asleep)]
impl FloodSet {
    #[init]
    fn new(options: &Options, net: &mut Net<Self>) -> Self {
        FloodSet { rounds: options.rounds, known: BTreeSet::from([*net.input()]), ..FloodSet::default() }
    }

    #[on(Spontaneously in Asleep)]
    fn start(&mut self, net: &mut Net<Self>) {
        self.state = Flooding;
        self.begin_round(net);
    }

    fn begin_round(&mut self, net: &mut Net<Self>) {
        self.round += 1;
        net.send_to_all(Known { round: self.round, values: self.known.clone() });
        net.set_alarm(secs(1), RoundIsOver);
    }

    #[on(Known in Flooding)]
    fn hear(&mut self, msg: Known) {
        if msg.round == self.round {
            self.known.extend(msg.values);
        } else if msg.round == self.round + 1 {
            self.early.extend(msg.values);
        } else {
            self.is_late = true;
        }
    }

    #[on(Known in Decided)]
    fn too_late(&mut self) {
        self.is_late = true;
    }

    #[when(RoundIsOver in Flooding)]
    fn end_round(&mut self, net: &mut Net<Self>) {
        if self.round < self.rounds {
            self.begin_round(net);
            self.known.append(&mut self.early);
        } else {
            self.decision = self.known.first().copied();
            self.state = Decided;
        }
    }

    /// No two processes decide differently.  Of one that has crashed nobody knows whether a message would have been late.
    #[finally]
    fn agreement(world: &World<Self>) -> bool {
        let live = world.nodes().filter(|node| node.is_alive());
        let decisions = live.filter_map(|node| node.decision).collect::<BTreeSet<_>>();
        world.nodes().any(|node| node.is_late) || decisions.len() <= 1
    }
}
