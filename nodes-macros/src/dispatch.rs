//! From an event to the handler that its rules choose.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Ident;

use crate::model::{Action, Handler, Model, Rule, Slot, Trigger, visible};

/// An expression that handles the event `__event` (there is none for an impulse) and says what became of it.
///
/// Rules with `if` come first, in source order; then one `match` over the states.
pub(crate) fn body(model: &Model, trigger: Trigger) -> TokenStream {
    let rules = || model.rules.iter().filter(move |rule| rule.trigger == trigger);
    let guarded = rules().filter_map(|rule| guarded(model, rule, trigger));
    let arms = rules().filter(|rule| rule.guard.is_none()).filter_map(|rule| {
        let states = patterns(rule.states.as_deref()?);
        let act = act(model, rule);
        Some(quote!(#states => { #act }))
    });
    let rest = rules().find(|rule| rule.guard.is_none() && rule.states.is_none());
    let unmentioned = rest.map(|rule| act(model, rule)).or_else(|| {
        // Without this, the compiler has proved that only terminal states are left.
        let ignored = model.otherwise_ignore && matches!(trigger, Trigger::Message(_));
        ignored.then(|| quote!(::nodes::protocol::Outcome::Ignored))
    });
    let no_rule = match trigger {
        Trigger::Message(_) => quote!(::nodes::protocol::Outcome::Late),
        _ => quote!(::nodes::protocol::Outcome::Ignored),
    };
    let last = match unmentioned {
        Some(act) => quote! {
            _ if <Self as ::nodes::protocol::Declared>::__has_decided(self) => #no_rule,
            _ => { #act }
        },
        None => quote!(_ => #no_rule,),
    };
    quote! {
        #(#guarded)*
        match <Self as ::nodes::protocol::Declared>::state(self) {
            #(#arms)*
            #last
        }
    }
}

/// `State::Candidate { .. } | State::Defeated { .. }`, each at the user's own word.
fn patterns(states: &[Ident]) -> TokenStream {
    let each = states.iter().map(|state| quote_spanned!(state.span()=> __States::#state { .. }));
    quote!(#(#each)|*)
}

fn act(model: &Model, rule: &Rule) -> TokenStream {
    match &rule.action {
        Action::Handle(handler) => {
            let call = call(model, handler);
            quote!(#call ::nodes::protocol::Outcome::Handled)
        }
        Action::Ignore => quote!(::nodes::protocol::Outcome::Ignored),
        Action::Never => quote!(::nodes::protocol::Outcome::Unexpected),
        Action::Defer => {
            let outcome = if model.is_on_condition(rule) { quote!(DeferredOnCondition) } else { quote!(Deferred) };
            quote!(::nodes::protocol::Outcome::#outcome(::nodes::protocol::MessageOf::<Self>::wrap(__event)))
        }
    }
}

fn call(model: &Model, handler: &Handler) -> TokenStream {
    let method = model.method(&handler.method);
    let args = handler.params.iter().map(|param| match param.slot {
        Slot::Event => quote!(__event),
        Slot::Sender => quote!(__sender),
        Slot::Net | Slot::Config | Slot::Saved => quote!(__net),
    });
    quote_spanned!(handler.method.span()=> #method(self, #(#args),*);)
}

/// A rule with `if`.
fn guarded(model: &Model, rule: &Rule, trigger: Trigger) -> Option<TokenStream> {
    let guard = rule.guard.as_ref()?;
    let here = match &rule.states {
        Some(states) => {
            let states = patterns(states);
            quote!(::core::matches!(<Self as ::nodes::protocol::Declared>::state(self), #states))
        }
        None => quote!(!<Self as ::nodes::protocol::Declared>::__has_decided(self)),
    };
    let holds = holds(guard, &rule.action, trigger);
    let act = act(model, rule);
    Some(quote! {
        if #here && #holds {
            return { #act };
        }
    })
}

/// Whether the condition holds.  It sees what the handler sees, under the handler's names, and `msg`, `sender` and `net` where
/// the handler leaves them out.
///
/// The event's pattern stands in a `match` whose guard evaluates the condition and then is `false`: so each binding has its
/// own type, as in the handler, and nothing is moved out of the event.
fn holds(guard: &TokenStream, action: &Action, trigger: Trigger) -> TokenStream {
    let pattern = |slot: Slot, name: &str| {
        let params = if let Action::Handle(handler) = action { &handler.params[..] } else { &[] };
        let own = params.iter().find(|param| param.slot == slot).map(|param| param.pattern.clone());
        own.unwrap_or_else(|| {
            let name = visible(name);
            quote!(#name)
        })
    };
    let net = pattern(Slot::Net, "net");
    let condition = quote! {
        let #net = &*__net;
        if { #guard } {
            __holds = true;
        }
    };
    let (event, sender) = match trigger {
        Trigger::Spontaneously => return quote!({ let mut __holds = false; #condition __holds }),
        Trigger::Message(_) => {
            let sender = pattern(Slot::Sender, "sender");
            (pattern(Slot::Event, "msg"), quote!(let #sender = __sender;))
        }
        Trigger::Alarm(_) => (pattern(Slot::Event, "alarm"), TokenStream::new()),
    };
    quote! {
        {
            let mut __holds = false;
            #[allow(unused_mut)]
            match __event {
                #event if { #sender #condition false } => ::core::unreachable!(),
                _ => {}
            }
            __holds
        }
    }
}
