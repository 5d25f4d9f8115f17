//! `#[states]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt;
use syn::{Attribute, Data, DeriveInput, Fields, Variant};

use crate::derive::{self, Carrier, Derived};
use crate::diagnostics::Errors;
use crate::text;

/// `#[states]` on an enum.
pub(crate) fn states(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let place = "`#[states]` stands on an enum: one variant for each state";
    let Some(mut input) = derive::input("states", place, &args, &item, &mut errors) else { return quote!(#errors #item) };
    let name = input.ident.clone();
    let Data::Enum(data) = &mut input.data else {
        errors.at(&name, place);
        return quote!(#errors #item);
    };
    if data.variants.is_empty() {
        errors.at(&name, "a protocol has at least one state");
        return quote!(#errors #item);
    }
    for variant in &data.variants {
        if ["Ok", "Err", "Some", "None"].iter().any(|word| variant.ident == word) {
            let text =
                format!("a state `{0}` would hide Rust's own `{0}` below `use {name}::*`; call it otherwise", variant.ident);
            errors.at(&variant.ident, text);
        }
    }
    let mut names = Vec::new();
    let mut docs = Vec::new();
    let mut terminal = Vec::new();
    let mut arms = Vec::new();
    for (index, variant) in data.variants.iter_mut().enumerate() {
        let ident = variant.ident.clone();
        terminal.push(take_mark(variant, "terminal", &mut errors));
        names.push(ident.unraw().to_string());
        docs.push(text::doc(&variant.attrs));
        arms.push(quote!(Self::#ident { .. } => #index,));
    }
    let bare = data.variants.iter().all(|variant| matches!(variant.fields, Fields::Unit));
    let default = initial(&mut input, &mut errors);
    if !input.generics.params.is_empty() {
        errors.at(&input.generics.params, "a set of states is not generic, so that its rules can be checked once and for all");
        return quote!(#errors #input);
    }
    let mut wanted = vec![Derived::Clone, Derived::Debug, Derived::PartialEq, Derived::Serialize, Derived::Deserialize];
    if bare {
        wanted.push(Derived::Copy);
    }
    let derived = derive::derive(&mut input, &wanted, Carrier::Carried);
    quote! {
        #errors
        #input
        #derived
        #default
        #[automatically_derived]
        impl ::nodes::protocol::States for #name {
            const NAMES: &'static [&'static str] = &[#(#names),*];
            const DOCS: &'static [&'static str] = &[#(#docs),*];
            const TERMINAL: &'static [bool] = &[#(#terminal),*];

            #[inline(always)]
            fn index(&self) -> usize {
                match self { #(#arms)* }
            }
        }
    }
}

/// Takes `#[terminal]` off a variant; whether it was there.
fn take_mark(variant: &mut Variant, mark: &str, errors: &mut Errors) -> bool {
    let (marks, rest): (Vec<Attribute>, Vec<Attribute>) = variant.attrs.drain(..).partition(|attr| attr.path().is_ident(mark));
    variant.attrs = rest;
    for (number, attr) in marks.iter().enumerate() {
        if attr.meta.require_path_only().is_err() {
            errors.at(attr, format!("`#[{mark}]` takes nothing in parentheses"));
        } else if number > 0 {
            errors.at(attr, format!("`{}` is marked `#[{mark}]` twice", variant.ident));
        }
    }
    !marks.is_empty()
}

/// The state in which a node begins, as an `impl Default`; the marks stay if the user derives `Default` by himself.
fn initial(input: &mut DeriveInput, errors: &mut Errors) -> TokenStream {
    if derive::derives(&input.attrs, "Default") {
        return TokenStream::new();
    }
    let name = input.ident.clone();
    let Data::Enum(data) = &mut input.data else { return TokenStream::new() };
    let mut marked = Vec::new();
    for variant in &mut data.variants {
        if take_mark(variant, "default", errors) {
            marked.push(variant.clone());
        }
    }
    if let [_, second, ..] = &marked[..] {
        errors.at(
            &second.ident,
            format!("`{}` and `{}` are both marked `#[default]`: a node begins in one state", marked[0].ident, second.ident),
        );
    }
    let Some(first) = marked.first().or(data.variants.first()) else { return TokenStream::new() };
    if marked.is_empty() {
        errors.at(&name, format!("in which state does a node begin? mark one with `#[default]`: `#[default] {}`", first.ident));
    }
    let ident = &first.ident;
    let members = first.fields.members();
    quote! {
        #[automatically_derived]
        impl ::core::default::Default for #name {
            fn default() -> Self {
                Self::#ident { #(#members: ::core::default::Default::default()),* }
            }
        }
    }
}
