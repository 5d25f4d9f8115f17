//! `#[protocol(..)]` on a struct: what the protocol assumes.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Data, DataStruct, DeriveInput, Field, Ident, Type};

use crate::args::{self, Args};
use crate::derive::{self, Carrier, Derived};
use crate::diagnostics::Errors;
use crate::{lenient, refused, text};

/// The struct, and all that follows from it alone.
pub(crate) fn declare(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let args = Args::parse(args, &mut errors);
    let mut input: DeriveInput = match lenient::item(item.clone()) {
        Ok(input) => input,
        Err(_) => {
            errors.at(&item, "`#[protocol]` stands on a struct, and on the `impl` that holds its handlers");
            return quote!(#errors #item);
        }
    };
    refused::in_fields(&mut input.data, &mut errors);
    let Data::Struct(data) = &input.data else {
        errors.at(&input.ident, "a protocol is a struct, whose field `state` holds an enum with `#[states]`");
        return quote!(#errors #item);
    };
    if let Some(lifetime) = input.generics.lifetimes().next() {
        errors.at(lifetime, "a protocol owns all that it has: it has no lifetime parameter");
        return quote!(#errors #item);
    }
    let aliases = aliases(&input.ident, state_type(data));
    let declared = declared(&args, &input, data);
    let default = if derive::derives(&input.attrs, "Default") { TokenStream::new() } else { default(&input, data) };
    let abilities = abilities(&args, &input);
    let wanted = [Derived::Clone, Derived::Debug, Derived::Serialize, Derived::Deserialize];
    let derived = derive::derive(&mut input, &wanted, Carrier::Kept);
    quote! {
        #errors
        #input
        #aliases
        #derived
        #default
        #declared
        #abilities
    }
}

/// The name under which an `impl` whose rules name states finds its struct.  Where the attribute is missing there is no such name: rustc
/// says nothing more of a type that it cannot find, and what one reads is the name itself.
pub(crate) fn struct_alias(protocol: &Ident) -> Ident {
    format_ident!("__{}_lacks_protocol_on_its_struct", protocol.unraw(), span = protocol.span())
}

/// The name under which that `impl` finds the states, and its methods the struct: missing where the field is.
pub(crate) fn states_alias(protocol: &Ident) -> Ident {
    format_ident!("__add_the_field_state_to_{}", protocol.unraw(), span = protocol.span())
}

fn state_type(data: &DataStruct) -> Option<&Type> {
    data.fields.iter().find(|field| field.ident.as_ref().is_some_and(|name| name == "state")).map(|field| &field.ty)
}

/// Aliases that say of any type what it is; by itself, the second stands for the states.
fn aliases(name: &Ident, state: Option<&Type>) -> TokenStream {
    let alias = |alias: Ident, default: TokenStream| {
        quote! {
            #[allow(dead_code, non_camel_case_types, private_interfaces, unreachable_pub)]
            pub(crate) type #alias<__T #default> = __T;
        }
    };
    let found = alias(struct_alias(name), TokenStream::new());
    let states = state.map(|state| alias(states_alias(name), quote!(= #state)));
    quote!(#found #states)
}

fn declared(args: &Args, input: &DeriveInput, data: &DataStruct) -> TokenStream {
    let name = input.ident.unraw().to_string();
    let (doc, schema) = (text::doc(&input.attrs), text::schema(&data.fields));
    let (state, get) = match state_type(data) {
        Some(ty) => (quote_spanned!(ty.span()=> type State = #ty;), quote!(&self.state)),
        None => (
            quote!(
                type State = ();
            ),
            quote!(&()),
        ),
    };
    let own_input = args.input.as_ref().map_or(
        quote!(
            type Input = ();
        ),
        |ty| quote_spanned!(ty.span()=> type Input = #ty;),
    );
    let topology = args.topology.as_ref().map_or(quote!(::nodes::topology::Any), args::topology);
    let word = |word: &Option<Ident>, default: &str| word.clone().unwrap_or_else(|| Ident::new(default, Span::call_site()));
    let (links, initiators) = (word(&args.links, "Fifo"), word(&args.initiators, "Any"));
    let (size, neighbour_ids) = (args.knows_size, args.knows_neighbour_ids);
    let (anonymous, has_input) = (args.anonymous.is_some(), args.input.is_some());
    let max_message = match args.max_message {
        Some(bytes) => Literal::u64_unsuffixed(bytes).into_token_stream(),
        None => quote!(::nodes::link::DEFAULT_MAX_MESSAGE),
    };
    let text = |text: &Option<syn::LitStr>| text.as_ref().map_or(String::new(), syn::LitStr::value);
    let (problem, cost, source) = (text(&args.problem), text(&args.cost), text(&args.source));
    derive::implement(
        input,
        quote!(::nodes::protocol::Declared),
        Carrier::Kept,
        quote! {
            #state
            #own_input
            const DECLARATION: ::nodes::protocol::Declaration = ::nodes::protocol::Declaration {
                name: #name,
                doc: #doc,
                schema: #schema,
                topology: ::nodes::protocol::TopologyInfo::of::<#topology>(),
                links: ::nodes::protocol::Links::#links,
                initiators: ::nodes::protocol::InitiatorRule::#initiators,
                knows_size: #size,
                knows_neighbour_ids: #neighbour_ids,
                anonymous: #anonymous,
                has_input: #has_input,
                max_message: #max_message,
                problem: #problem,
                cost: #cost,
                source: #source,
            };

            #[inline(always)]
            fn state(&self) -> &Self::State {
                #get
            }
        },
    )
}

/// `RunsOn` and `Knows`; an argument that could not be read allows everything, so that nothing else complains.
fn abilities(args: &Args, input: &DeriveInput) -> TokenStream {
    let mut impls = TokenStream::new();
    let mut holds = |of: TokenStream| impls.extend(derive::implement(input, of, Carrier::Kept, TokenStream::new()));
    let mut anything = TokenStream::new();
    if args.is_broken("topology") {
        anything.extend(for_anything(input, quote!(::nodes::protocol::RunsOn)));
    } else {
        let path = args.topology.as_ref().map_or(quote!(::nodes::topology::Any), args::topology);
        holds(quote!(::nodes::protocol::RunsOn<#path>));
        if args.topology.as_ref().is_some_and(|path| path.is_ident("OrientedRing")) {
            holds(quote!(::nodes::protocol::RunsOn<::nodes::topology::Ring>));
            holds(quote!(::nodes::protocol::RunsOn<::nodes::topology::DirectedRing>));
        }
    }
    if args.is_broken("knows") || args.is_broken("anonymous") {
        anything.extend(for_anything(input, quote!(::nodes::protocol::Knows)));
    } else {
        if args.knows_size {
            holds(quote!(::nodes::protocol::Knows<::nodes::protocol::Size>));
        }
        if args.knows_neighbour_ids {
            holds(quote!(::nodes::protocol::Knows<::nodes::protocol::NeighbourIds>));
        }
        if args.anonymous.is_none() {
            holds(quote!(::nodes::protocol::Knows<::nodes::protocol::OwnId>));
        }
    }
    quote!(#impls #anything)
}

fn for_anything(input: &DeriveInput, of: TokenStream) -> TokenStream {
    let name = &input.ident;
    let (_, of_type, _) = input.generics.split_for_impl();
    let mut generics = input.generics.clone();
    generics.make_where_clause().predicates.extend(derive::bounds(&input.generics, Carrier::Kept));
    generics.params.push(syn::parse_quote!(__Anything));
    let (of_impl, _, of_where) = generics.split_for_impl();
    quote! {
        impl #of_impl #of<__Anything> for #name #of_type #of_where {}
    }
}

/// `Default`, where every field has one.  The bounds mention a lifetime, since rustc refuses a bound that is plainly false but
/// for that: a protocol with an `#[init]` simply has no `Default`.
fn default(input: &DeriveInput, data: &DataStruct) -> TokenStream {
    let name = &input.ident;
    let is_state = |field: &Field| field.ident.as_ref().is_some_and(|name| name == "state");
    let types = data.fields.iter().filter(|field| !is_state(field)).map(|field| &field.ty);
    let values = data.fields.iter().map(|field| {
        let ty = &field.ty;
        if is_state(field) {
            derive::carried(ty, quote!(::nodes::protocol::States), "__default")
        } else {
            quote!(<#ty as ::nodes::__private::Initial<'_>>::initial)
        }
    });
    let members = data.fields.members();
    let (_, of_type, _) = input.generics.split_for_impl();
    let mut generics = input.generics.clone();
    let predicates = &mut generics.make_where_clause().predicates;
    predicates.extend(derive::bounds(&input.generics, Carrier::Kept));
    predicates.extend(types.map(|ty| -> syn::WherePredicate {
        syn::parse_quote_spanned!(ty.span()=> for<'__a> #ty: ::nodes::__private::Initial<'__a>)
    }));
    let (of_impl, _, of_where) = generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #of_impl ::core::default::Default for #name #of_type #of_where {
            fn default() -> Self {
                Self { #(#members: #values()),* }
            }
        }
    }
}
