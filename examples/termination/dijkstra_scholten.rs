//! Is all work done?  Detecting the end of a diffusing computation.
//!
//! *Problem.* Work spreads from one node: whoever has some may give work to neighbours.  The first node must learn when
//! nobody has work and none is under way, and not before.
//!
//! *Model.* Any connected graph; links are reliable and may reorder; one initiator.
//!
//! *Idea.* Every piece of work is acknowledged, but who had none before acknowledges what brought it in only when it has no
//! work left and all that it gave away is acknowledged: so those engaged form a tree, which shrinks from its leaves.  When
//! the initiator would leave it, nobody is left.
//!
//! *Cost.* One acknowledgement for each message of the work: as few as any algorithm can do with in the worst case.
//!
//! *Source.* Dijkstra and Scholten, Termination detection for diffusing computations, Information Processing Letters 11(1),
//! 1980.
//!
#![doc = include_str!("../pictures/dijkstra_scholten.md")]

use State::*;
use nodes::prelude::*;

/// So many tasks are handed over.
#[message]
pub struct Work {
    tasks: u32,
}

/// A piece of work is taken care of.
#[message]
pub struct Ack;

/// A task is done.
#[alarm]
pub struct TaskDone;

/// What every node is given at its start.
#[config]
pub struct Options {
    /// How many tasks the initiator has.
    #[default(50)]
    #[shrink]
    #[range(0..=1_000_000)]
    pub tasks: u32,
}

/// What a node does.
#[states]
pub enum State {
    /// Nothing, and owes nobody an acknowledgement.
    #[default]
    Idle,
    /// Has tasks.
    Active,
    /// Has none, but waits for acknowledgements.
    Passive,
    /// Knows that all work is done.
    Informed,
}

/// The end of work that spreads, detected by acknowledgements.
#[protocol(
    links = Reliable,
    initiators = One,
    problem = "termination detection",
    cost = "an acknowledgement for each message of the work",
    source = "Dijkstra & Scholten 1980"
)]
#[derive(Default)]
pub struct DijkstraScholten {
    state: State,
    /// How many tasks there are in all: for the initiator.
    all_tasks: u32,
    parent: Option<Port>,
    tasks: u32,
    done: u32,
    /// How much that it gave away is not acknowledged.
    unacknowledged: u32,
}

#[protocol]
#[never(Work in Informed)]
#[never(Ack in Idle | Informed)]
impl DijkstraScholten {
    #[init]
    fn new(options: &Options) -> Self {
        DijkstraScholten { all_tasks: options.tasks, ..DijkstraScholten::default() }
    }

    #[on(Spontaneously in Idle)]
    fn start(&mut self, net: &mut Net<Self>) {
        self.take_on(self.all_tasks, net);
    }

    #[on(Work in Idle)]
    fn engage(&mut self, msg: Work, sender: Port, net: &mut Net<Self>) {
        self.parent = Some(sender);
        self.take_on(msg.tasks, net);
    }

    #[on(Work in Active)]
    fn more(&mut self, msg: Work, sender: Port, net: &mut Net<Self>) {
        net.send(sender, Ack);
        self.tasks += msg.tasks;
    }

    #[on(Work in Passive)]
    fn again(&mut self, msg: Work, sender: Port, net: &mut Net<Self>) {
        net.send(sender, Ack);
        self.take_on(msg.tasks, net);
    }

    fn take_on(&mut self, tasks: u32, net: &mut Net<Self>) {
        self.tasks = tasks;
        self.state = Active;
        self.work(net);
    }

    fn work(&mut self, net: &mut Net<Self>) {
        if self.tasks > 0 {
            net.set_alarm(millis(0)..=millis(2), TaskDone);
        } else {
            self.state = Passive;
            self.check(net);
        }
    }

    #[when(TaskDone in Active)]
    fn done(&mut self, net: &mut Net<Self>) {
        self.done += 1;
        self.tasks -= 1;
        let share = net.random(0..=self.tasks);
        if share > 0 && net.degree() > 0 {
            self.tasks -= share;
            self.unacknowledged += 1;
            net.send_random(Work { tasks: share });
        }
        self.work(net);
    }

    #[on(Ack in Active | Passive)]
    fn acknowledged(&mut self, net: &mut Net<Self>) {
        self.unacknowledged -= 1;
        self.check(net);
    }

    fn check(&mut self, net: &mut Net<Self>) {
        if self.state == Passive && self.unacknowledged == 0 {
            if let Some(parent) = self.parent.take() {
                net.send(parent, Ack);
                self.state = Idle;
            } else {
                self.state = Informed;
            }
        }
    }

    /// The initiator is not informed before all work is done.
    #[always]
    fn never_early(world: &World<Self>) -> bool {
        let at_work = world.in_state(Active).count() + world.in_state(Passive).count();
        world.in_state(Informed).count() == 0 || (at_work == 0 && world.in_transit::<Work>() == 0)
    }

    /// When all is quiet, all tasks are done, and the initiator is informed.
    #[finally]
    fn always_in_the_end(world: &World<Self>) -> bool {
        let done = world.nodes().map(|node| node.done).sum::<u32>();
        world.in_state(Informed).count() == 1 && world.in_state(Informed).all(|node| node.all_tasks == done)
    }
}

nodes::main!(DijkstraScholten);
