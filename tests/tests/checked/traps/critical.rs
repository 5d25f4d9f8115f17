//! Mutual exclusion, after Ricart and Agrawala.

use State::*;
use nodes::prelude::*;
use nodes::run::Run;

use super::{broken, holds};

#[message]
struct Request;
#[message]
struct Reply;
#[message]
struct End;
/// The critical section begins.
#[message]
struct Enter;
/// It is over.
#[message]
struct Leave;

#[states]
enum State {
    #[default]
    Idle,
    Waiting,
    Critical,
    /// Takes part no more.
    #[terminal]
    Ended,
}

#[config]
#[derive(Copy)]
struct Mistakes {
    /// It ends when all others have, and forgets what it still wanted.
    ends_with_others: bool,
    /// The critical section runs beside what receives messages, which takes it for done at once.
    beside: bool,
}

/// Each node enters once; who has the smaller id goes first.
#[protocol(topology = Complete, links = Reliable, initiators = All, knows(NeighbourIds))]
struct Mutex {
    state: State,
    mistakes: Mistakes,
    replies: usize,
    ends: usize,
    is_inside: bool,
    has_entered: bool,
}

#[protocol]
#[defer(Request in Waiting | Critical)]
#[never(Reply in Idle | Critical)]
#[never(Leave in Waiting)]
impl Mutex {
    #[init]
    fn new(mistakes: &Mistakes) -> Self {
        Mutex { state: Idle, mistakes: *mistakes, replies: 0, ends: 0, is_inside: false, has_entered: false }
    }

    #[on(Spontaneously in Idle)]
    fn ask(&mut self, net: &mut Net<Self>) {
        net.send_to_all(Request);
        self.state = Waiting;
    }

    #[on(Request in Idle)]
    #[on(Request in Waiting if net.id_of(sender) < net.id())]
    fn permit(&mut self, sender: Port, net: &mut Net<Self>) {
        net.send(sender, Reply);
    }

    #[on(Reply in Waiting)]
    fn permitted(&mut self, net: &mut Net<Self>) {
        self.replies += 1;
        if self.replies == net.degree() {
            if self.mistakes.beside {
                net.send_to_self(Enter);
                self.state = Idle;
            } else {
                self.state = Critical;
                self.enter(net);
            }
        }
    }

    #[on(Enter)]
    fn enter(&mut self, net: &mut Net<Self>) {
        self.is_inside = true;
        self.has_entered = true;
        net.send_to_self(Leave);
    }

    #[on(Leave in Idle | Critical)]
    fn leave(&mut self, net: &mut Net<Self>) {
        self.is_inside = false;
        net.send_to_all(End);
        self.state = Idle;
        self.end_with_others(net);
    }

    #[on(End)]
    fn note(&mut self, net: &mut Net<Self>) {
        self.ends += 1;
        self.end_with_others(net);
    }

    fn end_with_others(&mut self, net: &mut Net<Self>) {
        let is_done = self.has_entered && !self.is_inside;
        if self.ends == net.degree() && (is_done || self.mistakes.ends_with_others) {
            self.state = Ended;
        }
    }

    #[always]
    fn mutual_exclusion(world: &World<Self>) -> bool {
        world.nodes().filter(|node| node.is_inside).count() <= 1
    }

    #[always]
    fn ended_when_served(world: &World<Self>) -> bool {
        world.in_state(Ended).all(|node| node.has_entered && !node.is_inside)
    }
}

fn run(ends_with_others: bool, beside: bool) -> Run<Mutex> {
    Run::on("complete:2").config(Mistakes { ends_with_others, beside })
}

#[test]
fn it_ends_with_others() {
    // Two impulses, a Request, its Reply, Leave, and End.
    assert_eq!(broken(&run(true, false)), ("ended_when_served".to_owned(), 6));
}

#[test]
fn the_critical_section_runs_beside() {
    // Two impulses; each Request and Reply; each Enter.
    assert_eq!(broken(&run(false, true)), ("mutual_exclusion".to_owned(), 8));
}

#[test]
fn without_mistakes_it_holds() {
    holds(&run(false, false));
}
