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
    let listed = Claim::properties().iter().map(|property| (&*property.name, property.when, &*property.doc));
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

/// A protocol written by hand: its nodes count impulses.
mod by_hand {
    use std::any::Any;
    use std::sync::{Arc, LazyLock};

    use nodes::prelude::*;
    use nodes::protocol::codec::{DecodeError, EncodeError};
    use nodes::protocol::{
        Description, MessageSet, NoAlarm, Outcome, Property, PropertyInfo, Protocol, StateInfo, Verdict, When,
    };

    #[protocol]
    pub(super) struct Counter {
        pub(super) count: usize,
    }

    /// It sends nothing.
    #[derive(Clone, Debug)]
    pub(super) enum Nothing {}

    impl MessageSet for Nothing {
        fn tag(&self) -> u8 {
            match *self {}
        }

        fn encode(&self, _buffer: &mut [u8]) -> Result<usize, EncodeError> {
            match *self {}
        }

        fn inner(&self) -> &dyn Any {
            match *self {}
        }

        fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
            Err(bytes.first().map_or(DecodeError::Empty, |tag| DecodeError::UnknownTag(*tag)))
        }
    }

    /// What is looked at is known only when the program runs.
    static PROPERTIES: LazyLock<Vec<Property<Counter>>> = LazyLock::new(|| {
        let below = |limit: usize| {
            Property::made(
                format!("below_{limit}"),
                format!("All have counted fewer than {limit}."),
                When::Always,
                move |world| {
                    let over = world.nodes().find(|node: &&Node<Counter>| node.count >= limit);
                    over.map_or(Verdict::Ok(()), |node| Err(format!("{} at node {}", node.count, node.index())))
                },
            )
        };
        std::env::args().take(1).flat_map(|_| [below(2), below(1)]).collect()
    });

    impl Protocol for Counter {
        type Msg = Nothing;
        type Alarm = NoAlarm;
        type Config = ();

        fn description(_config: &()) -> Arc<Description> {
            let info = |property: &Property<Self>| PropertyInfo {
                name: property.name.to_string(),
                when: property.when,
                doc: property.doc.to_string(),
            };
            Arc::new(Description {
                states: vec![StateInfo { name: "-".into(), terminal: false, doc: String::new() }],
                properties: PROPERTIES.iter().map(info).collect(),
                ..Description::new(&<Self as nodes::protocol::Declared>::DECLARATION)
            })
        }

        fn properties() -> &'static [Property<Self>] {
            &PROPERTIES
        }

        fn init(_config: &(), _net: &mut Net<Self>) -> Self {
            Counter { count: 0 }
        }

        fn on_impulse(&mut self, _net: &mut Net<Self>) -> Outcome<()> {
            self.count += 1;
            Outcome::Handled
        }

        fn on_message(&mut self, msg: Nothing, _sender: Port, _net: &mut Net<Self>) -> Outcome<Nothing> {
            match msg {}
        }

        fn on_alarm(&mut self, alarm: NoAlarm, _net: &mut Net<Self>) -> Outcome<()> {
            match alarm {}
        }
    }
}

#[test]
fn a_property_may_be_a_closure_that_is_made_at_run_time() {
    use by_hand::Counter;
    use nodes::run::{PropertyStatus, Run};
    let finished = Run::<Counter>::on("path:3").wake([1]).seed(1).simulate().expect("it runs");
    let properties = &finished.document.properties;
    assert_eq!(properties[0], ("below_2".to_owned(), PropertyStatus::Holds));
    assert_eq!(properties[1], ("below_1".to_owned(), PropertyStatus::Violated));
    assert!(finished.explanation[0].contains("1 at node 1"), "{:?}", finished.explanation);
    assert_eq!(format!("{:?}", Counter::properties()[0].check), "Closure(..)");
    let doc = &Counter::description(&()).properties[1].doc;
    assert_eq!(doc, "All have counted fewer than 1.");
}
