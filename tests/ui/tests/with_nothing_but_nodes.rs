//! Whoever writes a protocol needs no crate but `nodes`, whatever the macros write for them.
#![deny(warnings, missing_docs, unreachable_pub, unused)]

use State::*;
use nodes::prelude::*;
use nodes::topology::{Graph, TopologyClass};

/// Any value goes.
#[message]
pub struct Wave<T> {
    /// What is spread.
    pub value: Option<T>,
    /// By whom.
    pub path: Vec<(Id, Port)>,
}

#[message]
enum Answer {
    Yes,
    No { because: String },
}

#[alarm]
struct Patience {
    left: u32,
}

/// What a node is doing.
#[states]
pub enum State {
    /// Nothing.
    #[default]
    Idle,
    /// It waits for so many answers.
    Waiting {
        /// So many.
        answers: usize,
    },
    /// It is done.
    #[terminal]
    Done,
}

/// How it is done.
#[config]
pub struct Settings {
    /// How long to wait.
    #[default(secs(1))]
    patience: Duration,
    /// Who may answer.
    only: Option<Id>,
}

/// Stars only.
#[derive(Debug)]
pub enum Star {}

impl TopologyClass for Star {
    const NAME: &'static str = "Star";
    const DEFAULT: &'static str = "star:9";

    fn accept(graph: Graph) -> Result<Graph, String> {
        Ok(graph)
    }
}

/// Spreads a value.
#[protocol(topology = Star, links = Reliable, knows(Size), input = String, problem = "spreading")]
pub struct Spread<T: Payload> {
    state: State,
    value: Option<T>,
    patience: Duration,
    only: Option<Id>,
}

#[protocol]
#[never(Answer in Idle)]
impl<T: Payload> Spread<T> {
    #[init]
    fn new(config: &Settings) -> Self {
        Spread { state: Idle, value: None, patience: config.patience, only: config.only }
    }

    #[on(Spontaneously in Idle if self.only.is_none_or(|only| only == net.id()))]
    fn start(&mut self, net: &mut Net<Self>) {
        net.send_to_all(Wave { value: self.value.clone(), path: Vec::new() });
        net.set_alarm(self.patience, Patience { left: 3 });
        self.state = Waiting { answers: net.size() - 1 };
    }

    #[on(Wave<T> in Idle if !path.is_empty())]
    #[on(Wave<T> in Idle | Waiting | Done)]
    fn wave(&mut self, Wave { value, path }: Wave<T>, sender: Port, net: &mut Net<Self>) {
        self.value = value;
        let because = format!("{} {}", net.input(), path.len());
        net.send(sender, if path.is_empty() { Answer::Yes } else { Answer::No { because } });
    }

    #[on(Answer in Waiting { .. })]
    fn answer(&mut self, msg: Answer, net: &mut Net<Self>) {
        if let Answer::No { because } = msg {
            net.log(because);
        }
        net.cancel::<Patience>();
        self.state = Done;
    }

    #[when(Patience in Waiting)]
    fn impatient(&mut self, alarm: Patience, net: &mut Net<Self>) {
        if alarm.left > 0 {
            net.set_alarm(self.patience, Patience { left: alarm.left - 1 });
        }
    }

    #[finish]
    fn finish(&mut self, net: &mut Net<Self>) {
        net.report("value", &self.value);
    }

    /// Somebody is done.
    #[finally]
    fn somebody_is_done(world: &World<Self>) -> bool {
        world.in_state(Done).count() > 0
    }
}

fn main() {
    let protocol: fn(&Settings, &mut Net<Spread<u32>>) -> Spread<u32> = nodes::Protocol::init;
    let _ = protocol;
}
