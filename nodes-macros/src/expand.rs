//! `#[protocol]` on an `impl` block: the rules, as Rust.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Path, Token, Type};

use crate::diagnostics::Errors;
use crate::dispatch;
use crate::model::{Action, Event, Model, Rule, Slot, Trigger};
use crate::parse::{Block, last_name};
use crate::set;
use crate::text::compact;
use crate::words;

/// Whether `#[protocol]` stands on an `impl`, and not on a struct.
pub(crate) fn is_impl(item: &TokenStream) -> bool {
    item.clone().into_iter().any(|token| matches!(&token, TokenTree::Ident(word) if word == "impl"))
}

/// The block itself, and all that follows from its rules.
pub(crate) fn implement(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let mut block: Block = match syn::parse2(item.clone()) {
        Ok(block) => block,
        Err(error) => {
            errors.push(error);
            return quote!(#errors #item);
        }
    };
    if let Some(token) = block.of_trait {
        errors.at(token, "`#[protocol]` stands on the protocol's own `impl`, not on that of a trait");
        return quote!(#errors #item);
    }
    let Some(name) = last_name(&block.self_ty).cloned() else {
        errors.at(&block.self_ty, "`#[protocol]` stands on the `impl` of a struct");
        return quote!(#errors #item);
    };
    let states = states(args, &mut errors);
    let model = Model::read(&mut block, name, states, &mut errors);
    block.self_ty = model.self_ty.clone();
    starts(&model, &block, &mut errors);
    only_guarded(&model, &mut errors);
    let messages = set::Set::new(&model.name, "Msg", &model.messages, &block.generics);
    let alarms = set::Set::new(&model.name, "Alarm", &model.alarms, &block.generics);
    let message_set = messages.messages(&block);
    let alarm_set = alarms.alarms(&block);
    let protocol = protocol(&model, &block, &messages, &alarms);
    let checks = checks(&model);
    block.self_ty = model.has_methods.clone();
    let (states, block) = (named_states(&model), own(&block));
    let words = model.words.iter().map(words::said);
    quote! {
        #errors
        #(#words)*
        #message_set
        #alarm_set
        const _: () = {
            #states
            #protocol
            #checks
        };
        #block
    }
}

/// The states by the name under which rules mention them; nothing if none does.
fn named_states(model: &Model) -> Option<TokenStream> {
    let alias = &model.states;
    model.rules.iter().any(|rule| rule.states.is_some()).then(|| {
        quote! {
            type __States = #alias;
            const __STATES: ::nodes::__private::Table = ::nodes::__private::Table {
                names: <__States as ::nodes::protocol::States>::NAMES,
                terminal: <__States as ::nodes::protocol::States>::TERMINAL,
            };
        }
    })
}

/// `states = Phase`, for an `impl` that does not stand beside its struct.
fn states(args: TokenStream, errors: &mut Errors) -> Option<Path> {
    use syn::parse::{ParseStream, Parser};
    if args.is_empty() {
        return None;
    }
    let parse = |input: ParseStream<'_>| -> syn::Result<Path> {
        let name: Ident = input.parse()?;
        if name != "states" {
            let text = format!("what a protocol assumes is declared on its struct: put `{name}` there");
            return Err(syn::Error::new(name.span(), text));
        }
        input.parse::<Token![=]>()?;
        input.parse()
    };
    let parse = |input: ParseStream<'_>| {
        let result = parse(input);
        input.parse::<TokenStream>()?;
        result
    };
    errors.take(parse.parse2(args))
}

/// The user's block, without our attributes.
fn own(block: &Block) -> TokenStream {
    let Block { attrs, head, generics, self_ty, inner_attrs, items, .. } = block;
    let (of_impl, _, of_where) = generics.split_for_impl();
    quote! {
        #(#attrs)*
        #head #of_impl #self_ty #of_where {
            #(#inner_attrs)*
            #(#items)*
        }
    }
}

/// Something must happen first.
fn starts(model: &Model, block: &Block, errors: &mut Errors) {
    let by_alarm = model.init.as_ref().is_some_and(|init| init.slots.contains(&Slot::Net)) && !model.alarms.is_empty();
    if !model.starts && !by_alarm {
        let text = format!(
            "`{}` can never start: add `#[on(Spontaneously in ..)] fn start(&mut self, net: &mut Net<Self>)`",
            model.name.unraw()
        );
        errors.at(&block.self_ty, text);
    }
}

/// A message whose rules all have an `if`, and mention no state: without looking at the states, something is missing.
fn only_guarded(model: &Model, errors: &mut Errors) {
    for (number, event) in model.messages.iter().enumerate() {
        let mut rules = model.rules.iter().filter(|rule| rule.trigger == Trigger::Message(number));
        if !event.faulty && !model.otherwise_ignore && rules.all(|rule| rule.guard.is_some() && rule.states.is_none()) {
            let (protocol, message) = (&model.name, compact(&event.ty));
            errors.at(&event.ty, format!("`{protocol}` has no rule for `{message}` when no `if` holds; add one without `if`"));
        }
    }
}

fn protocol(model: &Model, block: &Block, messages: &set::Set<'_>, alarms: &set::Set<'_>) -> TokenStream {
    let (of_impl, _, of_where) = block.generics.split_for_impl();
    let self_ty = &block.self_ty;
    let (message_type, alarm_type) = (messages.ty(), alarms.alarm_ty());
    let of_init = model.init.as_ref().and_then(|init| init.config.as_ref());
    let config = of_init.or_else(|| model.recover.as_ref().and_then(|recover| recover.config.as_ref())).map_or(
        quote!(
            type Config = ();
        ),
        |config| quote_spanned!(config.span()=> type Config = #config;),
    );
    let (init, recover) = (init(model, self_ty), recover(model));
    let stored_by = stored_by(model, block);
    let (description, properties) = (crate::describe::description(model), crate::describe::properties(model));
    let impulse = dispatch::body(model, Trigger::Spontaneously);
    let of_message = arms(&model.messages, messages, |number| dispatch::body(model, Trigger::Message(number)));
    let of_alarm = arms(&model.alarms, alarms, |number| dispatch::body(model, Trigger::Alarm(number)));
    let finish = model.finish.as_ref().map(|finish| {
        let method = model.method(&finish.method);
        let args = finish.slots.iter().map(|_| quote!(__net));
        quote! {
            fn on_finish(&mut self, __net: &mut ::nodes::protocol::Net<Self>) {
                #method(self, #(#args),*);
            }
        }
    });
    let on_condition = model.rules.iter().any(|rule| model.is_on_condition(rule));
    let on_condition = on_condition.then(|| {
        quote!(
            const DEFERS_ON_CONDITION: bool = true;
        )
    });
    quote! {
        #[automatically_derived]
        #[allow(unused_variables, unreachable_patterns, unreachable_code, clippy::all)]
        impl #of_impl ::nodes::protocol::Protocol for #self_ty #of_where {
            type Msg = #message_type;
            type Alarm = #alarm_type;
            #config
            #on_condition

            #description
            #properties
            #init
            #recover

            fn on_impulse(&mut self, __net: &mut ::nodes::protocol::Net<Self>) -> ::nodes::protocol::Outcome<()> {
                #impulse
            }

            fn on_message(
                &mut self,
                __event: Self::Msg,
                __sender: ::nodes::topology::Port,
                __net: &mut ::nodes::protocol::Net<Self>,
            ) -> ::nodes::protocol::Outcome<Self::Msg> {
                #of_message
            }

            fn on_alarm(
                &mut self,
                __event: Self::Alarm,
                __net: &mut ::nodes::protocol::Net<Self>,
            ) -> ::nodes::protocol::Outcome<()> {
                #of_alarm
            }

            #finish
        }
        #stored_by
    }
}

fn arms(events: &[Event], set: &set::Set<'_>, body: impl Fn(usize) -> TokenStream) -> TokenStream {
    let name = set.name();
    let arms = events.iter().enumerate().map(|(number, event)| {
        let (variant, body) = (&event.variant, body(number));
        quote!(#name::#variant(__event) => { #body })
    });
    quote!(match __event { #(#arms)* })
}

fn init(model: &Model, self_ty: &Type) -> TokenStream {
    let make = match &model.init {
        Some(init) => {
            let method = model.method(&init.method);
            let args = init.slots.iter().map(|slot| if *slot == Slot::Config { quote!(__config) } else { quote!(__net) });
            quote!(#method(#(#args),*))
        }
        None => quote_spanned!(self_ty.span()=> <Self as ::core::default::Default>::default()),
    };
    quote! {
        fn init(__config: &Self::Config, __net: &mut ::nodes::protocol::Net<Self>) -> Self {
            #make
        }
    }
}

fn recover(model: &Model) -> Option<TokenStream> {
    let recover = model.recover.as_ref()?;
    let (method, saved) = (model.method(&recover.method), &recover.saved);
    let args = recover.slots.iter().map(|slot| match slot {
        Slot::Config => quote!(__config),
        Slot::Net => quote!(__net),
        _ => quote_spanned!(saved.span()=> <#saved as ::nodes::protocol::Stored>::__decode(__saved)),
    });
    Some(quote! {
        fn recover(
            __saved: ::core::option::Option<&[u8]>,
            __config: &Self::Config,
            __net: &mut ::nodes::protocol::Net<Self>,
        ) -> Self {
            match __saved {
                ::core::option::Option::Some(__saved) => #method(#(#args),*),
                ::core::option::Option::None => <Self as ::nodes::protocol::Protocol>::init(__config, __net),
            }
        }
    })
}

/// What `#[recover]` takes may be stored.
fn stored_by(model: &Model, block: &Block) -> Option<TokenStream> {
    let saved = &model.recover.as_ref()?.saved;
    let (of_impl, _, of_where) = block.generics.split_for_impl();
    let self_ty = &block.self_ty;
    Some(quote_spanned! {saved.span()=>
        #[automatically_derived]
        impl #of_impl ::nodes::protocol::StoredBy<#self_ty> for #saved #of_where {
            fn encode(&self) -> ::core::result::Result<::std::vec::Vec<u8>, ::nodes::protocol::codec::EncodeError> {
                <#saved as ::nodes::protocol::Stored>::__encode(self)
            }
        }
    })
}

/// What only the compiler can know, since it depends on the states: asked for in constants, where a panic is an error.
fn checks(model: &Model) -> TokenStream {
    let mut checks = TokenStream::new();
    for (number, event) in model.messages.iter().enumerate() {
        if !event.faulty && !model.otherwise_ignore {
            checks.extend(covered(model, Trigger::Message(number), event));
        }
    }
    for rule in &model.rules {
        checks.extend(rule_checks(model, rule));
    }
    checks
}

fn covered(model: &Model, trigger: Trigger, event: &Event) -> TokenStream {
    let rules: Vec<&Rule> = model.rules.iter().filter(|rule| rule.trigger == trigger).collect();
    if rules.iter().any(|rule| rule.guard.is_none() && rule.states.is_none()) || rules.iter().all(|rule| rule.states.is_none())
    {
        return TokenStream::new();
    }
    let names = |states: Vec<&Ident>| states.iter().map(|state| state.unraw().to_string()).collect::<Vec<_>>();
    let covered =
        names(rules.iter().filter(|rule| rule.guard.is_none()).flat_map(|rule| rule.states.iter().flatten()).collect());
    let named = names(rules.iter().flat_map(|rule| rule.states.iter().flatten()).collect());
    let guarded = rules.iter().any(|rule| rule.guard.is_some());
    let (protocol, message) = (model.name.unraw().to_string(), compact(&event.ty));
    demand(
        event.ty.span(),
        quote! {
            __STATES.uncovered(#protocol, #message, &[#(#covered),*], &[#(#named),*], #guarded)
        },
    )
}

fn rule_checks(model: &Model, rule: &Rule) -> TokenStream {
    let mut checks = TokenStream::new();
    let names = |states: &[Ident]| states.iter().map(|state| state.unraw().to_string()).collect::<Vec<_>>();
    let named = rule.states.as_deref().unwrap_or_default();
    if named.is_empty() {
        return checks;
    }
    let states = names(named);
    match &rule.action {
        Action::Handle(handler) => {
            for assign in &handler.assigns {
                let (to, certain) = (assign.state.unraw().to_string(), assign.certain);
                checks.extend(demand(
                    assign.state.span(),
                    quote! {
                        __STATES.leaves_terminal(&[#(#states),*], #to, #certain)
                    },
                ));
            }
        }
        Action::Defer => {
            let event = compact(&rule.event);
            let (_, without) = named.iter().cloned().partition::<Vec<_>, _>(|state| model.has_condition(rule, state));
            let states = names(&without);
            checks.extend(demand(
                rule.event.span(),
                quote! {
                    __STATES.deferred_for_ever(#event, &[#(#states),*])
                },
            ));
        }
        Action::Ignore | Action::Never => {}
    }
    checks
}

/// An error with that text, if there is any; the `panic!` itself stands at the place to blame.
fn demand(span: Span, text: TokenStream) -> TokenStream {
    quote_spanned! {span=>
        const _: () = {
            const TEXT: ::nodes::__private::Text = #text;
            if !TEXT.is_empty() {
                ::core::panic!("{}", TEXT.as_str())
            }
        };
    }
}
