//! Whether runs end: loops that are runs, loops that only hold something back, and loops that chance leaves.

use core::time::Duration;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use nodes::campaign::replay;
use nodes::check::{Check, Checked, Ending, Limit, Loop, Verdict, check as check_any};
use nodes::network::{Happening, Observer, Sent};
use nodes::protocol::{Links, WorldView};
use nodes::run::{AnyRun, Outcome, Run, Wake};
use nodes::simulator::Simulation;
use nodes::topology::NodeIndex;
use nodes_tests::loops::Ends;
use nodes_tests::random_protocol::Case;
use nodes_tests::reference::{Loss, explore};
use nodes_tests::seeds::for_seeds;

use super::{check, how};

/// Those that see what is wrong with loops.
pub(super) const TESTS: &[fn()] = &[
    a_ball_that_is_thrown_back_for_ever_is_an_endless_run,
    a_loop_that_holds_a_message_back_for_ever_is_no_run,
    chance_leaves_a_loop_if_one_of_its_outcomes_does,
    an_alarm_that_is_cancelled_and_set_again_is_not_held_back,
    a_message_that_is_sent_again_and_again_over_lossy_links_arrives_some_time,
    a_ball_is_not_thrown_for_ever_if_something_has_to_come,
    a_message_that_may_be_sent_again_is_by_chance_not,
    the_loop_that_is_shown_holds_nothing_back,
];

/// A ball that is thrown for ever; `held` never arrives unless the thrower waits for it.
pub(super) mod balls {
    use State::*;
    use nodes::prelude::*;

    #[message]
    pub struct Ball;
    #[message]
    pub struct Stop;

    #[states]
    pub enum State {
        #[default]
        Idle,
        #[terminal]
        Done,
    }

    #[config]
    pub struct Game {
        /// Somebody says stop at the start.
        pub ends: bool,
        /// On a coin, the ball is not thrown back.
        pub drops: bool,
        /// Whether it drops is drawn, and makes no difference.
        pub dithers: bool,
    }

    #[protocol(initiators = One, links = Reliable)]
    pub struct Balls {
        state: State,
        game: Game,
        /// What was drawn last.
        last: bool,
    }

    #[protocol]
    impl Balls {
        #[init]
        fn new(game: &Game) -> Self {
            Balls { state: Idle, game: game.clone(), last: false }
        }

        #[on(Spontaneously in Idle)]
        fn start(&mut self, net: &mut Net<Self>) {
            if self.game.ends {
                net.send_to_self(Stop);
            }
            net.send_to_all(Ball);
        }

        #[on(Ball in Idle)]
        fn throw(&mut self, sender: Port, net: &mut Net<Self>) {
            if self.game.dithers {
                self.last = net.random(0..2) == 0;
            }
            if self.game.drops && net.random(0..2) == 0 {
                self.state = Done;
                net.send(sender, Stop);
            } else {
                net.send(sender, Ball);
            }
        }

        #[on(Stop in Idle)]
        fn stop(&mut self, net: &mut Net<Self>) {
            self.state = Done;
            net.send_to_all(Stop);
        }
    }
}

fn game(ends: bool, drops: bool, dithers: bool) -> Checked {
    use balls::{Balls, Game};
    check(&Run::<Balls>::on("path:2").config(Game { ends, drops, dithers }))
}

#[test]
fn a_ball_that_is_thrown_back_for_ever_is_an_endless_run() {
    let checked = game(false, false, false);
    assert_eq!((checked.outcome, checked.runs_end), (Verdict::Endless, Some(Ending::Never)));
    let found = checked.endless.expect("there is a loop");
    // The impulse; there and back.
    assert_eq!((found.prefix, found.events, found.fair, found.draws), (1, 2, true, false));
    assert_eq!(found.schedule.map(|schedule| schedule.steps.len()), Some(3));
    let costs = checked.messages;
    // No run ends; and of its messages there is no most.
    assert_eq!((costs.least, costs.greatest, checked.longest), (None, None, None));
    assert_eq!(costs.unbounded.map(|found| found.events), Some(2));
}

/// The loop is there, and a run in it would have to keep `Stop` under way for ever.
#[test]
fn a_loop_that_holds_a_message_back_for_ever_is_no_run() {
    let checked = game(true, false, false);
    assert_eq!((checked.outcome, checked.runs_end), (Verdict::Holds, Some(Ending::Always)), "{checked:?}");
    assert_eq!((&checked.endless, checked.longest), (&None, None));
    // The stop comes first: one ball, and `Stop` to the other, who tells it back.
    assert_eq!((checked.messages.least, checked.messages.greatest), (Some(3), None));
    let unbounded = checked.messages.unbounded.expect("the stop may come late");
    assert_eq!((unbounded.prefix, unbounded.events, unbounded.fair), (1, 2, false));
}

#[test]
fn chance_leaves_a_loop_if_one_of_its_outcomes_does() {
    let lucky = game(false, true, false);
    assert_eq!((lucky.outcome, lucky.runs_end), (Verdict::Almost, Some(Ending::AlmostSurely)), "{lucky:?}");
    let found = lucky.endless.expect("the ball may never be dropped");
    assert_eq!((found.events, found.fair, found.draws), (2, true, true));
    // What is drawn in this loop leads back to it, whatever it is.
    let dithering = game(false, false, true);
    assert_eq!((dithering.outcome, dithering.runs_end), (Verdict::Endless, Some(Ending::Never)));
    assert!(dithering.endless.is_some_and(|found| !found.draws));
}

/// A node that says now and then that it is alive, and another that waits for its silence: as often as it hears something, it begins to
/// wait again.
mod watched {
    use State::*;
    use nodes::prelude::*;

    #[message]
    pub struct Alive;

    #[alarm]
    pub struct Say;
    #[alarm]
    pub struct Silence;

    #[states]
    pub enum State {
        #[default]
        Idle,
        #[terminal]
        Alarmed,
    }

    #[config]
    pub struct Waits {
        /// Begins to wait again.
        pub restarts: bool,
        /// In milliseconds.
        #[default(50)]
        pub patience: u64,
    }

    #[protocol(initiators = All)]
    pub struct Watched {
        state: State,
        waits: Waits,
    }

    #[protocol]
    impl Watched {
        #[init]
        fn new(waits: &Waits) -> Self {
            Watched { state: Idle, waits: waits.clone() }
        }

        #[on(Spontaneously in Idle)]
        fn start(&mut self, net: &mut Net<Self>) {
            if net.id() == Id(0) {
                net.set_alarm(millis(20), Say);
            } else {
                net.set_alarm(millis(self.waits.patience), Silence);
            }
        }

        #[when(Say in Idle)]
        fn say(&mut self, net: &mut Net<Self>) {
            net.send_to_all(Alive);
            net.set_alarm(millis(20), Say);
        }

        #[on(Alive in Idle)]
        fn hear(&mut self, net: &mut Net<Self>) {
            if self.waits.restarts {
                net.restart(millis(self.waits.patience), Silence);
            }
        }

        #[when(Silence in Idle)]
        fn alarmed(&mut self) {
            self.state = Alarmed;
        }

        #[always]
        fn nobody_is_alarmed(world: &World<Self>) -> bool {
            world.in_state(Alarmed).count() == 0
        }
    }
}

/// In every state of the loop the alarm `Silence` is set, and it never rings.
#[test]
fn an_alarm_that_is_cancelled_and_set_again_is_not_held_back() {
    use watched::{Waits, Watched};
    let run = |restarts| Run::<Watched>::on("path:2").config(Waits { restarts, patience: 50 }).seed(1);
    let timed = |restarts| run(restarts).check(how().synchronous(nodes::millis(10))).expect("it can be checked");
    // It says so every 20 ms, 10 ms late at most: after 30 ms at most something is heard.
    let checked = timed(true);
    assert_eq!((checked.outcome, checked.violations.len()), (Verdict::Endless, 0), "{checked:?}");
    let found = checked.endless.expect("it goes on for ever");
    assert!(found.fair && !found.draws);
    assert_eq!(
        run(true).replay(&found.schedule.expect("it can happen")).expect("it can be replayed").outcome(),
        Outcome::Stopped
    );
    // If it does not begin again, it rings after 50 ms.
    let checked = timed(false);
    assert_eq!((checked.outcome, checked.violations.len()), (Verdict::Violated, 1));
}

/// Sends again until it hears an answer; messages may be lost.
mod again {
    use State::*;
    use nodes::prelude::*;

    #[message]
    pub struct Ask;
    #[message]
    pub struct Answer;

    #[alarm]
    pub struct Again;

    #[states]
    pub enum State {
        #[default]
        Idle,
        Asking,
        #[terminal]
        Heard,
    }

    #[config]
    pub struct Kind {
        /// The other never answers.
        pub deaf: bool,
        /// A coin says whether it sends.
        pub dithers: bool,
    }

    #[protocol(links = Lossy, initiators = One)]
    pub struct Asked {
        state: State,
        kind: Kind,
    }

    #[protocol]
    #[ignore(Answer in Idle)]
    impl Asked {
        #[init]
        fn new(kind: &Kind) -> Self {
            Asked { state: Idle, kind: kind.clone() }
        }

        #[on(Spontaneously in Idle)]
        #[when(Again in Asking)]
        fn ask(&mut self, net: &mut Net<Self>) {
            if !self.kind.dithers || net.random(0..2) == 0 {
                net.send_to_all(Ask);
            }
            net.set_alarm(secs(1), Again);
            self.state = Asking;
        }

        #[on(Ask in Idle | Asking | Heard)]
        fn answer(&mut self, sender: Port, net: &mut Net<Self>) {
            if !self.kind.deaf {
                net.send(sender, Answer);
            }
            if !matches!(self.state, Asking) {
                self.state = Heard;
            }
        }

        #[on(Answer in Asking)]
        fn heard(&mut self, net: &mut Net<Self>) {
            net.cancel::<Again>();
            self.state = Heard;
        }

        /// Makes a loss something that happens.
        #[always]
        fn at_most_one_of_each_is_under_way(world: &World<Self>) -> bool {
            world.in_transit::<Ask>() <= 4
        }
    }
}

#[test]
fn a_message_that_is_sent_again_and_again_over_lossy_links_arrives_some_time() {
    use again::{Asked, Kind};
    // A second is longer than a message is under way, so that there are finitely many states.
    let timed = |deaf| {
        let run = Run::<Asked>::on("path:2").config(Kind { deaf, dithers: false });
        run.check(how().synchronous(nodes::millis(500))).expect("it can be checked")
    };
    let answered = timed(false);
    assert_eq!((answered.outcome, answered.runs_end), (Verdict::Holds, Some(Ending::Always)), "{answered:?}");
    // At least one question, and an answer; at most any number, which are lost.
    assert_eq!((answered.messages.least, answered.messages.greatest), (Some(2), None));
    assert!(answered.messages.unbounded.is_some());
    let deaf = timed(true);
    assert_eq!((deaf.outcome, deaf.runs_end), (Verdict::Endless, Some(Ending::Never)));
}

/// If it is sent again and again, it arrives some time; but it need not be sent.
#[test]
fn a_message_that_may_be_sent_again_is_by_chance_not() {
    use again::{Asked, Kind};
    let run = Run::<Asked>::on("path:2").config(Kind { deaf: false, dithers: true });
    let checked = run.check(how().synchronous(nodes::millis(500))).expect("it can be checked");
    assert_eq!((checked.outcome, checked.runs_end), (Verdict::Almost, Some(Ending::AlmostSurely)), "{checked:?}");
}

/// A ball that is thrown until an alarm rings, or the other node is woken; or an alarm that rings until a message comes.
mod until {
    use State::*;
    use nodes::prelude::*;

    #[message]
    pub struct Ball;
    #[message]
    pub struct Stop;

    #[alarm]
    pub struct Enough;
    #[alarm]
    pub struct Again;

    #[states]
    pub enum State {
        #[default]
        Idle,
        #[terminal]
        Done,
    }

    /// What ends it; if nothing of that, an impulse.
    #[config]
    pub struct Until {
        /// An alarm.
        pub alarm: bool,
        /// A message, and it is an alarm that goes on until then.
        pub message: bool,
    }

    #[protocol(initiators = All, links = Reliable)]
    pub struct Thrown {
        state: State,
        until: Until,
    }

    #[protocol]
    impl Thrown {
        #[init]
        fn new(until: &Until) -> Self {
            Thrown { state: Idle, until: until.clone() }
        }

        #[on(Spontaneously in Idle)]
        fn start(&mut self, net: &mut Net<Self>) {
            match (net.id(), self.until.alarm, self.until.message) {
                (Id(0), _, true) => net.set_alarm(secs(1), Again),
                (Id(0), alarm, _) => {
                    net.send_to_all(Ball);
                    if alarm {
                        net.set_alarm(secs(1), Enough);
                    }
                }
                (_, true, _) => {}
                _ => self.stop(net),
            }
        }

        #[on(Ball in Idle)]
        fn throw(&mut self, sender: Port, net: &mut Net<Self>) {
            net.send(sender, Ball);
        }

        #[when(Again in Idle)]
        fn again(&mut self, net: &mut Net<Self>) {
            net.set_alarm(secs(1), Again);
        }

        #[when(Enough in Idle)]
        #[on(Stop in Idle)]
        fn stop(&mut self, net: &mut Net<Self>) {
            self.state = Done;
            net.send_to_all(Stop);
        }
    }
}

#[test]
fn a_ball_is_not_thrown_for_ever_if_something_has_to_come() {
    use until::{Thrown, Until};
    let run = |alarm, message| Run::<Thrown>::on("path:2").config(Until { alarm, message });
    let ends = |checked: Checked| (checked.outcome, checked.runs_end);
    let always = (Verdict::Holds, Some(Ending::Always));
    assert_eq!(ends(check(&run(true, false))), always, "an alarm rings");
    assert_eq!(ends(check(&run(false, false).wake_up(Wake::Random))), always, "an impulse comes");
    assert_eq!(ends(check(&run(false, true))), always, "a message arrives");
    // One that may be lost need not.
    assert_eq!(ends(check(&run(false, true).links(Links::Lossy))), (Verdict::Endless, Some(Ending::Never)));
}

/// An impulse is only late, and not left out.
#[test]
fn a_loop_before_an_impulse_is_no_run() {
    use balls::{Balls, Game};
    let run = Run::<Balls>::on("path:2").config(Game { ends: false, drops: false, dithers: false });
    assert_eq!(check(&run.wake_up(Wake::Random)).outcome, Verdict::Endless);
}

#[test]
fn what_runs_cost_is_looked_for_within_the_limits() {
    let run = Run::<catalogue::ChangRoberts>::on("directed-ring:5").initiators(nodes::run::Initiators::All);
    let run = run.links(Links::Reliable);
    let whole = check(&run);
    // The states fit, and what has to be noted of each for the costs does not.
    let states = (whole.bytes_a_state * whole.states.total as f64) as u64;
    let small = run.check(Check::new().memory(states + 1_000)).expect("it can be checked");
    assert_eq!((small.outcome, small.limit, small.complete), (Verdict::Bounded, Some(Limit::Memory), true), "{small:?}");
    assert!(small.properties.iter().all(|(_, status)| *status == nodes::check::Status::Holds));
    assert_eq!((small.runs_end, small.messages.least, small.unchecked.len()), (None, None, 1));
    // The user may end that as well.
    let mut looks = 0;
    let mut watch = |_: &nodes::check::Progress| {
        looks += 1;
        if looks > 1 { core::ops::ControlFlow::Break(()) } else { core::ops::ControlFlow::Continue(()) }
    };
    let ended = run.check(Check::new().watch(&mut watch)).expect("it can be checked");
    assert_eq!((ended.outcome, ended.limit, ended.complete), (Verdict::Bounded, Some(Limit::Interrupted), true));
}

/// What is under way before each event of a run: from where, through which port, and what.
#[derive(Default)]
struct UnderWay {
    now: BTreeMap<u64, String>,
    before: Vec<BTreeSet<String>>,
    arrived: Vec<Option<String>>,
}

impl Observer for UnderWay {
    fn sent(&mut self, Sent { from, port, msg, number, .. }: &Sent<'_>) {
        self.now.insert(*number, format!("{from}:{port} {msg:?}"));
    }

    fn before(&mut self, _now: Duration, _node: NodeIndex, happening: &Happening<'_>, _world: &dyn WorldView) {
        if matches!(happening, Happening::Deferred) {
            return;
        }
        self.before.push(self.now.values().cloned().collect());
        let (Happening::Message { number, .. } | Happening::ToTheDead { number, .. }) = happening else {
            return self.arrived.push(None);
        };
        self.arrived.push(self.now.remove(number));
    }
}

/// What is under way all along a loop, and never arrives in it.
fn held_back(run: &AnyRun, found: &Loop) -> BTreeSet<String> {
    let schedule = found.schedule.as_ref().expect("it can happen");
    let mut seen = UnderWay::default();
    replay(run, schedule, Simulation::new().observe(&mut seen)).expect("every choice can be made");
    assert_eq!(seen.before.len(), found.prefix + found.events, "each choice is an event");
    let all_along = seen.before[found.prefix..].iter().cloned().reduce(|all, here| &all & &here).unwrap_or_default();
    let arrived = seen.arrived[found.prefix..].iter().flatten().cloned().collect();
    &all_along - &arrived
}

/// In its component of states either message may be held back for some time, and neither for ever.
#[test]
fn the_loop_that_is_shown_holds_nothing_back() {
    let run = Run::<catalogue::ChorIsraeliLi>::on("star:3").seed(1);
    let found = check(&run).endless.expect("both may go in step");
    // Each process reads, finds, and writes.
    assert_eq!((found.events, held_back(&run.into(), &found)), (6, BTreeSet::new()));
}

/// A random protocol with more states than that is passed over.
const MOST: usize = 400;

/// `NODES_SEEDS=10000 cargo test --release -p nodes-tests --test checked loops_of_random` takes so many protocols.
#[test]
fn loops_of_random_protocols_are_those_of_the_definitions() {
    let seeds = std::env::var("NODES_SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(1_000);
    let counts = Mutex::new(BTreeMap::<Option<Ends>, u32>::new());
    for_seeds(seeds, |seed| {
        let kind = compare(seed);
        *counts.lock().expect("no test has failed").entry(kind).or_default() += 1;
    });
    let counts = counts.into_inner().expect("no test has failed");
    println!("{counts:?}");
    // A harness that meets one kind only compares little.
    for (kind, least) in [(Ends::Bounded, 100), (Ends::Always, 1), (Ends::AlmostSurely, 10), (Ends::Never, 50)] {
        assert!(seeds < 1_000 || counts.get(&Some(kind)).is_some_and(|count| *count >= least), "{counts:?}");
    }
}

fn compare(seed: u64) -> Option<Ends> {
    let case = Case::without_end(seed);
    let checked = check_any(&case.run, how().most_states(MOST as u64)).ok()?;
    if checked.limit.is_some() || !checked.violations.is_empty() {
        return None;
    }
    let lossy = case.run.prepare().ok()?.links == Links::Lossy;
    let explored = explore(&case.run, Loss::Silent, 2 * MOST)?;
    let ends = explored.graph.ends(lossy)?;
    let found = match (checked.runs_end, checked.outcome, &checked.endless) {
        (Some(Ending::Bounded), Verdict::Holds, None) => Ends::Bounded,
        (Some(Ending::Always), Verdict::Holds, None) => Ends::Always,
        (Some(Ending::AlmostSurely), Verdict::Almost, Some(found)) if found.draws => Ends::AlmostSurely,
        (Some(Ending::Never), Verdict::Endless, Some(found)) if !found.draws => Ends::Never,
        // If an alarm overtakes something.
        (None, Verdict::Suspected, Some(found)) if checked.untimed && !found.draws => Ends::Never,
        other => panic!("{case}\n{other:?}"),
    };
    assert_eq!(found, ends, "{case}");
    if let Some(found) = checked.endless.filter(|found| !lossy && found.schedule.is_some()) {
        assert_eq!(held_back(&case.run, &found), BTreeSet::new(), "{case}");
    }
    Some(ends)
}
