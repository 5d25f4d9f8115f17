//! Each kind of link, and each fault: what is enabled, and what is not.

use core::time::Duration;

use nodes::network::{Budget, Choice, Crash, FaultOption, Faults, LinkCut, NotEnabled, Partition, Passage, Recovery, System};
use nodes::prelude::*;
use nodes::protocol::Links;
use nodes::run::Run;

/// Sends two numbered messages through port 0 when it starts; counts what comes.
#[message]
pub(crate) struct Number(u32);

#[alarm]
pub(crate) struct Tick;

#[protocol]
pub(crate) struct Two {
    heard: Vec<u32>,
    ticks: u32,
}

#[protocol]
impl Two {
    #[on(Spontaneously)]
    fn start(&mut self, net: &mut Net<Self>) {
        net.send(Port::new(0), Number(1));
        net.send(Port::new(0), Number(2));
    }

    #[on(Number)]
    fn hear(&mut self, msg: Number, net: &mut Net<Self>) {
        self.heard.push(msg.0);
        if msg.0 == 2 {
            net.set_alarm(millis(5), Tick);
        }
    }

    #[when(Tick)]
    fn tick(&mut self) {
        self.ticks += 1;
    }
}

fn node(index: usize) -> NodeIndex {
    NodeIndex::new(index)
}

/// The n-th message of node 0.
fn nth(number: u64) -> Passage {
    Passage { from: node(0), port: Port::new(0), number }
}

fn run(links: Links, faults: Faults) -> System {
    Run::<Two>::on("path:2").links(links).faults(faults).seed(1).prepare().unwrap().system()
}

/// Node 0 has sent two messages to node 1.
fn started(links: Links, faults: Faults) -> System {
    let mut system = run(links, faults);
    system.apply(Choice::Impulse(node(0))).unwrap();
    system
}

fn after(mut system: System, choices: &[Choice]) -> System {
    for choice in choices {
        system.apply(*choice).unwrap_or_else(|why| panic!("{choice}: {why}"));
    }
    system
}

fn world(system: &System) -> &World<Two> {
    system.of().expect("a system of this protocol")
}

fn heard(system: &System) -> Vec<u32> {
    world(system).node(node(1)).heard.clone()
}

fn cut() -> Faults {
    links_down("0-1@1s..2s")
}

fn links_down(cuts: &str) -> Faults {
    Faults { links_down: LinkCut::read_all(cuts).expect("cuts"), ..Faults::default() }
}

fn crash(recovers: bool) -> Faults {
    let recoveries = if recovers { vec![Recovery::new(1, Duration::from_secs(2))] } else { Vec::new() };
    Faults { crashes: vec![Crash::new(1, Duration::from_secs(1))], recoveries, ..Faults::default() }
}

#[test]
fn at_first_only_the_impulse_is_enabled() {
    for links in [Links::Fifo, Links::Reliable, Links::Lossy] {
        let system = run(links, Faults::default());
        assert_eq!(system.enabled(), [Choice::Impulse(node(0))]);
        assert!(!system.is_quiet());
    }
}

#[test]
fn on_fifo_links_the_first_message_arrives() {
    let system = started(Links::Fifo, Faults::default());
    assert_eq!(system.enabled(), [Choice::Deliver(nth(1))]);
    assert_eq!(system.is_enabled(Choice::Deliver(nth(2))), Err(NotEnabled::NotFirst));
    let system = after(system, &[Choice::Deliver(nth(1))]);
    assert_eq!(system.enabled(), [Choice::Deliver(nth(2))]);
    let system = after(system, &[Choice::Deliver(nth(2))]);
    assert_eq!(heard(&system), [1, 2]);
    assert_eq!(system.is_enabled(Choice::Deliver(nth(2))), Err(NotEnabled::NotUnderWay));
}

#[test]
fn on_reliable_links_any_message_arrives_and_none_is_lost_or_doubled() {
    let system = started(Links::Reliable, Faults::default());
    assert_eq!(system.enabled(), [Choice::Deliver(nth(1)), Choice::Deliver(nth(2))]);
    for wrong in [Choice::Lose(nth(1)), Choice::Duplicate(nth(1))] {
        assert_eq!(system.is_enabled(wrong), Err(NotEnabled::NotLossy));
    }
    let system = after(system, &[Choice::Deliver(nth(2)), Choice::Deliver(nth(1))]);
    assert_eq!(heard(&system), [2, 1]);
}

#[test]
fn on_lossy_links_a_message_is_also_lost_or_doubled_once() {
    let system = started(Links::Lossy, Faults::default());
    let each = |number| [Choice::Deliver(nth(number)), Choice::Lose(nth(number)), Choice::Duplicate(nth(number))];
    let mut all = [each(1), each(2)].concat();
    all.sort();
    assert_eq!(system.enabled(), all);
    let system = after(system, &[Choice::Lose(nth(1)), Choice::Duplicate(nth(2))]);
    assert_eq!((world(&system).in_transit::<Number>(), world(&system).in_transit_by_tag(0)), (2, 2));
    assert_eq!(system.is_enabled(Choice::Duplicate(nth(2))), Err(NotEnabled::Copied));
    let system = after(system, &[Choice::Deliver(nth(2)), Choice::Deliver(nth(2))]);
    assert_eq!(heard(&system), [2, 2]);
    assert_eq!(world(&system).sent::<Number>(), 2, "a copy is not sent by anybody");
    assert_eq!(world(&system).in_transit::<Number>(), 0);
}

#[test]
fn an_alarm_rings_at_any_time_and_time_passes_with_it() {
    let system = after(started(Links::Fifo, Faults::default()), &[Choice::Deliver(nth(1)), Choice::Deliver(nth(2))]);
    assert!(!system.is_quiet(), "the alarm is set");
    assert_eq!(system.enabled(), [Choice::Alarm(node(1))]);
    let system = after(system, &[Choice::Alarm(node(1))]);
    assert_eq!((system.now(), world(&system).node(node(1)).ticks), (Duration::from_millis(5), 1));
    assert!(system.is_quiet() && system.enabled().is_empty());
    assert_eq!(system.is_enabled(Choice::Alarm(node(1))), Err(NotEnabled::NoAlarm));
}

#[test]
fn faults_that_are_not_declared_are_never_enabled() {
    let undeclared = |choice: &Choice| {
        matches!(
            choice,
            Choice::Crash(_) | Choice::Recover(_) | Choice::Cut(_) | Choice::Mend(_) | Choice::Lose(_) | Choice::Duplicate(_)
        )
    };
    for links in [Links::Fifo, Links::Reliable, Links::Lossy] {
        let mut system = run(links, Faults::default());
        loop {
            let enabled = system.enabled();
            let faulty = enabled.iter().filter(|choice| undeclared(choice)).collect::<Vec<_>>();
            let of_links = |choice: &&Choice| matches!(choice, Choice::Lose(_) | Choice::Duplicate(_));
            assert!(faulty.iter().all(|choice| links == Links::Lossy && of_links(choice)), "{links:?}: {faulty:?}");
            for fault in [Choice::Crash(node(1)), Choice::Recover(node(1)), Choice::Cut(0), Choice::Mend(0)] {
                assert_eq!(system.is_enabled(fault), Err(NotEnabled::NotDeclared), "{fault}");
                assert!(system.clone().apply(fault).is_err());
            }
            let Some(next) = enabled.first() else { break };
            system.apply(*next).unwrap();
        }
    }
}

#[test]
fn who_crashes_takes_no_step_and_what_arrives_is_gone() {
    let mut system = started(Links::Fifo, crash(false));
    assert!(system.enabled().contains(&Choice::Crash(node(1))));
    system.apply(Choice::Crash(node(1))).unwrap();
    assert_eq!(system.is_enabled(Choice::Crash(node(1))), Err(NotEnabled::NotDeclared), "it was declared once");
    assert_eq!(system.is_enabled(Choice::Recover(node(1))), Err(NotEnabled::NotDeclared));
    let system = after(system, &[Choice::Deliver(nth(1)), Choice::Deliver(nth(2))]);
    assert!(heard(&system).is_empty() && system.is_quiet());
    assert_eq!(world(&system).in_transit::<Number>(), 0);
}

#[test]
fn who_crashes_may_take_with_it_what_it_sent_last() {
    let faults = Faults { crashes: vec![Crash::new(0, Duration::from_secs(1))], ..Faults::default() };
    let system = after(started(Links::Fifo, faults.clone()), &[Choice::Crash(node(0))]);
    assert!(system.is_enabled(Choice::Deliver(nth(1))).is_ok());
    assert_eq!(system.is_enabled(Choice::Lose(nth(1))), Err(NotEnabled::NotLossy), "the second left after the first");
    let system = after(system, &[Choice::Lose(nth(2)), Choice::Lose(nth(1))]);
    assert!(system.is_quiet());
    // Where there is no order, any may have stayed behind.
    let system = after(started(Links::Reliable, faults), &[Choice::Crash(node(0))]);
    assert!(system.is_enabled(Choice::Lose(nth(1))).is_ok());
}

#[test]
fn alarms_of_the_dead_do_not_ring_and_are_gone_when_they_recover() {
    let choices = [Choice::Deliver(nth(1)), Choice::Deliver(nth(2)), Choice::Crash(node(1))];
    let system = after(started(Links::Fifo, crash(true)), &choices);
    assert_eq!(system.is_enabled(Choice::Alarm(node(1))), Err(NotEnabled::Dead));
    assert!(!system.is_quiet(), "it will recover");
    let system = after(system, &[Choice::Recover(node(1))]);
    assert_eq!(system.is_enabled(Choice::Alarm(node(1))), Err(NotEnabled::NoAlarm));
    assert!(heard(&system).is_empty(), "it stored nothing");
    assert_eq!(system.world().node(node(1)).incarnation(), 1);
    assert!(system.is_quiet());
}

#[test]
fn what_was_sent_before_a_recovery_may_arrive_or_be_lost() {
    let system = after(started(Links::Fifo, crash(true)), &[Choice::Crash(node(1)), Choice::Recover(node(1))]);
    assert!(system.is_enabled(Choice::Lose(nth(1))).is_ok());
    assert!(system.is_enabled(Choice::Deliver(nth(1))).is_ok());
    let system = after(system, &[Choice::Lose(nth(1)), Choice::Deliver(nth(2))]);
    assert_eq!(heard(&system), [2]);
}

#[test]
fn what_is_sent_over_a_cut_link_waits() {
    for links in [Links::Fifo, Links::Reliable] {
        let system = after(run(links, cut()), &[Choice::Cut(0), Choice::Impulse(node(0))]);
        assert_eq!(system.enabled(), [Choice::Mend(0)]);
        assert_eq!(system.is_enabled(Choice::Deliver(nth(1))), Err(NotEnabled::Cut));
        let system = after(system, &[Choice::Mend(0), Choice::Deliver(nth(1))]);
        assert_eq!(heard(&system), [1]);
        assert_eq!(system.is_enabled(Choice::Cut(0)), Err(NotEnabled::NotDeclared), "it was declared once");
    }
}

#[test]
fn what_was_sent_before_a_cut_may_arrive_during_it() {
    let system = after(started(Links::Fifo, cut()), &[Choice::Cut(0)]);
    assert_eq!(system.enabled(), [Choice::Deliver(nth(1)), Choice::Mend(0)]);
}

#[test]
fn what_is_sent_over_a_cut_lossy_link_is_lost() {
    let system = after(run(Links::Lossy, cut()), &[Choice::Cut(0), Choice::Impulse(node(0)), Choice::Mend(0)]);
    assert_eq!(system.enabled(), [Choice::Lose(nth(1)), Choice::Lose(nth(2))]);
}

#[test]
fn a_link_that_is_cut_from_the_start_is_cut_at_the_start() {
    let system = started(Links::Fifo, links_down("0-1@0s..2s"));
    assert_eq!(system.enabled(), [Choice::Mend(0)]);
}

#[test]
fn a_cut_one_way_holds_up_what_goes_that_way() {
    for links in [Links::Fifo, Links::Reliable, Links::Lossy] {
        let system = started(links, links_down("0->1@0s..2s"));
        assert_eq!(system.is_enabled(Choice::Deliver(nth(1))), Err(NotEnabled::Cut), "{links:?}");
        let system = after(started(links, links_down("1->0@0s..2s")), &[Choice::Deliver(nth(1))]);
        assert_eq!(heard(&system), [1], "{links:?}");
    }
}

#[test]
fn a_link_that_is_cut_twice_is_whole_when_both_cuts_have_ended() {
    // Partitions are counted first.
    let partitions = vec![Partition::new([[0]], secs(0)..secs(9))];
    let faults = Faults { partitions, ..links_down("1->0@1s..2s,0->1@1s..2s") };
    let system = after(started(Links::Fifo, faults), &[Choice::Cut(2), Choice::Mend(0)]);
    assert_eq!(system.enabled(), [Choice::Cut(1), Choice::Mend(2)]);
    let system = after(system, &[Choice::Cut(1), Choice::Mend(2), Choice::Deliver(nth(1))]);
    assert_eq!((heard(&system), system.is_enabled(Choice::Mend(3))), (vec![1], Err(NotEnabled::NotDeclared)));
}

#[test]
fn a_node_crashes_and_recovers_as_often_as_is_declared() {
    let crashes = vec![Crash::new(1, secs(1)), Crash::new(1, secs(3)), Crash::new(1, secs(5))];
    let recoveries = vec![Recovery::new(1, secs(2)), Recovery::new(1, secs(4))];
    let (crash, recover) = (Choice::Crash(node(1)), Choice::Recover(node(1)));
    let system = started(Links::Fifo, Faults { crashes, recoveries, ..Faults::default() });
    let system = after(system, &[crash, recover, Choice::Doom(node(1)), crash, recover]);
    assert_eq!((system.is_enabled(recover), system.is_enabled(crash)), (Err(NotEnabled::NotDeclared), Ok(())));
    let system = after(system, &[crash]);
    let enabled = [Choice::Doom(node(1)), crash, recover].map(|choice| system.is_enabled(choice).is_ok());
    assert_eq!((enabled, system.world().node(node(1)).incarnation()), ([false; 3], 2));
}

#[test]
fn woken_together_all_start_before_any_message_arrives() {
    let run = Run::<Two>::on("path:2").wake([0, 1]).seed(1);
    let system = after(run.prepare().unwrap().system(), &[Choice::Impulse(node(1))]);
    assert_eq!(system.enabled(), [Choice::Impulse(node(0))]);
    let first = Passage { from: node(1), port: Port::new(0), number: 1 };
    assert_eq!(system.is_enabled(Choice::Deliver(first)), Err(NotEnabled::Waking));
    // At random, it need not be so.
    let run = run.wake_up(nodes::run::Wake::Random);
    let system = after(run.prepare().unwrap().system(), &[Choice::Impulse(node(1))]);
    assert!(system.is_enabled(Choice::Deliver(first)).is_ok());
}

#[test]
fn places_that_do_not_exist_are_no_choices() {
    let system = started(Links::Lossy, Faults::default());
    for from in [0, 1, 7] {
        let passage = Passage { from: node(from), port: Port::new(3), number: 1 };
        assert_eq!(system.is_enabled(Choice::Deliver(passage)), Err(NotEnabled::NoSuchPlace));
    }
    assert_eq!(system.is_enabled(Choice::Alarm(node(7))), Err(NotEnabled::NoSuchPlace));
    assert_eq!(system.is_enabled(Choice::Impulse(node(7))), Err(NotEnabled::NoImpulse));
    assert_eq!(system.is_enabled(Choice::ToSelf(node(7))), Err(NotEnabled::NothingToSelf));
}

fn budget(text: &str) -> Faults {
    text.parse::<Budget>().expect("a budget").into()
}

#[test]
fn a_budget_lets_any_node_crash_and_recover_so_often() {
    let system = run(Links::Fifo, budget("crashes=1,recoveries=1"));
    let crashes = [
        Choice::Impulse(node(0)),
        Choice::Doom(node(0)),
        Choice::Doom(node(1)),
        Choice::Crash(node(0)),
        Choice::Crash(node(1)),
    ];
    assert_eq!(system.enabled(), crashes);
    let system = after(system, &[Choice::Crash(node(1))]);
    assert_eq!(system.enabled(), [Choice::Impulse(node(0)), Choice::Recover(node(1))]);
    let system = after(system, &[Choice::Recover(node(1))]);
    assert_eq!(system.enabled(), [Choice::Impulse(node(0))]);
    assert_eq!(system.budget(), Budget::default());
    for choice in [Choice::Crash(node(1)), Choice::Recover(node(1)), Choice::Crash(node(7))] {
        assert_eq!(system.is_enabled(choice), Err(NotEnabled::NotDeclared));
    }
    // A recovery that may happen need not.
    let system = after(run(Links::Fifo, budget("crashes=2,recoveries=2")), &[Choice::Impulse(node(0)), Choice::Crash(node(1))]);
    assert!(after(system, &[Choice::Deliver(nth(1)), Choice::Deliver(nth(2))]).is_quiet());
}

#[test]
fn a_budget_counts_losses_and_duplicates_on_any_links() {
    for links in [Links::Fifo, Links::Reliable, Links::Lossy] {
        let system = started(links, budget("losses=1,duplicates=1"));
        let spent =
            |system: &System, choice: Choice| assert_eq!(system.is_enabled(choice), Err(NotEnabled::Spent), "{links:?}");
        let system = after(system, &[Choice::Duplicate(nth(2))]);
        spent(&system, Choice::Duplicate(nth(1)));
        // Of two copies the second is lost.
        let system = after(system, &[Choice::Lose(nth(2))]);
        spent(&system, Choice::Lose(nth(1)));
        let system = after(system, &[Choice::Deliver(nth(1)), Choice::Deliver(nth(2))]);
        assert_eq!((heard(&system), system.is_quiet()), (vec![1, 2], false));
        assert_eq!(after(system, &[Choice::Alarm(node(1))]).enabled(), []);
    }
}

#[test]
fn what_a_crash_loses_is_not_counted() {
    let system = started(Links::Fifo, budget("crashes=1,losses=1"));
    let system = after(system, &[Choice::Crash(node(0)), Choice::Lose(nth(2)), Choice::Lose(nth(1))]);
    assert_eq!(system.budget(), Budget { losses: Some(1), ..Budget::default() });
    let system = started(Links::Fifo, budget("crashes=1,losses=1"));
    // The first is not what node 0 sent last: it is lost on its way.
    let system = after(system, &[Choice::Crash(node(0)), Choice::Lose(nth(1)), Choice::Lose(nth(2))]);
    assert_eq!(system.budget(), Budget { losses: Some(0), ..Budget::default() });
}

#[test]
fn where_each_message_arrives_any_number_of_times_the_same_ones_count_as_one() {
    let any = || budget("duplicates=any");
    let system = after(started(Links::Reliable, any()), &[Choice::Duplicate(nth(1)), Choice::Duplicate(nth(1))]);
    assert_eq!(system.is_enabled(Choice::Lose(nth(2))), Err(NotEnabled::NotLossy));
    let system = after(system, &[Choice::Deliver(nth(1)), Choice::Lose(nth(1))]);
    assert_eq!(system.is_enabled(Choice::Lose(nth(1))), Err(NotEnabled::NotLossy));
    assert_eq!(
        after(system, &[Choice::Deliver(nth(1)), Choice::Deliver(nth(2))]).of::<Two>().map(World::all_terminal),
        Some(false)
    );
}
