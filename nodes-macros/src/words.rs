//! Words of the language: a message or an alarm of that name would hide what every handler names.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote_spanned};

/// The words.
const WORDS: &[&str] = &["Spontaneously", "State", "Net", "Port", "Ports", "Id", "World", "Node"];

/// Whether this is one.
pub(crate) fn is_word(name: &Ident) -> bool {
    WORDS.iter().any(|word| name == word)
}

/// What `#[message]` says of a type with such a name.
pub(crate) fn taken(name: &Ident, kind: &str) -> String {
    let more = if kind == "alarm" { "Alarm" } else { "Message" };
    format!("`{name}` is a word of the language; call the {kind} otherwise: `{name}{more}`")
}

/// Stands for the type that `#[message]` refused.
pub(crate) fn stand_in(name: &Ident) -> TokenStream {
    let refused = refused(name);
    quote_spanned!(name.span()=> #[doc(hidden)] #[allow(dead_code, non_camel_case_types)] pub struct #refused;)
}

/// Where a rule names such an event: right if `#[message]` has said what there is to say, and otherwise an error.
pub(crate) fn said(name: &Ident) -> TokenStream {
    let refused = refused(name);
    quote_spanned!(name.span()=> const _: ::core::option::Option<#refused> = ::core::option::Option::None;)
}

fn refused(name: &Ident) -> Ident {
    format_ident!("__{name}_is_a_word_of_the_language", span = name.span())
}
