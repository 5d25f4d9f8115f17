//! A run is a function of its seed: what would make two runs of one seed differ is refused by name, with what to write instead.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Data, Fields, Type, parse_quote};

use crate::diagnostics::Errors;
use crate::parse::Method;
use crate::scan::{is, punct};
use crate::text::pretty;

/// Refuses fields of a node, a message, an alarm or a state.
pub(crate) fn in_fields(data: &mut Data, errors: &mut Errors) {
    match data {
        Data::Struct(data) => in_each(&mut data.fields, errors),
        Data::Enum(data) => data.variants.iter_mut().for_each(|variant| in_each(&mut variant.fields, errors)),
        Data::Union(_) => {}
    }
}

fn in_each(fields: &mut Fields, errors: &mut Errors) {
    for field in fields.iter_mut() {
        let ty = field.ty.to_token_stream();
        each(ty.clone(), &mut |name, before, after| match name.to_string().as_str() {
            "Instant" | "SystemTime" => {
                let text = format!("`{name}` is a time of the machine's clock; keep a `Duration`, of `net.now()`");
                errors.at(&ty, sentence(&text));
                // So that nothing is said of what an instant lacks to be a field.
                field.ty = parse_quote!(::core::time::Duration);
            }
            _ => {
                if let Some(why) = refused(name, before, after) {
                    errors.at(name, sentence(&why));
                }
            }
        });
    }
    if let Fields::Named(named) = fields {
        let mut data = Vec::new();
        for field in named.named.iter().cloned() {
            match no_data(&field.ty) {
                Some(why) => errors.at(&field.ty, why),
                None => data.push(field),
            }
        }
        // A field that cannot be is left out: what has none of it yet is right.
        if data.len() < named.named.len() {
            named.named = data.into_iter().collect();
        }
    }
}

/// Why no field can have that type.
fn no_data(ty: &Type) -> Option<String> {
    // Of a lifetime that the type has as a parameter, something is said there.
    if let Type::Reference(reference) = ty
        && reference.lifetime.as_ref().is_none_or(|lifetime| lifetime.ident == "static")
    {
        let owned = match &*reference.elem {
            Type::Path(path) if path.path.is_ident("str") => "String".to_owned(),
            Type::Slice(slice) => format!("Vec<{}>", pretty(&slice.elem)),
            other => pretty(other),
        };
        return Some(format!("`{}` is borrowed, and a field owns what it has; write `{owned}`", pretty(ty)));
    }
    let mut code = false;
    each(ty.to_token_stream(), &mut |name, _, after| {
        code |= name == "dyn" && matches!(after, [TokenTree::Ident(of), ..] if of.to_string().starts_with("Fn"));
        code |= name == "fn";
    });
    let text = format!("`{}` is code, and a field is data, which is copied, shown and sent", pretty(ty));
    code.then(|| format!("{text}; keep an enum that says what to do, and `match` on it"))
}

/// Refuses what a method names, each once.
pub(crate) fn in_method(method: &Method, errors: &mut Errors) {
    let mut seen = BTreeSet::new();
    for tokens in [method.sig.to_token_stream(), method.body.clone()] {
        each(tokens, &mut |name, before, after| {
            let clock = name == "Instant" || name == "SystemTime";
            let why = match after {
                [a, b, now, ..] if clock && punct(a, ':') && punct(b, ':') && is(now, "now") => {
                    Some(format!("`{name}::now` reads the machine's clock; write `net.now()`, the time since the run began"))
                }
                _ => refused(name, before, after),
            };
            if let Some(why) = why
                && seen.insert(name.to_string())
            {
                errors.at(name, sentence(&why));
            }
        });
    }
}

fn sentence(why: &str) -> String {
    format!("a run is a function of its seed, but {why}")
}

/// Why the name cannot stand between these tokens.
fn refused(name: &Ident, before: &[TokenTree], after: &[TokenTree]) -> Option<String> {
    let of_rand = || matches!(before, [.., rand, a, b] if is(rand, "rand") && punct(a, ':') && punct(b, ':'));
    let word = name.to_string();
    match word.as_str() {
        "HashMap" if !has_hasher(after, 2) => Some("the order of a `HashMap` is not; write `BTreeMap`".to_owned()),
        "HashSet" if !has_hasher(after, 1) => Some("the order of a `HashSet` is not; write `BTreeSet`".to_owned()),
        "RandomState" => Some("a `RandomState` is not; hash with a hasher that has no seed of its own".to_owned()),
        "thread_rng" | "ThreadRng" | "OsRng" => Some(format!("`{word}` is not; write `net.random(0..n)`")),
        "random" | "rng" if of_rand() => Some(format!("`rand::{word}` is not; write `net.random(0..n)`")),
        _ => None,
    }
}

/// Whether a hasher of one's own is named: `<K, V, S>`, or `::with_hasher(..)`.  The order is then that of the hasher.
fn has_hasher(after: &[TokenTree], parameters: usize) -> bool {
    let after = match after {
        [a, b, rest @ ..] if punct(a, ':') && punct(b, ':') => rest,
        rest => rest,
    };
    match after {
        [TokenTree::Ident(function), ..] => {
            function.to_string().ends_with("with_hasher") || function == "with_capacity_and_hasher"
        }
        [open, rest @ ..] if punct(open, '<') => {
            let (mut depth, mut commas) = (1, 0);
            for (place, token) in rest.iter().enumerate() {
                let arrow = place > 0 && punct(&rest[place - 1], '-');
                match token {
                    token if punct(token, '<') => depth += 1,
                    token if punct(token, '>') && !arrow => depth -= 1,
                    token if punct(token, ',') && depth == 1 => {
                        commas += usize::from(rest.get(place + 1).is_some_and(|next| !punct(next, '>')));
                    }
                    _ => {}
                }
                if depth == 0 {
                    break;
                }
            }
            commas >= parameters
        }
        _ => false,
    }
}

/// Takes a word, and what stands before and after it in its group.
type Word<'a> = dyn FnMut(&Ident, &[TokenTree], &[TokenTree]) + 'a;

/// Each word.
fn each(tokens: TokenStream, found: &mut Word<'_>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (place, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Ident(name) => found(name, &tokens[..place], &tokens[place + 1..]),
            TokenTree::Group(group) => each(group.stream(), found),
            _ => {}
        }
    }
}
