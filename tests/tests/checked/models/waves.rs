//! Flooding whose nodes remember whom they have heard, in order: two runs end alike only if they differ in nothing but the order of events
//! at different nodes.  So it has as many ends as Mazurkiewicz traces.

use State::*;
use nodes::prelude::*;

#[message]
pub struct Inform;

#[states]
pub enum State {
    #[default]
    Idle,
    #[terminal]
    Informed,
}

#[protocol(links = Reliable, initiators = One)]
pub struct Waves {
    state: State,
    heard: Vec<Port>,
}

#[protocol]
impl Waves {
    #[on(Spontaneously in Idle)]
    fn start(&mut self, net: &mut Net<Self>) {
        net.send_to_all(Inform);
        self.state = Informed;
    }

    #[on(Inform in Idle)]
    fn pass_on(&mut self, sender: Port, net: &mut Net<Self>) {
        net.send_to_all_except(sender, Inform);
        self.state = Informed;
        self.heard(sender);
    }

    #[on(Inform in Informed)]
    fn heard(&mut self, sender: Port) {
        self.heard.push(sender);
    }
}
