//! Two-phase commit: Bernstein, Hadzilacos and Goodman, Concurrency Control and Recovery in Database Systems, 1987, section 7.4.

use State::*;
use nodes::prelude::*;

/// The coordinator asks for votes.
#[message]
pub struct VoteRequest;

/// A participant's vote.
#[message]
pub struct Vote(bool);

/// What the coordinator decided.
#[message]
pub struct Decision(bool);

#[states]
pub enum State {
    #[default]
    Idle,
    /// The coordinator collects votes.
    Collecting,
    /// A participant has voted yes, and may not decide alone.
    Uncertain,
    Committed,
    Aborted,
}

#[config]
pub struct Options {
    /// Whether it is wrong that a live participant stays uncertain.
    pub must_not_block: bool,
}

#[protocol(topology = Complete, initiators = One, input = bool)]
#[derive(Default)]
pub struct TwoPhaseCommit {
    state: State,
    votes: u64,
    must_not_block: bool,
}

#[protocol]
#[otherwise(ignore)]
impl TwoPhaseCommit {
    #[init]
    fn new(options: &Options) -> Self {
        TwoPhaseCommit { must_not_block: options.must_not_block, ..TwoPhaseCommit::default() }
    }

    #[on(Spontaneously in Idle)]
    fn ask(&mut self, net: &mut Net<Self>) {
        net.send_to_all(VoteRequest);
        self.state = Collecting;
    }

    #[on(VoteRequest in Idle)]
    fn vote(&mut self, sender: Port, net: &mut Net<Self>) {
        let yes = *net.input();
        net.send(sender, Vote(yes));
        self.state = if yes { Uncertain } else { Aborted };
    }

    #[on(Vote in Collecting)]
    fn count(&mut self, msg: Vote, net: &mut Net<Self>) {
        self.votes += u64::from(msg.0);
        if !msg.0 {
            net.send_to_all(Decision(false));
            self.state = Aborted;
        } else if self.votes == net.degree() as u64 {
            net.send_to_all(Decision(true));
            self.state = Committed;
        }
    }

    #[on(Decision in Uncertain)]
    fn decide(&mut self, msg: Decision) {
        self.state = if msg.0 { Committed } else { Aborted };
    }

    /// Nobody aborts what another commits, dead or alive.
    #[always]
    fn agreement(world: &World<Self>) -> bool {
        let any = |state: fn(&State) -> bool| world.nodes().any(|node| state(&node.state));
        !(any(|state| matches!(state, Committed)) && any(|state| matches!(state, Aborted)))
    }

    #[finally]
    fn nobody_is_blocked(world: &World<Self>) -> bool {
        world.in_state(Uncertain).all(|node| !node.must_not_block)
    }
}
