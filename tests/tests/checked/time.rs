//! Discrete time: messages take no longer than a bound, and alarms ring when they are due.

use core::sync::atomic::{AtomicU64, Ordering};
use core::time::Duration;

use catalogue::Bully;
use nodes::campaign::{replay, simulate};
use nodes::check::{Check, Checked, Ending, Status, Verdict, check as check_any};
use nodes::network::Delay;
use nodes::protocol::{Links, Protocol};
use nodes::run::{Initiators, Outcome, Run, Wake};
use nodes::simulator::Simulation;
use nodes::{millis, secs};
use nodes_tests::random_protocol::Case;
use nodes_tests::seeds::for_seeds;

use super::{check, how};

/// Those that see what is wrong with time.
pub(super) const TESTS: &[fn()] = &[
    a_message_arrives_before_it_is_older_than_the_bound,
    what_happens_at_any_moment_happens_between_two_alarms,
    what_is_certain_is_found_behind_what_is_suspected,
    a_failure_detector_is_accurate_if_it_waits_longer_than_a_period_and_a_delay,
];

fn within<P: Protocol>(run: &Run<P>, delay: Duration) -> Checked {
    run.check(how().synchronous(delay)).expect("it can be checked")
}

fn replayed<P: Protocol>(run: &Run<P>, checked: &Checked) -> nodes::run::Finished<P> {
    let schedule = checked.failure().and_then(|failure| failure.schedule.as_ref()).expect("it can happen");
    run.replay(&schedule.to_string().parse().expect("it reads as it is written")).expect("every choice can be made")
}

/// A question and its answer take two delays, and who asks waits 500 ms: Garcia-Molina's assumption is 2T < 500 ms.  What may happen at
/// the same time happens in any order, so that 250 ms are too many.
#[test]
fn the_bully_is_right_if_its_time_out_is_longer_than_a_question_and_its_answer() {
    for nodes in [2, 3] {
        let run = Run::<Bully>::on(format!("complete:{nodes}").as_str()).seed(1);
        let asynchronous = check(&run);
        assert_eq!(asynchronous.outcome, Verdict::Suspected, "{nodes}");
        assert!(asynchronous.untimed);
        for delay in [10, 100, 200, 249] {
            // Of 249 and 500 the greatest divisor is 1: two nodes are enough.
            if delay == 249 && nodes > 2 {
                continue;
            }
            let checked = within(&run, millis(delay));
            assert_eq!(
                (checked.outcome, checked.runs_end),
                (Verdict::Holds, Some(Ending::Bounded)),
                "{nodes}, {delay}: {checked:?}"
            );
            assert_eq!((checked.untimed, checked.synchronous), (false, Some(format!("{delay}ms"))));
            // No alarm rings.  Each other node is asked, answers, and hears of the leader; it asks those above it unless it has heard
            // of the leader before: a(a - 1) + n - 1 messages at most, where the a-th largest starts.
            let costs = (checked.messages.least, checked.messages.greatest);
            assert_eq!(costs, (Some(3 * (nodes - 1)), Some(nodes * (nodes - 1) + nodes - 1)), "{nodes}, {delay}");
        }
        for delay in [250, 300, 1_000] {
            let checked = within(&run, millis(delay));
            assert_eq!(checked.outcome, Verdict::Violated, "{nodes}, {delay}");
            let finished = replayed(&run, &checked);
            assert_eq!(
                (finished.outcome(), finished.violated()),
                (Outcome::Violated, checked.failure().and_then(|failure| failure.property.as_deref()))
            );
        }
    }
}

/// Sends at once, and sets an alarm; the other measures which of two messages comes first.
mod race {
    use nodes::prelude::*;

    #[message]
    pub struct First;
    #[message]
    pub struct Second;

    #[alarm]
    pub struct Now;

    #[config]
    pub struct Gap {
        /// How many milliseconds lie between both.
        pub gap: u64,
    }

    #[protocol(initiators = One, links = Reliable)]
    pub struct Race {
        gap: u64,
        came: Vec<u8>,
    }

    #[protocol]
    impl Race {
        #[init]
        fn new(gap: &Gap) -> Self {
            Race { gap: gap.gap, came: Vec::new() }
        }

        #[on(Spontaneously)]
        fn start(&mut self, net: &mut Net<Self>) {
            net.send_to_all(First);
            net.set_alarm(millis(self.gap), Now);
        }

        #[when(Now)]
        fn second(&mut self, net: &mut Net<Self>) {
            net.send_to_all(Second);
        }

        #[on(First)]
        fn came_first(&mut self) {
            self.came.push(1);
        }

        #[on(Second)]
        fn came_second(&mut self) {
            self.came.push(2);
        }

        #[always]
        fn in_order(node: &Node<Self>) -> bool {
            node.came != [2]
        }
    }
}

/// Over links without order the second overtakes the first if it is sent before that must have come.
#[test]
fn a_message_arrives_before_it_is_older_than_the_bound() {
    let run = |gap| Run::<race::Race>::on("path:2").config(race::Gap { gap }).seed(1);
    // At 7 ms both may be under way.
    for (gap, outcome) in
        [(3, Verdict::Violated), (6, Verdict::Violated), (7, Verdict::Violated), (8, Verdict::Holds), (30, Verdict::Holds)]
    {
        let run = run(gap);
        let checked = within(&run, millis(7));
        assert_eq!(checked.outcome, outcome, "{gap}");
        if outcome == Verdict::Violated {
            assert_eq!(replayed(&run, &checked).violated(), Some("in_order"), "{gap}");
        } else {
            // The start; under way and set; one of both; nothing; under way; nothing.
            assert_eq!((checked.messages.greatest, checked.longest, checked.ends), (Some(2), Some(4), 1));
        }
    }
    // Without a bound the alarm has to overtake the message.
    assert_eq!(check(&run(30)).outcome, Verdict::Suspected);
}

/// A failure detector: each node says regularly that it is alive, and suspects whom it has not heard for a while.
mod heartbeat {
    use nodes::prelude::*;

    #[message]
    pub struct Alive;

    #[alarm]
    pub struct Beat;
    #[alarm]
    pub struct Silence;

    #[config]
    pub struct Waits {
        /// How long a node waits for the other, in milliseconds.
        pub patience: u64,
    }

    #[protocol(initiators = All)]
    pub struct Heartbeat {
        patience: u64,
        suspects: bool,
    }

    #[protocol]
    impl Heartbeat {
        #[init]
        fn new(waits: &Waits) -> Self {
            Heartbeat { patience: waits.patience, suspects: false }
        }

        #[on(Spontaneously)]
        fn start(&mut self, net: &mut Net<Self>) {
            self.beat(net);
            net.set_alarm(millis(self.patience), Silence);
        }

        #[when(Beat)]
        fn beat(&mut self, net: &mut Net<Self>) {
            net.send_to_all(Alive);
            net.set_alarm(millis(20), Beat);
        }

        #[on(Alive)]
        fn hear(&mut self, net: &mut Net<Self>) {
            net.restart(millis(self.patience), Silence);
        }

        #[when(Silence)]
        fn suspect(&mut self) {
            self.suspects = true;
        }

        /// Nobody fails, and nobody is suspected.
        #[always]
        fn accurate(node: &Node<Self>) -> bool {
            !node.suspects
        }
    }
}

/// Between two messages that are heard lie a period and a delay at most: 20 + 10 ms.
#[test]
fn a_failure_detector_is_accurate_if_it_waits_longer_than_a_period_and_a_delay() {
    let run = |patience| Run::<heartbeat::Heartbeat>::on("path:2").config(heartbeat::Waits { patience }).seed(1);
    for (patience, status) in [(20, Status::Violated), (30, Status::Violated), (40, Status::Holds)] {
        let checked = within(&run(patience), millis(10));
        assert_eq!(checked.properties[0].1, status, "{patience}: {checked:?}");
        if status == Status::Holds {
            // They go on for ever, as they should.
            assert_eq!(checked.outcome, Verdict::Endless);
        } else {
            assert_eq!(replayed(&run(patience), &checked).violated(), Some("accurate"), "{patience}");
        }
    }
    // One that is lost is one that is not heard.
    assert_eq!(within(&run(40).links(Links::Lossy), millis(10)).properties[0].1, Status::Violated);
    // Nothing is known of delays; and even messages that take no time come too late for a shorter patience than the period.
    assert_eq!(check(&run(40)).outcome, Verdict::Suspected);
    assert_eq!(check(&run(10)).outcome, Verdict::Violated);
}

/// What comes may ring behind one alarm and before the next only if it comes at some moment between the start and the first.
mod window {
    use State::*;
    use nodes::prelude::*;

    #[message]
    pub struct Go;

    #[alarm]
    pub struct Open;
    #[alarm]
    pub struct Close;
    #[alarm]
    pub struct Ring;

    #[states]
    pub enum State {
        #[default]
        Shut,
        Opened,
    }

    #[protocol(initiators = All, links = Reliable)]
    pub struct Window {
        state: State,
        rang_inside: bool,
    }

    #[protocol]
    impl Window {
        #[init]
        fn new(_: &()) -> Self {
            Window { state: Shut, rang_inside: false }
        }

        #[on(Spontaneously)]
        fn start(&mut self, net: &mut Net<Self>) {
            if net.id() == Id(0) {
                net.send_to_all(Go);
            } else {
                net.set_alarm(millis(7), Open);
            }
        }

        #[on(Go)]
        fn go(&mut self, net: &mut Net<Self>) {
            net.set_alarm(millis(6), Ring);
        }

        #[when(Open)]
        fn open(&mut self, net: &mut Net<Self>) {
            self.state = Opened;
            net.set_alarm(millis(2), Close);
        }

        #[when(Close)]
        fn close(&mut self) {
            self.state = Shut;
        }

        #[when(Ring)]
        fn ring(&mut self) {
            self.rang_inside = matches!(self.state, Opened);
        }

        #[always]
        fn rings_outside(node: &Node<Self>) -> bool {
            !node.rang_inside
        }
    }
}

#[test]
fn what_happens_at_any_moment_happens_between_two_alarms() {
    let run = Run::<window::Window>::on("path:2").seed(1);
    // Go comes after 1 to 3 ms: as a message that takes so long, or since its sender is woken so late; else at once.
    for (checked, outcome) in [
        (within(&run, millis(10)), Verdict::Violated),
        (within(&run.clone().wake_up(Wake::Random), Duration::ZERO), Verdict::Violated),
        (within(&run, Duration::ZERO), Verdict::Holds),
    ] {
        assert_eq!(checked.outcome, outcome, "{checked:?}");
    }
}

/// Goes wrong early if an alarm overtakes a message, and later for certain.
mod later {
    use State::*;
    use nodes::prelude::*;

    #[message]
    pub struct Ball {
        left: u8,
    }

    #[alarm]
    pub struct Patience;

    #[states]
    pub enum State {
        #[default]
        Idle,
        Hasty,
        Wrong,
    }

    #[config]
    pub struct How {
        /// It goes wrong at the end.
        pub wrong: bool,
    }

    #[protocol(initiators = One)]
    pub struct Later {
        state: State,
        wrong: bool,
    }

    #[protocol]
    #[otherwise(ignore)]
    impl Later {
        #[init]
        fn new(how: &How) -> Self {
            Later { state: Idle, wrong: how.wrong }
        }

        #[on(Spontaneously in Idle)]
        fn start(&mut self, net: &mut Net<Self>) {
            net.send_to_all(Ball { left: 5 });
            net.set_alarm(secs(1), Patience);
        }

        #[on(Ball in Idle)]
        fn throw(&mut self, msg: Ball, sender: Port, net: &mut Net<Self>) {
            if msg.left > 0 {
                net.send(sender, Ball { left: msg.left - 1 });
            } else {
                net.cancel::<Patience>();
                if self.wrong {
                    self.state = Wrong;
                }
            }
        }

        #[when(Patience in Idle)]
        fn give_up(&mut self) {
            self.state = Hasty;
        }

        #[always]
        fn nobody_is_hasty(world: &World<Self>) -> bool {
            world.in_state(Hasty).count() == 0
        }

        #[always]
        fn nobody_is_wrong(world: &World<Self>) -> bool {
            world.in_state(Wrong).count() == 0
        }
    }
}

#[test]
fn what_is_certain_is_found_behind_what_is_suspected() {
    let run = |wrong| Run::<later::Later>::on("path:2").config(later::How { wrong }).seed(1);
    let suspected = check(&run(false));
    assert_eq!((suspected.outcome, suspected.failure().map(|failure| failure.events)), (Verdict::Suspected, Some(2)));
    let certain = check(&run(true));
    let failure = certain.failure().expect("it is wrong");
    // The impulse, and six throws.
    assert_eq!((certain.outcome, failure.property.as_deref(), failure.events), (Verdict::Violated, Some("nobody_is_wrong"), 7));
    assert_eq!(certain.properties.iter().map(|(_, status)| *status).collect::<Vec<_>>(), [Status::Unchecked, Status::Violated]);
    assert_eq!(replayed(&run(true), &certain).violated(), Some("nobody_is_wrong"));
}

/// Draws how long it waits.
mod drawn {
    use nodes::prelude::*;

    #[message]
    pub struct Drawn {
        number: u64,
    }

    #[protocol(initiators = All)]
    pub struct Drawing {
        own: Option<u64>,
        heard: Option<u64>,
    }

    #[protocol]
    impl Drawing {
        #[init]
        fn new(_: &(), _: &mut Net<Self>) -> Self {
            Drawing { own: None, heard: None }
        }

        #[on(Spontaneously)]
        fn draw(&mut self, net: &mut Net<Self>) {
            let number = net.random(..);
            self.own = Some(number);
            net.send_to_all(Drawn { number });
        }

        #[on(Drawn)]
        fn hear(&mut self, msg: Drawn) {
            self.heard = Some(msg.number);
        }

        #[finally]
        fn two_numbers(node: &World<Self>) -> bool {
            node.nodes().all(|node| node.own.is_some() && node.heard.is_some())
        }

        #[always]
        fn different(node: &Node<Self>) -> bool {
            node.own.is_none() || node.own != node.heard
        }
    }
}

#[test]
fn of_each_range_some_values_are_drawn_and_two_nodes_may_draw_the_same() {
    let run = Run::<drawn::Drawing>::on("path:2").seed(1);
    let refused = run.check(Check::new()).expect_err("there are 2^64 numbers");
    assert!(refused.to_string().contains("--draws K"), "{refused}");
    // Two nodes that draw the same: found, and certain.
    let checked = run.check(Check::new().draws(1)).expect("it can be checked");
    assert_eq!((checked.outcome, checked.draws), (Verdict::Violated, Some(1)));
    assert_eq!(replayed(&run, &checked).violated(), Some("different"));
}

#[test]
fn what_holds_for_some_draws_is_not_said_to_hold() {
    let run = Run::<catalogue::ItaiRodeh>::on("directed-ring:2").initiators(Initiators::All).seed(1);
    let run = run.config(catalogue::symmetry::itai_rodeh::Options { values: 1_000_000 });
    let checked = run.check(Check::new().draws(2)).expect("it can be checked");
    assert_eq!((checked.outcome, checked.draws, checked.runs_end), (Verdict::Unchecked, Some(2), Some(Ending::AlmostSurely)));
    assert!(checked.properties.iter().all(|(_, status)| *status == Status::Unchecked));
    assert!(checked.unchecked[0].contains("for draws of 2 values"), "{:?}", checked.unchecked);
    // As many states as if it drew from 1 and 2.
    let two = check(&Run::<catalogue::ItaiRodeh>::on("directed-ring:2").initiators(Initiators::All));
    assert_eq!((checked.states, two.outcome), (two.states, Verdict::Almost));
    // If nothing is cut, nothing is left open.
    let whole = run.config(catalogue::symmetry::itai_rodeh::Options { values: 2 }).check(Check::new().draws(2));
    assert_eq!(whole.map(|checked| (checked.outcome, checked.draws)).ok(), Some((Verdict::Almost, None)));
}

/// Who waits longer than messages can take is never too early: also seconds beside milliseconds.
#[test]
fn time_passes_in_ticks_that_divide_all() {
    let run = Run::<later::Later>::on("path:2").config(later::How { wrong: false }).seed(1);
    // Six throws of at most 166 ms are 996 ms; of 167 ms, 1002.
    assert_eq!(within(&run, millis(166)).outcome, Verdict::Holds);
    assert_eq!(within(&run, millis(167)).outcome, Verdict::Violated);
    assert_eq!(within(&run, secs(1)).outcome, Verdict::Violated);
}

/// A random protocol with more states than that is passed over.
const MOST: u64 = 20_000;

/// Each simulated run whose messages take up to 2 ms is one of those that are looked at: what goes wrong in it is found, and what it
/// costs lies between the least and the most.  What goes wrong while messages take no time goes wrong as well if they take some.
///
/// `NODES_SEEDS=10000 cargo test --release -p nodes-tests --test checked simulated` takes so many protocols.
#[test]
fn simulated_runs_of_random_protocols_are_among_those_that_are_checked() {
    let seeds = std::env::var("NODES_SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(150);
    let [compared, wrong, ringing] = [const { AtomicU64::new(0) }; 3];
    for_seeds(seeds, |seed| {
        let case = Case::of_seed(seed);
        let within = |delay| {
            let checked = check_any(&case.run, how().most_states(MOST).synchronous(delay)).ok();
            checked.filter(|checked| checked.limit.is_none())
        };
        let (Some(at_once), Some(checked)) = (within(Duration::ZERO), within(millis(2))) else { return };
        compared.fetch_add(1, Ordering::Relaxed);
        let is_wrong = matches!(checked.outcome, Verdict::Violated | Verdict::Suspected);
        wrong.fetch_add(u64::from(is_wrong), Ordering::Relaxed);
        assert!(is_wrong || at_once.outcome != Verdict::Violated, "{case}\n{at_once:?}\n{checked:?}");
        if checked.outcome == Verdict::Violated {
            let schedule = checked.failure().and_then(|failure| failure.schedule.as_ref()).expect("it can happen");
            ringing.fetch_add(u64::from(schedule.to_string().contains("\nalarm")), Ordering::Relaxed);
            let finished = replay(&case.run, schedule, Simulation::new()).expect("every choice can be made");
            assert!(!finished.outcome().is_well(), "{case}\n{checked:?}");
        }
        for drawn in 0..6 {
            let run = case.run.clone().seed(drawn).delay(Delay::Uniform(Duration::from_nanos(1), millis(2)));
            let finished = simulate(&run, Simulation::new()).expect("it can be run");
            assert!(is_wrong || finished.outcome().is_well(), "{case}\nseed {drawn}: {:?}", finished.outcome());
            let (least, greatest) = (checked.messages.least.unwrap_or(0), checked.messages.greatest.unwrap_or(u64::MAX));
            let messages = finished.document.messages.total;
            assert!(is_wrong || (least..=greatest).contains(&messages), "{case}\nseed {drawn}: {messages}");
        }
    });
    let [compared, wrong, ringing] = [compared, wrong, ringing].map(AtomicU64::into_inner);
    println!("{compared} compared, {wrong} of them wrong, {ringing} with an alarm");
    assert!(seeds < 100 || (compared > seeds / 2 && wrong > seeds / 8 && ringing > 0), "{compared} {wrong} {ringing}");
}
