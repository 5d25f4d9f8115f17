//! A run that somebody steers: what he may choose, and what comes of it.

use core::cell::RefCell;
use core::time::Duration;
use std::rc::Rc;

use catalogue::{Bully, Echo, Flooding, Lamport, Shout, YoYo};
use nodes::check::Check;
use nodes::network::{Crash, Fate, Faults, Happening, NotEnabled, Observer, OnCrash, Sent};
use nodes::protocol::{Links, Random, WorldView};
use nodes::run::{Document, Initiators, Outcome, Run, Wake};
use nodes::simulator::{Order, Simulation, Steering};
use nodes::topology::{NodeIndex, Port};
use nodes::{Protocol, millis};

/// What is under way, as far as an observer can know.
#[derive(Debug, Default)]
struct Messages {
    /// By number: the link that it was sent on, and how many copies are under way.
    sent: Vec<((NodeIndex, Port), u32)>,
    /// How many nodes have had their impulse.
    woken: usize,
    shown: usize,
    dead: Vec<NodeIndex>,
}

impl Messages {
    fn may_arrive(&self, message: usize, links: Links, initiators: usize) -> Result<(), NotEnabled> {
        match self.sent.get(message) {
            None | Some((_, 0)) => Err(NotEnabled::NotUnderWay),
            Some(_) if self.woken < initiators => Err(NotEnabled::Waking),
            Some((link, _)) => {
                let earlier = self.sent[..message].iter().any(|(other, copies)| other == link && *copies > 0);
                if links == Links::Fifo && earlier { Err(NotEnabled::NotFirst) } else { Ok(()) }
            }
        }
    }
}

#[derive(Clone, Default)]
struct Watcher(Rc<RefCell<Messages>>);

impl Observer for Watcher {
    fn show(&mut self) {
        self.0.borrow_mut().shown += 1;
    }

    fn sent(&mut self, sent: &Sent<'_>) {
        let mut messages = self.0.borrow_mut();
        assert_eq!(sent.number, messages.sent.len() as u64, "messages are numbered as they are sent");
        messages.sent.push(((sent.from, sent.port), 1));
    }

    fn fate(&mut self, _: NodeIndex, _: Port, number: u64, fate: Fate) {
        let (_, copies) = &mut self.0.borrow_mut().sent[number as usize];
        match fate {
            Fate::Lost => *copies = 0,
            Fate::Duplicated => *copies = 2,
            Fate::Resent(_) => {}
        }
    }

    fn before(&mut self, _: Duration, node: NodeIndex, happening: &Happening<'_>, _: &dyn WorldView) {
        let mut messages = self.0.borrow_mut();
        match happening {
            Happening::Message { number, .. } | Happening::ToTheDead { number, .. } => {
                let (_, copies) = &mut messages.sent[*number as usize];
                *copies = copies.checked_sub(1).expect("no more copies arrive than are under way");
            }
            Happening::Impulse => messages.woken += 1,
            Happening::Crash => messages.dead.push(node),
            Happening::Alarm | Happening::Deferred | Happening::Doomed | Happening::Recover => {}
        }
    }
}

/// Chooses messages at random, and knows what must come of it.
struct Chooser {
    watcher: Watcher,
    random: Random,
    links: Links,
    initiators: usize,
    expected: Option<Result<(), NotEnabled>>,
    delivered: usize,
}

impl Steering for Chooser {
    fn looks(&mut self) -> bool {
        false
    }

    fn next(&mut self) -> Order {
        let messages = self.watcher.0.borrow();
        if messages.sent.is_empty() || self.random.chance(0.3) {
            return Order::GoOn;
        }
        let message = self.random.below(messages.sent.len() as u64 + 1);
        self.expected = Some(messages.may_arrive(message as usize, self.links, self.initiators));
        Order::Deliver(message)
    }

    fn made(&mut self, made: Result<(), NotEnabled>) {
        assert_eq!(Some(made), self.expected.take());
        self.delivered += usize::from(made.is_ok());
    }
}

/// A run in which messages are chosen at random: all that were sent arrive, and each once.
fn chosen<P: Protocol>(run: &Run<P>, delay: &str, links: Links, initiators: usize) -> Document {
    let run = run.clone().delay(delay.parse().expect("a delay")).links(links);
    let watcher = Watcher::default();
    let random = Random::stream(run.prepare().expect("it can run").instance.seed(), "chosen", 0);
    let mut chooser = Chooser { watcher: watcher.clone(), random, links, initiators, expected: None, delivered: 0 };
    let mut observer = watcher.clone();
    let finished = run.by(Simulation::new().steering(&mut chooser).observe(&mut observer)).expect("it runs");
    let left = watcher.0.borrow().sent.iter().filter(|(_, copies)| *copies > 0).count();
    assert_eq!(left, 0, "messages did not arrive: {:?} {:?}", finished.outcome(), finished.explanation);
    assert!(chooser.delivered > 10, "few were chosen: {}", chooser.delivered);
    finished.document
}

#[test]
fn chosen_messages_arrive_as_the_links_allow() {
    for seed in 1..6 {
        for delay in ["unit", "uniform:1ms..10ms", "exponential:5ms"] {
            let shout = Run::<Shout>::on("gnp:20,0.2").seed(seed);
            let edges = shout.prepare().expect("it can run").instance.graph().link_count() as u64;
            let document = chosen(&shout, delay, Links::Fifo, 1);
            assert_eq!(document.outcome, Outcome::Terminated, "seed {seed}, {delay}");
            assert_eq!(document.messages.total, 4 * edges - 2 * 20 + 2, "seed {seed}, {delay}");

            let flooding = Run::<Flooding>::on("torus:4x4").seed(seed);
            let document = chosen(&flooding, delay, Links::Reliable, 1);
            assert_eq!(document.outcome, Outcome::Terminated, "seed {seed}, {delay}");
            assert_eq!(document.messages.total, 2 * 32 - 16 + 1, "seed {seed}, {delay}");

            let election = Run::<YoYo>::on("gnp:12,0.4").initiators(Initiators::All).seed(seed).wake_up(Wake::Together);
            let document = chosen(&election, delay, Links::Fifo, 12);
            assert_eq!(document.outcome, Outcome::Terminated, "seed {seed}, {delay}");

            let doubled = Faults { duplicate: 0.3, loss: 0.1, ..Faults::default() };
            chosen(&Run::<Flooding>::on("complete:8").seed(seed).faults(doubled), delay, Links::Lossy, 1);
        }
    }
}

/// Gives one order after so many events, and lets the run go on.
struct Once {
    after: usize,
    order: Order,
    made: Vec<Result<(), NotEnabled>>,
}

impl Steering for Once {
    fn looks(&mut self) -> bool {
        false
    }

    fn next(&mut self) -> Order {
        self.after = self.after.wrapping_sub(1);
        if self.after < 2 { self.order } else { Order::GoOn }
    }

    fn made(&mut self, made: Result<(), NotEnabled>) {
        self.made.push(made);
    }
}

fn once<P: Protocol>(run: &Run<P>, after: usize, order: Order) -> (Document, Vec<Result<(), NotEnabled>>) {
    let mut once = Once { after, order, made: Vec::new() };
    let finished = run.by(Simulation::new().steering(&mut once)).expect("it runs");
    (finished.document, once.made)
}

#[test]
fn a_node_that_is_crashed_by_hand_is_dead_and_the_run_goes_on() {
    let crash = Order::Crash(NodeIndex::new(4));
    // Ordered twice.
    let right = vec![Ok(()), Err(NotEnabled::Dead)];
    let (document, made) = once(&Run::<Echo>::on("path:5").seed(1), 3, crash);
    assert_eq!(made, right);
    // Its father waits for its echo.
    assert_eq!(document.outcome, Outcome::Stuck);
    assert_eq!(document.links.lost, Some(0));
    // As if the crash had been planned and nothing left, where others go on without it.
    let (by_hand, made) = once(&Run::<Bully>::on("complete:5").seed(1), 2, crash);
    assert_eq!(made, right);
    let planned =
        Faults { crashes: vec![Crash::new(4, millis(0)).leaving(0)], on_crash: OnCrash::Continue, ..Faults::default() };
    let planned = Run::<Bully>::on("complete:5").seed(1).faults(planned).simulate().expect("it runs").document;
    assert_eq!(by_hand.outcome, planned.outcome);
    let (_, made) = once(&Run::<Echo>::on("path:5").seed(1), 3, Order::Crash(NodeIndex::new(5)));
    assert_eq!(made, vec![Err(NotEnabled::NoSuchPlace); 2]);
}

#[test]
fn a_run_ends_when_whoever_steers_it_says_so() {
    let (document, _) = once(&Run::<Flooding>::on("complete:8").seed(1), 4, Order::Stop);
    assert_eq!(document.outcome, Outcome::Stopped);
    let whole = Run::<Flooding>::on("complete:8").seed(1).simulate().expect("it runs");
    assert!(document.messages.total < whole.messages());
}

#[test]
fn what_was_never_sent_cannot_be_chosen() {
    let (document, made) = once(&Run::<Flooding>::on("complete:8").seed(1), 4, Order::Deliver(u64::MAX));
    assert_eq!(made, vec![Err(NotEnabled::NotUnderWay); 2]);
    assert_eq!(document.outcome, Outcome::Terminated);
}

/// Lets choices be made one by one, and wants others.
struct Reader {
    left: usize,
    orders: Vec<Order>,
    refused: Vec<Result<(), NotEnabled>>,
}

impl Steering for Reader {
    fn looks(&mut self) -> bool {
        true
    }

    fn next(&mut self) -> Order {
        if let Some(order) = self.orders.pop() {
            return order;
        }
        let Some(left) = self.left.checked_sub(1) else { return Order::Stop };
        (self.left, self.orders) = (left, vec![Order::Deliver(0), Order::Look, Order::Crash(NodeIndex::new(0))]);
        Order::GoOn
    }

    fn made(&mut self, made: Result<(), NotEnabled>) {
        self.refused.push(made);
    }
}

#[test]
fn a_schedule_goes_on_when_whoever_steers_it_says_so_and_as_it_says_itself() {
    let run = Run::<Lamport>::on("complete:2").links(Links::Reliable).seed(1);
    let checked = run.check(Check::new()).expect("it can be checked");
    let schedule = checked.failure().and_then(|failure| failure.schedule.clone()).expect("it is violated");
    for left in 0..=schedule.steps.len() {
        let mut reader = Reader { left, orders: Vec::new(), refused: Vec::new() };
        let mut shown = Watcher::default();
        let watcher = shown.clone();
        let simulation = Simulation::new().steering(&mut reader).observe(&mut shown);
        let document = nodes::campaign::replay(&run.clone().into(), &schedule, simulation).expect("it can happen").document;
        let all = left == schedule.steps.len();
        assert_eq!(document.outcome, if all { Outcome::Violated } else { Outcome::Stopped }, "{left}");
        // Of the last choice nothing is asked behind it, if it is the last.
        let asked = if all { left - 1 } else { left };
        assert_eq!(reader.refused, vec![Err(NotEnabled::Scheduled); 2 * asked], "{left}");
        assert!(watcher.0.borrow().shown > left, "what has happened is shown before each question");
    }
}
