//! What stands in an `impl` block, read without looking into the bodies: a half-typed handler must not take the others with it.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt};
use syn::parse::discouraged::Speculative;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Generics, Ident, Signature, Token, Type, Visibility, braced};

use crate::text::pretty;

/// An `impl` block.
pub(crate) struct Block {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) head: TokenStream,
    pub(crate) generics: Generics,
    pub(crate) of_trait: Option<Token![for]>,
    pub(crate) self_ty: Type,
    pub(crate) inner_attrs: Vec<Attribute>,
    pub(crate) items: Vec<Item>,
}

/// What an `impl` block holds.
pub(crate) enum Item {
    Method(Box<Method>),
    /// Constants, types, macros, and what cannot be read: handed on as it is, without our attributes.
    Other {
        attrs: Vec<Attribute>,
        tokens: TokenStream,
    },
}

impl Item {
    /// The method that it is.
    pub(crate) fn method(&self) -> Option<&Method> {
        match self {
            Item::Method(method) => Some(method),
            Item::Other { .. } => None,
        }
    }
}

/// A method, its body unread.
pub(crate) struct Method {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    pub(crate) body: TokenStream,
}

impl Parse for Block {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let mut head = TokenStream::new();
        if let Some(token) = input.parse::<Option<Token![unsafe]>>()? {
            head.append_all([token]);
        }
        head.append_all([input.parse::<Token![impl]>()?]);
        let mut generics: Generics = if input.peek(Token![<]) { input.parse()? } else { Generics::default() };
        let mut self_ty: Type = input.parse()?;
        let of_trait: Option<Token![for]> = input.parse()?;
        if of_trait.is_some() {
            self_ty = input.parse()?;
        }
        generics.where_clause = input.parse()?;
        let content;
        braced!(content in input);
        let inner_attrs = content.call(Attribute::parse_inner)?;
        let mut items = Vec::new();
        while !content.is_empty() {
            items.push(content.parse()?);
        }
        Ok(Block { attrs, head, generics, of_trait, self_ty, inner_attrs, items })
    }
}

impl Parse for Item {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let ahead = input.fork();
        if let Ok((vis, sig)) = method_head(&ahead) {
            input.advance_to(&ahead);
            let body = until_end(input)?;
            return Ok(Item::Method(Box::new(Method { attrs, vis, sig, body })));
        }
        let tokens = until_end(input)?;
        Ok(Item::Other { attrs, tokens })
    }
}

fn method_head(input: ParseStream<'_>) -> syn::Result<(Visibility, Signature)> {
    Ok((input.parse()?, input.parse()?))
}

/// All up to and with the first `;` or `{..}`.
fn until_end(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut tokens = TokenStream::new();
    while !input.is_empty() {
        let token: TokenTree = input.parse()?;
        let ends = match &token {
            TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
            TokenTree::Punct(punct) => punct.as_char() == ';',
            _ => false,
        };
        tokens.append(token);
        if ends {
            break;
        }
    }
    Ok(tokens)
}

impl ToTokens for Item {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Item::Method(method) => {
                tokens.append_all(&method.attrs);
                method.vis.to_tokens(tokens);
                method.sig.to_tokens(tokens);
                method.body.to_tokens(tokens);
            }
            Item::Other { attrs, tokens: rest } => {
                tokens.append_all(attrs);
                rest.to_tokens(tokens);
            }
        }
    }
}

/// `Forth in Candidate | Defeated if msg.origin < net.id()`: what stands in `#[on(..)]` and its like.
pub(crate) struct Clause {
    /// `Forth`.
    pub(crate) event: Type,
    /// `Candidate | Defeated`; `None`: every state that is not terminal and that no other rule names.
    pub(crate) states: Option<Vec<Ident>>,
    /// `msg.origin < net.id()`.
    pub(crate) guard: Option<TokenStream>,
    /// What is wrong with the part after the event, which is known all the same.
    pub(crate) fault: Option<syn::Error>,
}

impl Parse for Clause {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let event = event(input)?;
        let mut clause = Clause { event, states: None, guard: None, fault: None };
        if let Err(fault) = clause.rest(input) {
            clause.fault = Some(fault);
            input.parse::<TokenStream>()?;
        }
        Ok(clause)
    }
}

fn event(input: ParseStream<'_>) -> syn::Result<Type> {
    let whole = "write an event and the states it is meant for: `Forth in Candidate | Defeated`";
    let span = input.span();
    match input.parse() {
        Ok(Type::Path(path)) => Ok(Type::Path(path)),
        _ => Err(syn::Error::new(span, whole)),
    }
}

impl Clause {
    fn rest(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        if input.parse::<Option<Token![in]>>()?.is_some() {
            self.states = Some(states(input)?);
        }
        if let Some(token) = input.parse::<Option<Token![if]>>()? {
            let guard: TokenStream = input.parse()?;
            if guard.is_empty() {
                return Err(syn::Error::new_spanned(token, "`if` is followed by a condition"));
            }
            self.guard = Some(guard);
        }
        if input.is_empty() {
            return Ok(());
        }
        Err(input.error(self.instead_of(input)))
    }

    /// What was meant, in the user's own words, where neither `in`, `|` nor `if` follows.
    fn instead_of(&self, input: ParseStream<'_>) -> String {
        let words = input.fork().parse::<TokenStream>().unwrap_or_default().into_iter();
        let more = words.filter_map(|token| match token {
            TokenTree::Ident(word) if word.to_string().starts_with(char::is_uppercase) => Some(word.to_string()),
            _ => None,
        });
        let states: Vec<String> = self.states.iter().flatten().map(Ident::to_string).chain(more).collect();
        let (event, states) = (pretty(&self.event), states.join(" | "));
        match &self.states {
            None if states.is_empty() => format!("expected `in` and states, or `if` and a condition: `{event} in ..`"),
            None => format!("expected `in` and states, or `if` and a condition: `{event} in {states}`"),
            Some(_) if input.peek(Token![,]) => format!("states are joined by `|`: `{event} in {states}`"),
            Some(_) => format!("expected `|` and another state, or `if` and a condition: `{event} in {states}`"),
        }
    }
}

fn states(input: ParseStream<'_>) -> syn::Result<Vec<Ident>> {
    input.parse::<Option<Token![|]>>()?;
    let mut states = Vec::new();
    loop {
        states.push(state(input)?);
        if input.parse::<Option<Token![|]>>()?.is_none() {
            return Ok(states);
        }
    }
}

/// `Name`, `Name { .. }` or `Name(..)`.
fn state(input: ParseStream<'_>) -> syn::Result<Ident> {
    if input.peek(Token![_]) {
        return Err(input.error("without `in ..` a rule is for every state that is not terminal; leave `in _` out"));
    }
    if !input.peek(Ident) {
        return Err(syn::Error::new(input.span(), "here the name of a state is missing"));
    }
    let name: Ident = input.parse()?;
    if input.peek(Token![::]) {
        return Err(input.error("write the state's own name, without its type: `in Candidate`"));
    }
    let ahead = input.fork();
    if let Ok(TokenTree::Group(group)) = ahead.parse::<TokenTree>()
        && matches!(group.delimiter(), Delimiter::Brace | Delimiter::Parenthesis)
    {
        input.advance_to(&ahead);
        let inside = group.stream();
        if !inside.is_empty() && syn::parse2::<Token![..]>(inside).is_err() {
            let form = if group.delimiter() == Delimiter::Brace { " { .. }" } else { "(..)" };
            let text =
                format!("a rule is for the state, whatever it carries; write `{name}{form}`, and ask for more with `if`");
            return Err(syn::Error::new_spanned(group, text));
        }
    }
    Ok(name)
}

/// The name of an event's type, without path and generics.
pub(crate) fn last_name(ty: &Type) -> Option<&Ident> {
    match ty {
        Type::Path(path) => path.path.segments.last().map(|segment| &segment.ident),
        _ => None,
    }
}

/// The words in an attribute's parentheses.
pub(crate) fn words(attr: &Attribute) -> syn::Result<Punctuated<Ident, Token![,]>> {
    attr.parse_args_with(Punctuated::parse_terminated)
}
