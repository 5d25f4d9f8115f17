//! What the macros say of a protocol, as constants: a [`Description`] is made of it here, and not again for each protocol.

use std::sync::Arc;

use crate::protocol::{
    Action, AlarmInfo, Declaration, Description, Flag, MessageInfo, PropertyInfo, RecoveryInfo, RuleInfo, StateInfo, Trigger,
    When,
};

type Text = &'static str;

/// All that is said of a protocol.
#[derive(Clone, Copy)]
pub struct Outline {
    pub declaration: &'static Declaration,
    /// The names of the states, what stands above them, and whether each is terminal.
    pub states: (&'static [Text], &'static [Text], &'static [bool]),
    pub flags: &'static [Flag],
    /// Name, schema, and what stands above it.
    pub messages: &'static [[Text; 3]],
    /// Name, and what stands above it.
    pub alarms: &'static [[Text; 2]],
    pub rules: &'static [Rule],
    /// With `#[otherwise(ignore)]`: for each message, the states that its rules without `if` name.
    pub nil: &'static [&'static [Text]],
    /// The handler, the type of what is stored, and what stands above the handler.
    pub recovery: Option<[Text; 3]>,
    /// Name, when it must hold, and what stands above it.
    pub properties: &'static [(Text, When, Text)],
}

/// A rule.
pub struct Rule {
    pub trigger: Trigger,
    pub states: In,
    pub guard: Option<Text>,
    pub action: Deed,
    pub doc: Text,
}

/// In which states a rule applies.
pub enum In {
    These(&'static [Text]),
    /// All that are not terminal, but these.
    UndecidedBut(&'static [Text]),
}

/// What a rule does.
pub enum Deed {
    /// Runs a handler, which assigns these states.
    Handle(Text, &'static [Text]),
    Ignore,
    Defer,
    Never,
}

/// A protocol, described.
pub fn describe(outline: &Outline) -> Arc<Description> {
    let mut described = Description::new(outline.declaration);
    described.states = outline.states();
    described.messages = outline.messages.iter().map(|[name, schema, doc]| MessageInfo::of(name, schema, doc)).collect();
    described.alarms = outline.alarms.iter().map(|[name, doc]| AlarmInfo::of(name, doc)).collect();
    described.rules = outline.rules.iter().map(|rule| outline.rule(rule)).collect();
    described.rules.extend((0..).zip(outline.nil).filter_map(|(tag, named)| outline.nil(tag, named)));
    described.recovery = outline.recovery.map(|[handler, stored, doc]| RecoveryInfo {
        handler: handler.into(),
        stored: stored.into(),
        doc: doc.into(),
    });
    let property =
        |(name, when, doc): &(Text, When, Text)| PropertyInfo { name: (*name).into(), when: *when, doc: (*doc).into() };
    described.properties = outline.properties.iter().map(property).collect();
    described.flags = outline.flags.to_vec();
    Arc::new(described)
}

impl Outline {
    fn states(&self) -> Vec<StateInfo> {
        let (names, docs, terminal) = self.states;
        let states = names.iter().zip(docs).zip(terminal);
        let state = |((name, doc), terminal): ((&Text, &Text), &bool)| StateInfo {
            name: (*name).into(),
            terminal: *terminal,
            doc: (*doc).into(),
        };
        states.map(state).collect()
    }

    fn rule(&self, rule: &Rule) -> RuleInfo {
        let action = match rule.action {
            Deed::Handle(handler, becomes) => Action::Handle { handler: handler.into(), becomes: self.places(becomes) },
            Deed::Ignore => Action::Ignore,
            Deed::Defer => Action::Defer,
            Deed::Never => Action::Never,
        };
        let states = match rule.states {
            In::These(names) => self.places(names),
            In::UndecidedBut(names) => self.undecided_but(names),
        };
        RuleInfo { trigger: rule.trigger, states, guard: rule.guard.map(Into::into), action, doc: rule.doc.into() }
    }

    /// `#[otherwise(ignore)]`, for one message.
    fn nil(&self, tag: u8, named: &[Text]) -> Option<RuleInfo> {
        let states = self.undecided_but(named);
        (!states.is_empty()).then(|| RuleInfo {
            trigger: Trigger::Message(tag),
            states,
            guard: None,
            action: Action::Ignore,
            doc: String::new(),
        })
    }

    /// The indices of these states, in order.
    fn places(&self, names: &[Text]) -> Vec<usize> {
        let (all, _, _) = self.states;
        (0..all.len()).filter(|&state| names.contains(&all[state])).collect()
    }

    /// The indices of all states that are not terminal, but these.
    fn undecided_but(&self, names: &[Text]) -> Vec<usize> {
        let (all, _, terminal) = self.states;
        (0..all.len()).filter(|&state| !terminal[state] && !names.contains(&all[state])).collect()
    }
}
