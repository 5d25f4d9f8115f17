//! The checker: every schedule of a small instance.
//!
//! A simulation shows what happens on one schedule.  The checker looks at all of them: in each state it follows everything that the
//! links, the initiators and the alarms allow to happen next.  What it says of a small graph is a proof: no schedule leads to a state
//! in which an `#[always]` does not hold, none ends where a `#[finally]` does not, none sends more messages than the number given.
//!
//! ```
//! # mod flooding { use nodes::prelude::*;
//! # #[message] pub struct Inform;
//! # #[states] pub enum State { #[default] Idle, #[terminal] Informed }
//! # #[protocol(links = Reliable)] pub struct Flooding { state: State }
//! # #[protocol] impl Flooding {
//! #     #[on(Spontaneously in Idle)] fn start(&mut self, net: &mut Net<Self>) { net.send_to_all(Inform); self.state = State::Informed; }
//! #     #[on(Inform in Idle)] fn hear(&mut self, sender: Port, net: &mut Net<Self>) { net.send_to_all_except(sender, Inform); self.state = State::Informed; }
//! # }}
//! # use flooding::Flooding;
//! use nodes::check::Check;
//! use nodes::run::Run;
//!
//! let checked = Run::<Flooding>::on("path:6").check(Check::new())?;
//! assert!(checked.holds());
//! assert_eq!((checked.states.total, checked.messages.greatest), (7, Some(5)));
//! # Ok::<(), nodes::run::RunError>(())
//! ```
//!
//! # Faults
//!
//! A [`Budget`] says how often faults may happen; *when* is looked at for every time.  No fault has to happen: a run may end with
//! faults left.
//!
//! ```
//! # mod flooding { use nodes::prelude::*;
//! # #[message] pub struct Inform;
//! # #[states] pub enum State { #[default] Idle, #[terminal] Informed }
//! # #[protocol(links = Reliable)] pub struct Flooding { state: State }
//! # #[protocol] impl Flooding {
//! #     #[on(Spontaneously in Idle)] fn start(&mut self, net: &mut Net<Self>) { net.send_to_all(Inform); self.state = State::Informed; }
//! #     #[on(Inform in Idle)] fn hear(&mut self, sender: Port, net: &mut Net<Self>) { net.send_to_all_except(sender, Inform); self.state = State::Informed; }
//! # }}
//! # use flooding::Flooding;
//! # use nodes::check::Check;
//! # use nodes::run::Run;
//! // Round a ring the information takes both ways: one of its messages may be lost.
//! let one_loss = "losses=1".parse()?;
//! assert!(Run::<Flooding>::on("ring:4").check(Check::new().faults(one_loss))?.holds());
//! assert!(!Run::<Flooding>::on("path:4").check(Check::new().faults(one_loss))?.holds());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! - A *crash* falls between two steps, or inside one: of the messages that such a step sends, any subset leaves, one for each link; on
//!   FIFO links a link loses what was sent last.  What the step stores is stored; else it has not happened.  The node's alarms do not
//!   ring, and a message that arrives at it is gone.  Properties see that it is not alive, and are looked at after the next step.
//! - A node that *recovers* is a new one that knows what it had stored.
//! - A *loss* takes any message on its way, on any links.  Over lossy links a budget bounds how many are lost.
//! - A *duplicate* arrives once more.  With `duplicates=any`, each message arrives any number of times, and what is under way is a set
//!   that is never emptied; one that its receiver has deferred does not arrive there again before that is handled (`deferred` says why
//!   nothing is missed by that).  Where links keep their order, this is not so, and a node may defer ever more.
//! - A *cut* only delays messages, and every delay is looked at anyway, or loses what lossy links may lose: it adds no state.
//!
//! # How it works
//!
//! A handler is a function of the node's fields and the event, so it runs once for each pair; from then on the protocol is a table
//! (`machine`), and a state of the whole system a few small numbers (`space`), of which an exact set is kept (`store`).  The search is
//! breadth first (`search`), so that what it finds wrong first lies on a shortest schedule (`path`), which `simulate --schedule`
//! replays.  Properties are looked at once for each set of answers that they read (`judge`).  When all states are known, the least and
//! the most messages over all schedules follow (`cost`); and if some states lead back to themselves, whether a run may stay there
//! (`lasso`).
//!
//! # What it leaves out
//!
//! Where two events commute, one order shows what the other does.  Events of different nodes commute; whether two events of one node
//! do, the tables tell: both orders are tried (`commute`).  In each state only some events are followed (`stubborn`, `closing`): all that
//! could happen before them commutes with them, as far as it is known what may still happen (`outlook`, `scene`), and properties see no
//! difference (`eyes`).  Of an event that commutes with all that may ever come to its node, that is known at once (`free`).  What may
//! still happen is learned by searching again, until a pass learns nothing new (`learned`, `reduce`).
//! [`Reduction::Auto`] does so where it leaves out most of many states.  Ends, verdicts and costs stay as they are, also where messages
//! are lost or duplicated.  Where that is not known, nothing is left out, and a notice says why: on loops, where nodes crash, where time
//! passes or a handler reads the clock, and up to a depth.
//!
//! # What it says, and what not
//!
//! - Random draws are followed to all outcomes: at most [`MOST_ALTERNATIVES`] a step.
//!   What `#[init]` draws follows from the seed: nothing is said of other seeds.
//!   [`Check::draws`] cuts each range to a few values; then nothing is said to hold.
//! - An alarm may ring at any time, since nothing is known of how long messages take.  What goes wrong only if an alarm overtakes
//!   something is [`Suspected`](Verdict::Suspected); what goes wrong although messages take no time is certain.  With
//!   [`Check::synchronous`] time passes (`ticks`): messages take at most that time, alarms ring when they are due, and what holds then is
//!   proved for all such runs.  If a handler reads the clock, which stands still, nothing that holds here is certain.
//! - On lossy links, each message may be lost, and duplicated once.  Ends that differ in what is lost count as several, unless states are
//!   left out.  Other faults happen at any time, each as often as a [`Budget`] allows
//!   ([`Check::faults`]): [`Checked::within`] says what may go wrong in the schedules that were looked at.
//!
//! # Whether runs end
//!
//! If no state leads back to itself, every run ends, after [`longest`](Checked::longest) events at most.  If one does, it depends on
//! whether a run can stay there.  It cannot by holding a message back for ever: links deliver, and alarms ring.  Nor can it if it has to
//! be lucky for ever, as draws are chance.  So the checker looks for states that lead to each other, whatever is drawn, and in which
//! all that waits happens again and again, or is cancelled and set again.
//!
//! | [`runs_end`](Checked::runs_end) | what was found | outcome |
//! |---|---|---|
//! | [`Bounded`](Ending::Bounded) | no loop | [`Holds`](Verdict::Holds) |
//! | [`Always`](Ending::Always) | a run stays in no loop unless something is held back for ever | [`Holds`](Verdict::Holds) |
//! | [`AlmostSurely`](Ending::AlmostSurely) | a run that stays in a loop is lucky for ever | [`Almost`](Verdict::Almost) |
//! | [`Never`](Ending::Never) | a run may stay in a loop | [`Endless`](Verdict::Endless) |
//!
//! `#[finally]`, and that no node is left undecided, is looked at wherever a run may end, in all cases.  In the first two that is total
//! correctness; in the last, only runs that end are right.  On lossy links a message that is sent again and again has to arrive again and
//! again.
//!
//! # Limits
//!
//! - What is found is found of one instance: one graph, with these ids and initiators.  [`Instances`](crate::campaign::Instances) are
//!   many.
//! - Where a limit is reached, the result is [`Bounded`](Verdict::Bounded), never that it holds.  Besides those that are given, there is
//!   one: a node that has deferred more than 1,000 messages would defer ever more.
//! - States are kept whole, in memory and then in a file, so that none is taken for another.  With [`Check::compact`] there is no file:
//!   where memory is short, 64 bits are left of each state that has been looked at, and [`Checked::omission`] says how likely it is that
//!   one was left out.  That is n^2 / 2^65 at most for n states: 3 in 10,000 for 10^8.  With 128 bits it would be nothing, but then they
//!   take as much as the states of a small instance.
//!
#![doc = include_str!("essay.md")]

mod alarms;
mod around;
mod bits;
mod closing;
mod commute;
mod components;
mod cost;
mod crash;
mod deferred;
mod edges;
mod ended;
mod examine;
mod eyes;
mod faults;
mod free;
mod guard;
mod hands;
mod judge;
mod known;
mod lasso;
mod learned;
mod lessons;
mod machine;
mod matters;
mod mistake;
mod mutant;
mod nibbles;
mod outlook;
mod packet;
mod part;
mod path;
mod reach;
mod reduce;
mod result;
mod scene;
mod schedules;
mod search;
mod space;
mod spill;
mod steps;
mod store;
mod story;
mod stubborn;
mod successors;
mod ticks;
mod times;
mod why;

use core::fmt;
use core::ops::ControlFlow;
use core::time::Duration;

use serde::{Deserialize, Serialize};

pub use crate::protocol::watch::MOST_ALTERNATIVES;
pub(crate) use examine::check_run;
pub use known::{Known, KnownChecks};
pub(crate) use lessons::Lessons;
#[doc(hidden)]
pub use mistake::Mistake;
pub use mutant::Mutant;
pub(crate) use reach::Reach;
pub use result::{Checked, Class, Costs, Ending, Failure, GraphCount, Loop, StateCount, Status, Time, Verdict};
pub use schedules::Count;
pub(crate) use store::Compaction;
pub(crate) use story::Story;
pub use why::Noncommuting;

use crate::execution::{AnyRun, RunError};
use crate::network::Budget;

/// Looks at how far a check has come, and may end it.  Where several instances are checked, any of their threads calls it.
pub type Watch<'a> = dyn FnMut(&Progress) -> ControlFlow<()> + Send + 'a;

/// How far a check goes, and who follows it.
#[derive(Default)]
pub struct Check<'a> {
    reach: Reach,
    watch: Option<&'a mut Watch<'a>>,
}

/// Which states are left out: what they would show, others do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reduction {
    /// None if there are few; else those that [`Events`](Reduction::Events) leaves out, if that is most of them.  Of several instances
    /// that differ only in who begins, the first one with more than a few states decides for the others.
    #[default]
    Auto,
    /// None.
    Full,
    /// Events of different nodes can happen in any order, which is followed in one.
    Nodes,
    /// So can events of one node that commute, which is found by trying both orders.
    Events,
}

impl Reduction {
    /// All of them.
    pub const ALL: [Reduction; 4] = [Reduction::Auto, Reduction::Full, Reduction::Nodes, Reduction::Events];

    /// As it stands on the command line and in the document.
    pub fn name(self) -> &'static str {
        match self {
            Reduction::Auto => "auto",
            Reduction::Full => "full",
            Reduction::Nodes => "nodes",
            Reduction::Events => "events",
        }
    }
}

impl fmt::Debug for Check<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Check").field("reach", &self.reach).finish_non_exhaustive()
    }
}

/// How far a check has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// How many instances have been looked at, of several: see [`Instances`](crate::campaign::Instances).
    pub instances: u64,
    /// How many there are.
    pub of: u64,
    /// How many states are known.
    pub states: u64,
    /// Of how many it is not known what follows.
    pub frontier: u64,
    /// How many steps have been made.
    pub transitions: u64,
    /// How many events lead to the state that is looked at.
    pub depth: u64,
    /// The memory that states and tables take, in bytes.
    pub memory: u64,
}

/// A limit that was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Limit {
    /// More events lead to a state than are to be looked at.
    Depth,
    /// There are more states.
    #[serde(rename = "states")]
    MostStates,
    /// The states and tables take more memory.
    Memory,
    /// A node has deferred more messages than a check looks at.
    Deferred,
    /// The time is over.
    Timeout,
    /// The user ended the check.
    Interrupted,
}

impl Limit {
    /// That it was reached.
    pub(crate) fn reached(self) -> &'static str {
        match self {
            Limit::Depth => "--depth was reached",
            Limit::MostStates => "--most-states was reached",
            Limit::Memory => "--memory was reached",
            Limit::Deferred => "a node has deferred more than 1000 messages",
            Limit::Timeout => "--timeout was reached",
            Limit::Interrupted => "interrupted",
        }
    }
}

impl<'a> Check<'a> {
    /// Everything, in 4 GiB of memory.
    pub fn new() -> Self {
        Check::default()
    }

    /// Only states to which at most that many events lead.
    pub fn depth(mut self, events: u64) -> Self {
        self.reach.depth = Some(events);
        self
    }

    /// At most that many states.
    pub fn most_states(mut self, states: u64) -> Self {
        self.reach.most_states = Some(states);
        self
    }

    /// States and tables may take that many bytes.  Beyond them, what is seldom read of states lies in a file without a name in the folder
    /// for temporary files: half of what they take, about.
    pub fn memory(mut self, bytes: u64) -> Self {
        self.reach.memory = Some(bytes);
        self
    }

    /// It ends after that time, with what is known by then; a check of several instances with those that it has looked at.
    pub fn timeout(mut self, after: Duration) -> Self {
        self.reach.timeout = Some(after);
        self
    }

    /// Where there is no memory for all states, only a fingerprint is kept of those that have been looked at: 64 bits each, in place of a
    /// file.  Then a state may be taken for another, and left out, with a probability of at most [`Checked::omission`]; what is found wrong
    /// is wrong.
    pub fn compact(mut self, compact: bool) -> Self {
        self.reach.compaction = compact.then_some(Compaction { bits: u64::BITS, at_once: false });
        self
    }

    /// The same at once, with fingerprints of so many bits: for its tests.
    #[doc(hidden)]
    pub fn compact_to(mut self, bits: u32) -> Self {
        self.reach.compaction = Some(Compaction { bits, at_once: true });
        self
    }

    /// Messages take at most that time, and alarms ring when they are due, instead of at any time.
    pub fn synchronous(mut self, delay: Duration) -> Self {
        self.reach.synchronous = Some(delay);
        self
    }

    /// Of each range that a handler draws from, only so many values, the least: nodes may still draw the same.
    pub fn draws(mut self, values: u64) -> Self {
        self.reach.draws = Some(values.max(1));
        self
    }

    /// Also with faults that may happen so often, each at any time; else with those of the run's budget.
    pub fn faults(mut self, budget: Budget) -> Self {
        self.reach.faults = Some(budget);
        self
    }

    /// Which states may be left out.
    pub fn reduction(mut self, reduction: Reduction) -> Self {
        self.reach.reduction = reduction;
        self
    }

    /// Tells which pairs of messages do not commute: what makes many states of few.
    pub fn why(mut self, why: bool) -> Self {
        self.reach.why = why;
        self
    }

    /// With a reduction that is wrong: for its tests.
    #[doc(hidden)]
    pub fn mutant(mut self, mutant: Mutant) -> Self {
        self.reach.mutant = Some(mutant);
        self
    }

    /// With that said wrong of loops or time: for its tests.
    #[doc(hidden)]
    pub fn mistake(mut self, mistake: Mistake) -> Self {
        self.reach.mistake = Some(mistake);
        self
    }

    /// Is called now and then with how far the check has come, and may end it.
    pub fn watch(mut self, watch: &'a mut Watch<'a>) -> Self {
        self.watch = Some(watch);
        self
    }

    /// How far it goes, and who follows it.
    pub(crate) fn into_parts(self) -> (Reach, Option<&'a mut Watch<'a>>) {
        (self.reach, self.watch)
    }

    /// That far.
    pub(crate) fn within(reach: Reach) -> Self {
        Check { reach, watch: None }
    }
}

/// Looks at every schedule of a run: its seed matters only as far as ids, ports or inputs are drawn.
///
/// # Errors
/// If the options contradict the protocol, or each other, or such a run cannot be checked.
pub fn check(run: &AnyRun, how: Check<'_>) -> Result<Checked, RunError> {
    let how = Check { reach: how.reach.begin(), watch: how.watch };
    check_run(run, how, true, &mut Lessons::new(false))
}
