//! What a body does to `self.state`, and which methods it calls, as far as its tokens tell.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};

/// What the tokens of one method tell.
#[derive(Default)]
pub(crate) struct Scan {
    /// Names that appear in what is assigned to `self.state`: states, and maybe others.
    pub(crate) assigned: Vec<Ident>,
    /// States that are assigned by `self.state = Name`.
    pub(crate) plain: Vec<Assignment>,
    /// Methods called by `self.name(..)` or `Self::name(..)`.
    calls: BTreeSet<String>,
}

/// `self.state = Name`.
#[derive(Clone)]
pub(crate) struct Assignment {
    pub(crate) state: Ident,
    /// It stands in the body itself, not in a block within it, and nothing returns before.
    pub(crate) certain: bool,
}

/// Reads a body.
pub(crate) fn scan(body: &TokenStream) -> Scan {
    let mut scan = Scan::default();
    let mut certain = true;
    for token in body.clone() {
        if let TokenTree::Group(group) = token
            && group.delimiter() == Delimiter::Brace
        {
            read(group.stream(), &mut certain, &mut scan);
        }
    }
    scan
}

fn read(tokens: TokenStream, certain: &mut bool, scan: &mut Scan) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut rest = &tokens[..];
    while let Some((first, after)) = rest.split_first() {
        if let Some(value) = assignment(rest) {
            names(value, &mut scan.assigned);
            if let Some(state) = plain_name(value) {
                scan.plain.push(Assignment { state, certain: *certain });
            }
        }
        scan.calls.extend(call(rest));
        match first {
            TokenTree::Group(group) => {
                read(group.stream(), &mut false, scan);
                *certain &= !leaves(group.stream());
            }
            token if is_leaving(token) => *certain = false,
            _ => {}
        }
        rest = after;
    }
}

/// After `self.state =`, up to `;`.
fn assignment(tokens: &[TokenTree]) -> Option<&[TokenTree]> {
    let [this, dot, field, equals, value @ ..] = tokens else { return None };
    let assigns = is(this, "self") && punct(dot, '.') && is(field, "state") && punct(equals, '=');
    if !assigns || value.first().is_some_and(|next| punct(next, '=')) {
        return None;
    }
    let end = value.iter().position(|token| punct(token, ';')).unwrap_or(value.len());
    Some(&value[..end])
}

fn call(tokens: &[TokenTree]) -> Option<String> {
    let name = match tokens {
        [this, dot, TokenTree::Ident(name), TokenTree::Group(_), ..] if is(this, "self") && punct(dot, '.') => name,
        [this, a, b, TokenTree::Ident(name), TokenTree::Group(_), ..] if is(this, "Self") && punct(a, ':') && punct(b, ':') => {
            name
        }
        _ => return None,
    };
    Some(name.to_string())
}

/// `Name`, `State::Name`, with or without what the state carries.
fn plain_name(value: &[TokenTree]) -> Option<Ident> {
    let path = match value {
        [path @ .., TokenTree::Group(_)] => path,
        path => path,
    };
    let is_path = path.iter().all(|token| matches!(token, TokenTree::Ident(_)) || punct(token, ':'));
    match path.last() {
        Some(TokenTree::Ident(name)) if is_path && starts_upper(name) => Some(name.clone()),
        _ => None,
    }
}

fn names(tokens: &[TokenTree], found: &mut Vec<Ident>) {
    for token in tokens {
        match token {
            TokenTree::Ident(name) if starts_upper(name) => found.push(name.clone()),
            TokenTree::Group(group) => names(&group.stream().into_iter().collect::<Vec<_>>(), found),
            _ => {}
        }
    }
}

fn leaves(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match &token {
        TokenTree::Group(group) => leaves(group.stream()),
        token => is_leaving(token),
    })
}

fn is_leaving(token: &TokenTree) -> bool {
    is(token, "return") || punct(token, '?')
}

fn is(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

fn punct(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

fn starts_upper(name: &Ident) -> bool {
    name.to_string().trim_start_matches("r#").starts_with(char::is_uppercase)
}

/// The states that a method, or one that it calls, may assign, by name, sorted.
pub(crate) fn becomes(method: &str, scans: &BTreeMap<String, Scan>) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut open = vec![method];
    let mut states = BTreeSet::new();
    while let Some(name) = open.pop() {
        let Some(scan) = scans.get(name) else { continue };
        if seen.insert(name) {
            states.extend(scan.assigned.iter().map(|state| state.to_string()));
            open.extend(scan.calls.iter().map(String::as_str));
        }
    }
    states.into_iter().collect()
}
