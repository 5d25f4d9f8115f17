//! Our attributes where they have no meaning: all they do is say so.

use proc_macro2::TokenStream;
use quote::quote;

/// The item, and a sentence on where the attribute belongs; above `#[protocol]` it moves below it instead.
pub(crate) fn complain(name: &str, args: TokenStream, item: TokenStream) -> TokenStream {
    let text = match name {
        "never" | "defer" | "otherwise" => format!("`#[{name}(..)]` only works on an `impl` with `#[protocol]`"),
        _ => format!("`#[{name}]` only works on a method in an `impl` with `#[protocol]`"),
    };
    let error = syn::Error::new(proc_macro2::Span::call_site(), text).to_compile_error();
    let _ = args;
    quote!(#error #item)
}
