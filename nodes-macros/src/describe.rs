//! The rules and properties as data: what engines, tables and diagrams read.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::Ident;
use syn::ext::IdentExt;
use syn::spanned::Spanned;

use crate::model::{Action, Model, Rule, Trigger};
use crate::text::pretty;

/// `fn description`.
pub(crate) fn description(model: &Model) -> TokenStream {
    let messages = model.messages.iter().map(|event| {
        let ty = &event.ty;
        quote_spanned!(ty.span()=> <#ty as ::nodes::protocol::Message>::__describe())
    });
    let alarms = model.alarms.iter().map(|event| {
        let ty = &event.ty;
        quote_spanned!(ty.span()=> <#ty as ::nodes::protocol::Alarm>::__describe())
    });
    let rules = ordered(model).into_iter().map(|rule| rule_info(model, rule));
    let nil = (0..model.messages.len()).filter(|_| model.otherwise_ignore).map(|tag| {
        let named = named(model, Trigger::Message(tag));
        let tag = tag as u8;
        quote!(__states.nil(#tag, &[#(#named),*]))
    });
    let recovery = recovery_info(model);
    quote! {
        fn description(__config: &Self::Config) -> ::std::sync::Arc<::nodes::protocol::Description> {
            let __states = <Self as ::nodes::protocol::Declared>::__states();
            ::nodes::__private::describe::<Self>(
                ::std::vec![#(#messages),*],
                ::std::vec![#(#alarms),*],
                ::std::vec![#(#rules),*],
                ::std::vec![#(#nil),*],
                #recovery,
            )
        }
    }
}

fn recovery_info(model: &Model) -> TokenStream {
    let Some(recover) = &model.recover else { return quote!(::core::option::Option::None) };
    let (name, stored, doc) = (recover.method.unraw().to_string(), pretty(&recover.saved), &recover.doc);
    quote! {
        ::core::option::Option::Some(::nodes::protocol::RecoveryInfo {
            handler: ::std::string::String::from(#name),
            stored: ::std::string::String::from(#stored),
            doc: ::std::string::String::from(#doc),
        })
    }
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
            quote!(__states.places(&[#(#states),*]))
        }
        (None, Some(_)) => quote!(__states.undecided_but(&[])),
        (None, None) => {
            let named = named(model, rule.trigger);
            quote!(__states.undecided_but(&[#(#named),*]))
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
            (quote!(__states.handle(#name, &[#(#becomes),*])), handler.doc.as_str())
        }
        Action::Ignore => (quote!(::nodes::protocol::Action::Ignore), ""),
        Action::Defer => (quote!(::nodes::protocol::Action::Defer), ""),
        Action::Never => (quote!(::nodes::protocol::Action::Never), ""),
    };
    quote! {
        __states.rule(::nodes::protocol::Trigger::#trigger, #states, #guard, #action, #doc)
    }
}

/// `fn properties`.
pub(crate) fn properties(model: &Model) -> TokenStream {
    let each = model.properties.iter().map(|property| {
        let (method, doc) = (model.method(&property.method), &property.doc);
        let name = property.method.unraw().to_string();
        let when = if property.always { quote!(Always) } else { quote!(Finally) };
        let scope = if property.local { quote!(Local) } else { quote!(World) };
        let check =
            quote_spanned!(property.method.span()=> |__seen| ::nodes::protocol::IntoVerdict::into_verdict(#method(__seen)));
        quote! {
            ::nodes::protocol::Property::new(
                #name,
                #doc,
                ::nodes::protocol::When::#when,
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
