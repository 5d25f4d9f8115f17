//! What our attributes derive.
//!
//! `Clone`, `Debug` and `PartialEq` are written out, and serde is given the functions that read and write a field, so that every use of a
//! field's type is `<Type as Carrier>::..` at one and the same place: a type that cannot be a field is then one error, with a
//! text of ours, where the standard derives give seven.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{
    Attribute, Data, DeriveInput, Field, Fields, Generics, LitStr, Member, Path, Token, Type, WherePredicate, parse_quote,
};

use crate::diagnostics::Errors;
use crate::{lenient, refused};

/// A standard trait.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Derived {
    Clone,
    Copy,
    Debug,
    PartialEq,
    Serialize,
    Deserialize,
}

impl Derived {
    fn name(self) -> &'static str {
        match self {
            Derived::Clone => "Clone",
            Derived::Copy => "Copy",
            Derived::Debug => "Debug",
            Derived::PartialEq => "PartialEq",
            Derived::Serialize => "Serialize",
            Derived::Deserialize => "Deserialize",
        }
    }
}

/// By which trait the fields' types are used.
#[derive(Clone, Copy)]
pub(crate) enum Carrier {
    /// Messages, states: with `PartialEq`.
    Carried,
    /// Protocols; their field `state` is used by the trait of states.
    Kept,
    /// Configurations.
    Flag,
}

impl Carrier {
    /// What a type parameter must be.
    fn bound(self) -> TokenStream {
        match self {
            Carrier::Carried => quote!(::nodes::protocol::Payload),
            Carrier::Kept | Carrier::Flag => quote!(::nodes::__private::Data),
        }
    }
}

/// The function of that name by which a field's type is used.
fn used(field: &Field, carrier: Carrier, function: &str) -> TokenStream {
    let of = match carrier {
        Carrier::Kept if field.ident.as_ref().is_some_and(|name| name == "state") => quote!(::nodes::protocol::States),
        Carrier::Kept => quote!(::nodes::__private::Kept),
        Carrier::Carried => quote!(::nodes::__private::Carried),
        Carrier::Flag => quote!(::nodes::protocol::FlagValue),
    };
    carried(&field.ty, of, function)
}

/// What `#[kind]`, which takes nothing, stands on; none if that is no type at all, and then `place` says where it stands.
pub(crate) fn input(
    kind: &str,
    place: &str,
    args: &TokenStream,
    item: &TokenStream,
    errors: &mut Errors,
) -> Option<DeriveInput> {
    if !args.is_empty() {
        errors.at(args, format!("`#[{kind}]` takes nothing in parentheses"));
    }
    let mut input = lenient::item(item.clone()).map_err(|_| errors.at(item, place)).ok()?;
    refused::in_fields(&mut input.data, errors);
    Some(input)
}

/// Whether the user's own `#[derive]` below our attribute has that trait.
pub(crate) fn derives(attrs: &[Attribute], name: &str) -> bool {
    attrs.iter().filter(|attr| attr.path().is_ident("derive")).any(|attr| {
        attr.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated)
            .is_ok_and(|paths| paths.iter().filter_map(|path| path.segments.last()).any(|last| last.ident == name))
    })
}

/// Adds to the item what serde must know, and gives the impls beside it.  `carrier` is the trait that every field has.
pub(crate) fn derive(item: &mut DeriveInput, wanted: &[Derived], carrier: Carrier) -> TokenStream {
    let missing: Vec<Derived> = wanted.iter().copied().filter(|wanted| !derives(&item.attrs, wanted.name())).collect();
    let mut impls = TokenStream::new();
    let mut builtin: Vec<TokenStream> = Vec::new();
    let bare = fields(&item.data).next().is_none();
    for derived in &missing {
        match derived {
            Derived::Clone | Derived::Debug | Derived::PartialEq if bare && item.generics.params.is_empty() => {
                let name = format_ident!("{}", derived.name());
                let module = match derived {
                    Derived::Clone => quote!(clone),
                    Derived::Debug => quote!(fmt),
                    _ => quote!(cmp),
                };
                builtin.push(quote!(::core::#module::#name));
            }
            Derived::Copy => builtin.push(quote!(::core::marker::Copy)),
            Derived::Clone => impls.extend(clone(item, carrier)),
            Derived::Debug => impls.extend(debug(item, carrier)),
            Derived::PartialEq => impls.extend(partial_eq(item, carrier)),
            Derived::Serialize => builtin.push(quote!(::nodes::__private::serde::Serialize)),
            Derived::Deserialize => builtin.push(quote!(::nodes::__private::serde::Deserialize)),
        }
    }
    if missing.contains(&Derived::Serialize) && missing.contains(&Derived::Deserialize) {
        tell_serde(item, carrier);
    }
    if !builtin.is_empty() {
        item.attrs.insert(0, parse_quote!(#[derive(#(#builtin),*)]));
    }
    if wanted.contains(&Derived::Serialize) {
        item.attrs.push(parse_quote!(#[serde(crate = "::nodes::__private::serde")]));
    }
    impls
}

fn fields(data: &Data) -> Box<dyn Iterator<Item = &Field> + '_> {
    match data {
        Data::Struct(data) => Box::new(data.fields.iter()),
        Data::Enum(data) => Box::new(data.variants.iter().flat_map(|variant| &variant.fields)),
        Data::Union(data) => Box::new(data.fields.named.iter()),
    }
}

/// A type that stands by itself in no need of our words: keeps the expansion short.
fn is_well_known(ty: &Type) -> bool {
    const WELL_KNOWN: &[&str] = &[
        "bool", "char", "f32", "f64", "i128", "i16", "i32", "i64", "i8", "isize", "u128", "u16", "u32", "u64", "u8", "usize",
        "String", "Id", "Port", "Bytes", "Duration",
    ];
    matches!(ty, Type::Path(path) if path.path.get_ident().is_some_and(|name| WELL_KNOWN.iter().any(|known| name == known)))
}

fn tell_serde(item: &mut DeriveInput, carrier: Carrier) {
    let own_bound =
        item.attrs.iter().any(|attr| attr.path().is_ident("serde") && attr.to_token_stream().to_string().contains("bound"));
    if item.generics.type_params().next().is_some() && !own_bound {
        let bounds = item.generics.type_params().map(|param| {
            let (name, bound) = (&param.ident, carrier.bound());
            quote!(#name: #bound).to_string()
        });
        let bounds = bounds.collect::<Vec<_>>().join(", ");
        item.attrs.push(parse_quote!(#[serde(bound = #bounds)]));
    }
    let fields: Box<dyn Iterator<Item = &mut Field>> = match &mut item.data {
        Data::Struct(data) => Box::new(data.fields.iter_mut()),
        Data::Enum(data) => Box::new(data.variants.iter_mut().flat_map(|variant| &mut variant.fields)),
        Data::Union(_) => return,
    };
    for field in fields {
        let has_own = field.attrs.iter().any(|attr| attr.path().is_ident("serde"));
        if has_own || is_well_known(&field.ty) {
            continue;
        }
        let function = |name: &str| LitStr::new(&used(field, carrier, name).to_string(), field.ty.span());
        let (to, from) = (function("__serialize"), function("__deserialize"));
        field.attrs.push(parse_quote!(#[serde(serialize_with = #to, deserialize_with = #from)]));
    }
}

/// One shape that a value can have: a struct's only one, or an enum's variant.
struct Shape<'a> {
    path: TokenStream,
    name: String,
    fields: &'a Fields,
}

impl Shape<'_> {
    /// `Self::Forth { origin: prefix0, limit: prefix1 }`, right for tuples and units too.
    fn pattern(&self, prefix: &str) -> TokenStream {
        let path = &self.path;
        let members = self.fields.members();
        let bindings = (0..self.fields.len()).map(|number| format_ident!("{prefix}{number}"));
        quote!(#path { #(#members: #bindings),* })
    }

    /// Each field: its member, its binding, and the function of that name for its type.
    fn each(&self, prefix: &str, carrier: Carrier, function: &str) -> Vec<(Member, Ident, TokenStream)> {
        let fields = self.fields.iter().zip(self.fields.members()).enumerate();
        fields
            .map(|(number, (field, member))| (member, format_ident!("{prefix}{number}"), used(field, carrier, function)))
            .collect()
    }
}

/// `<Type as Trait>::function`, all of it at the first token of the type: where serde's part of the derived code points to,
/// too.
pub(crate) fn carried(ty: &Type, of: TokenStream, function: &str) -> TokenStream {
    let (span, function) = (ty.span(), format_ident!("{function}"));
    let ty = respan(ty.to_token_stream(), span);
    quote_spanned!(span=> <#ty as #of>::#function)
}

fn respan(tokens: TokenStream, span: Span) -> TokenStream {
    let respanned = tokens.into_iter().map(|token| match token {
        TokenTree::Group(group) => {
            let mut inner = Group::new(group.delimiter(), respan(group.stream(), span));
            inner.set_span(span.resolved_at(group.span()));
            TokenTree::Group(inner)
        }
        mut token => {
            token.set_span(span.resolved_at(token.span()));
            token
        }
    });
    respanned.collect()
}

fn shapes(item: &DeriveInput) -> Vec<Shape<'_>> {
    match &item.data {
        Data::Struct(data) => {
            vec![Shape { path: quote!(Self), name: item.ident.unraw().to_string(), fields: &data.fields }]
        }
        Data::Enum(data) => data
            .variants
            .iter()
            .map(|variant| {
                let name = &variant.ident;
                Shape { path: quote!(Self::#name), name: name.unraw().to_string(), fields: &variant.fields }
            })
            .collect(),
        Data::Union(_) => Vec::new(),
    }
}

/// `T: Carrier` for each type parameter.
pub(crate) fn bounds(generics: &Generics, carrier: Carrier) -> Vec<WherePredicate> {
    generics
        .type_params()
        .map(|param| {
            let (name, bound) = (&param.ident, carrier.bound());
            parse_quote!(#name: #bound)
        })
        .collect()
}

/// `impl<..> Trait for Item<..> where T: Carrier, .. { body }`.
pub(crate) fn implement(item: &DeriveInput, of: TokenStream, carrier: Carrier, body: TokenStream) -> TokenStream {
    let name = &item.ident;
    let mut generics = item.generics.clone();
    let bounds = bounds(&generics, carrier);
    if !bounds.is_empty() {
        generics.make_where_clause().predicates.extend(bounds);
    }
    let (of_impl, of_type, of_where) = generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #of_impl #of for #name #of_type #of_where {
            #body
        }
    }
}

fn match_on(arms: Vec<TokenStream>) -> TokenStream {
    if arms.is_empty() { quote!(match *self {}) } else { quote!(match self { #(#arms)* }) }
}

fn clone(item: &DeriveInput, carrier: Carrier) -> TokenStream {
    let arms = shapes(item).into_iter().map(|shape| {
        let (pattern, path) = (shape.pattern("__"), &shape.path);
        let copies =
            shape.each("__", carrier, "__clone").into_iter().map(|(member, binding, clone)| quote!(#member: #clone(#binding)));
        quote!(#pattern => #path { #(#copies),* },)
    });
    let body = match_on(arms.collect());
    implement(
        item,
        quote!(::core::clone::Clone),
        carrier,
        quote! {
            #[inline]
            fn clone(&self) -> Self {
                #body
            }
        },
    )
}

fn debug(item: &DeriveInput, carrier: Carrier) -> TokenStream {
    let arms = shapes(item).into_iter().map(|shape| {
        let (pattern, name) = (shape.pattern("__"), &shape.name);
        let each = shape.each("__", carrier, "__debug");
        let show = match shape.fields {
            Fields::Unit => quote!(__f.write_str(#name)),
            Fields::Unnamed(_) => {
                let each = each.iter().map(|(_, binding, debug)| quote!(.field(#debug(#binding))));
                quote!(__f.debug_tuple(#name) #(#each)* .finish())
            }
            Fields::Named(_) => {
                let each = each.iter().map(|(member, binding, debug)| {
                    let Member::Named(label) = member else { return TokenStream::new() };
                    let label = label.unraw().to_string();
                    quote!(.field(#label, #debug(#binding)))
                });
                quote!(__f.debug_struct(#name) #(#each)* .finish())
            }
        };
        quote!(#pattern => #show,)
    });
    let body = match_on(arms.collect());
    implement(
        item,
        quote!(::core::fmt::Debug),
        carrier,
        quote! {
            fn fmt(&self, __f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                #body
            }
        },
    )
}

fn partial_eq(item: &DeriveInput, carrier: Carrier) -> TokenStream {
    let shapes = shapes(item);
    let arms = shapes.iter().map(|shape| {
        let (one, other) = (shape.pattern("__a"), shape.pattern("__b"));
        let equal = shape.each("__a", carrier, "__eq").into_iter().enumerate().map(|(number, (_, binding, eq))| {
            let other = format_ident!("__b{number}");
            quote!(#eq(#binding, #other))
        });
        quote!((#one, #other) => true #(&& #equal)*,)
    });
    let arms: Vec<TokenStream> = arms.collect();
    let otherwise = (arms.len() > 1).then(|| quote!(_ => false,));
    let body = if arms.is_empty() { quote!(match *self {}) } else { quote!(match (self, __other) { #(#arms)* #otherwise }) };
    implement(
        item,
        quote!(::core::cmp::PartialEq),
        carrier,
        quote! {
            #[inline]
            fn eq(&self, __other: &Self) -> bool {
                #body
            }
        },
    )
}
