//! All mutants of one algorithm, as changes of its text.
//!
//! Each change asks the switch whether its mutant is alive, and is nothing otherwise.  The rest of the text stays as it is, line by
//! line.

use std::ops::Range;

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};
use syn::{Attribute, BinOp, Expr, ImplItem, ImplItemFn, Item, ItemImpl, Lit};

/// An algorithm with its mutants.
pub(crate) struct Mutated {
    pub(crate) text: String,
    /// The name of the protocol's type.
    pub(crate) protocol: String,
    /// In the order of their numbers.
    pub(crate) mutants: Vec<Mutant>,
}

/// One change.
pub(crate) struct Mutant {
    pub(crate) line: usize,
    /// In which function; empty if in none.
    pub(crate) function: String,
    pub(crate) what: String,
}

/// All mutants of a source; the first has that number.
pub(crate) fn all(source: &str, first: u32) -> Mutated {
    let file = syn::parse_file(source).expect("an algorithm of the catalogue is Rust");
    let mut mutator =
        Mutator { source, first, mutants: Vec::new(), function: String::new(), edits: Vec::new(), ends: String::new() };
    let protocol = file.items.iter().find_map(|item| match item {
        Item::Struct(item) if item.attrs.iter().any(|attribute| attribute.path().is_ident("protocol")) => {
            Some(item.ident.to_string())
        }
        _ => None,
    });
    // Its picture is read from a folder beside it.
    for attribute in file.attrs.iter().filter(|attribute| attribute.meta.require_name_value().is_ok()) {
        let range = attribute.span().byte_range();
        if source[range.clone()].contains("include_str") {
            mutator.edits.push((range, String::new()));
        }
    }
    for item in &file.items {
        if let Item::Impl(item) = item
            && item.trait_.is_none()
        {
            mutator.block(item);
        }
    }
    let (text, mutants) = mutator.finish();
    Mutated { text, protocol: protocol.expect("a struct with `#[protocol]`"), mutants }
}

struct Mutator<'a> {
    source: &'a str,
    first: u32,
    mutants: Vec<Mutant>,
    /// The one that is looked at.
    function: String,
    /// What is put in which place.  Of several in one place, those stand in the order in which they were made.
    edits: Vec<(Range<usize>, String)>,
    /// What is put at the end of the block.
    ends: String,
}

impl Mutator<'_> {
    fn finish(mut self) -> (String, Vec<Mutant>) {
        self.edits.sort_by_key(|(range, _)| range.start);
        let (mut text, mut done) = (String::new(), 0);
        for (range, put) in self.edits {
            text += &self.source[done..range.start];
            text += &put;
            done = range.end;
        }
        text += &self.source[done..];
        (text, self.mutants)
    }

    /// A new mutant: its number.
    fn mutant(&mut self, at: Span, what: impl Into<String>) -> u32 {
        self.mutants.push(Mutant { line: at.start().line, function: self.function.clone(), what: what.into() });
        self.first + self.mutants.len() as u32 - 1
    }

    fn text(&self, of: Span) -> &str {
        &self.source[of.byte_range()]
    }

    fn put_before(&mut self, span: Span, text: String) {
        let start = span.byte_range().start;
        self.edits.push((start..start, text));
    }

    fn put_behind(&mut self, span: Span, text: &str) {
        let end = span.byte_range().end;
        self.edits.push((end..end, text.to_owned()));
    }

    fn block(&mut self, block: &ItemImpl) {
        self.function = String::new();
        for attribute in block.attrs.iter().filter(|attribute| attribute.path().is_ident("defer")) {
            let number = self.mutant(attribute.span(), "drop a rule");
            let what = self.text(arguments(attribute).span()).to_owned();
            self.ends += &format!("#[on({what} if crate::switch::is({number}))] fn dropped_{number}(&mut self) {{}}\n");
        }
        for item in &block.items {
            if let ImplItem::Fn(function) = item
                && !function.attrs.iter().any(is_no_rule)
            {
                self.function(function);
            }
        }
        let end = block.brace_token.span.close().byte_range().start;
        self.edits.push((end..end, std::mem::take(&mut self.ends)));
    }

    fn function(&mut self, function: &ImplItemFn) {
        self.function = function.sig.ident.to_string();
        for attribute in &function.attrs {
            if attribute.path().is_ident("on") || attribute.path().is_ident("when") {
                self.rule(attribute, function);
            }
        }
        self.visit_block(&function.block);
    }

    /// Without a rule, what it says does nothing: another that stands before it.
    fn rule(&mut self, attribute: &Attribute, function: &ImplItemFn) {
        let number = self.mutant(attribute.span(), "drop a rule");
        let kind = self.text(attribute.path().span());
        let inputs = self.text(function.sig.inputs.span());
        let arguments = arguments(attribute);
        let pattern = arguments.clone().into_iter().take_while(|token| !is_if(token)).collect::<TokenStream>();
        let guard = arguments.into_iter().skip_while(|token| !is_if(token)).skip(1).collect::<TokenStream>();
        let (what, alive) = (self.text(pattern.span()), format!("crate::switch::is({number})"));
        if guard.is_empty() {
            // Rules with conditions are tried first: this one shall be the last of them.
            self.ends += &format!("#[{kind}({what} if {alive})] fn dropped_{number}({inputs}) {{}}\n");
        } else {
            let condition = self.text(guard.span());
            let dropped = format!("#[{kind}({what} if {alive} && ({condition}))] fn dropped_{number}({inputs}) {{}} ");
            let first = function.attrs.first().expect("the rule is one").span();
            self.put_before(first, dropped);
            let condition = syn::parse2::<Expr>(guard).expect("the condition of a rule");
            self.condition(&condition);
        }
    }

    fn condition(&mut self, condition: &Expr) {
        let mut lets = Lets(false);
        lets.visit_expr(condition);
        if lets.0 {
            return self.visit_expr(condition);
        }
        let number = self.mutant(condition.span(), "negate a condition");
        self.put_before(condition.span(), format!("crate::switch::not({number}, ("));
        self.visit_expr(condition);
        self.put_behind(condition.span(), "))");
    }

    /// Calls of `function`, which is given the numbers of these mutants.
    fn compared(&mut self, comparison: &syn::ExprBinary, function: &str, others: &[&str]) {
        let own = self.text(comparison.op.span()).to_owned();
        let mut mutant = |other: &str| self.mutant(comparison.op.span(), format!("`{own}` becomes `{other}`")).to_string();
        let numbers = others.iter().map(|other| mutant(other)).collect::<Vec<_>>().join(", ");
        self.put_before(comparison.span(), format!("crate::switch::{function}([{numbers}], &("));
        self.visit_expr(&comparison.left);
        self.edits.push((comparison.op.span().byte_range(), "), &(".to_owned()));
        self.visit_expr(&comparison.right);
        self.put_behind(comparison.span(), "))");
    }
}

impl<'ast> Visit<'ast> for Mutator<'_> {
    fn visit_expr_if(&mut self, node: &'ast syn::ExprIf) {
        self.condition(&node.cond);
        self.visit_block(&node.then_branch);
        if let Some((_, otherwise)) = &node.else_branch {
            self.visit_expr(otherwise);
        }
    }

    fn visit_expr_binary(&mut self, node: &'ast syn::ExprBinary) {
        match node.op {
            BinOp::Lt(_) => self.compared(node, "less", &["<=", ">="]),
            BinOp::Le(_) => self.compared(node, "at_most", &["<", ">"]),
            BinOp::Gt(_) => self.compared(node, "greater", &[">=", "<="]),
            BinOp::Ge(_) => self.compared(node, "at_least", &[">", "<"]),
            BinOp::Eq(_) => self.compared(node, "equal", &["!="]),
            BinOp::Ne(_) => self.compared(node, "different", &["=="]),
            _ => visit::visit_expr_binary(self, node),
        }
    }

    fn visit_expr_method_call(&mut self, node: &'ast syn::ExprMethodCall) {
        let is_net = matches!(&*node.receiver, Expr::Path(path) if path.path.is_ident("net"));
        if !is_net || !node.method.to_string().starts_with("send") {
            return visit::visit_expr_method_call(self, node);
        }
        let dropped = self.mutant(node.span(), "drop a send");
        let doubled = self.mutant(node.span(), "double a send");
        self.put_before(node.span(), format!("crate::send!({dropped}, {doubled}, "));
        visit::visit_expr_method_call(self, node);
        self.put_behind(node.span(), ")");
    }

    fn visit_expr_lit(&mut self, node: &'ast syn::ExprLit) {
        if let Lit::Int(literal) = &node.lit {
            let more = literal.base10_parse::<u128>().expect("a number") + 1;
            let (own, more) = (self.text(literal.span()).to_owned(), format!("{more}{}", literal.suffix()));
            let number = self.mutant(literal.span(), format!("`{own}` becomes `{more}`"));
            self.put_before(literal.span(), format!("(if crate::switch::is({number}) {{ {more} }} else {{ "));
            self.put_behind(literal.span(), " })");
        }
    }

    /// Its length is a constant.
    fn visit_expr_repeat(&mut self, node: &'ast syn::ExprRepeat) {
        self.visit_expr(&node.expr);
    }

    // What is no expression has no mutants.
    fn visit_pat(&mut self, _: &'ast syn::Pat) {}
    fn visit_type(&mut self, _: &'ast syn::Type) {}
    fn visit_attribute(&mut self, _: &'ast Attribute) {}
    fn visit_angle_bracketed_generic_arguments(&mut self, _: &'ast syn::AngleBracketedGenericArguments) {}
}

/// Whether a condition binds something, so that it is no value.
struct Lets(bool);

impl<'ast> Visit<'ast> for Lets {
    fn visit_expr_let(&mut self, _: &'ast syn::ExprLet) {
        self.0 = true;
    }
}

fn arguments(attribute: &Attribute) -> TokenStream {
    attribute.meta.require_list().expect("`#[on(..)]`").tokens.clone()
}

fn is_if(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Ident(word) if word == "if")
}

/// Properties judge, and what is told at the end is no message.
fn is_no_rule(attribute: &Attribute) -> bool {
    ["always", "finally", "finish", "init"].iter().any(|word| attribute.path().is_ident(word))
}
