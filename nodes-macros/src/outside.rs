//! Our attributes where they have no meaning: all they do is say so.

use std::sync::atomic::{AtomicBool, Ordering};

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::quote;

/// An `impl` without `#[protocol]` has our attributes on all its methods.  That is one mistake, and reported once in a crate.
static REPORTED: AtomicBool = AtomicBool::new(false);

/// A sentence on where the attribute belongs, beside the item.  A method is left out: without `#[protocol]`, each of its lines that
/// uses the net would be an error, too.
pub(crate) fn complain(name: &str, item: TokenStream) -> TokenStream {
    let is_method = item.clone().into_iter().any(|token| matches!(&token, TokenTree::Ident(word) if word == "fn"));
    if is_method && REPORTED.swap(true, Ordering::Relaxed) {
        return TokenStream::new();
    }
    let text = match name {
        "never" | "defer" | "otherwise" => format!("`#[{name}(..)]` only works on an `impl`, below `#[protocol]`"),
        _ if is_method => format!("`#[{name}]` only works in a protocol: write `#[protocol]` above the `impl` of this method"),
        _ => format!("`#[{name}]` only works on a method of an `impl` with `#[protocol]`"),
    };
    let error = syn::Error::new(Span::call_site(), text).to_compile_error();
    let item = (!is_method).then_some(item);
    quote!(#error #item)
}
