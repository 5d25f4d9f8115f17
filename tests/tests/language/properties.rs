//! `#[always]` and `#[finally]`.

use State::*;
use nodes::prelude::*;
use nodes::protocol::{Check, Protocol, When};
use nodes::topology::Topology;

use crate::party::Party;

#[states]
enum State {
    #[default]
    Idle,
    #[terminal]
    Leader,
}

#[protocol]
struct Claim {
    state: State,
    count: u32,
}

#[protocol]
impl Claim {
    #[on(Spontaneously in Idle)]
    fn start(&mut self) {
        self.state = Leader;
        self.count += 1;
    }

    /// Never two.
    #[always]
    fn at_most_one(world: &World<Self>) -> bool {
        world.in_state(Leader).count() <= 1
    }

    #[always]
    fn small(node: &Node<Self>) -> Result<(), String> {
        if node.count < 1 || node.id() == 0 { Ok(()) } else { Err(format!("count is {}", node.count)) }
    }

    /// In the end, one.
    #[finally]
    fn one(world: &World<Self>) -> Result<(), String> {
        match world.in_state(Leader).count() {
            1 => Ok(()),
            count => Err(format!("{count} leaders")),
        }
    }

    #[finally]
    fn local(node: &nodes::Node<Self>) -> bool {
        node.count < 2
    }
}

#[test]
fn properties_are_listed_in_source_order() {
    let listed = Claim::properties().iter().map(|property| (property.name, property.when, property.doc));
    assert_eq!(
        listed.collect::<Vec<_>>(),
        [
            ("at_most_one", When::Always, "Never two."),
            ("small", When::Always, ""),
            ("one", When::Finally, "In the end, one."),
            ("local", When::Finally, ""),
        ]
    );
    assert!(matches!(Claim::properties()[0].check, Check::World(_)));
    assert!(matches!(Claim::properties()[1].check, Check::Local(_)));
}

#[test]
fn a_violation_says_what_is_wrong_and_where() {
    let mut party = Party::<Claim>::new(Topology::complete(3));
    assert_eq!(party.violations(), [("one", "0 leaders".to_owned())]);
    party.impulse(0);
    assert_eq!(party.violations(), []);
    party.impulse(2);
    let found = party.violations();
    assert_eq!(found[0], ("at_most_one", String::new()));
    assert_eq!(found[1], ("small", "at node 2: count is 1".to_owned()));
    assert_eq!(found[2], ("one", "2 leaders".to_owned()));
    assert_eq!(found.len(), 3);
}
