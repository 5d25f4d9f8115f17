//! The enum of all messages, or alarms, that a protocol handles.
//!
//! Every use of a type is `<Type as Message>::..` at the place where a rule first names it: for a type that is no message,
//! rustc then finds the same error again and again, and reports it once.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{GenericParam, Generics};

use crate::model::Event;
use crate::parse::Block;

/// A set of events.
pub(crate) struct Set<'a> {
    protocol: &'a Ident,
    name: Ident,
    events: &'a [Event],
    generics: Generics,
}

impl<'a> Set<'a> {
    /// The set `ProtocolMsg`, with such of the impl's parameters as its events mention.
    pub(crate) fn new(protocol: &'a Ident, suffix: &str, events: &'a [Event], generics: &Generics) -> Self {
        let name = format_ident!("{}{suffix}", protocol.unraw(), span = Span::call_site());
        let types = events.iter().map(|event| event.ty.to_token_stream()).collect();
        Set { protocol, name, events, generics: mentioned(generics, types) }
    }

    /// Its name, without parameters.
    pub(crate) fn name(&self) -> &Ident {
        &self.name
    }

    /// Its type, or that of the alarms of a protocol without any.
    pub(crate) fn alarm_ty(&self) -> TokenStream {
        if self.events.is_empty() { quote!(::nodes::protocol::NoAlarm) } else { self.ty() }
    }

    /// Its type.
    pub(crate) fn ty(&self) -> TokenStream {
        let (name, (_, of_type, _)) = (&self.name, self.generics.split_for_impl());
        quote!(#name #of_type)
    }

    /// An arm for each event: its variant, number, and `<Type as Trait>`.
    fn arms(&self, of: &TokenStream, arm: impl Fn(&Ident, u8, TokenStream) -> TokenStream) -> Vec<TokenStream> {
        let arms = self.events.iter().enumerate().map(|(tag, event)| {
            let ty = &event.ty;
            arm(&event.variant, tag as u8, quote_spanned!(ty.span()=> <#ty as #of>))
        });
        arms.collect()
    }

    fn implement(&self, of: TokenStream, body: TokenStream) -> TokenStream {
        let (ty, (of_impl, _, of_where)) = (self.ty(), self.generics.split_for_impl());
        quote! {
            #[automatically_derived]
            #[allow(clippy::all)]
            impl #of_impl #of for #ty #of_where {
                #body
            }
        }
    }

    /// The enum, and how it is cloned and shown.
    fn definition(&self, doc: &str, of: &TokenStream) -> TokenStream {
        let (name, generics) = (&self.name, &self.generics);
        let of_where = &generics.where_clause;
        let variants = self.events.iter().map(|event| {
            let (variant, ty) = (&event.variant, &event.ty);
            quote!(#variant(#ty))
        });
        let clone =
            on_self(self.arms(of, |variant, _, ty| quote!(Self::#variant(__event) => Self::#variant(#ty::__clone(__event)),)));
        let debug = on_self(self.arms(of, |variant, _, ty| quote!(Self::#variant(__event) => #ty::__debug(__event, __f),)));
        let clone = self.implement(
            quote!(::core::clone::Clone),
            quote! {
                #[inline]
                fn clone(&self) -> Self {
                    #clone
                }
            },
        );
        let debug = self.implement(
            quote!(::core::fmt::Debug),
            quote! {
                fn fmt(&self, __f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    #debug
                }
            },
        );
        quote! {
            #[doc = #doc]
            #[allow(missing_docs, non_camel_case_types, private_interfaces, private_bounds, unreachable_pub, clippy::all)]
            pub enum #name #generics #of_where {
                #(#variants),*
            }
            #clone
            #debug
        }
    }

    /// `impl MessageOf<Protocol> for Type`, and `From<Type>` for the set.
    fn membership(&self, block: &Block, of: TokenStream, assoc: TokenStream) -> TokenStream {
        let (of_impl, _, of_where) = block.generics.split_for_impl();
        let self_ty = &block.self_ty;
        let each = self.events.iter().enumerate().map(|(tag, event)| {
            let (ty, variant, name, tag) = (&event.ty, &event.variant, &self.name, tag as u8);
            let span = ty.span();
            quote_spanned! {span=>
                #[automatically_derived]
                impl #of_impl #of<#self_ty> for #ty #of_where {
                    const TAG: u8 = #tag;

                    #[inline]
                    fn wrap(self) -> <#self_ty as ::nodes::protocol::Protocol>::#assoc {
                        #name::#variant(self)
                    }
                }
            }
        });
        quote!(#(#each)*)
    }

    /// All of the messages' enum.
    pub(crate) fn messages(&self, block: &Block) -> TokenStream {
        let of = quote!(::nodes::protocol::Message);
        let definition = self.definition(&format!("Every message that `{}` handles.", self.protocol.unraw()), &of);
        let tags = on_self(self.arms(&of, |variant, tag, _| quote!(Self::#variant(_) => #tag,)));
        let codec = self.codec(&of);
        let inner = on_self(self.arms(&of, |variant, _, _| quote!(Self::#variant(__event) => __event,)));
        let set = self.implement(
            quote!(::nodes::protocol::MessageSet),
            quote! {
                #[inline]
                fn tag(&self) -> u8 {
                    #tags
                }

                #codec

                fn inner(&self) -> &dyn ::core::any::Any {
                    #inner
                }
            },
        );
        let equal = self.equality(&of);
        let as_message = self.as_message();
        let membership = self.membership(block, quote!(::nodes::protocol::MessageOf), quote!(Msg));
        quote!(#definition #equal #set #as_message #membership)
    }

    /// How messages are written and read.  What is the same for all types is not in the arms, so that it is generated once.
    fn codec(&self, of: &TokenStream) -> TokenStream {
        let decoded = quote!(::core::result::Result<Self, ::nodes::protocol::codec::DecodeError>);
        let encoded = quote!(::core::result::Result<usize, ::nodes::protocol::codec::EncodeError>);
        if self.events.is_empty() {
            return quote! {
                fn encode(&self, _: &mut [u8]) -> #encoded {
                    match *self {}
                }

                fn decode(__bytes: &[u8]) -> #decoded {
                    let __reader = ::nodes::protocol::codec::Reader::new(__bytes)?;
                    ::core::result::Result::Err(__reader.unknown())
                }
            };
        }
        let written = on_self(
            self.arms(of, |variant, _, ty| quote!(Self::#variant(__event) => #ty::__serialize(__event, __writer.fields()),)),
        );
        let counted = on_self(
            self.arms(of, |variant, _, ty| quote!(Self::#variant(__event) => #ty::__serialize(__event, &mut __length),)),
        );
        let read = self.arms(
            of,
            |variant, tag, ty| quote!(#tag => ::core::result::Result::map(#ty::__deserialize(__reader.fields()), Self::#variant),),
        );
        quote! {
            #[inline]
            fn encode(&self, __buffer: &mut [u8]) -> #encoded {
                let mut __writer = ::nodes::protocol::codec::Writer::new(::nodes::protocol::MessageSet::tag(self), __buffer)?;
                let __written = #written;
                __writer.end(__written)
            }

            #[inline]
            fn length(&self) -> ::core::option::Option<usize> {
                let mut __length = ::nodes::protocol::codec::Length::default();
                let __counted = #counted;
                __length.with_tag(__counted)
            }

            #[inline]
            fn decode(__bytes: &[u8]) -> #decoded {
                let mut __reader = ::nodes::protocol::codec::Reader::new(__bytes)?;
                let __read = match __reader.tag() {
                    #(#read)*
                    _ => return ::core::result::Result::Err(__reader.unknown()),
                };
                __reader.end(__read)
            }
        }
    }

    fn equality(&self, of: &TokenStream) -> TokenStream {
        let mut arms = self.arms(
            of,
            |variant, _, ty| quote!((Self::#variant(__event), Self::#variant(__other)) => #ty::__eq(__event, __other),),
        );
        if arms.len() > 1 {
            arms.push(quote!(_ => false,));
        }
        let equal = if arms.is_empty() { quote!(match *self {}) } else { quote!(match (self, __other) { #(#arms)* }) };
        self.implement(
            quote!(::core::cmp::PartialEq),
            quote! {
                fn eq(&self, __other: &Self) -> bool {
                    #equal
                }
            },
        )
    }

    /// The set is itself a message, so that protocols compose: it travels as the bytes that it is on the wire.
    fn as_message(&self) -> TokenStream {
        let name = self.name.to_string();
        let schema: Vec<String> = self.events.iter().map(|event| crate::text::compact(&event.ty)).collect();
        let schema = schema.join("|");
        let message = self.implement(
            quote!(::nodes::protocol::Message),
            quote! {
                const NAME: &'static str = #name;
                const SCHEMA: &'static str = #schema;
            },
        );
        let serialize = self.serialize(quote!(::nodes::__private::serialize_set(self, __serializer)));
        let deserialize = self.deserialize(quote!(::nodes::__private::deserialize_set(__deserializer)));
        quote!(#message #serialize #deserialize)
    }

    /// All of the alarms' enum; most protocols have none, and share one that is empty.
    pub(crate) fn alarms(&self, block: &Block) -> TokenStream {
        if self.events.is_empty() {
            return TokenStream::new();
        }
        let of = quote!(::nodes::protocol::Alarm);
        let definition = self.definition(&format!("Every alarm that `{}` handles.", self.protocol.unraw()), &of);
        let tags = on_self(self.arms(&of, |variant, tag, _| quote!(Self::#variant(_) => #tag,)));
        let set = self.implement(
            quote!(::nodes::protocol::AlarmSet),
            quote! {
                fn tag(&self) -> u8 {
                    #tags
                }
            },
        );
        let serde = self.alarms_serde(&of);
        let membership = self.membership(block, quote!(::nodes::protocol::AlarmOf), quote!(Alarm));
        quote!(#definition #set #serde #membership)
    }

    /// As the pair of its tag and its alarm.
    fn alarms_serde(&self, of: &TokenStream) -> TokenStream {
        let serialize = on_self(
            self.arms(of, |variant, tag, ty| quote!(Self::#variant(__event) => #ty::__serialize(__event, #tag, __serializer),)),
        );
        let serialize = self.serialize(serialize);
        let next =
            self.arms(of, |variant, tag, ty| quote!(#tag => ::core::result::Result::map(#ty::__next(__pair), Self::#variant),));
        let next = self.implement(
            quote!(::nodes::__private::Alarms),
            quote! {
                fn next<'de, __A: ::nodes::__private::serde::de::SeqAccess<'de>>(
                    __tag: u8,
                    __pair: &mut __A,
                ) -> ::core::result::Result<Self, __A::Error> {
                    match __tag {
                        #(#next)*
                        _ => ::core::result::Result::Err(::nodes::__private::unknown_alarm(__tag)),
                    }
                }
            },
        );
        let deserialize = self.deserialize(quote!(::nodes::__private::deserialize_alarm(__deserializer)));
        quote!(#serialize #next #deserialize)
    }

    fn serialize(&self, body: TokenStream) -> TokenStream {
        self.implement(
            quote!(::nodes::__private::serde::Serialize),
            quote! {
                fn serialize<__S: ::nodes::__private::serde::Serializer>(
                    &self,
                    __serializer: __S,
                ) -> ::core::result::Result<__S::Ok, __S::Error> {
                    #body
                }
            },
        )
    }

    fn deserialize(&self, body: TokenStream) -> TokenStream {
        let mut generics = self.generics.clone();
        generics.params.insert(0, syn::parse_quote!('de));
        let (ty, (of_impl, _, of_where)) = (self.ty(), generics.split_for_impl());
        quote! {
            #[automatically_derived]
            impl #of_impl ::nodes::__private::serde::Deserialize<'de> for #ty #of_where {
                fn deserialize<__D: ::nodes::__private::serde::Deserializer<'de>>(
                    __deserializer: __D,
                ) -> ::core::result::Result<Self, __D::Error> {
                    #body
                }
            }
        }
    }
}

fn on_self(arms: Vec<TokenStream>) -> TokenStream {
    if arms.is_empty() { quote!(match *self {}) } else { quote!(match self { #(#arms)* }) }
}

/// Those parameters that the types mention, and that these need in turn.
fn mentioned(generics: &Generics, types: TokenStream) -> Generics {
    let mut names = Vec::new();
    words(types, &mut names);
    let mut kept = Generics::default();
    loop {
        let before = kept.params.len();
        let named = |param: &&GenericParam| match param {
            GenericParam::Type(param) => names.contains(&param.ident.to_string()),
            GenericParam::Const(param) => names.contains(&param.ident.to_string()),
            GenericParam::Lifetime(_) => false,
        };
        kept.params = generics.params.iter().filter(named).cloned().collect();
        if kept.params.len() == before {
            break;
        }
        words(kept.params.to_token_stream(), &mut names);
    }
    for predicate in generics.where_clause.iter().flat_map(|clause| &clause.predicates) {
        let mut used = Vec::new();
        words(predicate.to_token_stream(), &mut used);
        if generics.type_params().all(|param| {
            let name = param.ident.to_string();
            !used.contains(&name) || names.contains(&name)
        }) {
            kept.make_where_clause().predicates.push(predicate.clone());
        }
    }
    kept
}

fn words(tokens: TokenStream, found: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(word) => found.push(word.to_string()),
            TokenTree::Group(group) => words(group.stream(), found),
            _ => {}
        }
    }
}
