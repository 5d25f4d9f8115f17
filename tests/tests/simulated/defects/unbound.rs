//! A node tells the initializer that it is ready, and binds its socket afterwards: the answer finds nobody.

use State::*;
use nodes::prelude::*;
use nodes::testing::{Kind, Trial};

use super::failing;

#[message]
struct Ready;

#[message]
struct Begin;

/// The socket is bound.
#[alarm]
struct Bound;

#[config]
struct Order {
    /// Whether a node binds first, as it should.
    #[default(false)]
    bind_first: bool,
}

#[states]
enum State {
    #[default]
    Off,
    /// Nobody listens yet: what arrives is lost.
    Binding,
    Listening,
    #[terminal]
    Running,
}

/// Node 0 is the initializer, all others are to be started by it.
#[protocol(links = Reliable, initiators = All)]
#[derive(Default)]
struct Unbound {
    state: State,
    bind_first: bool,
    ready: usize,
}

#[protocol]
#[ignore(Begin in Off | Binding)]
impl Unbound {
    #[init]
    fn new(order: &Order) -> Self {
        Unbound { bind_first: order.bind_first, ..Unbound::default() }
    }

    #[on(Spontaneously in Off)]
    fn start(&mut self, net: &mut Net<Self>) {
        if net.id() == 0 {
            return;
        }
        if !self.bind_first {
            net.send(Port::new(0), Ready);
        }
        net.set_alarm(millis(2), Bound);
        self.state = Binding;
    }

    #[when(Bound in Binding)]
    fn bound(&mut self, net: &mut Net<Self>) {
        if self.bind_first {
            net.send(Port::new(0), Ready);
        }
        self.state = Listening;
    }

    #[on(Ready in Off | Binding | Listening)]
    fn answer(&mut self, sender: Port, net: &mut Net<Self>) {
        net.send(sender, Begin);
        self.ready += 1;
        if self.ready == net.degree() {
            self.state = Running;
        }
    }

    #[on(Begin in Listening)]
    fn begin(&mut self) {
        self.state = Running;
    }

    #[finally]
    fn all_run(world: &World<Self>) -> bool {
        world.all_terminal()
    }
}

#[test]
fn who_says_ready_before_it_listens_is_never_started() {
    let trial = |bind_first| Trial::<Unbound>::on(["star:5"]).with(move |run| run.config(Order { bind_first })).seeds(200);
    assert!(matches!(failing(&trial(false)), Kind::Stuck(_)));
    trial(true).must_hold();
}
