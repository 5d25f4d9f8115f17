//! Rust as text: documentation, types, and what goes into a fingerprint.

use quote::ToTokens;
use syn::{Attribute, Expr, ExprLit, Fields, Lit, Meta, Type};

/// What stands in `///` above an item, line by line, without the blank that follows `///`.
pub(crate) fn doc(attrs: &[Attribute]) -> String {
    let lines: Vec<String> = attrs
        .iter()
        .filter(|attr| attr.path().is_ident("doc"))
        .filter_map(|attr| match &attr.meta {
            Meta::NameValue(value) => match &value.value {
                Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
                _ => None,
            },
            _ => None,
        })
        .flat_map(|text| text.split('\n').map(str::to_owned).collect::<Vec<_>>())
        .map(|line| line.strip_prefix(' ').unwrap_or(&line).trim_end().to_owned())
        .collect();
    lines.join("\n").trim().to_owned()
}

/// A type or a pattern, with no more blanks than it needs: `Vec<(u32,Id)>`.
pub(crate) fn compact(tokens: impl ToTokens) -> String {
    let spaced = tokens.to_token_stream().to_string();
    let mut text = String::with_capacity(spaced.len());
    let mut letters = spaced.chars().peekable();
    while let Some(letter) = letters.next() {
        let word =
            |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_' || letter == '\'');
        if !letter.is_whitespace() || (word(text.chars().last()) && word(letters.peek().copied())) {
            text.push(letter);
        }
    }
    text
}

/// A type as people write it: `Vec<(u32, Id)>`.
pub(crate) fn pretty(ty: &Type) -> String {
    compact(ty).replace(',', ", ")
}

/// The fields of a struct or variant: `{origin:Id,limit:u32}`, `(u32)`, or nothing.
pub(crate) fn schema(fields: &Fields) -> String {
    let each: Vec<String> = fields
        .iter()
        .map(|field| {
            let ty = compact(&field.ty);
            field.ident.as_ref().map_or(ty.clone(), |name| format!("{name}:{ty}"))
        })
        .collect();
    match fields {
        Fields::Named(_) => format!("{{{}}}", each.join(",")),
        Fields::Unnamed(_) => format!("({})", each.join(",")),
        Fields::Unit => String::new(),
    }
}
