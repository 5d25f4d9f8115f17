//! `#[config]`: flags of a protocol's own.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::{Data, Expr, ExprLit, ExprRange, Field, Fields, Ident, Lit, RangeLimits};

use crate::derive::{self, Carrier, Derived};
use crate::diagnostics::Errors;
use crate::text;

/// `#[config]` on a struct.
pub(crate) fn config(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let place = "`#[config]` stands on a struct with a field for each flag";
    let Some(mut input) = derive::input("config", place, &args, &item, &mut errors) else { return quote!(#errors #item) };
    let name = input.ident.clone();
    if !input.generics.params.is_empty() {
        errors.at(&input.generics.params, "a configuration is not generic");
        return quote!(#errors #item);
    }
    let fields = match &mut input.data {
        Data::Struct(data) if !matches!(data.fields, Fields::Unnamed(_)) => &mut data.fields,
        _ => {
            errors.at(&name, place);
            return quote!(#errors #item);
        }
    };
    let mut flags = Vec::new();
    let (mut set, mut get, mut defaults) = (Vec::new(), Vec::new(), Vec::new());
    for field in fields.iter_mut() {
        let default = default(field, &mut errors);
        let shrinking = shrinks(field, &mut errors).then(|| quote!(.shrinking()));
        let range = range(field, &mut errors);
        let Some(ident) = field.ident.clone() else { continue };
        let (flag, help, kind) = (flag_name(&ident), text::doc(&field.attrs).replace('\n', " "), text::compact(&field.ty));
        let used = |function: &str| derive::carried(&field.ty, quote!(::nodes::protocol::FlagValue), function);
        let (parse, show, expected) = (used("parse"), used("show"), used("EXPECTED"));
        let value = quote!(#parse(__value).ok_or_else(|| ::nodes::__private::not_a_value(#flag, __value, #expected))?);
        let (made, value) = match range {
            Some((range, text)) => (
                quote!(in_range(#flag, #help, #kind, #text)),
                quote!(::nodes::__private::within(#value, &(#range), #flag, __value, #text)?),
            ),
            None => (quote!(new(#flag, #help, #kind)), value),
        };
        flags.push(quote!(::nodes::protocol::Flag::#made #shrinking));
        set.push(quote!(#flag => self.#ident = #value,));
        get.push(quote!(#flag => #show(&self.#ident),));
        defaults.push(quote!(#ident: #default));
    }
    let wanted = [Derived::Clone, Derived::Debug, Derived::Serialize, Derived::Deserialize];
    let own_default = derive::derives(&input.attrs, "Default");
    let derived = derive::derive(&mut input, &wanted, Carrier::Flag);
    let default = (!own_default).then(|| {
        quote! {
            #[automatically_derived]
            impl ::core::default::Default for #name {
                fn default() -> Self {
                    Self { #(#defaults),* }
                }
            }
        }
    });
    quote! {
        #errors
        #input
        #derived
        #default
        #[automatically_derived]
        impl ::nodes::protocol::Config for #name {
            const FLAGS: &'static [::nodes::protocol::Flag] = &[#(#flags),*];

            fn set(&mut self, __flag: &str, __value: &str) -> ::core::result::Result<(), ::std::string::String> {
                match __flag {
                    #(#set)*
                    _ => return ::core::result::Result::Err(::nodes::__private::no_flag(__flag)),
                }
                ::core::result::Result::Ok(())
            }

            fn get(&self, __flag: &str) -> ::core::option::Option<::std::string::String> {
                ::core::option::Option::Some(match __flag {
                    #(#get)*
                    _ => return ::core::option::Option::None,
                })
            }
        }
    }
}

/// `max-requests` is what one types for the field `max_requests`.
fn flag_name(field: &Ident) -> String {
    field.unraw().to_string().replace('_', "-")
}

/// Takes `#[shrink]` off the field; whether it was there.
fn shrinks(field: &mut Field, errors: &mut Errors) -> bool {
    let marks: Vec<_> = field.attrs.extract_if(.., |attr| attr.path().is_ident("shrink")).collect();
    for attr in marks.iter().filter(|attr| attr.meta.require_path_only().is_err()) {
        errors.at(attr, "write `#[shrink]` alone: a smaller run that fails alike may have less of this");
    }
    !marks.is_empty()
}

/// Takes `#[range(1..=1000)]` off the field: the range, and its text for people.
fn range(field: &mut Field, errors: &mut Errors) -> Option<(ExprRange, String)> {
    let marks: Vec<_> = field.attrs.extract_if(.., |attr| attr.path().is_ident("range")).collect();
    let mut range = None;
    for attr in &marks {
        match attr.parse_args::<ExprRange>() {
            Ok(_) if range.is_some() => errors.at(attr, "a field has one range"),
            Ok(written @ ExprRange { start: Some(_), end: Some(_), limits: RangeLimits::Closed(_), .. }) => {
                let end = |end: &Option<Box<Expr>>| match end.as_deref() {
                    Some(Expr::Lit(ExprLit { lit: Lit::Int(number), .. })) => number.base10_digits().to_owned(),
                    end => text::compact(end),
                };
                let text = format!("{} to {}", end(&written.start), end(&written.end));
                range = Some((written, text));
            }
            _ => errors.at(attr, "write the least and the most that the flag may be: `#[range(1..=1000)]`"),
        }
    }
    range
}

/// Takes `#[default(3)]` off the field.
fn default(field: &mut Field, errors: &mut Errors) -> TokenStream {
    let default = derive::carried(&field.ty, quote!(::nodes::protocol::FlagValue), "__default");
    let mut default = quote!(#default());
    let mut seen = false;
    let marks: Vec<_> = field.attrs.iter().filter(|attr| attr.path().is_ident("default")).cloned().collect();
    field.attrs.retain(|attr| !attr.path().is_ident("default"));
    for attr in marks {
        if core::mem::replace(&mut seen, true) {
            errors.at(&attr, "a field has one default");
        }
        match attr.parse_args::<Expr>() {
            Ok(value) => default = value.to_token_stream(),
            Err(_) => errors.at(&attr, "write the default in parentheses: `#[default(3)]`"),
        }
    }
    default
}
