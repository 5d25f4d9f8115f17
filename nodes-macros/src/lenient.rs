//! A struct or an enum, read as far as it can be: one types it field by field, and all else depends on its name.

use proc_macro2::TokenStream;
use syn::parse::discouraged::Speculative;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::token::{Brace, Paren};
use syn::{
    Attribute, Data, DataEnum, DataStruct, DeriveInput, Field, Fields, FieldsNamed, FieldsUnnamed, Generics, Ident, Token,
    Variant, Visibility, braced, parenthesized,
};

/// The item.  What rustc cannot parse either, such as a missing comma, has an error of its own already: nothing is said of it
/// here, and what can be read of it is kept.
pub(crate) fn item(tokens: TokenStream) -> syn::Result<DeriveInput> {
    syn::parse2(tokens.clone()).or_else(|error| syn::parse2::<HalfTyped>(tokens).map(|half| half.0).map_err(|_| error))
}

struct HalfTyped(DeriveInput);

impl Parse for HalfTyped {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis: Visibility = input.parse()?;
        let kind: Option<Token![enum]> = input.parse()?;
        let (ident, generics, data);
        if let Some(enum_token) = kind {
            (ident, generics) = head(input)?;
            let (brace_token, variants) = in_braces(input, variant)?;
            data = Data::Enum(DataEnum { enum_token, brace_token, variants });
        } else {
            let struct_token: Token![struct] = input.parse()?;
            (ident, generics) = head(input)?;
            let fields = fields(input)?;
            let semi_token = matches!(fields, Fields::Unnamed(_)).then(Default::default);
            input.parse::<TokenStream>()?;
            data = Data::Struct(DataStruct { struct_token, fields, semi_token });
        }
        Ok(HalfTyped(DeriveInput { attrs, vis, ident, generics, data }))
    }
}

fn head(input: ParseStream<'_>) -> syn::Result<(Ident, Generics)> {
    let ident = input.parse()?;
    let mut generics: Generics = input.parse()?;
    generics.where_clause = input.parse()?;
    Ok((ident, generics))
}

fn fields(input: ParseStream<'_>) -> syn::Result<Fields> {
    if input.peek(Paren) {
        let content;
        let paren_token = parenthesized!(content in input);
        return Ok(Fields::Unnamed(FieldsUnnamed { paren_token, unnamed: each(&content, Field::parse_unnamed) }));
    }
    let (brace_token, named) = in_braces(input, Field::parse_named)?;
    Ok(Fields::Named(FieldsNamed { brace_token, named }))
}

fn variant(input: ParseStream<'_>) -> syn::Result<Variant> {
    let (attrs, ident) = (input.call(Attribute::parse_outer)?, input.parse()?);
    let fields = if input.peek(Paren) || input.peek(Brace) { fields(input)? } else { Fields::Unit };
    Ok(Variant { attrs, ident, fields, discriminant: None })
}

fn in_braces<T>(
    input: ParseStream<'_>,
    one: fn(ParseStream<'_>) -> syn::Result<T>,
) -> syn::Result<(Brace, Punctuated<T, Token![,]>)> {
    let content;
    let brace = braced!(content in input);
    Ok((brace, each(&content, one)))
}

/// Those that can be read; a comma between two may be missing.
fn each<T>(input: ParseStream<'_>, one: fn(ParseStream<'_>) -> syn::Result<T>) -> Punctuated<T, Token![,]> {
    let mut found = Punctuated::new();
    while !input.is_empty() {
        let ahead = input.fork();
        match one(&ahead) {
            Ok(read) => {
                input.advance_to(&ahead);
                found.push(read);
            }
            Err(_) => skip(input),
        }
        let _ = input.parse::<Option<Token![,]>>();
    }
    found
}

/// Up to the next comma.
fn skip(input: ParseStream<'_>) {
    while !input.is_empty() && !input.peek(Token![,]) {
        let _ = input.parse::<proc_macro2::TokenTree>();
    }
}
