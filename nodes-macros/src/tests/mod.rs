//! The expansions as tokens: no compiler is needed.

use proc_macro2::{TokenStream, TokenTree};

mod faults;
mod half_typed;
mod meant;
mod refused;
mod scan;
mod snapshot;
mod text;

/// What somebody wrote.
fn tokens(text: &str) -> TokenStream {
    text.parse().unwrap_or_else(|error| panic!("{error} in {text}"))
}

/// The expansion of `#[protocol]` on that `impl`.
fn expand(block: &str) -> TokenStream {
    crate::expand::implement(TokenStream::new(), tokens(block))
}

/// All tokens, one after the other.
fn flat(tokens: TokenStream) -> Vec<String> {
    let each = tokens.into_iter().flat_map(|token| match token {
        TokenTree::Group(group) => {
            let (begin, end) = (format!("{:?} begins", group.delimiter()), format!("{:?} ends", group.delimiter()));
            [vec![begin], flat(group.stream()), vec![end]].concat()
        }
        other => vec![other.to_string()],
    });
    each.collect()
}

/// Whether these tokens stand somewhere in the others.
fn contains(all: &TokenStream, part: &str) -> bool {
    let (all, part) = (flat(all.clone()), flat(tokens(part)));
    all.windows(part.len()).any(|window| window == part)
}

/// Whether it is checked that `P` has a rule for that message in every state.
fn is_checked(all: &TokenStream, message: &str) -> bool {
    let check = ["uncovered", "Parenthesis begins", "\"P\"", ",", &format!("\"{message}\"")];
    flat(all.clone()).windows(check.len()).any(|window| window == check)
}

/// Whether an attribute of that name is left on anything.
fn has_attribute(all: &TokenStream, name: &str) -> bool {
    flat(all.clone()).windows(3).any(|window| window == ["#", "Bracket begins", name])
}

/// The texts of all `compile_error!` in an expansion.
fn errors(expansion: &TokenStream) -> Vec<String> {
    let mut found = Vec::new();
    let trees: Vec<TokenTree> = expansion.clone().into_iter().collect();
    for (place, token) in trees.iter().enumerate() {
        match token {
            TokenTree::Ident(word) if word == "compile_error" => {
                if let Some(TokenTree::Group(group)) = trees.get(place + 2) {
                    let text: syn::LitStr = syn::parse2(group.stream()).expect("compile_error! takes a text");
                    found.push(text.value());
                }
            }
            TokenTree::Group(group) => found.extend(errors(&group.stream())),
            _ => {}
        }
    }
    found
}
