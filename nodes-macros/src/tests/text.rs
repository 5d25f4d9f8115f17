//! Rust as text.

use super::tokens;
use crate::text::{compact, doc};

#[test]
fn types_have_no_more_blanks_than_they_need() {
    for (written, text) in [
        ("Vec < ( u32 , Id ) >", "Vec<(u32,Id)>"),
        ("Option<Box<dyn Fn(u8)->u8 + Send>>", "Option<Box<dyn Fn(u8)->u8+Send>>"),
        ("&'static mut [u8 ; 4]", "&'static mut[u8;4]"),
        ("self::ring::Forth", "self::ring::Forth"),
    ] {
        assert_eq!(compact(tokens(written)), text);
    }
}

#[test]
fn documentation_is_read_line_by_line() {
    let item: syn::ItemStruct = syn::parse_quote! {
        /// One.
        ///   Indented.
        ///
        /// Two.
        #[doc = "Three\n Four"]
        #[doc(hidden)]
        struct P;
    };
    assert_eq!(doc(&item.attrs), "One.\n  Indented.\n\nTwo.\nThree\nFour");
}
