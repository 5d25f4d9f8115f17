//! Leader election on a ring whose nodes have no ids.
//!
//! *Problem.* Exactly one of the nodes becomes the leader, though all are alike.
//!
//! *Model.* A ring with a direction, n known; no ids; links are reliable and in order; any nodes start on their own.
//!
//! *Idea.* Every node draws a value and sends it all the way round.  Whoever hears of a larger one gives up, and only passes on
//! from then on.  A message counts its hops, so that a node knows its own when it comes back, and it notes on its way whether
//! it met another active node with the same value.  If it met none, its node is the leader; else its node draws again, as do
//! the others that drew the same.  Since links keep the order, values of different rounds never meet, and no message needs the
//! number of its round.  So there are finitely many states, and a checker can look at all of them.
//!
//! *Cost.* O(n log n) messages on average.  A run ends with probability 1 and not always: all may draw the same for ever, and
//! `check itai_rodeh --topology directed-ring:3` shows how.  No algorithm for such rings always ends.
//!
//! *Source.* Itai and Rodeh, Symmetry breaking in distributive networks, FOCS 1981; without numbers of rounds in Fokkink and
//! Pang, Variations on Itai-Rodeh leader election for anonymous rings and their analysis in PRISM, J.UCS 12(8), 2006.
//!
#![doc = include_str!("../pictures/itai_rodeh.md")]

use State::*;
use nodes::prelude::*;

/// A value on its way round.
#[message]
pub struct Number {
    value: u32,
    /// How many links it has come along.
    hops: usize,
    /// Whether it has met no other active node with that value.
    unique: bool,
}

/// What every node is given at its start.
#[config]
pub struct Options {
    /// Values are drawn from 1 to this.
    #[default(2)]
    #[range(2..=1_000_000)]
    pub values: u32,
}

/// What a node is.
#[states]
pub enum State {
    /// Has not heard of the election.
    #[default]
    Asleep,
    /// May become the leader.
    Active,
    /// Has given up.
    #[terminal]
    Passive,
    /// Leads.
    #[terminal]
    Leader,
}

/// Election among nodes without ids, by drawing.
#[protocol(
    anonymous,
    topology = DirectedRing,
    knows(Size),
    problem = "leader election",
    cost = "O(n log n) messages on average",
    source = "Itai & Rodeh 1981; Fokkink & Pang 2006"
)]
pub struct ItaiRodeh {
    state: State,
    values: u32,
    /// What it has drawn.
    value: u32,
}

#[protocol]
impl ItaiRodeh {
    #[init]
    fn new(options: &Options) -> Self {
        ItaiRodeh { state: Asleep, values: options.values, value: 0 }
    }

    #[on(Spontaneously in Asleep)]
    fn draw(&mut self, net: &mut Net<Self>) {
        self.value = net.random(1..=self.values);
        net.send(net.right(), Number { value: self.value, hops: 1, unique: true });
        self.state = Active;
    }

    #[on(Number in Asleep)]
    fn wake_up(&mut self, msg: Number, net: &mut Net<Self>) {
        self.draw(net);
        self.compare(msg, net);
    }

    #[on(Number in Active)]
    fn compare(&mut self, msg: Number, net: &mut Net<Self>) {
        if msg.hops == net.size() {
            if msg.unique {
                self.state = Leader;
            } else {
                self.draw(net);
            }
        } else if msg.value > self.value {
            self.state = Passive;
            self.pass_on(msg, net);
        } else if msg.value == self.value {
            self.pass_on(Number { unique: false, ..msg }, net);
        }
    }

    #[on(Number in Passive)]
    fn pass_on(&mut self, msg: Number, net: &mut Net<Self>) {
        net.send(net.right(), Number { hops: msg.hops + 1, ..msg });
    }

    /// Never two leaders.
    #[always]
    fn at_most_one_leader(world: &World<Self>) -> bool {
        world.in_state(Leader).count() <= 1
    }

    /// When all is quiet, one leads, and all others have given up.
    #[finally]
    fn elected(world: &World<Self>) -> bool {
        world.in_state(Leader).count() == 1 && world.all_terminal()
    }
}

nodes::main!(ItaiRodeh);
