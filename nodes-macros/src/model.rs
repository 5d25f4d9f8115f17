//! The rules of a protocol, as they stand in its `impl` block: STATE x EVENT -> ACTION.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote_spanned};
use syn::{Attribute, Path, Type, parse_quote};

use crate::check;
use crate::declare;
use crate::diagnostics::Errors;
use crate::parse::{Block, Clause, Item, Method, last_name};
use crate::scan::{self, Assignment, Scan};
use crate::{refused, text, words};

/// A protocol's behaviour.
pub(crate) struct Model {
    /// The protocol's own name.
    pub(crate) name: Ident,
    /// By which name its struct is found.
    pub(crate) self_ty: Type,
    /// And by which its methods find it.
    pub(crate) has_methods: Type,
    /// By which path its states are found.
    pub(crate) states: Path,
    pub(crate) messages: Vec<Event>,
    pub(crate) alarms: Vec<Event>,
    /// Those of the methods first, then those of the `impl`; each in source order.
    pub(crate) rules: Vec<Rule>,
    pub(crate) otherwise_ignore: bool,
    pub(crate) init: Option<Init>,
    pub(crate) recover: Option<Recover>,
    pub(crate) finish: Option<Finish>,
    pub(crate) properties: Vec<PropertyFn>,
    /// The type parameters of the `impl`.
    parameters: Vec<Ident>,
    /// Something is said of the impulse, right or not.
    pub(crate) starts: bool,
    /// Events that cannot be, for they are called by words of the language; methods that mention them are left out.
    pub(crate) words: Vec<Ident>,
}

/// A type of message or alarm.
pub(crate) struct Event {
    /// As first mentioned.
    pub(crate) ty: Type,
    /// Its variant in the set.
    pub(crate) variant: Ident,
    /// A rule about it could not be read, so nothing is said of what is missing.
    pub(crate) faulty: bool,
}

/// What a rule answers to; a number counts messages or alarms.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trigger {
    Spontaneously,
    Message(usize),
    Alarm(usize),
}

/// A rule.
pub(crate) struct Rule {
    pub(crate) trigger: Trigger,
    /// `None`: every state that is not terminal and that no other rule of the event names.
    pub(crate) states: Option<Vec<Ident>>,
    pub(crate) guard: Option<TokenStream>,
    pub(crate) action: Action,
    /// What to point at.
    pub(crate) event: Type,
}

/// What a rule does.
pub(crate) enum Action {
    Handle(Handler),
    Ignore,
    Defer,
    Never,
}

impl Action {
    /// What the rule does, as part of a sentence.
    pub(crate) fn in_words(&self) -> String {
        match self {
            Action::Handle(handler) => format!("calls `{}`", handler.method),
            Action::Ignore => "is `#[ignore(..)]`".to_owned(),
            Action::Defer => "is `#[defer(..)]`".to_owned(),
            Action::Never => "is `#[never(..)]`".to_owned(),
        }
    }
}

/// The method that a rule calls.
#[derive(Clone)]
pub(crate) struct Handler {
    pub(crate) method: Ident,
    pub(crate) params: Vec<Param>,
    pub(crate) doc: String,
    pub(crate) becomes: Vec<String>,
    /// What the method itself does to `self.state`.
    pub(crate) assigns: Vec<Assignment>,
}

/// A parameter of a handler, after `self`.
#[derive(Clone)]
pub(crate) struct Param {
    pub(crate) slot: Slot,
    pub(crate) pattern: TokenStream,
}

/// What a parameter is given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Slot {
    /// The message or alarm.
    Event,
    Sender,
    Net,
    Config,
    /// What was stored before a crash.
    Saved,
}

/// `#[init]`.
pub(crate) struct Init {
    pub(crate) method: Ident,
    pub(crate) slots: Vec<Slot>,
    pub(crate) config: Option<Type>,
}

/// `#[recover]`.
pub(crate) struct Recover {
    pub(crate) method: Ident,
    pub(crate) slots: Vec<Slot>,
    pub(crate) config: Option<Type>,
    pub(crate) saved: Type,
    pub(crate) doc: String,
}

/// `#[finish]`.
pub(crate) struct Finish {
    pub(crate) method: Ident,
    pub(crate) slots: Vec<Slot>,
}

/// `#[always]` or `#[finally]`.
pub(crate) struct PropertyFn {
    pub(crate) method: Ident,
    pub(crate) always: bool,
    /// It looks at one node.
    pub(crate) local: bool,
    pub(crate) doc: String,
}

/// Our attributes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    On,
    When,
    Init,
    Recover,
    Finish,
    Always,
    Finally,
    Ignore,
    Defer,
    Never,
    Otherwise,
}

impl Mark {
    fn of(attr: &Attribute) -> Option<Mark> {
        let path = attr.path();
        let ours = path.segments.len() == 1 || (path.segments.len() == 2 && path.segments[0].ident == "nodes");
        let name = path.segments.last().filter(|_| ours)?.ident.to_string();
        Some(match name.as_str() {
            "on" => Mark::On,
            "when" => Mark::When,
            "init" => Mark::Init,
            "recover" => Mark::Recover,
            "finish" => Mark::Finish,
            "always" => Mark::Always,
            "finally" => Mark::Finally,
            "ignore" => Mark::Ignore,
            "defer" => Mark::Defer,
            "never" => Mark::Never,
            "otherwise" => Mark::Otherwise,
            _ => return None,
        })
    }
}

/// Takes our attributes off.
fn take_marks(attrs: &mut Vec<Attribute>) -> Vec<(Mark, Attribute)> {
    let mut marks = Vec::new();
    attrs.retain(|attr| match Mark::of(attr) {
        Some(mark) => {
            marks.push((mark, attr.clone()));
            false
        }
        None => true,
    });
    marks
}

impl Model {
    /// Reads the rules off the block, which is left with Rust's own attributes only.
    pub(crate) fn read(block: &mut Block, name: Ident, states: Option<Path>, errors: &mut Errors) -> Model {
        let mut model = Model {
            states: declare::states_alias(&name).into(),
            name,
            self_ty: block.self_ty.clone(),
            has_methods: block.self_ty.clone(),
            messages: Vec::new(),
            alarms: Vec::new(),
            rules: Vec::new(),
            otherwise_ignore: false,
            init: None,
            recover: None,
            finish: None,
            properties: Vec::new(),
            parameters: block.generics.type_params().map(|param| param.ident.clone()).collect(),
            starts: false,
            words: Vec::new(),
        };
        model.leave_out(block);
        let scans = scans(block);
        let marks = take_marks(&mut block.attrs);
        for item in &mut block.items {
            match item {
                Item::Method(method) => {
                    let marks = take_marks(&mut method.attrs);
                    let bare = check::complete(&mut method.sig);
                    let mut right = true;
                    for (mark, attr) in &marks {
                        right &= model.method_mark(*mark, attr, method, &scans, errors);
                    }
                    if !marks.iter().any(|(mark, _)| matches!(mark, Mark::Always | Mark::Finally)) {
                        refused::in_method(method, errors);
                    }
                    for (sign, value) in scan::compared(&method.body) {
                        errors.at(sign, format!("`==` compares and changes nothing; write `self.state = {value};`"));
                    }
                    if let Some(bare) = bare.filter(|_| right) {
                        errors.at(&bare, format!("write `{bare}<Self>`: the `{bare}` of this protocol"));
                    }
                    if !marks.is_empty() {
                        check::not_conditional(&method.attrs, errors);
                    }
                }
                Item::Other { attrs, tokens } => {
                    let half_typed = tokens.clone().into_iter().any(|token| token.to_string() == "fn");
                    for (mark, attr) in take_marks(attrs) {
                        model.stray_mark(mark, &attr, half_typed, errors);
                    }
                }
            }
        }
        for (mark, attr) in &marks {
            model.block_mark(*mark, attr, errors);
        }
        model.not_alike(block, &scans, errors);
        model.find(states);
        model
    }

    /// No name by itself is a message in one place and a state in another.  Each is an error, and then means the state.
    fn not_alike(&self, block: &mut Block, scans: &BTreeMap<String, Scan>, errors: &mut Errors) {
        let is_message = |state: &Ident| self.messages.iter().any(|event| last_name(&event.ty) == Some(state));
        if !scans.values().flat_map(|scan| &scan.plain).any(|assignment| is_message(&assignment.state)) {
            return;
        }
        let mut seen = BTreeSet::new();
        for item in &mut block.items {
            let Item::Method(method) = item else { continue };
            method.body = scan::in_place_of_bare(&method.body, &mut |state| {
                if !is_message(state) {
                    return None;
                }
                if seen.insert(state.to_string()) {
                    let text = format!("`{state}` is a message here; for the state, write `self.state = State::{state}`");
                    errors.at(state, format!("{text}, or call one of them otherwise"));
                }
                Some(quote_spanned!(state.span()=> <<Self as ::nodes::protocol::Declared>::State>::#state))
            });
        }
    }

    /// By which names the struct and its states are found: beside the struct, unless the attribute says where the states are.
    fn find(&mut self, states: Option<Path>) {
        let names_states = self.rules.iter().any(|rule| rule.states.is_some());
        if let Some(states) = states {
            self.states = states;
        } else if let Type::Path(own) = &self.self_ty
            && names_states
        {
            let beside = |name: Ident| {
                let mut path = own.path.clone();
                path.segments.pop();
                path.segments.push(name.into());
                path
            };
            let (found, states) = (beside(declare::struct_alias(&self.name)), beside(declare::states_alias(&self.name)));
            self.has_methods = parse_quote!(#states<#own>);
            self.self_ty = parse_quote!(#found<#own>);
            self.states = states;
        }
    }

    /// Whether a message that this rule defers may be handled without a change of the state: a rule with `if` speaks of it, this one
    /// or another.
    pub(crate) fn is_on_condition(&self, rule: &Rule) -> bool {
        let in_some_state = || match &rule.states {
            Some(states) => states.iter().any(|state| self.has_condition(rule, state)),
            None => self.rules.iter().any(|other| other.trigger == rule.trigger && other.guard.is_some()),
        };
        matches!(rule.action, Action::Defer) && in_some_state()
    }

    /// Whether a rule with `if` speaks of the event of this one in that state.
    pub(crate) fn has_condition(&self, rule: &Rule, state: &Ident) -> bool {
        let speaks = |other: &Rule| other.states.as_ref().is_none_or(|states| states.contains(state));
        self.rules.iter().any(|other| other.trigger == rule.trigger && other.guard.is_some() && speaks(other))
    }

    /// One of the methods, to be called.
    pub(crate) fn method(&self, method: &Ident) -> TokenStream {
        let has_methods = &self.has_methods;
        quote_spanned!(method.span()=> <#has_methods>::#method)
    }

    /// Leaves out the methods that mention an event called by a word of the language; of their other events, nothing is said.
    fn leave_out(&mut self, block: &mut Block) {
        let clauses = |method: &Method| -> Vec<(Kind, Type)> {
            let kind = |attr: &Attribute| match Mark::of(attr)? {
                Mark::On => Some(Kind::Message),
                Mark::When => Some(Kind::Alarm),
                _ => None,
            };
            let marks = method.attrs.iter().filter_map(|attr| Some((kind(attr)?, attr.parse_args::<Clause>().ok()?.event)));
            marks.collect()
        };
        let methods = || block.items.iter().filter_map(Item::method);
        for name in methods().flat_map(clauses).filter_map(|(_, event)| last_name(&event).cloned()) {
            if words::is_word(&name) && name != "Spontaneously" && !self.words.contains(&name) {
                self.words.push(name);
            }
        }
        if self.words.is_empty() {
            return;
        }
        let mentions = |item: &Item| self.words.iter().any(|word| scan::mentions(&item.to_token_stream(), &word.to_string()));
        let (out, kept) = std::mem::take(&mut block.items).into_iter().partition(mentions);
        block.items = kept;
        self.starts = true;
        let out: Vec<Item> = out;
        for (kind, event) in out.iter().filter_map(Item::method).flat_map(clauses) {
            if last_name(&event).is_some_and(|name| !words::is_word(name)) {
                let number = self.event(kind, &event);
                self.fault(match kind {
                    Kind::Message => Trigger::Message(number),
                    Kind::Alarm => Trigger::Alarm(number),
                });
            }
        }
    }

    /// What an attribute makes of its method; whether it found the method's head right.
    fn method_mark(
        &mut self,
        mark: Mark,
        attr: &Attribute,
        method: &mut Method,
        scans: &BTreeMap<String, Scan>,
        errors: &mut Errors,
    ) -> bool {
        match mark {
            Mark::On | Mark::When => {
                let Some((trigger, clause)) = self.clause(mark, attr, errors) else { return true };
                let wanted = check::Wanted::of(trigger, &clause.event);
                let Some(params) = check::handler(method, &wanted, errors) else {
                    self.fault(trigger);
                    return false;
                };
                let name = method.sig.ident.to_string();
                let action = Action::Handle(Handler {
                    method: method.sig.ident.clone(),
                    params,
                    doc: text::doc(&method.attrs),
                    becomes: scan::becomes(&name, scans),
                    assigns: scans.get(&name).map_or(Vec::new(), |scan| scan.plain.clone()),
                });
                self.add(trigger, clause, action, errors);
            }
            Mark::Init => {
                check::plain_mark(attr, "init", errors);
                if let Some(first) = &self.init {
                    errors.at(&method.sig.ident, format!("a protocol has one `#[init]`; `{}` is it already", first.method));
                    return true;
                }
                self.init = check::init(method, &self.name, errors);
                return self.init.is_some();
            }
            Mark::Recover => {
                check::plain_mark(attr, "recover", errors);
                if let Some(first) = &self.recover {
                    errors.at(&method.sig.ident, format!("a protocol has one `#[recover]`; `{}` is it already", first.method));
                    return true;
                }
                self.recover = check::recover(method, &self.name, &self.parameters, errors);
                return self.recover.is_some();
            }
            Mark::Finish => {
                check::plain_mark(attr, "finish", errors);
                if let Some(first) = &self.finish {
                    errors.at(&method.sig.ident, format!("a protocol has one `#[finish]`; `{}` is it already", first.method));
                    return true;
                }
                self.finish = check::finish(method, errors);
                return self.finish.is_some();
            }
            Mark::Always | Mark::Finally => {
                let always = mark == Mark::Always;
                check::plain_mark(attr, if always { "always" } else { "finally" }, errors);
                let Some(local) = check::property(method, errors) else { return false };
                let (name, doc) = (method.sig.ident.clone(), text::doc(&method.attrs));
                self.properties.push(PropertyFn { method: name, always, local, doc });
            }
            Mark::Ignore | Mark::Defer | Mark::Never | Mark::Otherwise => {
                let name = attr.path().to_token_stream();
                errors.at(attr, format!("`#[{name}(..)]` has no handler: it stands on the `impl`, below `#[protocol]`"));
                if mark != Mark::Otherwise
                    && let Ok(clause) = attr.parse_args::<Clause>()
                {
                    let number = self.event(Kind::Message, &clause.event);
                    self.messages[number].faulty = true;
                }
            }
        }
        true
    }

    fn block_mark(&mut self, mark: Mark, attr: &Attribute, errors: &mut Errors) {
        let action = match mark {
            Mark::Ignore => Action::Ignore,
            Mark::Defer => Action::Defer,
            Mark::Never => Action::Never,
            Mark::Otherwise => {
                self.otherwise_ignore = true;
                check::otherwise(attr, errors);
                return;
            }
            _ => {
                let name = attr.path().to_token_stream();
                errors.at(attr, format!("`#[{name}]` stands on a method"));
                return;
            }
        };
        let Some((trigger, clause)) = self.clause(mark, attr, errors) else { return };
        match (trigger, &action) {
            (Trigger::Spontaneously, _) => {
                errors.at(&clause.event, "an impulse that no rule answers does nothing: leave this out");
            }
            (Trigger::Alarm(_), Action::Defer) => {
                errors.at(&clause.event, "an alarm is not deferred; set it again: `net.set_alarm(..)`");
            }
            _ => self.add(trigger, clause, action, errors),
        }
    }

    /// An attribute on something that is no method, or on one whose head cannot be read.
    fn stray_mark(&mut self, mark: Mark, attr: &Attribute, half_typed: bool, errors: &mut Errors) {
        if !half_typed {
            errors.at(attr, format!("`#[{}]` stands on a method", attr.path().to_token_stream()));
        }
        if matches!(mark, Mark::On | Mark::When)
            && let Some((trigger, _)) = self.clause(mark, attr, errors)
        {
            self.fault(trigger);
        }
    }

    /// Reads a clause and registers its event, even if the rest is wrong.
    fn clause(&mut self, mark: Mark, attr: &Attribute, errors: &mut Errors) -> Option<(Trigger, Clause)> {
        let clause: Clause = match attr.meta.require_list().and_then(|_| attr.parse_args()) {
            Ok(clause) => clause,
            Err(error) => {
                errors.push(match attr.meta.require_list() {
                    Ok(_) => error,
                    Err(_) => check::bare_mark(attr),
                });
                return None;
            }
        };
        let is_named = |name: &&Ident| matches!(&clause.event, Type::Path(of) if of.qself.is_none() && of.path.is_ident(*name));
        if let Some(parameter) = self.parameters.iter().find(is_named) {
            let text = format!(
                "`{parameter}` stands for any type: wrap it, `#[message] struct Carry<{parameter}>({parameter});`, and handle `Carry<{parameter}>`"
            );
            errors.at(&clause.event, text);
            return None;
        }
        let trigger = match (mark, last_name(&clause.event)) {
            (Mark::When, Some(name)) if name == "Spontaneously" => {
                errors.at(name, "the impulse is no alarm: write `#[on(Spontaneously in ..)]`");
                self.starts = true;
                return None;
            }
            (_, Some(name)) if name == "Spontaneously" => {
                self.starts = true;
                Trigger::Spontaneously
            }
            (Mark::When, _) => Trigger::Alarm(self.event(Kind::Alarm, &clause.event)),
            (Mark::On, _) => Trigger::Message(self.event(Kind::Message, &clause.event)),
            _ => match (find(&self.messages, &clause.event), find(&self.alarms, &clause.event)) {
                (None, Some(alarm)) => Trigger::Alarm(alarm),
                _ => Trigger::Message(self.event(Kind::Message, &clause.event)),
            },
        };
        let mut clause = clause;
        if let Some(fault) = clause.fault.take() {
            errors.push(fault);
            self.fault(trigger);
            return None;
        }
        Some((trigger, clause))
    }

    fn fault(&mut self, trigger: Trigger) {
        match trigger {
            Trigger::Spontaneously => {}
            Trigger::Message(number) => self.messages[number].faulty = true,
            Trigger::Alarm(number) => self.alarms[number].faulty = true,
        }
    }

    fn event(&mut self, kind: Kind, ty: &Type) -> usize {
        let events = match kind {
            Kind::Message => &mut self.messages,
            Kind::Alarm => &mut self.alarms,
        };
        if let Some(number) = find(events, ty) {
            return number;
        }
        let name = last_name(ty).cloned().unwrap_or_else(|| format_ident!("Event"));
        let mut variant = name.clone();
        for number in 2.. {
            if events.iter().all(|event| event.variant != variant) {
                break;
            }
            variant = format_ident!("{name}{number}", span = name.span());
        }
        events.push(Event { ty: ty.clone(), variant, faulty: false });
        events.len() - 1
    }

    fn add(&mut self, trigger: Trigger, clause: Clause, action: Action, errors: &mut Errors) {
        let rule = Rule { trigger, states: clause.states, guard: clause.guard, action, event: clause.event };
        check::not_twice(&rule, &self.rules, errors);
        self.rules.push(rule);
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Message,
    Alarm,
}

fn find(events: &[Event], ty: &Type) -> Option<usize> {
    let text = text::compact(ty);
    events.iter().position(|event| text::compact(&event.ty) == text)
}

fn scans(block: &Block) -> BTreeMap<String, Scan> {
    let methods = block.items.iter().filter_map(|item| match item {
        Item::Method(method) => Some((method.sig.ident.to_string(), scan::scan(&method.body))),
        Item::Other { .. } => None,
    });
    methods.collect()
}

/// At the call site: for names that the user is to see, too.
pub(crate) fn visible(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}
