//! Every path that is written in a module: in its items and bodies, in attributes, and between the tokens of macros, which the
//! compiler reads as paths only where the macro is expanded.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Block, ImplItem, Item, ItemImpl, ItemUse, Lit, Stmt, TraitItem, Type, TypeParamBound};

use crate::cfg::{self, is_test};
use crate::names::{End, Names, Scope, Ways, Written, leaves};
use crate::tree::{Module, ModuleId};

/// A path, and where it may lead.
pub(crate) struct Found {
    pub(crate) line: usize,
    pub(crate) path: String,
    /// Whether it is the type of an `impl` without a trait.
    pub(crate) extends: bool,
    pub(crate) ways: Ways,
}

/// The paths of a module, without those of the modules within it.
pub(crate) fn of(names: &Names<'_>, id: ModuleId, module: &Module) -> Vec<Found> {
    let mut reader = Reader { names, module: id, blocks: Vec::new(), found: Vec::new() };
    module.attributes.iter().for_each(|attribute| reader.visit_attribute(attribute));
    module.items.iter().for_each(|item| reader.visit_item(item));
    reader.found
}

struct Reader<'a> {
    names: &'a Names<'a>,
    module: ModuleId,
    /// The names of the blocks that are being read, the innermost last.
    blocks: Vec<Scope>,
    found: Vec<Found>,
}

impl Reader<'_> {
    fn add(&mut self, line: usize, path: &Written) {
        self.found.push(Found {
            line,
            path: text(path),
            extends: false,
            ways: self.names.ways(self.module, &self.blocks, path),
        });
    }

    /// An `impl` without a trait adds to its type, so the type has to be one of ours.
    fn extended(&mut self, item: &ItemImpl) {
        let mut own = &*item.self_ty;
        let path = loop {
            own = match own {
                Type::Reference(to) => &to.elem,
                Type::Paren(within) => &within.elem,
                Type::Group(within) => &within.elem,
                Type::Path(path) => break Some(&path.path),
                Type::TraitObject(object) => {
                    break object.bounds.iter().find_map(|bound| match bound {
                        TypeParamBound::Trait(bound) => Some(&bound.path),
                        _ => None,
                    });
                }
                _ => break None,
            }
        };
        if let Some(path) = path.filter(|_| item.trait_.is_none()) {
            let written = Written::of(path);
            let mut ways = self.names.ways(self.module, &self.blocks, &written);
            ways.retain(|way| matches!(way.end, End::Item(_)));
            self.found.push(Found { line: line(&item.impl_token.span), path: text(&written), extends: true, ways });
        }
    }

    fn tokens(&mut self, tokens: TokenStream, within: &Written) {
        let tokens = tokens.into_iter().collect::<Vec<_>>();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            let before = &tokens[..at];
            at += 1;
            match token {
                TokenTree::Ident(name) if name == "impl" && begins_item(before) => self.impl_in_tokens(&tokens[at - 1..]),
                // A field, a method; a parameter of a macro; what belongs to the type in `<T>::name`.
                TokenTree::Ident(name) if !ends_with(before, "$") || name == "crate" => {
                    let method = ends_with(before, ".") && !ends_with(before, "..");
                    if !method && !ends_with(before, ">::") {
                        at += self.path_in_tokens(name, before, &tokens[at..], within);
                    }
                }
                TokenTree::Group(group) => self.tokens(group.stream(), &Written::default()),
                TokenTree::Literal(literal) if ends_with(before, "=") => {
                    let doc = matches!(before, [.., TokenTree::Ident(name), _] if name == "doc");
                    let path = match Lit::new(literal.clone()) {
                        Lit::Str(text) if !doc && text.value().contains("::") => {
                            syn::parse_str::<syn::Path>(&text.value()).ok()
                        }
                        _ => None,
                    };
                    if let Some(path) = path {
                        self.add(line(&literal.span()), &Written::of(&path));
                    }
                }
                _ => {}
            }
        }
    }

    /// A path from its first name on; within the braces of a `use`, after what stands before them.  Returns the number of
    /// tokens after the first.
    fn path_in_tokens(&mut self, first: &Ident, before: &[TokenTree], after: &[TokenTree], within: &Written) -> usize {
        let mut path = within.clone();
        path.global |= within.names.is_empty() && ends_with(before, "::");
        if first != "self" || path.names.is_empty() {
            path.names.push(first.to_string());
        }
        let mut used = 0;
        while let [TokenTree::Punct(one), TokenTree::Punct(two), next, ..] = &after[used..] {
            match next {
                _ if (one.as_char(), two.as_char()) != (':', ':') => break,
                TokenTree::Ident(name) => path.names.push(name.to_string()),
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                    self.tokens(group.stream(), &path);
                    return used + 3;
                }
                _ => break,
            }
            used += 3;
        }
        self.add(line(&first.span()), &path);
        used
    }

    /// An `impl` without its body, which is read with the other tokens.
    fn impl_in_tokens(&mut self, tokens: &[TokenTree]) {
        let is_body = |token: &TokenTree| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
        let Some(body) = tokens.iter().position(is_body) else { return };
        let empty = TokenTree::Group(Group::new(Delimiter::Brace, TokenStream::new()));
        if let Ok(item) = syn::parse2(tokens[..body].iter().cloned().chain([empty]).collect()) {
            self.extended(&item);
        }
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        if is_test(cfg::of_item(item)) {
            return;
        }
        match item {
            Item::Impl(item) => self.extended(item),
            Item::Mod(item) => {
                // The tree of modules does not have it.
                self.found.push(Found {
                    line: line(&item.ident.span()),
                    path: String::new(),
                    extends: false,
                    ways: Ways::new(),
                });
                return;
            }
            _ => {}
        }
        visit::visit_item(self, item);
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        let at = line(&item.use_token.span);
        leaves(item, |path, _| self.add(at, &path));
    }

    fn visit_block(&mut self, block: &'ast Block) {
        let items = block.stmts.iter().filter_map(|statement| match statement {
            Stmt::Item(item) => Some(item),
            _ => None,
        });
        self.blocks.push(Scope::of(items));
        visit::visit_block(self, block);
        self.blocks.pop();
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if let Some(first) = path.segments.first() {
            self.add(line(&first.ident.span()), &Written::of(path));
        }
        visit::visit_path(self, path);
    }

    fn visit_token_stream(&mut self, tokens: &'ast TokenStream) {
        self.tokens(tokens.clone(), &Written::default());
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        // Comments; and names of features, which look like paths.
        if !["doc", "cfg"].iter().any(|name| attribute.path().is_ident(name)) {
            visit::visit_attribute(self, attribute);
        }
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        let attributes = match item {
            ImplItem::Const(item) => &item.attrs,
            ImplItem::Fn(item) => &item.attrs,
            ImplItem::Type(item) => &item.attrs,
            ImplItem::Macro(item) => &item.attrs,
            _ => return visit::visit_impl_item(self, item),
        };
        if !is_test(attributes) {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_trait_item(&mut self, item: &'ast TraitItem) {
        let attributes = match item {
            TraitItem::Const(item) => &item.attrs,
            TraitItem::Fn(item) => &item.attrs,
            TraitItem::Type(item) => &item.attrs,
            TraitItem::Macro(item) => &item.attrs,
            _ => return visit::visit_trait_item(self, item),
        };
        if !is_test(attributes) {
            visit::visit_trait_item(self, item);
        }
    }

    fn visit_field(&mut self, field: &'ast syn::Field) {
        if !is_test(&field.attrs) {
            visit::visit_field(self, field);
        }
    }

    fn visit_variant(&mut self, variant: &'ast syn::Variant) {
        if !is_test(&variant.attrs) {
            visit::visit_variant(self, variant);
        }
    }

    fn visit_field_value(&mut self, value: &'ast syn::FieldValue) {
        if !is_test(&value.attrs) {
            visit::visit_field_value(self, value);
        }
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        if !is_test(&arm.attrs) {
            visit::visit_arm(self, arm);
        }
    }

    fn visit_stmt(&mut self, statement: &'ast Stmt) {
        if !is_test(cfg::of_statement(statement)) {
            visit::visit_stmt(self, statement);
        }
    }
}

fn line(span: &proc_macro2::Span) -> usize {
    span.start().line
}

fn text(path: &Written) -> String {
    format!("{}{}", if path.global { "::" } else { "" }, path.names.join("::"))
}

/// Whether the last tokens are these characters.
fn ends_with(tokens: &[TokenTree], end: &str) -> bool {
    let is = |token: &TokenTree, character| matches!(token, TokenTree::Punct(punct) if punct.as_char() == character);
    end.chars()
        .rev()
        .enumerate()
        .all(|(back, character)| tokens.iter().nth_back(back).is_some_and(|token| is(token, character)))
}

/// Whether an item can begin after these tokens: an `impl` in the place of a type is another thing.
fn begins_item(before: &[TokenTree]) -> bool {
    match before.last() {
        None => true,
        Some(TokenTree::Group(group)) => group.delimiter() != Delimiter::Parenthesis,
        Some(TokenTree::Punct(punct)) => [';', '*', '+'].contains(&punct.as_char()),
        Some(TokenTree::Ident(name)) => name == "unsafe",
        Some(TokenTree::Literal(_)) => false,
    }
}
