//! What stands in `#[protocol(..)]` on a struct.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Ident, LitStr, Path, Token, Type, parenthesized, token};

use crate::diagnostics::{Errors, one_of};

/// The declaration, as far as it is right.
#[derive(Default)]
pub(crate) struct Args {
    pub(crate) topology: Option<Path>,
    pub(crate) links: Option<Ident>,
    pub(crate) initiators: Option<Ident>,
    pub(crate) knows_size: bool,
    pub(crate) knows_neighbour_ids: bool,
    pub(crate) anonymous: Option<Ident>,
    pub(crate) input: Option<Type>,
    /// In bytes.
    pub(crate) max_message: Option<u64>,
    pub(crate) problem: Option<LitStr>,
    pub(crate) cost: Option<LitStr>,
    pub(crate) source: Option<LitStr>,
    /// What was there but could not be read: nothing else shall complain that it is missing.
    pub(crate) broken: Vec<String>,
}

const OPTIONS: &[&str] =
    &["topology", "links", "initiators", "knows", "anonymous", "input", "max_message", "problem", "cost", "source"];
const LINKS: &[&str] = &["Fifo", "Reliable", "Lossy"];
const INITIATORS: &[&str] = &["Any", "One", "All"];
const KNOWLEDGE: &[&str] = &["Size", "NeighbourIds"];

/// The classes of topologies that need no import.
pub(crate) const TOPOLOGIES: &[&str] =
    &["Any", "Ring", "OrientedRing", "DirectedRing", "Complete", "Tree", "Grid", "Torus", "Hypercube"];

/// `name`, `name = ..` or `name(..)`, its value unread.
struct Argument {
    name: Ident,
    equals: bool,
    list: bool,
    value: TokenStream,
}

impl Parse for Argument {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name: Ident = input.parse()?;
        let equals = input.parse::<Option<Token![=]>>()?.is_some();
        let list = !equals && input.peek(token::Paren);
        let mut value = TokenStream::new();
        if list {
            let content;
            parenthesized!(content in input);
            value = content.parse()?;
        } else if equals {
            let mut depth = 0;
            while !input.is_empty() && (depth > 0 || !input.peek(Token![,])) {
                depth += isize::from(input.peek(Token![<])) - isize::from(input.peek(Token![>]));
                value.extend([input.parse::<proc_macro2::TokenTree>()?]);
            }
        }
        Ok(Argument { name, equals, list, value })
    }
}

impl Args {
    /// Reads the declaration; each mistake costs its own argument only.
    pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut args = Args::default();
        let Some(arguments) = errors.take(Punctuated::<Argument, Token![,]>::parse_terminated.parse2(tokens)) else {
            args.broken.extend(OPTIONS.iter().map(|&name| name.to_owned()));
            return args;
        };
        let mut seen: Vec<String> = Vec::new();
        for argument in arguments {
            let name = argument.name.to_string();
            let again = seen.contains(&name);
            if again && name != "knows" {
                errors.at(&argument.name, format!("`{name}` is declared twice"));
                continue;
            }
            if let Err(error) = args.set(&argument) {
                errors.push(error);
                args.broken.push(name.clone());
            } else if again {
                let text = format!("`knows` is declared twice; write `knows({})`", args.known().join(", "));
                errors.at(&argument.name, text);
            }
            seen.push(name);
        }
        if let Some(anonymous) = &args.anonymous
            && args.knows_neighbour_ids
        {
            errors.at(
                anonymous,
                "the nodes of an anonymous protocol have no ids: it cannot be `anonymous` and say `knows(NeighbourIds)`",
            );
        }
        args
    }

    fn set(&mut self, argument: &Argument) -> syn::Result<()> {
        let name = argument.name.to_string();
        match name.as_str() {
            "topology" => self.topology = Some(argument.value("topology = Ring")?),
            "links" => self.links = Some(argument.word("links = Fifo", LINKS)?),
            "initiators" => self.initiators = Some(argument.word("initiators = One", INITIATORS)?),
            "max_message" => self.max_message = Some(argument.size()?),
            "input" => self.input = Some(argument.value("input = u64")?),
            "problem" => self.problem = Some(argument.value("problem = \"leader election\"")?),
            "cost" => self.cost = Some(argument.value("cost = \"O(n log n) messages\"")?),
            "source" => self.source = Some(argument.value("source = \"Hirschberg & Sinclair 1980\"")?),
            "anonymous" => {
                if argument.equals || argument.list {
                    return Err(argument.expected("anonymous"));
                }
                self.anonymous = Some(argument.name.clone());
            }
            "knows" => self.know(argument)?,
            "states" => {
                let text = "the states are the type of the field `state`; leave `states = ..` out here";
                return Err(syn::Error::new_spanned(&argument.name, text));
            }
            _ => {
                let text = format!("there is no option `{name}`; write {}", one_of(OPTIONS));
                return Err(syn::Error::new_spanned(&argument.name, text));
            }
        }
        Ok(())
    }

    fn know(&mut self, argument: &Argument) -> syn::Result<()> {
        if !argument.list || argument.value.is_empty() {
            return Err(argument.expected("knows(Size, NeighbourIds)"));
        }
        let known = Punctuated::<Ident, Token![,]>::parse_terminated.parse2(argument.value.clone())?;
        for word in known {
            match word.to_string().as_str() {
                "Size" => self.knows_size = true,
                "NeighbourIds" => self.knows_neighbour_ids = true,
                other => {
                    let text = format!("a node cannot know `{other}`; write {}", one_of(KNOWLEDGE));
                    return Err(syn::Error::new_spanned(word, text));
                }
            }
        }
        Ok(())
    }

    /// What a node knows from the start, in the words of `knows(..)`.
    fn known(&self) -> Vec<&'static str> {
        let known = [("Size", self.knows_size), ("NeighbourIds", self.knows_neighbour_ids)];
        known.into_iter().filter(|(_, known)| *known).map(|(name, _)| name).collect()
    }

    /// Whether that argument was there but could not be read.
    pub(crate) fn is_broken(&self, name: &str) -> bool {
        self.broken.iter().any(|broken| broken == name)
    }
}

impl Argument {
    fn expected(&self, example: &str) -> syn::Error {
        let value = (!self.value.is_empty()).then_some(&self.value);
        let place = value.map_or(self.name.to_token_stream(), |value| value.clone());
        syn::Error::new_spanned(place, format!("expected `{example}`"))
    }

    fn value<T: Parse>(&self, example: &str) -> syn::Result<T> {
        if !self.equals {
            return Err(self.expected(example));
        }
        syn::parse2(self.value.clone()).map_err(|_| self.expected(example))
    }

    /// A number of bytes, as text with a unit.
    fn size(&self) -> syn::Result<u64> {
        let text: LitStr = self.value(SIZE)?;
        bytes(&text.value()).map_err(|why| syn::Error::new_spanned(&text, why))
    }

    fn word(&self, example: &str, words: &[&str]) -> syn::Result<Ident> {
        let word: Ident = self.value(example)?;
        if words.iter().any(|known| word == known) {
            return Ok(word);
        }
        let text = format!("`{} = {word}` is not known; write {}", self.name, one_of(words));
        Err(syn::Error::new_spanned(word, text))
    }
}

const SIZE: &str = "max_message = \"45 MiB\"";
const UNITS: &[(&str, u64)] = &[("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)];

/// The most that a message may have: `nodes::link::LARGEST_MAX_MESSAGE`, which a macro cannot read.
const LARGEST: u64 = 1 << 30;

/// The size that the text says; the error says what is wrong with it, and what is right.
fn bytes(text: &str) -> Result<u64, String> {
    let (number, unit) = text.split_at(text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len()));
    let Some((_, factor)) = UNITS.iter().find(|(name, _)| *name == unit.trim_start()).filter(|_| !number.is_empty()) else {
        let why = if unit.is_empty() && !number.is_empty() { "has no unit" } else { "is not a size" };
        let units = one_of(&UNITS.iter().map(|(name, _)| *name).collect::<Vec<_>>());
        return Err(format!("`{text}` {why}; write a whole number and {units}: `{SIZE}`"));
    };
    match number.parse::<u64>().ok().and_then(|number| number.checked_mul(*factor)) {
        Some(0) => Err(format!("no message fits into `{text}`: one byte tells its type; write more, such as `{SIZE}`")),
        Some(bytes) if bytes <= LARGEST => Ok(bytes),
        _ => Err(format!("`{text}` is more than a message can have; write at most `1 GiB`, and send what is larger in parts")),
    }
}

/// The type that a class of topologies is: ours by its bare name, otherwise the user's.
pub(crate) fn topology(path: &Path) -> TokenStream {
    match path.get_ident() {
        Some(name) if TOPOLOGIES.iter().any(|known| name == known) => quote!(::nodes::topology::#name),
        _ => quote!(#path),
    }
}
