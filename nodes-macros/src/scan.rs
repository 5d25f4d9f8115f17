//! What a body does to `self.state`, and which methods it calls, as far as its tokens show.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};

/// What the tokens of one method show.
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

pub(crate) fn is(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

pub(crate) fn punct(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

fn starts_upper(name: &Ident) -> bool {
    name.to_string().trim_start_matches("r#").starts_with(char::is_uppercase)
}

/// Whether that word stands anywhere among the tokens.
pub(crate) fn mentions(tokens: &TokenStream, word: &str) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Group(group) => mentions(&group.stream(), word),
        token => is(&token, word),
    })
}

/// Whether the body gives no value, as far as it is certain.
pub(crate) fn gives_nothing(body: &TokenStream) -> bool {
    let Some(TokenTree::Group(block)) = body.clone().into_iter().last() else { return false };
    block.stream().into_iter().last().is_none_or(|last| punct(&last, ';')) && !mentions(body, "return")
}

/// The body, with something else in the place of states that are assigned by their name alone.
pub(crate) fn in_place_of_bare(body: &TokenStream, instead: &mut dyn FnMut(&Ident) -> Option<TokenStream>) -> TokenStream {
    let tokens: Vec<TokenTree> = body.clone().into_iter().collect();
    let mut new = TokenStream::new();
    let mut bare = None;
    for (place, token) in tokens.iter().enumerate() {
        if let Some([TokenTree::Ident(_)] | [TokenTree::Ident(_), TokenTree::Group(_)]) = assignment(&tokens[place..]) {
            // After `self.state =`.
            bare = Some(place + 4);
        }
        match token {
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), in_place_of_bare(&group.stream(), instead));
                inner.set_span(group.span());
                new.extend([TokenTree::Group(inner)]);
            }
            TokenTree::Ident(name) if bare == Some(place) => match instead(name) {
                Some(instead) => new.extend(instead),
                None => new.extend([token.clone()]),
            },
            token => new.extend([token.clone()]),
        }
    }
    new
}

/// `self.state == ..;` as a statement, which does nothing: the sign and what is compared with.
pub(crate) fn compared(body: &TokenStream) -> Vec<(TokenTree, String)> {
    let tokens: Vec<TokenTree> = body.clone().into_iter().collect();
    let mut found: Vec<_> = tokens
        .iter()
        .flat_map(|token| match token {
            TokenTree::Group(group) => compared(&group.stream()),
            _ => Vec::new(),
        })
        .collect();
    for place in 0..tokens.len() {
        let begins = place == 0
            || punct(&tokens[place - 1], ';')
            || matches!(&tokens[place - 1], TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
        if begins
            && let [this, dot, field, sign, equals, rest @ ..] = &tokens[place..]
            && is(this, "self")
            && punct(dot, '.')
            && is(field, "state")
            && punct(sign, '=')
            && punct(equals, '=')
            && let Some(end) = rest.iter().position(|token| punct(token, ';'))
        {
            let value: TokenStream = rest[..end].iter().cloned().collect();
            found.push((sign.clone(), crate::text::compact(value)));
        }
    }
    found
}

/// The first mention of a variable, if it is certain that the body does not make it itself: a method of it is called, or it is
/// an argument of a method; in a pattern, neither can be.
pub(crate) fn uses(body: &TokenStream, name: &str) -> Option<Ident> {
    first_mention(body.clone(), name, false)?
}

/// The first mention, and whether it is such a use.
fn first_mention(tokens: TokenStream, name: &str, arguments: bool) -> Option<Option<Ident>> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    (0..tokens.len()).find_map(|place| {
        let before = |steps: usize| place.checked_sub(steps).map(|place| &tokens[place]);
        let dot = |steps: usize| before(steps).is_some_and(|token| punct(token, '.'));
        match &tokens[place] {
            TokenTree::Group(group) => {
                let method = matches!(before(1), Some(TokenTree::Ident(_))) && dot(2);
                first_mention(group.stream(), name, method && group.delimiter() == Delimiter::Parenthesis)
            }
            TokenTree::Ident(word) if word == name && (!dot(1) || dot(2)) => {
                let next = tokens.get(place + 1);
                let called = next.is_some_and(|next| punct(next, '.'));
                let closure = tokens[..place].iter().any(|token| punct(token, '|'));
                let argument = arguments && !closure && next.is_none_or(|next| punct(next, ','));
                Some((called || argument).then(|| word.clone()))
            }
            _ => None,
        }
    })
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
