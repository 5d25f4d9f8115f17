//! `#[config]`: a protocol's own flags.

use nodes::prelude::*;
use nodes::protocol::{Config, Flag, Protocol};
use nodes::topology::Topology;

use crate::party::Party;

#[config]
struct Settings {
    /// Times that each node asks.
    #[default(3)]
    requests: u32,
    /// How long it stays,
    /// at most.
    #[default(millis(20))]
    longest_stay: Duration,
    greedy: bool,
    #[default("bob".to_owned())]
    name: String,
    limit: Option<u8>,
}

#[protocol]
struct Asker {
    left: u32,
    settings: Settings,
}

#[protocol]
impl Asker {
    #[init]
    fn new(config: &Settings, _: &mut Net<Self>) -> Self {
        Asker { left: config.requests, settings: config.clone() }
    }

    #[on(Spontaneously if self.left > 0)]
    fn ask(&mut self) {
        self.left -= 1;
    }
}

#[test]
fn init_is_given_the_configuration() {
    let mut settings = Settings::default();
    settings.set("requests", "5").unwrap();
    let mut party = Party::<Asker>::with(Topology::complete(2), &settings);
    party.impulse(0);
    assert_eq!((party.node(0).left, party.node(1).left), (4, 5));
    assert_eq!(party.node(0).settings.name, "bob");
}

#[test]
fn a_field_is_a_flag_with_help_and_a_default() {
    assert_eq!(
        Settings::FLAGS,
        [
            Flag::new("requests", "Times that each node asks.", "u32"),
            Flag::new("longest-stay", "How long it stays, at most.", "Duration"),
            Flag::new("greedy", "", "bool"),
            Flag::new("name", "", "String"),
            Flag::new("limit", "", "Option<u8>"),
        ]
    );
    assert_eq!(Asker::description(&Settings::default()).flags, Settings::FLAGS);
    let shown = Settings::FLAGS.iter().map(|flag| Settings::default().get(&flag.name).unwrap());
    assert_eq!(shown.collect::<Vec<_>>(), ["3", "20ms", "false", "bob", ""]);
    assert_eq!(Settings::default().get("nothing"), None);
}

#[test]
fn a_flag_is_set_from_text() {
    let mut settings = Settings::default();
    for (flag, value) in [("longest-stay", "1.5s"), ("greedy", "true"), ("name", "eve"), ("limit", "255")] {
        settings.set(flag, value).unwrap();
        assert_eq!(settings.get(flag).as_deref(), Some(value));
    }
    assert_eq!(settings.longest_stay, millis(1500));
}

#[test]
fn a_wrong_value_is_explained() {
    let mut settings = Settings::default();
    let mut wrong = |flag, value| settings.set(flag, value).unwrap_err();
    assert_eq!(wrong("requests", "many"), "--requests: `many` is not a number from 0 to 4294967295");
    assert_eq!(wrong("limit", "256"), "--limit: `256` is not a number from 0 to 255");
    assert_eq!(wrong("longest-stay", "20"), "--longest-stay: `20` is not a time: `1.5s`, `20ms`");
    assert_eq!(wrong("greedy", "yes"), "--greedy: `yes` is not `true` or `false`");
    assert_eq!(wrong("colour", "red"), "there is no flag `--colour`");
}

#[test]
fn a_configuration_travels() {
    let json = serde_json::to_string(&Settings::default()).unwrap();
    let back: Settings = serde_json::from_str(&json).unwrap();
    assert_eq!(back.longest_stay, millis(20));
    assert_eq!(back.limit, None);
}
