//! An election on a directed ring without an end.

use std::borrow::Cow;

use stateright::Expectation;
use stateright::actor::{Actor, ActorModel, Id, Network, Out};

use crate::measure::Counts;

struct Member {
    right: Id,
}

impl Actor for Member {
    type Msg = Id;
    /// Whether it leads.
    type State = bool;
    type Timer = ();
    type Random = ();
    type Storage = ();

    fn on_start(&self, id: Id, _: &Option<()>, out: &mut Out<Self>) -> bool {
        out.send(self.right, id);
        false
    }

    fn on_msg(&self, own: Id, leads: &mut Cow<'_, bool>, _: Id, id: Id, out: &mut Out<Self>) {
        // A message that changes nothing would stay on its link.
        let leads = leads.to_mut();
        if id < own {
            out.send(self.right, id);
        } else if id == own {
            *leads = true;
        }
    }
}

pub fn count(nodes: usize) -> Counts {
    let model = ActorModel::new((), ())
        .actors((0..nodes).map(|node| Member { right: Id::from((node + 1) % nodes) }))
        .init_network(Network::new_unordered_nonduplicating([]))
        .property(Expectation::Always, "at most one leader", |_, state| {
            state.actor_states.iter().filter(|leads| ***leads).count() <= 1
        });
    super::count(model)
}
