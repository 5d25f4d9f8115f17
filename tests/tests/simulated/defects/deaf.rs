//! Shout whose nodes hear nothing once they are done: who asks one of them late waits for ever.

use State::*;
use catalogue::Shout;
use nodes::prelude::*;
use nodes::testing::{Kind, Trial};

use super::failing;

#[message]
struct Q;

#[message]
struct Yes;

#[message]
struct No;

#[states]
enum State {
    #[default]
    Idle,
    Active,
    #[terminal]
    Done,
}

#[protocol(links = Reliable, initiators = One)]
struct Deaf {
    state: State,
    parent: Option<Port>,
    answers: usize,
}

#[protocol]
#[never(Yes in Idle)]
#[never(No in Idle)]
impl Deaf {
    #[on(Spontaneously in Idle)]
    fn start(&mut self, net: &mut Net<Self>) {
        net.send_to_all(Q);
        self.check(net);
    }

    #[on(Q in Idle)]
    fn join(&mut self, sender: Port, net: &mut Net<Self>) {
        self.parent = Some(sender);
        net.send(sender, Yes);
        net.send_to_all_except(sender, Q);
        self.count(net);
    }

    // Not in Done, and that is what is wrong.
    #[on(Q in Active)]
    fn refuse(&mut self, sender: Port, net: &mut Net<Self>) {
        net.send(sender, No);
    }

    #[on(Yes in Active)]
    #[on(No in Active)]
    fn count(&mut self, net: &mut Net<Self>) {
        self.answers += 1;
        self.check(net);
    }

    fn check(&mut self, net: &mut Net<Self>) {
        self.state = if self.answers == net.degree() { Done } else { Active };
    }
}

#[test]
fn who_has_decided_must_still_answer() {
    let graphs = ["complete:4", "gnp:8,0.5"];
    assert!(matches!(failing(&Trial::<Deaf>::on(graphs)), Kind::Stuck(_)));
    Trial::<Shout>::on(graphs).seeds(200).must_hold();
}
