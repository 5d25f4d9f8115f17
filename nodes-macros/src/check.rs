//! What can be wrong with a rule or a method, as far as its tokens show.

use proc_macro2::Ident;
use quote::{ToTokens, quote};
use syn::{Attribute, FnArg, PatType, PathArguments, ReturnType, Signature, Type, parse_quote, parse_quote_spanned};

use crate::diagnostics::Errors;
use crate::model::{Action, Finish, Init, Param, Recover, Rule, Slot, Trigger};
use crate::parse::{Method, last_name};
use crate::scan;
use crate::text::{compact, doc, pretty};

/// What a handler may take.
pub(crate) struct Wanted<'a> {
    event: Option<&'a Type>,
    sender: bool,
}

impl<'a> Wanted<'a> {
    /// For an event.
    pub(crate) fn of(trigger: Trigger, event: &'a Type) -> Self {
        match trigger {
            Trigger::Spontaneously => Wanted { event: None, sender: false },
            Trigger::Message(_) => Wanted { event: Some(event), sender: true },
            Trigger::Alarm(_) => Wanted { event: Some(event), sender: false },
        }
    }

    /// The whole signature, as it could be written.
    fn signature(&self, method: &Ident) -> String {
        let event = self.event.map(|ty| {
            let name = if self.sender { "msg" } else { "alarm" };
            format!(", {name}: {}", pretty(ty))
        });
        let sender = if self.sender { ", sender: Port" } else { "" };
        format!("fn {method}(&mut self{}{sender}, net: &mut Net<Self>)", event.unwrap_or_default())
    }

    /// The parameters under their usual names.
    fn usual(&self) -> Vec<(&'static str, Type)> {
        let event = self.event.map(|event| (if self.sender { "msg" } else { "alarm" }, event.clone()));
        let sender = self.sender.then(|| ("sender", parse_quote!(::nodes::topology::Port)));
        let net = ("net", parse_quote!(&mut ::nodes::protocol::Net<Self>));
        event.into_iter().chain(sender).chain([net]).collect()
    }

    fn slot(&self, ty: &Type) -> Option<Slot> {
        if self.event.is_some_and(|event| compact(event) == compact(ty)) {
            Some(Slot::Event)
        } else if self.sender && last_name(ty).is_some_and(|name| name == "Port") {
            Some(Slot::Sender)
        } else {
            is_net(ty).then_some(Slot::Net)
        }
    }
}

fn referent(ty: &Type) -> Option<&Type> {
    match ty {
        Type::Reference(reference) => Some(&reference.elem),
        _ => None,
    }
}

fn is_net(ty: &Type) -> bool {
    referent(ty).and_then(last_name).is_some_and(|name| name == "Net")
}

/// Writes `<Self>` where a reference to `Net`, `World` or `Node` lacks it; the first such word.
pub(crate) fn complete(sig: &mut Signature) -> Option<Ident> {
    let mut first = None;
    for typed in sig.inputs.iter_mut().filter_map(as_typed) {
        if let Type::Reference(reference) = &mut *typed.ty
            && let Type::Path(path) = &mut *reference.elem
            && let Some(last) = path.path.segments.last_mut()
            && ["Net", "World", "Node"].iter().any(|word| last.ident == word)
            && last.arguments.is_none()
        {
            last.arguments = PathArguments::AngleBracketed(parse_quote!(<Self>));
            first.get_or_insert(last.ident.clone());
        }
    }
    first
}

/// The parameters of a handler, or `None` if the signature is wrong.
///
/// A wrong signature is mended as far as it is known what is meant: so the body has no errors that are consequences only.
pub(crate) fn handler(method: &mut Method, wanted: &Wanted<'_>, errors: &mut Errors) -> Option<Vec<Param>> {
    let expected = wanted.signature(&method.sig.ident);
    let right =
        [is_plain(&method.sig, "a handler", errors), returns_nothing(method, errors), has_self(&method.sig, &expected, errors)];
    if method.sig.receiver().is_none() {
        let span = method.sig.ident.span();
        method.sig.inputs.insert(0, parse_quote_spanned!(span=> &mut self));
    }
    let params = params(&mut method.sig, wanted, &expected, errors)?;
    (right == [true; 3] && lacks_nothing(method, wanted, &expected, errors)).then_some(params)
}

fn params(sig: &mut Signature, wanted: &Wanted<'_>, expected: &str, errors: &mut Errors) -> Option<Vec<Param>> {
    let rest = "; every parameter but `self` may be left out";
    let mut params: Vec<Param> = Vec::new();
    let mut right = true;
    for PatType { pat, ty, .. } in sig.inputs.iter_mut().filter_map(as_typed) {
        let slot = wanted.slot(ty);
        if let Some(slot) = slot
            && params.iter().all(|param| param.slot != slot)
        {
            params.push(Param { slot, pattern: quote!(#pat) });
            continue;
        }
        let event = match wanted.event {
            _ if slot.is_some() => format!("a second `{}`", pretty(ty)),
            Some(event) => format!("a handler for `{}` is not given a `{}`", pretty(event), pretty(ty)),
            None => format!("a handler of the impulse is not given a `{}`", pretty(ty)),
        };
        errors.at(&ty, format!("{event}; expected `{expected}`{rest}"));
        right = false;
        let usual = wanted.usual().into_iter().find(|(name, _)| scan::mentions(&pat.to_token_stream(), name));
        if let Some((_, meant)) = usual {
            **ty = meant;
        }
    }
    right.then_some(params)
}

fn returns_nothing(method: &mut Method, errors: &mut Errors) -> bool {
    match &method.sig.output {
        ReturnType::Type(_, ty) if !matches!(&**ty, Type::Tuple(unit) if unit.elems.is_empty()) => {
            errors.at(ty, "a handler returns nothing; change the state by `self.state = ..`, answer by `net.send(..)`");
            if scan::gives_nothing(&method.body) {
                method.sig.output = ReturnType::Default;
            }
            false
        }
        _ => true,
    }
}

/// What the body uses under its usual name is among the parameters; if it is not, it is added, and that is an error.
fn lacks_nothing(method: &mut Method, wanted: &Wanted<'_>, expected: &str, errors: &mut Errors) -> bool {
    let mut lacking = Vec::new();
    for (name, ty) in wanted.usual() {
        let taken = method.sig.inputs.iter().any(|input| scan::mentions(&input.to_token_stream(), name));
        if !taken && let Some(used) = scan::uses(&method.body, name) {
            let pattern = Ident::new(name, used.span());
            method.sig.inputs.push(parse_quote!(#pattern: #ty));
            lacking.push(used);
        }
    }
    let Some(first) = lacking.first() else { return true };
    let names: Vec<String> = lacking.iter().map(|name| format!("`{name}`")).collect();
    let text = format!("`{}` uses what it does not take: {}; expected `{expected}`", method.sig.ident, names.join(", "));
    errors.at(first, text);
    false
}

fn as_typed(input: &mut FnArg) -> Option<&mut PatType> {
    match input {
        FnArg::Typed(typed) => Some(typed),
        _ => None,
    }
}

fn typed(sig: &Signature) -> impl Iterator<Item = &PatType> {
    sig.inputs.iter().filter_map(|input| match input {
        FnArg::Typed(typed) => Some(typed),
        _ => None,
    })
}

fn has_self(sig: &Signature, expected: &str, errors: &mut Errors) -> bool {
    match sig.inputs.first() {
        Some(FnArg::Receiver(receiver)) if matches!(receiver.kind, syn::ReceiverKind::Reference(..)) => true,
        Some(FnArg::Receiver(receiver)) => {
            errors.at(receiver, format!("a handler borrows its node; expected `{expected}`"));
            false
        }
        _ => {
            errors.at(&sig.ident, format!("`{}` lacks `&mut self`; expected `{expected}`", sig.ident));
            false
        }
    }
}

/// Not `async`, `unsafe`, `extern`, generic.
fn is_plain(sig: &Signature, what: &str, errors: &mut Errors) -> bool {
    let mut right = true;
    let mut refuse = |tokens: &dyn ToTokens, text: String| {
        errors.at(tokens, text);
        right = false;
    };
    if let Some(token) = &sig.asyncness {
        let wait = if what == "a handler" { "; to wait, `net.set_alarm(..)` and handle the alarm" } else { "" };
        refuse(token, format!("{what} is one atomic step: it cannot be `async`{wait}"));
    }
    if let Some(abi) = &sig.abi {
        refuse(abi, format!("{what} is an ordinary method: it cannot be `extern`"));
    }
    if let syn::Safety::Unsafe(token) = &sig.safety {
        refuse(token, format!("{what} is an ordinary method: it cannot be `unsafe`"));
    }
    if !sig.generics.params.is_empty() {
        refuse(&sig.generics.params, format!("{what} is called by the engine: it has no parameters of its own in `<..>`"));
    }
    right
}

/// `#[init]`.
pub(crate) fn init(method: &Method, protocol: &Ident, errors: &mut Errors) -> Option<Init> {
    let sig = &method.sig;
    let expected = format!("fn {}(config: &Settings, net: &mut Net<Self>) -> Self", sig.ident);
    let makes = "`#[init]` makes the node as it is before anything happens";
    let mut right = is_plain(sig, "`#[init]`", errors) & returns_a_node(sig, protocol, makes, &expected, errors);
    let mut init = Init { method: sig.ident.clone(), slots: Vec::new(), config: None };
    for input in &sig.inputs {
        let slot = match input {
            FnArg::Typed(typed) if is_net(&typed.ty) => Some(Slot::Net),
            FnArg::Typed(typed) => referent(&typed.ty).map(|config| {
                init.config = Some(config.clone());
                Slot::Config
            }),
            FnArg::Receiver(_) => None,
            #[allow(unreachable_patterns)]
            _ => None,
        };
        match slot {
            Some(slot) if !init.slots.contains(&slot) => init.slots.push(slot),
            _ => {
                errors.at(
                    input,
                    format!("`#[init]` is given a configuration and the net; expected `{expected}`, either may be left out"),
                );
                right = false;
            }
        }
    }
    right.then_some(init)
}

fn returns_a_node(sig: &Signature, protocol: &Ident, makes: &str, expected: &str, errors: &mut Errors) -> bool {
    let place = match &sig.output {
        ReturnType::Type(_, ty) if last_name(ty).is_some_and(|name| name == "Self" || name == protocol) => return true,
        ReturnType::Type(_, ty) => ty.to_token_stream(),
        ReturnType::Default => sig.ident.to_token_stream(),
    };
    errors.at(place, format!("{makes}; expected `{expected}`"));
    false
}

/// `#[recover]`.
pub(crate) fn recover(method: &Method, protocol: &Ident, parameters: &[Ident], errors: &mut Errors) -> Option<Recover> {
    let sig = &method.sig;
    let mut saved = None;
    for typed in typed(sig).filter(|typed| referent(&typed.ty).is_none()) {
        saved.get_or_insert(&*typed.ty);
    }
    let kept = saved.map_or_else(|| "Saved".to_owned(), pretty);
    let expected = format!("fn {}(saved: {kept}, net: &mut Net<Self>) -> Self", sig.ident);
    let makes = "`#[recover]` makes the node as it comes back from a crash";
    let mut right = is_plain(sig, "`#[recover]`", errors) & returns_a_node(sig, protocol, makes, &expected, errors);
    let (mut slots, mut config) = (Vec::new(), None);
    for input in &sig.inputs {
        let slot = match input {
            FnArg::Typed(typed) if is_net(&typed.ty) => Some(Slot::Net),
            FnArg::Typed(typed) => match referent(&typed.ty) {
                Some(ty) => {
                    config = Some(ty.clone());
                    Some(Slot::Config)
                }
                None => Some(Slot::Saved),
            },
            _ => None,
        };
        match slot {
            Some(slot) if !slots.contains(&slot) => slots.push(slot),
            _ => {
                let given = "`#[recover]` is given what was stored, a configuration and the net";
                errors.at(input, format!("{given}; expected `{expected}`, the net may be left out"));
                right = false;
            }
        }
    }
    let Some(saved) = saved else {
        if right {
            let text = "without anything saved, it would be `#[init]`, which is called if there is no `#[recover]`";
            errors.at(&sig.ident, format!("`{}` takes nothing that was stored; expected `{expected}`; {text}", sig.ident));
        }
        return None;
    };
    if let Some(parameter) = parameters.iter().find(|parameter| compact(saved) == parameter.to_string()) {
        let text = format!("`{parameter}` stands for any type: wrap it, `Option<{parameter}>` or a struct of your own");
        errors.at(saved, text);
        right = false;
    }
    right.then(|| Recover { method: sig.ident.clone(), slots, config, saved: saved.clone(), doc: doc(&method.attrs) })
}

/// `#[finish]`.
pub(crate) fn finish(method: &Method, errors: &mut Errors) -> Option<Finish> {
    let sig = &method.sig;
    let expected = format!("fn {}(&mut self, net: &mut Net<Self>)", sig.ident);
    let mut right = is_plain(sig, "`#[finish]`", errors) & has_self(sig, &expected, errors);
    if let ReturnType::Type(_, ty) = &sig.output {
        errors.at(ty, format!("`#[finish]` returns nothing; expected `{expected}`"));
        right = false;
    }
    let mut slots = Vec::new();
    for typed in typed(sig) {
        if is_net(&typed.ty) && slots.is_empty() {
            slots.push(Slot::Net);
        } else {
            errors.at(&typed.ty, format!("`#[finish]` is given the net only; expected `{expected}`"));
            right = false;
        }
    }
    right.then(|| Finish { method: sig.ident.clone(), slots })
}

/// `#[always]` and `#[finally]`: whether the property looks at one node.
pub(crate) fn property(method: &Method, errors: &mut Errors) -> Option<bool> {
    let sig = &method.sig;
    let name = &sig.ident;
    let expected = format!("expected `fn {name}(world: &World<Self>) -> bool`, or `fn {name}(node: &Node<Self>) -> bool`");
    let mut right = is_plain(sig, "a property", errors);
    let looks_at = match (sig.inputs.first(), sig.inputs.len()) {
        (Some(FnArg::Typed(typed)), 1) => match &*typed.ty {
            Type::Reference(reference) if reference.mutability.is_none() => match last_name(&reference.elem) {
                Some(name) if name == "World" => Some(false),
                Some(name) if name == "Node" => Some(true),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    };
    if looks_at.is_none() {
        let place = if sig.inputs.is_empty() { name.to_token_stream() } else { sig.inputs.to_token_stream() };
        errors.at(place, format!("a property looks at the world, or at one node; {expected}"));
        right = false;
    }
    let answers = match &sig.output {
        ReturnType::Type(_, ty) => last_name(ty).is_some_and(|name| name == "bool" || name == "Result" || name == "Verdict"),
        ReturnType::Default => false,
    };
    if !answers {
        let place = match &sig.output {
            ReturnType::Type(_, ty) => ty.to_token_stream(),
            ReturnType::Default => name.to_token_stream(),
        };
        errors.at(
            place,
            format!(
                "a property says whether it holds: it returns `bool`, or `Result<(), String>` to say what is wrong; {expected}"
            ),
        );
        right = false;
    }
    looks_at.filter(|_| right)
}

/// A rule cannot be left out under `#[cfg]`: the table of rules would differ from what was checked.
pub(crate) fn not_conditional(attrs: &[Attribute], errors: &mut Errors) {
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("cfg")) {
        errors.at(attr, "a rule is there or not: `#[cfg]` cannot stand on it; put it on the whole protocol");
    }
}

/// `#[init]`, without anything in parentheses.
pub(crate) fn plain_mark(attr: &Attribute, name: &str, errors: &mut Errors) {
    if attr.meta.require_path_only().is_err() {
        errors.at(attr, format!("`#[{name}]` takes nothing in parentheses"));
    }
}

/// `#[on]` without parentheses.
pub(crate) fn bare_mark(attr: &Attribute) -> syn::Error {
    let name = attr.path().to_token_stream().to_string();
    let event = if name == "when" { "Alarm" } else { "Message" };
    syn::Error::new_spanned(attr, format!("which event, in which states? write `#[{name}({event} in State)]`"))
}

/// `#[otherwise(ignore)]`.
pub(crate) fn otherwise(attr: &Attribute, errors: &mut Errors) {
    match crate::parse::words(attr) {
        Ok(words) if words.len() == 1 && words[0] == "ignore" => {}
        _ => errors.at(attr, "write `#[otherwise(ignore)]`: what no rule mentions is ignored, the book's \"nil\""),
    }
}

/// No second rule without `if` for the same event in the same state.
pub(crate) fn not_twice(rule: &Rule, before: &[Rule], errors: &mut Errors) {
    if rule.guard.is_some() {
        return;
    }
    let event = pretty(&rule.event);
    let same = || before.iter().filter(|other| other.trigger == rule.trigger && other.guard.is_none());
    let what = if rule.trigger == Trigger::Spontaneously { "the impulse".to_owned() } else { format!("`{event}`") };
    let Some(states) = &rule.states else {
        if let Some(first) = same().find(|other| other.states.is_none()) {
            errors.at(&rule.event, twice(&what, "every state", rule, &first.action));
        }
        return;
    };
    for (number, state) in states.iter().enumerate() {
        let within = states[..number].iter().map(|first| (first, &rule.action));
        let mut earlier =
            same().flat_map(|other| other.states.iter().flatten().map(|first| (first, &other.action))).chain(within);
        if let Some((_, first)) = earlier.find(|(first, _)| *first == state) {
            errors.at(state, twice(&what, &format!("state `{state}`"), rule, first));
        }
    }
}

/// That there are two rules, and how there would be one.
fn twice(what: &str, place: &str, rule: &Rule, first: &Action) -> String {
    let again = "leave it to one of them, or give one an `if`";
    match (first, &rule.action) {
        (Action::Handle(first), Action::Handle(second)) if first.method == second.method => {
            format!("{what} is handled twice in {place}, both times by `{}`; once is enough", first.method)
        }
        (Action::Handle(first), Action::Handle(_)) => {
            format!("{what} is handled twice in {place}, by `{}` already; {again}", first.method)
        }
        (first, _) => format!("{what} has two rules in {place}, of which the other {}; {again}", first.in_words()),
    }
}
