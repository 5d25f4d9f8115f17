//! Our attributes where they have no meaning: all they do is say so.

use proc_macro2::{Span, TokenStream};
use quote::quote;

/// The item, and a sentence on where the attribute belongs.
pub(crate) fn complain(name: &str, item: TokenStream) -> TokenStream {
    let text = match name {
        "never" | "defer" | "otherwise" => format!("`#[{name}(..)]` only works on an `impl`, below `#[protocol]`"),
        _ => format!("`#[{name}]` only works on a method of an `impl` with `#[protocol]`"),
    };
    let error = syn::Error::new(Span::call_site(), text).to_compile_error();
    quote!(#error #item)
}
