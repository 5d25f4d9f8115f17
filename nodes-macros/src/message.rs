//! `#[message]`, `#[alarm]` and `#[data]`.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::{Data, DeriveInput};

use crate::derive::{self, Carrier, Derived};
use crate::diagnostics::Errors;
use crate::{text, words};

/// `#[message]` on a struct or enum.
pub(crate) fn message(args: TokenStream, item: TokenStream) -> TokenStream {
    expand(args, item, "message")
}

/// `#[alarm]` on a struct or enum.
pub(crate) fn alarm(args: TokenStream, item: TokenStream) -> TokenStream {
    expand(args, item, "alarm")
}

/// `#[data]` on a struct or enum.
pub(crate) fn data(args: TokenStream, item: TokenStream) -> TokenStream {
    expand(args, item, "data")
}

fn expand(args: TokenStream, item: TokenStream, kind: &str) -> TokenStream {
    let mut errors = Errors::default();
    let place = format!("`#[{kind}]` stands on a struct or an enum");
    let Some(mut input) = derive::input(kind, &place, &args, &item, &mut errors) else { return quote!(#errors #item) };
    if kind != "data" && words::is_word(&input.ident) {
        errors.at(&input.ident, words::taken(&input.ident, kind));
        let stand_in = words::stand_in(&input.ident);
        return quote!(#errors #stand_in);
    }
    if let Data::Union(data) = &input.data {
        errors.at(data.union_token, place);
        return quote!(#errors #item);
    }
    if let Some(lifetime) = input.generics.lifetimes().next() {
        let what = if kind == "data" { "a type with `#[data]`".to_owned() } else { format!("a {kind}") };
        errors.at(lifetime, format!("{what} owns all that it carries: it has no lifetime parameter"));
        return quote!(#errors #item);
    }
    let name = input.ident.unraw().to_string();
    let (schema, doc) = (schema(&input), text::doc(&input.attrs));
    let carrier = Carrier::Carried;
    let wanted = [Derived::Clone, Derived::Debug, Derived::PartialEq, Derived::Serialize, Derived::Deserialize];
    let derived = derive::derive(&mut input, &wanted, carrier);
    let of = match kind {
        "alarm" => Some(quote!(::nodes::protocol::Alarm)),
        "message" => Some(quote!(::nodes::protocol::Message)),
        _ => None,
    };
    let schema = (kind == "message").then(|| quote!(const SCHEMA: &'static str = #schema;));
    let declared = of.map(|of| {
        let consts = quote! {
            const NAME: &'static str = #name;
            #schema
            const DOC: &'static str = #doc;
        };
        derive::implement(&input, of, carrier, consts)
    });
    let mut expansion = errors.to_token_stream();
    expansion.extend(quote!(#input #derived #declared));
    expansion
}

fn schema(input: &DeriveInput) -> String {
    match &input.data {
        Data::Struct(data) => text::schema(&data.fields),
        Data::Enum(data) => {
            let variants =
                data.variants.iter().map(|variant| format!("{}{}", variant.ident.unraw(), text::schema(&variant.fields)));
            variants.collect::<Vec<_>>().join("|")
        }
        Data::Union(_) => String::new(),
    }
}
