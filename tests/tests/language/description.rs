//! A protocol, described: what tables and diagrams are made of.

use State::*;
use nodes::prelude::*;
use nodes::protocol::{Action, Protocol, RuleInfo, Trigger};

#[message]
struct Ask(u32);
/// The answer.
#[message]
struct Reply {
    value: u32,
}
#[alarm]
struct Timeout;

#[states]
enum State {
    /// Nothing has happened.
    #[default]
    Idle,
    Asking,
    #[terminal]
    Known,
    #[terminal]
    Failed,
}

/// Asks, and is told.
#[protocol(problem = "asking")]
struct Asker {
    state: State,
    value: u32,
}

#[protocol]
#[defer(Ask in Asking)]
#[ignore(Ask in Asking if msg.0 == 7)]
#[never(Reply in Idle)]
impl Asker {
    /// Begins.
    #[on(Spontaneously in Idle)]
    fn start(&mut self, net: &mut Net<Self>) {
        net.send_to_all(Ask(1));
        self.ask();
    }

    fn ask(&mut self) {
        self.state = Asking;
    }

    #[on(Reply in Asking)]
    fn told(&mut self, msg: Reply) {
        self.value = msg.value;
        self.state = if msg.value > 0 { Known } else { State::Failed };
    }

    #[on(Ask)]
    fn asked(&mut self) {
        if self.state == Idle {
            Self::ask(self);
        }
    }

    #[on(Ask in Idle if msg.0 > self.value)]
    fn greater(&mut self) {}

    #[when(Timeout in Asking)]
    fn timeout(&mut self) {
        self.state = Failed;
    }
}

#[test]
fn rules_are_listed_event_by_event_those_with_if_first() {
    let description = Asker::description(&());
    let rule = |trigger, states: &[usize], action, doc: &str| RuleInfo {
        trigger,
        states: states.to_vec(),
        guard: None,
        action,
        doc: doc.into(),
    };
    let guarded = |guard: &str, rule: RuleInfo| RuleInfo { guard: Some(guard.into()), ..rule };
    let handle = |handler: &str, becomes: &[usize]| Action::Handle { handler: handler.into(), becomes: becomes.to_vec() };
    assert_eq!(
        description.rules,
        [
            rule(Trigger::Spontaneously, &[0], handle("start", &[1]), "Begins."),
            rule(Trigger::Message(0), &[1], handle("told", &[2, 3]), ""),
            rule(Trigger::Message(0), &[0], Action::Never, ""),
            guarded("msg.0 > self.value", rule(Trigger::Message(1), &[0], handle("greater", &[]), "")),
            guarded("msg.0 == 7", rule(Trigger::Message(1), &[1], Action::Ignore, "")),
            rule(Trigger::Message(1), &[1], Action::Defer, ""),
            rule(Trigger::Message(1), &[0], handle("asked", &[1]), ""),
            rule(Trigger::Alarm(0), &[1], handle("timeout", &[3]), ""),
        ]
    );
}

#[test]
fn states_messages_and_alarms_are_listed() {
    let description = Asker::description(&());
    let states: Vec<_> = description.states.iter().map(|state| (&*state.name, state.terminal, &*state.doc)).collect();
    assert_eq!(states[..2], [("Idle", false, "Nothing has happened."), ("Asking", false, "")]);
    assert!(states[2].1 && states[3].1);
    let messages: Vec<_> =
        description.messages.iter().map(|message| (&*message.name, &*message.schema, &*message.doc)).collect();
    assert_eq!(messages, [("Reply", "{value:u32}", "The answer."), ("Ask", "(u32)", "")]);
    assert_eq!(description.alarms[0].name, "Timeout");
    assert_eq!((&*description.name, &*description.doc, &*description.problem), ("Asker", "Asks, and is told.", "asking"));
    assert!(description.has_terminal_states());
}

mod lax {
    use super::*;

    #[protocol]
    pub(super) struct Lax {
        state: State,
    }

    #[protocol]
    #[otherwise(ignore)]
    impl Lax {
        #[on(Spontaneously in Idle)]
        #[on(Ask in Idle)]
        fn start(&mut self) {
            self.state = Asking;
        }
    }
}

#[test]
fn otherwise_is_listed_as_the_rule_that_it_is() {
    let rules = lax::Lax::description(&()).rules.clone();
    assert_eq!(
        rules[2],
        RuleInfo { trigger: Trigger::Message(0), states: vec![1], guard: None, action: Action::Ignore, doc: String::new() }
    );
    assert_eq!(rules.len(), 3);
}

mod other {
    use super::*;

    #[message]
    pub struct Ask(u64);

    #[protocol]
    pub(super) struct Asker {
        state: State,
        value: u32,
    }

    #[protocol]
    #[otherwise(ignore)]
    impl Asker {
        #[on(Spontaneously in Idle)]
        #[on(Reply in Idle)]
        #[on(Ask in Idle)]
        fn start(&mut self) {
            self.state = Asking;
            self.value = 1;
        }
    }
}

#[test]
fn builds_that_differ_in_a_field_do_not_fit() {
    let here = Asker::description(&());
    assert_eq!(here.fingerprint(), Asker::description(&()).fingerprint());
    assert_ne!(here.fingerprint(), other::Asker::description(&()).fingerprint());
}
