//! Crash, and come back with what was stored.

use core::time::Duration;

use nodes::network::{Choice, Crash, FaultOption, Faults, Recovery};
use nodes::prelude::*;
use nodes::run::{Outcome, Run};

/// Counts the pings of its neighbours, and stores every second count.
#[message]
pub(crate) struct Ping;

#[alarm]
pub(crate) struct Again;

#[protocol]
#[derive(Default)]
pub(crate) struct Ledger {
    count: u64,
    lives: u64,
    drawn: Vec<u64>,
}

#[protocol]
impl Ledger {
    #[recover]
    fn back(saved: (u64, u64), net: &mut Net<Self>) -> Self {
        net.set_alarm(millis(1), Again);
        Ledger { count: saved.0, lives: saved.1 + 1, drawn: vec![net.random(..)] }
    }

    #[on(Spontaneously)]
    fn start(&mut self, net: &mut Net<Self>) {
        self.drawn.push(net.random(..));
        net.send_to_all(Ping);
    }

    #[on(Ping)]
    fn count(&mut self, sender: Port, net: &mut Net<Self>) {
        self.drawn.push(net.random(..));
        self.count += 1;
        if self.count.is_multiple_of(2) {
            net.store(&(self.count, self.lives));
        }
        if self.count < 10 {
            net.send(sender, Ping);
        }
    }

    #[when(Again)]
    fn again(&mut self, net: &mut Net<Self>) {
        net.send_to_all(Ping);
    }
}

/// Has no `#[recover]`.
#[protocol]
#[derive(Default)]
pub(crate) struct Forgetful {
    count: u64,
}

#[protocol]
impl Forgetful {
    #[on(Spontaneously)]
    fn start(&mut self, net: &mut Net<Self>) {
        net.send_to_all(Ping);
    }

    #[on(Ping)]
    fn count(&mut self, sender: Port, net: &mut Net<Self>) {
        self.count += 1;
        if self.count < 10 {
            net.send(sender, Ping);
        }
    }
}

fn crash_and_recover(crash: u64, recover: u64) -> Faults {
    let ms = Duration::from_millis;
    Faults { crashes: vec![Crash::new(1, ms(crash))], recoveries: vec![Recovery::new(1, ms(recover))], ..Faults::default() }
}

const ONE: fn() -> NodeIndex = || NodeIndex::new(1);

#[test]
fn a_simulated_node_comes_back_with_what_it_stored_last() {
    // Under unit delay node 1 hears at 1, 3, 5, 7 ms; it stores 2 at 3 ms and 4 at 7 ms.
    let run = Run::<Ledger>::on("path:2").seed(3).faults(crash_and_recover(6, 10));
    let finished = run.simulate().unwrap();
    assert_eq!(finished.outcome(), Outcome::Quiescent, "{:?}", finished.explanation);
    let world = finished.world.unwrap();
    let node = world.node(ONE());
    assert_eq!((node.lives, node.incarnation()), (1, 1));
    assert!(node.count >= 2, "it went on from 2: {}", node.count);
    // The ping under way at 6 ms met nobody; the alarm that `#[recover]` set began anew.
    assert!(node.count > 2 && finished.document.messages.total > 6);
}

/// The second life stores nothing: its alarm, at 11 ms, rings in the step that its crash cuts short.
#[test]
fn what_was_stored_survives_each_further_crash() {
    let faults = |crashes, recoveries| Faults {
        crashes: Crash::read_all(crashes).expect("crashes"),
        recoveries: Recovery::read_all(recoveries).expect("recoveries"),
        ..Faults::default()
    };
    let lives = |faults: Faults| {
        let finished = Run::<Ledger>::on("path:2").seed(3).faults(faults).simulate().unwrap();
        let outcome = finished.outcome();
        let world = finished.world.unwrap();
        let node = world.node(ONE());
        assert!(node.count >= 2, "it went on from 2: {}", node.count);
        (outcome, node.is_alive(), node.incarnation(), node.lives)
    };
    assert_eq!(lives(faults("1@6ms,1@10500us+0", "1@20ms,1@10ms")), (Outcome::Quiescent, true, 2, 1));
    assert_eq!(lives(faults("1@10500us,1@6ms,1@10800us", "1@10ms,1@10700us,1@30ms")), (Outcome::Quiescent, true, 3, 1));
    // From the last crash it does not come back, and that ends the run.
    assert_eq!(lives(faults("1@6ms,1@10500us", "1@10ms")), (Outcome::Crashed, false, 1, 1));
}

#[test]
fn a_node_that_stored_nothing_begins_anew() {
    // The step that the crash cuts short, at 1 ms, stores nothing either.
    let run = Run::<Ledger>::on("path:2").seed(3).faults(crash_and_recover(1, 10));
    let world = run.simulate().unwrap().world.unwrap();
    assert_eq!((world.node(ONE()).count, world.node(ONE()).lives, world.node(ONE()).incarnation()), (0, 0, 1));
    let run = Run::<Forgetful>::on("path:2").seed(3).faults(crash_and_recover(6, 10));
    let finished = run.simulate().unwrap();
    assert_eq!(finished.outcome(), Outcome::Quiescent);
    assert_eq!(finished.world.unwrap().node(ONE()).count, 0);
}

#[test]
fn a_new_life_draws_other_random_numbers() {
    let run = Run::<Ledger>::on("path:2").seed(3).faults(crash_and_recover(6, 10));
    let (before, after) = {
        let mut system = run.prepare().unwrap().system();
        let mut before = Vec::new();
        while let Some(choice) = system.enabled().into_iter().find(|choice| !matches!(choice, Choice::Crash(_))) {
            system.apply(choice).unwrap();
            let node = system.of::<Ledger>().unwrap().node(ONE());
            if node.stored().is_some() {
                before.clone_from(&node.drawn);
                break;
            }
        }
        system.apply(Choice::Crash(ONE())).unwrap();
        system.apply(Choice::Recover(ONE())).unwrap();
        (before, system.of::<Ledger>().unwrap().node(ONE()).drawn.clone())
    };
    assert_eq!((before.len(), after.len()), (2, 1));
    assert!(!before.contains(&after[0]));
}

#[test]
fn who_recovers_later_is_waited_for() {
    // All is quiet long before.
    let run = Run::<Ledger>::on("path:2").seed(3).faults(crash_and_recover(6, 5000));
    let finished = run.simulate().unwrap();
    assert!(finished.document.time.virtual_time.unwrap() >= 5000.0);
    assert_eq!(finished.world.unwrap().node(ONE()).lives, 1);
}
