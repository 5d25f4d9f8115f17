//! Protocols of a few lines, each of which can go in one special way.

use nodes::check::{Check, Checked, Ending, Limit, Reduction, Status, Verdict};
use nodes::protocol::Links;
use nodes::run::{Outcome, Run};

use super::check;

/// Replays what goes wrong.
macro_rules! replayed {
    ($run:expr, $checked:expr) => {{
        let failure = $checked.failure().expect("something is wrong");
        let schedule = failure.schedule.as_ref().expect("it can happen").to_string();
        $run.replay(&schedule.parse().expect("it reads as it is written")).expect("every choice can be made")
    }};
}

/// Counts to five, one to the other, as in the tests of Stateright (`actor/model.rs`), which count 11 states.
mod ping_pong {
    use nodes::prelude::*;

    #[message]
    pub struct Ping {
        value: u32,
    }

    #[message]
    pub struct Pong {
        value: u32,
    }

    #[protocol(topology = Complete, links = Reliable)]
    pub struct PingPong {
        value: u32,
    }

    #[protocol]
    impl PingPong {
        #[init]
        fn new(_: &(), net: &mut Net<Self>) -> Self {
            if net.id() == Id(0) {
                net.send_to_all(Ping { value: 0 });
            }
            PingPong { value: 0 }
        }

        /// Nothing: the first message is sent before.
        #[on(Spontaneously)]
        fn start(&mut self) {}

        #[on(Ping)]
        fn ping(&mut self, msg: Ping, sender: Port, net: &mut Net<Self>) {
            self.value += 1;
            net.send(sender, Pong { value: msg.value });
        }

        #[on(Pong)]
        fn pong(&mut self, msg: Pong, sender: Port, net: &mut Net<Self>) {
            self.value += 1;
            if self.value < 5 {
                net.send(sender, Ping { value: msg.value + 1 });
            }
        }

        #[always]
        fn close(world: &World<Self>) -> bool {
            let values = world.nodes().map(|node| node.value).collect::<Vec<_>>();
            values[0].abs_diff(values[1]) <= 1
        }
    }
}

#[test]
fn ping_pong_to_five_has_11_states_behind_its_impulse() {
    let checked = check(&Run::<ping_pong::PingPong>::on("complete:2"));
    // One more: that in which the impulse, which Stateright's model has not, is still to come.
    assert_eq!((checked.states.total, checked.outcome), (12, Verdict::Holds));
    assert_eq!((checked.messages.least, checked.messages.greatest, checked.longest), (Some(10), Some(10), Some(11)));
}

/// n senders, one receiver that keeps the order of arrival: n! ends; or that counts only.
pub mod orders {
    use State::*;
    use nodes::prelude::*;

    #[config]
    pub struct Options {
        /// The receiver does not keep the order.
        pub counts: bool,
    }

    #[message]
    pub struct Here;

    #[states]
    pub enum State {
        #[default]
        Idle,
        #[terminal]
        Done,
    }

    #[protocol(initiators = All)]
    pub struct Orders {
        state: State,
        counts: bool,
        count: u32,
        order: Vec<Port>,
    }

    #[protocol]
    impl Orders {
        #[init]
        fn new(options: &Options) -> Self {
            Orders { state: Idle, counts: options.counts, count: 0, order: Vec::new() }
        }

        #[on(Spontaneously in Idle)]
        fn start(&mut self, net: &mut Net<Self>) {
            if net.degree() == 1 {
                net.send_to_all(Here);
            }
            self.state = Done;
        }

        #[on(Here in Done)]
        #[on(Here in Idle)]
        fn here(&mut self, sender: Port) {
            self.count += 1;
            if !self.counts {
                self.order.push(sender);
            }
        }
    }
}

#[test]
fn n_senders_come_in_n_factorial_orders() {
    for (topology, ends) in [("star:3", 2), ("star:5", 24), ("star:8", 5040)] {
        assert_eq!(check(&Run::<orders::Orders>::on(topology)).ends, ends, "{topology}");
    }
}

/// Throws a die; it must not show the forbidden number.
mod dice {
    use State::*;
    use nodes::prelude::*;

    #[config]
    pub struct Faces {
        /// How many faces the die has.
        pub faces: u64,
        /// What it must not show, twice in a row.
        pub forbidden: u64,
    }

    #[message]
    pub struct Thrown {
        number: u64,
    }

    #[states]
    pub enum State {
        #[default]
        Idle,
        #[terminal]
        Done,
    }

    #[protocol(initiators = One)]
    pub struct Dice {
        state: State,
        config: Faces,
        shown: [u64; 2],
    }

    #[protocol]
    impl Dice {
        #[init]
        fn new(config: &Faces, _net: &mut Net<Self>) -> Self {
            Dice { state: Idle, config: config.clone(), shown: [0, 0] }
        }

        #[on(Spontaneously in Idle)]
        fn throw(&mut self, net: &mut Net<Self>) {
            self.shown = [net.random(1..=self.config.faces), net.random(1..=self.config.faces)];
            net.send_to_all(Thrown { number: self.shown[0] });
            self.state = Done;
        }

        #[on(Thrown in Idle)]
        fn hear(&mut self, msg: Thrown) {
            self.shown[0] = msg.number;
            self.state = Done;
        }

        #[always]
        fn fair(node: &Node<Self>) -> bool {
            node.shown != [node.config.forbidden; 2]
        }
    }
}

#[test]
fn every_outcome_of_a_draw_is_looked_at_and_replayed() {
    use dice::{Dice, Faces};
    let run = |faces, forbidden| Run::<Dice>::on("path:2").config(Faces { faces, forbidden }).seed(1);
    let checked = check(&run(6, 7));
    // The start; 36 throws, of which the neighbour hears the first number.
    assert_eq!((checked.states.total, checked.outcome), (1 + 36 + 36, Verdict::Holds));
    let unlucky = run(6, 4);
    let checked = check(&unlucky);
    assert_eq!((checked.outcome, checked.properties[0].1), (Verdict::Violated, Status::Violated));
    let finished = replayed!(unlucky, checked);
    assert_eq!(finished.violated(), Some("fair"));
}

#[test]
fn a_draw_of_too_many_is_refused() {
    use dice::{Dice, Faces};
    assert!(check(&Run::<Dice>::on("path:2").config(Faces { faces: 64, forbidden: 65 })).holds());
    let refused =
        Run::<Dice>::on("path:2").config(Faces { faces: 65, forbidden: 66 }).check(Check::new()).expect_err("65 * 65");
    assert_eq!(
        refused.to_string(),
        "node 0 draws one of more than 4096 alternatives in a step, and each would have to be looked at; let it draw from a \
         smaller range, or look at K values of each range only with `--draws K`"
    );
}

/// Rings for ever, and sends a message that nothing needs.
mod ringing {
    use nodes::prelude::*;

    #[message]
    pub struct Tick;

    #[alarm]
    pub struct Again;

    #[protocol]
    pub struct Ringing;

    #[protocol]
    impl Ringing {
        #[on(Spontaneously)]
        #[when(Again)]
        fn ring(&mut self, net: &mut Net<Self>) {
            net.set_alarm(secs(1), Again);
        }

        #[on(Tick)]
        fn tick(&mut self) {}
    }
}

#[test]
fn a_run_that_never_ends_is_shown_with_its_loop() {
    let checked = check(&Run::<ringing::Ringing>::on("path:2"));
    assert_eq!((checked.outcome, checked.messages.greatest, checked.longest), (Verdict::Endless, None, None));
    let found = checked.endless.expect("there is a loop");
    assert_eq!((found.prefix, found.events, found.fair, found.draws), (1, 1, true, false));
    let finished = Run::<ringing::Ringing>::on("path:2").seed(1).replay(&found.schedule.expect("it can happen"));
    assert_eq!(finished.expect("every choice can be made").outcome(), Outcome::Stopped);
}

/// Throws a coin until it shows heads: ends with probability 1, and not on every schedule.  `patient` waits for a message as well.
mod coin {
    use State::*;
    use nodes::prelude::*;

    #[message]
    pub struct Enough;

    #[alarm]
    pub struct Throw;

    #[states]
    pub enum State {
        #[default]
        Idle,
        Throwing,
        #[terminal]
        Done,
    }

    #[config]
    pub struct Kind {
        /// Does not throw, but waits for a message.
        pub patient: bool,
    }

    #[protocol(initiators = One)]
    pub struct Coin {
        state: State,
        patient: bool,
    }

    #[protocol]
    #[ignore(Enough in Idle)]
    impl Coin {
        #[init]
        fn new(config: &Kind, _net: &mut Net<Self>) -> Self {
            Coin { state: Idle, patient: config.patient }
        }

        #[on(Spontaneously in Idle)]
        fn start(&mut self, net: &mut Net<Self>) {
            if self.patient {
                net.send_to_self(Enough);
            }
            net.set_alarm(secs(1), Throw);
            self.state = Throwing;
        }

        #[when(Throw in Throwing)]
        fn throw(&mut self, net: &mut Net<Self>) {
            if self.patient || net.random(0..2) == 0 {
                net.set_alarm(secs(1), Throw);
            } else {
                self.state = Done;
            }
        }

        #[on(Enough in Throwing)]
        fn enough(&mut self, net: &mut Net<Self>) {
            net.cancel::<Throw>();
            self.state = Done;
        }
    }
}

#[test]
fn a_loop_that_chance_leaves_or_that_holds_a_message_back_is_no_endless_run() {
    use coin::{Coin, Kind};
    let coin = |patient| check(&Run::<Coin>::on("complete:1").config(Kind { patient }));
    let lucky = coin(false);
    assert_eq!((lucky.outcome, lucky.runs_end), (Verdict::Almost, Some(Ending::AlmostSurely)), "{lucky:?}");
    let found = lucky.endless.expect("there is a loop");
    assert_eq!((found.prefix, found.events, found.fair, found.draws), (1, 1, true, true));
    let patient = coin(true);
    assert_eq!((patient.outcome, patient.runs_end, patient.endless), (Verdict::Holds, Some(Ending::Always), None));
    for checked in [lucky.messages, patient.messages] {
        // Only to itself, if at all.
        assert_eq!((checked.least, checked.greatest, checked.unbounded), (Some(0), Some(0), None));
    }
    assert_eq!((lucky.longest, patient.longest), (None, None));
}

/// Asks, and believes after a second that nobody answers: right only if messages are faster.
mod hasty {
    use State::*;
    use nodes::prelude::*;

    #[message]
    pub struct Ask;
    #[message]
    pub struct Answer;

    #[alarm]
    pub struct Patience;

    #[states]
    pub enum State {
        #[default]
        Idle,
        Waiting,
        #[terminal]
        Alone,
        #[terminal]
        Heard,
    }

    #[protocol(initiators = One)]
    pub struct Hasty {
        state: State,
    }

    #[protocol]
    #[ignore(Answer in Idle)]
    impl Hasty {
        #[on(Spontaneously in Idle)]
        fn ask(&mut self, net: &mut Net<Self>) {
            net.send_to_all(Ask);
            net.set_alarm(secs(1), Patience);
            self.state = Waiting;
        }

        #[on(Ask in Idle | Waiting)]
        fn answer(&mut self, sender: Port, net: &mut Net<Self>) {
            net.send(sender, Answer);
            self.state = Heard;
        }

        #[on(Answer in Waiting)]
        fn heard(&mut self) {
            self.state = Heard;
        }

        #[when(Patience in Waiting)]
        fn give_up(&mut self) {
            self.state = Alone;
        }

        #[always]
        fn nobody_is_alone(world: &World<Self>) -> bool {
            world.in_state(Alone).count() == 0
        }
    }
}

#[test]
fn an_alarm_that_overtakes_a_message_makes_a_suspicion_only() {
    let run = Run::<hasty::Hasty>::on("path:2").seed(1);
    let checked = check(&run);
    assert_eq!((checked.outcome, checked.properties[0].1), (Verdict::Suspected, Status::Suspected));
    assert_eq!(replayed!(run, checked).violated(), Some("nobody_is_alone"));
}

/// Two alarms of one node: the order is certain if the first waits no longer, else not.
mod alarms {
    use nodes::prelude::*;

    #[message]
    pub struct Nothing;

    #[alarm]
    pub struct First;
    #[alarm]
    pub struct Second;

    #[config]
    pub struct Waits {
        /// In milliseconds.
        pub first: u64,
        /// In milliseconds.
        pub second: u64,
    }

    #[protocol(initiators = One)]
    pub struct Alarms {
        waits: Waits,
        rung: Vec<u8>,
    }

    #[protocol]
    impl Alarms {
        #[init]
        fn new(waits: &Waits, net: &mut Net<Self>) -> Self {
            if net.id() == Id(0) {
                net.set_alarm(millis(waits.first), First);
            }
            Alarms { waits: waits.clone(), rung: Vec::new() }
        }

        #[on(Spontaneously)]
        fn start(&mut self, net: &mut Net<Self>) {
            net.set_alarm(millis(self.waits.second), Second);
        }

        #[when(First)]
        fn first(&mut self) {
            self.rung.push(1);
        }

        #[when(Second)]
        fn second(&mut self) {
            self.rung.push(2);
        }

        #[on(Nothing)]
        fn nothing(&mut self) {}

        #[always]
        fn in_order(node: &Node<Self>) -> bool {
            node.rung != [2]
        }
    }
}

#[test]
fn of_two_alarms_the_order_is_certain_only_if_the_earlier_waits_no_longer() {
    use alarms::{Alarms, Waits};
    let run = |first, second| Run::<Alarms>::on("path:2").config(Waits { first, second }).seed(1);
    assert!(check(&run(5, 5)).holds());
    assert!(check(&run(5, 9)).holds());
    // Set at the same time, the shorter one rings first: that is how it is.
    let checked = check(&run(9, 5));
    assert_eq!(checked.outcome, Verdict::Violated);
    assert_eq!(replayed!(run(9, 5), checked).violated(), Some("in_order"));
}

/// Counts what was lost.
pub mod counting {
    use State::*;
    use nodes::prelude::*;

    #[message]
    pub struct One;

    #[states]
    pub enum State {
        #[default]
        Idle,
        #[terminal]
        Done,
    }

    #[protocol(links = Lossy, initiators = All)]
    pub struct Counting {
        state: State,
        heard: u32,
    }

    #[protocol]
    impl Counting {
        #[on(Spontaneously in Idle)]
        fn start(&mut self, net: &mut Net<Self>) {
            if net.id() == Id(0) {
                net.send_to_all(One);
            }
            self.state = Done;
        }

        #[on(One in Idle)]
        #[on(One in Done)]
        fn one(&mut self) {
            self.heard += 1;
        }

        #[finally]
        fn at_most_twice(world: &World<Self>) -> Result<(), String> {
            if world.in_transit::<One>() > 0 {
                return Err("something is under way at the end".to_owned());
            }
            let most = world.nodes().map(|node| node.heard).max().unwrap_or(0);
            if most <= 2 { Ok(()) } else { Err(format!("{most} times")) }
        }
    }
}

#[test]
fn a_message_on_lossy_links_comes_not_at_all_once_or_twice() {
    let checked = check(&Run::<counting::Counting>::on("path:2"));
    assert!(checked.holds(), "{checked:?}");
    // Heard 0, 1 or 2 times: under way or not, once or twice.  Two impulses in any order come before.
    let lossless = check(&Run::<counting::Counting>::on("path:2").links(Links::Reliable));
    assert_eq!((checked.ends, lossless.ends), (5, 1));
    assert_eq!((checked.messages.least, checked.messages.greatest), (Some(1), Some(1)));
}

/// Does what it must not, in several ways.
pub(super) mod wrong {
    use State::*;
    use nodes::prelude::*;

    #[config]
    pub struct Way {
        /// Which.
        pub way: u8,
    }

    #[message]
    pub struct Go;

    #[states]
    pub enum State {
        #[default]
        Idle,
        Waiting,
        #[terminal]
        Done,
    }

    #[protocol(initiators = One)]
    pub struct WrongOne {
        state: State,
        way: u8,
    }

    #[protocol]
    #[never(Go in Waiting)]
    impl WrongOne {
        #[init]
        fn new(config: &Way, _net: &mut Net<Self>) -> Self {
            WrongOne { state: Idle, way: config.way }
        }

        #[on(Spontaneously in Idle)]
        fn start(&mut self, net: &mut Net<Self>) {
            net.send_to_all(Go);
            self.state = if self.way == 0 { Waiting } else { Done };
        }

        #[on(Go in Idle)]
        fn go(&mut self, net: &mut Net<Self>, sender: Port) {
            match self.way {
                0 => net.send(sender, Go),
                1 => panic!("as it may"),
                2 => self.state = Waiting,
                _ => {}
            }
            if self.way == 3 {
                let _ = net.now();
            }
            self.state = if self.way == 2 { Waiting } else { Done };
        }

        #[finally]
        fn never_looked_at(world: &World<Self>) -> bool {
            world.all_terminal()
        }
    }
}

fn wrong(way: u8) -> (Run<wrong::WrongOne>, Checked) {
    let run = Run::<wrong::WrongOne>::on("path:2").config(wrong::Way { way }).seed(1);
    let checked = check(&run);
    (run, checked)
}

#[test]
fn what_a_protocol_does_wrong_is_found_and_replayed() {
    for (way, says, outcome) in [
        (0, "`#[never(Go in Waiting)]` rules out", Outcome::Violated),
        (1, "node 1 panicked: as it may", Outcome::Crashed),
        (2, "stuck: nothing is under way, and 1 of 2 nodes have not decided; node 1 is in Waiting", Outcome::Stuck),
    ] {
        let (run, checked) = wrong(way);
        assert_eq!(checked.outcome, Verdict::Violated, "{way}");
        let failure = checked.failure().expect("it is wrong");
        assert!(failure.what.contains(says), "{}", failure.what);
        assert_eq!((failure.property.as_deref(), checked.properties[0].1), (None, Status::Unchecked));
        assert_eq!(replayed!(run, checked).outcome(), outcome, "{way}");
    }
}

#[test]
fn nothing_is_certain_if_a_handler_reads_the_clock() {
    let (_, checked) = wrong(3);
    assert_eq!((checked.outcome, checked.reads_clock, checked.properties[0].1), (Verdict::Unchecked, true, Status::Unchecked));
    let (_, checked) = wrong(4);
    assert_eq!((checked.outcome, checked.reads_clock, checked.properties[0].1), (Verdict::Holds, false, Status::Holds));
}

#[test]
fn where_a_limit_is_reached_nothing_is_said_to_hold() {
    let run = Run::<orders::Orders>::on("star:6");
    let all = check(&run).states.total;
    let limited = |how: Check<'_>| run.check(how).expect("it can be checked");
    for (checked, limit) in [
        (limited(Check::new().depth(3)), Limit::Depth),
        (limited(Check::new().most_states(10)), Limit::MostStates),
        (limited(Check::new().memory(1)), Limit::Memory),
        (limited(Check::new().timeout(core::time::Duration::ZERO)), Limit::Timeout),
        (limited(Check::new().watch(&mut |_| core::ops::ControlFlow::Break(()))), Limit::Interrupted),
    ] {
        assert_eq!((checked.outcome, checked.limit, checked.complete), (Verdict::Bounded, Some(limit), false));
        assert!(checked.states.total < all);
        assert_eq!(checked.messages.greatest, None);
    }
    // What is reached just so, is no limit.
    assert_eq!(limited(Check::new().most_states(all)).outcome, Verdict::Holds);
}

/// Messages that were sent are no part of a state, unless a property asks.
mod counted {
    use nodes::prelude::*;

    #[message]
    pub struct Ball {
        left: u8,
    }

    #[protocol(initiators = One)]
    pub struct Counted;

    #[protocol]
    impl Counted {
        #[on(Spontaneously)]
        fn start(&mut self, net: &mut Net<Self>) {
            net.send_to_all(Ball { left: 3 });
        }

        #[on(Ball)]
        fn throw(&mut self, msg: Ball, sender: Port, net: &mut Net<Self>) {
            if msg.left > 0 {
                net.send(sender, Ball { left: msg.left - 1 });
            }
        }

        #[always]
        fn few(world: &World<Self>) -> bool {
            world.sent::<Ball>() < 4 && world.in_transit::<Ball>() <= 1
        }
    }
}

#[test]
fn counters_are_part_of_states_if_a_property_asks() {
    let run = Run::<counted::Counted>::on("path:2").seed(1);
    let checked = check(&run);
    assert_eq!((checked.outcome, checked.failure().map(|failure| failure.events)), (Verdict::Violated, Some(4)));
    assert_eq!(replayed!(run, checked).violated(), Some("few"));
}

/// Draws before anything happens.
mod drawn_at_start {
    use nodes::prelude::*;

    #[message]
    pub struct Nothing;

    #[protocol(initiators = One)]
    pub struct Drawn {
        number: u8,
    }

    #[protocol]
    impl Drawn {
        #[init]
        fn new(_: &(), net: &mut Net<Self>) -> Self {
            Drawn { number: net.random(0..10) }
        }

        #[on(Spontaneously)]
        #[on(Nothing)]
        fn nothing(&mut self) {}

        #[finally]
        fn small(world: &World<Self>) -> bool {
            world.nodes().all(|node| node.number < 10)
        }
    }
}

#[test]
fn what_init_draws_is_that_of_one_seed() {
    let checked = check(&Run::<drawn_at_start::Drawn>::on("path:2"));
    assert_eq!((checked.outcome, checked.properties[0].1), (Verdict::Unchecked, Status::Unchecked));
    assert!(checked.unchecked[0].contains("`#[init]` draws"), "{:?}", checked.unchecked);
}

/// Where it is not known that a reduction says the same, it is not used.
#[test]
fn loops_and_clocks_are_searched_in_full() {
    let by_events = || Check::new().reduction(Reduction::Events);
    let ringing = Run::<ringing::Ringing>::on("path:2").check(by_events()).expect("it can be checked");
    let clock = Run::<wrong::WrongOne>::on("path:2").config(wrong::Way { way: 3 }).seed(1);
    let clock = clock.check(by_events()).expect("it can be checked");
    for (checked, outcome, why) in [(ringing, Verdict::Endless, "a loop"), (clock, Verdict::Unchecked, "the clock")] {
        assert_eq!((checked.reduction, checked.outcome), (Reduction::Full, outcome), "{why}");
        assert!(checked.notices.iter().any(|notice| notice.contains(why)), "{:?}", checked.notices);
    }
}
