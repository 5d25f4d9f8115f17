//! Its `ping_pong`, which is only in its tests.

use std::borrow::Cow;

use stateright::Expectation;
use stateright::actor::{Actor, ActorModel, Id, Network, Out};

use crate::measure::Counts;

struct Player;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Ball {
    Ping(u32),
    Pong(u32),
}

impl Actor for Player {
    type Msg = Ball;
    type State = u32;
    type Timer = ();
    type Random = ();
    type Storage = ();

    fn on_start(&self, id: Id, _: &Option<()>, out: &mut Out<Self>) -> u32 {
        if id == Id::from(0) {
            out.send(Id::from(1), Ball::Ping(0));
        }
        0
    }

    fn on_msg(&self, _: Id, count: &mut Cow<'_, u32>, from: Id, ball: Ball, out: &mut Out<Self>) {
        match ball {
            Ball::Pong(value) if **count == value => {
                out.send(from, Ball::Ping(value + 1));
                *count.to_mut() += 1;
            }
            Ball::Ping(value) if **count == value => {
                out.send(from, Ball::Pong(value));
                *count.to_mut() += 1;
            }
            _ => {}
        }
    }
}

pub fn count(most: u32) -> Counts {
    let model = ActorModel::new(most, ())
        .actors([Player, Player])
        .init_network(Network::new_unordered_nonduplicating([]))
        .within_boundary(|most, state| state.actor_states.iter().all(|count| **count <= *most))
        .property(Expectation::Always, "delta within 1", |_, state| {
            let counts = || state.actor_states.iter().map(|count| **count);
            counts().max().unwrap_or(0) - counts().min().unwrap_or(0) <= 1
        });
    super::count(model)
}
