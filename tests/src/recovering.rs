//! A protocol that survives crashes: deposits, each entered once, whatever happens in between.

use State::*;
use nodes::prelude::*;

/// The n-th deposit.
#[message]
pub struct Deposit(u64);

/// So many are in the book.
#[message]
pub struct Entered(u64);

/// Nobody has answered.
#[alarm]
pub struct Again;

/// What every node is given at its start.
#[config]
pub struct Options {
    /// How many deposits the initiator makes.
    #[default(40)]
    pub deposits: u64,
    /// How long it waits for an answer.
    #[default(millis(10))]
    pub patience: Duration,
}

/// What a node does.
#[states]
pub enum State {
    /// Keeps a book.
    #[default]
    Keeping,
    /// Makes deposits.
    Depositing,
    /// All are entered.
    #[terminal]
    Done,
}

/// One node makes deposits with another, one after the other, again and again until each is entered; both store where they are.
#[protocol(topology = Complete, initiators = One)]
#[derive(Default)]
pub struct Bank {
    state: State,
    /// Deposits made, or entered.
    pub count: u64,
    /// How often the node has come back.
    pub lives: u64,
    deposits: u64,
    patience: Duration,
}

#[protocol]
#[ignore(Deposit in Depositing | Done)]
impl Bank {
    #[init]
    fn new(options: &Options) -> Self {
        Bank { deposits: options.deposits, patience: options.patience, ..Bank::default() }
    }

    /// Goes on where it was: who makes deposits makes the one that was under way once more.
    #[recover]
    fn back(saved: (bool, u64, u64), options: &Options, net: &mut Net<Self>) -> Self {
        let (deposits, count, lives) = saved;
        let mut node = Bank { count, lives: lives + 1, ..Bank::new(options) };
        node.keep(deposits, net);
        if deposits {
            node.deposit(net);
        }
        node
    }

    #[on(Spontaneously in Keeping)]
    fn start(&mut self, net: &mut Net<Self>) {
        self.keep(true, net);
        self.deposit(net);
    }

    fn keep(&mut self, deposits: bool, net: &mut Net<Self>) {
        net.store(&(deposits, self.count, self.lives));
        net.report("lives", self.lives);
    }

    fn deposit(&mut self, net: &mut Net<Self>) {
        net.send(Port::new(0), Deposit(self.count + 1));
        net.set_alarm(self.patience, Again);
        self.state = Depositing;
    }

    #[when(Again in Depositing)]
    fn again(&mut self, net: &mut Net<Self>) {
        self.deposit(net);
    }

    #[on(Deposit in Keeping)]
    fn enter(&mut self, msg: Deposit, sender: Port, net: &mut Net<Self>) {
        if msg.0 == self.count + 1 {
            self.count += 1;
            self.keep(false, net);
        }
        net.send(sender, Entered(self.count));
    }

    #[on(Entered in Depositing)]
    fn next(&mut self, msg: Entered, net: &mut Net<Self>) {
        if msg.0 == self.count + 1 {
            self.count += 1;
            self.keep(true, net);
            net.cancel::<Again>();
            if self.count < self.deposits {
                net.set_alarm(millis(2), Again);
            } else {
                net.send_to_all(Entered(self.count));
                self.state = Done;
            }
        }
    }

    /// The last word: all are made.
    #[on(Entered in Keeping)]
    fn close(&mut self, msg: Entered) {
        if msg.0 == self.deposits {
            self.state = Done;
        }
    }

    /// Nothing is entered twice, or before it is made.
    #[always]
    fn in_step(world: &World<Self>) -> bool {
        let most = world.nodes().map(|node| node.count).max().unwrap_or(0);
        world.nodes().all(|node| node.count == 0 || node.count + 1 >= most)
    }

    /// In the end, all are.
    #[finally]
    fn all_entered(world: &World<Self>) -> bool {
        world.nodes().filter(|node| node.count == node.deposits).count() == 2
    }
}
