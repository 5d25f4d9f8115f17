//! Ping and pong where each message may be lost, and else be delivered any number of times.

use nodes::prelude::*;

use super::hosted::Actors;

/// On its way, with a count.
#[data]
#[derive(Copy, Eq, Hash, PartialOrd, Ord)]
pub enum Ball {
    Ping(u32),
    Pong(u32),
}

/// How often each of both has returned a ball, and how far they count.
#[data]
#[derive(Copy, Eq, Hash, PartialOrd, Ord)]
pub struct Repeated {
    counts: [u32; 2],
    most: u32,
}

impl Actors<Ball> for Repeated {
    fn start(most: u32) -> (Self, Vec<Ball>) {
        (Repeated { counts: [0, 0], most }, vec![Ball::Ping(0)])
    }

    fn deliver(&self, ball: &Ball) -> Vec<(Self, Vec<Ball>)> {
        let (player, value, returned) = match *ball {
            Ball::Ping(value) => (1, value, Ball::Pong(value)),
            Ball::Pong(value) => (0, value, Ball::Ping(value + 1)),
        };
        let lost = (*self, vec![]);
        if self.counts[player] != value || value == self.most {
            return vec![lost, (*self, vec![*ball])];
        }
        let mut next = *self;
        next.counts[player] += 1;
        vec![lost, (next, vec![*ball, returned])]
    }

    fn is_well(&self) -> bool {
        self.counts[0].abs_diff(self.counts[1]) <= 1
    }
}
