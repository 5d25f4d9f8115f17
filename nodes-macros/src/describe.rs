//! The rules and properties as data: what engines, tables and diagrams read.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Ident;
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use crate::model::{Action, Model, PropertyFn, Rule, Trigger};
use crate::text::pretty;

/// `fn description`.
pub(crate) fn description(model: &Model) -> TokenStream {
    let messages = model.messages.iter().map(|event| {
        let ty = &event.ty;
        quote_spanned!(ty.span()=> <#ty as ::nodes::protocol::Message>::__TEXTS)
    });
    let alarms = model.alarms.iter().map(|event| {
        let ty = &event.ty;
        quote_spanned!(ty.span()=> <#ty as ::nodes::protocol::Alarm>::__TEXTS)
    });
    let rules = ordered(model).into_iter().map(|rule| rule_info(model, rule));
    let nil = (0..model.messages.len()).filter(|_| model.otherwise_ignore).map(|tag| {
        let named = named(model, Trigger::Message(tag));
        quote!(&[#(#named),*])
    });
    let recovery = recovery_info(model);
    let properties = model.properties.iter().map(|property| {
        let (name, when, doc) = (property.method.unraw().to_string(), when(property), &property.doc);
        quote!((#name, #when, #doc))
    });
    quote! {
        fn description(__config: &Self::Config) -> ::std::sync::Arc<::nodes::protocol::Description> {
            ::nodes::__private::describe(const {
                &::nodes::__private::Outline {
                    flags: <Self as ::nodes::protocol::Protocol>::__FLAGS,
                    messages: &[#(#messages),*],
                    alarms: &[#(#alarms),*],
                    rules: &[#(#rules),*],
                    nil: &[#(#nil),*],
                    recovery: #recovery,
                    properties: &[#(#properties),*],
                    ..<Self as ::nodes::protocol::Declared>::__OUTLINE
                }
            })
        }
    }
}

fn recovery_info(model: &Model) -> TokenStream {
    let Some(recover) = &model.recover else { return quote!(::core::option::Option::None) };
    let (name, stored, doc) = (recover.method.unraw().to_string(), pretty(&recover.saved), &recover.doc);
    quote!(::core::option::Option::Some([#name, #stored, #doc]))
}

/// The order in which rules are tried: event by event, those with `if` first.
fn ordered(model: &Model) -> Vec<&Rule> {
    let mut rules: Vec<&Rule> = model.rules.iter().collect();
    rules.sort_by_key(|rule| {
        let event = match rule.trigger {
            Trigger::Spontaneously => (0, 0),
            Trigger::Message(number) => (1, number),
            Trigger::Alarm(number) => (2, number),
        };
        (event, rule.guard.is_none(), rule.states.is_none())
    });
    rules
}

/// The states that a rule without `if` names for an event.
fn named(model: &Model, trigger: Trigger) -> Vec<String> {
    let rules = model.rules.iter().filter(|rule| rule.trigger == trigger && rule.guard.is_none());
    names(rules.flat_map(|rule| rule.states.iter().flatten()))
}

fn names<'a>(states: impl Iterator<Item = &'a Ident>) -> Vec<String> {
    states.map(|state| state.unraw().to_string()).collect()
}

fn rule_info(model: &Model, rule: &Rule) -> TokenStream {
    let trigger = match rule.trigger {
        Trigger::Spontaneously => quote!(Spontaneously),
        Trigger::Message(tag) => {
            let tag = tag as u8;
            quote!(Message(#tag))
        }
        Trigger::Alarm(tag) => {
            let tag = tag as u8;
            quote!(Alarm(#tag))
        }
    };
    let states = match (&rule.states, &rule.guard) {
        (Some(states), _) => {
            let states = names(states.iter());
            quote!(::nodes::__private::In::These(&[#(#states),*]))
        }
        (None, Some(_)) => quote!(::nodes::__private::In::UndecidedBut(&[])),
        (None, None) => {
            let named = named(model, rule.trigger);
            quote!(::nodes::__private::In::UndecidedBut(&[#(#named),*]))
        }
    };
    let guard = match &rule.guard {
        Some(guard) => {
            let guard = guard.to_string();
            quote!(::core::option::Option::Some(#guard))
        }
        None => quote!(::core::option::Option::None),
    };
    let (action, doc) = match &rule.action {
        Action::Handle(handler) => {
            let (name, becomes) = (handler.method.unraw().to_string(), &handler.becomes);
            (quote!(Handle(#name, &[#(#becomes),*])), handler.doc.as_str())
        }
        Action::Ignore => (quote!(Ignore), ""),
        Action::Defer => (quote!(Defer), ""),
        Action::Never => (quote!(Never), ""),
    };
    quote! {
        ::nodes::__private::Rule {
            trigger: ::nodes::protocol::Trigger::#trigger,
            states: #states,
            guard: #guard,
            action: ::nodes::__private::Deed::#action,
            doc: #doc,
        }
    }
}

/// `fn properties`.
pub(crate) fn properties(model: &Model) -> TokenStream {
    let each = model.properties.iter().map(|property| {
        let (method, doc) = (model.method(&property.method), &property.doc);
        let name = property.method.unraw().to_string();
        let when = when(property);
        let scope = if property.local { quote!(Local) } else { quote!(World) };
        let check =
            quote_spanned!(property.method.span()=> |__seen| ::nodes::protocol::IntoVerdict::into_verdict(#method(__seen)));
        quote! {
            ::nodes::protocol::Property::new(
                #name,
                #doc,
                #when,
                ::nodes::protocol::Check::#scope(#check),
            )
        }
    });
    quote! {
        #[inline(never)]
        fn properties() -> &'static [::nodes::protocol::Property<Self>] {
            const { &[#(#each),*] }
        }
    }
}

/// When it must hold.
fn when(property: &PropertyFn) -> TokenStream {
    if property.always { quote!(::nodes::protocol::When::Always) } else { quote!(::nodes::protocol::When::Finally) }
}
