//! What a path leads to: names as `use` brings them into a module, renamed, re-exported, or by a `*`.
//!
//! The compiler knows types, values and macros apart; here a name leads to everything that it may stand for, so that a path
//! cannot hide behind another of the same name.

use std::collections::{BTreeMap, BTreeSet};

use syn::{Item, ItemUse, Type, UseTree};

use crate::cfg;
use crate::tree::{ModuleId, ROOT, Tree};

/// A path as it is written: its names, and whether it begins with `::`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Written {
    pub(crate) global: bool,
    pub(crate) names: Vec<String>,
}

/// The names of a module or of a block.
#[derive(Default)]
pub(crate) struct Scope {
    names: BTreeMap<String, Vec<Meaning>>,
    /// What `use x::*` names.
    globs: Vec<Written>,
}

enum Meaning {
    Module(ModuleId),
    /// By `use`, or as a `type`.
    Path(Written),
    Item,
}

/// Where a path may lead.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Way {
    /// The modules below the root that it passes or ends in, as far as no other line of the crate names them.
    pub(crate) through: BTreeSet<ModuleId>,
    pub(crate) end: End,
}

pub(crate) type Ways = BTreeSet<Way>;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum End {
    Module(ModuleId),
    /// Something that is defined in this module.
    Item(ModuleId),
}

pub(crate) struct Names<'a> {
    tree: &'a Tree,
    scopes: Vec<Scope>,
    /// What the crate calls itself, by `extern crate self as ..`.
    own: BTreeSet<String>,
}

/// What is being followed already, so that names in a circle come to an end.
type Trail = BTreeSet<(ModuleId, String, usize)>;

/// Where a path is written.
#[derive(Clone, Copy)]
struct Place<'a> {
    module: ModuleId,
    blocks: &'a [Scope],
}

impl Scope {
    pub(crate) fn of<'i>(items: impl Iterator<Item = &'i Item>) -> Scope {
        let mut scope = Scope::default();
        for item in items.filter(|item| !cfg::is_test(cfg::of_item(item))) {
            let name = match item {
                Item::Const(item) => &item.ident,
                Item::Enum(item) => &item.ident,
                Item::Fn(item) => &item.sig.ident,
                Item::Static(item) => &item.ident,
                Item::Struct(item) => &item.ident,
                Item::Trait(item) => &item.ident,
                Item::TraitAlias(item) => &item.ident,
                Item::Union(item) => &item.ident,
                Item::Macro(item) => match &item.ident {
                    Some(name) => name,
                    None => continue,
                },
                Item::Type(item) => {
                    let meaning = match &*item.ty {
                        Type::Path(path) if path.qself.is_none() => Meaning::Path(Written::of(&path.path)),
                        _ => Meaning::Item,
                    };
                    scope.add(item.ident.to_string(), meaning);
                    continue;
                }
                Item::Use(item) => {
                    scope.import(item);
                    continue;
                }
                _ => continue,
            };
            scope.add(name.to_string(), Meaning::Item);
        }
        scope
    }

    fn add(&mut self, name: String, meaning: Meaning) {
        self.names.entry(name).or_default().push(meaning);
    }

    fn import(&mut self, item: &ItemUse) {
        leaves(item, |path, leaf| match leaf {
            UseTree::Glob(_) => self.globs.push(path),
            UseTree::Rename(leaf) => self.add(leaf.rename.to_string(), Meaning::Path(path)),
            _ => {
                let name = path.names.last().cloned().unwrap_or_default();
                self.add(name, Meaning::Path(path));
            }
        });
    }
}

impl Written {
    pub(crate) fn of(path: &syn::Path) -> Written {
        let names = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        Written { global: path.leading_colon.is_some(), names }
    }

    fn crate_path(names: &[&str]) -> Written {
        Written { global: false, names: ["crate"].iter().chain(names).map(|&name| name.to_owned()).collect() }
    }
}

/// The paths of a `use`: those in braces each by itself, `a::{self}` as `a`, `a::*` as `a`.
pub(crate) fn leaves(item: &ItemUse, mut each: impl FnMut(Written, &UseTree)) {
    fn walk(tree: &UseTree, path: &Written, each: &mut dyn FnMut(Written, &UseTree)) {
        let longer = |name: &syn::Ident| {
            let mut path = path.clone();
            if name != "self" || path.names.is_empty() {
                path.names.push(name.to_string());
            }
            path
        };
        match tree {
            UseTree::Path(part) => walk(&part.tree, &longer(&part.ident), each),
            UseTree::Group(group) => group.items.iter().for_each(|tree| walk(tree, path, each)),
            UseTree::Name(leaf) => each(longer(&leaf.ident), tree),
            UseTree::Rename(leaf) => each(longer(&leaf.ident), tree),
            UseTree::Glob(_) => each(path.clone(), tree),
        }
    }
    walk(&item.tree, &Written { global: item.leading_colon.is_some(), names: Vec::new() }, &mut each);
}

impl<'a> Names<'a> {
    pub(crate) fn of(tree: &'a Tree) -> Names<'a> {
        let mut names = Names { tree, scopes: Vec::new(), own: BTreeSet::new() };
        let mut exported = Vec::new();
        for module in &tree.modules {
            let mut scope = Scope::of(module.items.iter());
            for (name, &child) in module.children.iter().filter(|&(_, &child)| !tree.modules[child].test) {
                scope.add(name.clone(), Meaning::Module(child));
            }
            names.scopes.push(scope);
            for item in &module.items {
                match item {
                    Item::ExternCrate(item) if item.ident == "self" => {
                        names.own.extend(item.rename.iter().map(|(_, name)| name.to_string()))
                    }
                    // `#[macro_export]` puts a macro into the root, wherever it stands.
                    Item::Macro(item) if item.attrs.iter().any(|attribute| attribute.path().is_ident("macro_export")) => {
                        exported.extend(item.ident.iter().map(|name| (module.name.clone(), name.to_string())));
                    }
                    _ => {}
                }
            }
        }
        for (module, name) in exported.into_iter().filter(|(module, _)| !module.is_empty()) {
            let path = module.split("::").chain([name.as_str()]).collect::<Vec<_>>();
            names.scopes[ROOT].add(name.clone(), Meaning::Path(Written::crate_path(&path)));
        }
        names
    }

    /// Where a path may lead that is written in a module, within blocks that have names of their own (the innermost last).
    /// Nothing if it leads out of the crate.
    pub(crate) fn ways(&self, module: ModuleId, blocks: &[Scope], path: &Written) -> Ways {
        self.follow(Place { module, blocks }, path, &mut Trail::new())
    }

    fn follow(&self, from: Place<'_>, path: &Written, trail: &mut Trail) -> Ways {
        let Some((first, rest)) = path.names.split_first() else { return Ways::new() };
        let is_own = self.own.contains(first);
        match first.as_str() {
            _ if path.global && is_own => return self.enter(ROOT, rest, trail),
            _ if path.global => return Ways::new(),
            "crate" => return self.enter(ROOT, rest, trail),
            "self" | "super" => return self.enter(from.module, &path.names, trail),
            _ => {}
        }
        for inner in (0..from.blocks.len()).rev() {
            let within = Place { blocks: &from.blocks[..=inner], ..from };
            // A number that no module has.
            let ways = self.look(usize::MAX - inner, &from.blocks[inner], within, &path.names, trail);
            if !ways.is_empty() {
                return ways;
            }
        }
        let ways = self.go(from.module, &path.names, trail);
        if ways.is_empty() && is_own { self.enter(ROOT, rest, trail) } else { ways }
    }

    /// From a module that a path names, along its other names.  What is not found there may be made by a macro.
    fn enter(&self, module: ModuleId, path: &[String], trail: &mut Trail) -> Ways {
        let ways = self.go(module, path, trail);
        if ways.is_empty() { Way::to(End::Item(module)) } else { ways }
    }

    /// From a module along names.
    fn go(&self, module: ModuleId, path: &[String], trail: &mut Trail) -> Ways {
        match path.first().map(String::as_str) {
            None => Way::to(End::Module(module)),
            Some("self") => self.enter(module, &path[1..], trail),
            Some("super") => self.enter(self.tree.modules[module].parent, &path[1..], trail),
            Some(_) => self.look(module, &self.scopes[module], Place { module, blocks: &[] }, path, trail),
        }
    }

    /// From a scope, which has a number and stands somewhere, along names.
    fn look(&self, id: usize, scope: &Scope, at: Place<'_>, path: &[String], trail: &mut Trail) -> Ways {
        let (first, rest) = (&path[0], &path[1..]);
        let (mut ways, mut index) = (Ways::new(), 0);
        // The root may name every module, so what it names counts for each path that goes through it.  In other modules the
        // line that brings a name in is checked where it stands.
        let mut add = |passed: &BTreeSet<ModuleId>, more: Ways| {
            ways.extend(more.into_iter().map(|mut way| {
                if id == ROOT {
                    way.through.extend(passed);
                }
                way
            }));
        };
        for meaning in scope.names.get(first).into_iter().flatten() {
            index += 1;
            match meaning {
                Meaning::Module(child) => add(&[*child].into(), self.enter(*child, rest, trail)),
                Meaning::Item => add(&[ROOT].into(), Way::to(End::Item(at.module))),
                Meaning::Path(path) => {
                    for target in self.once((id, first, index), trail, |trail| self.follow(at, path, trail)) {
                        match target.end {
                            End::Module(module) => add(&target.through, self.enter(module, rest, trail)),
                            End::Item(_) => add(&target.through, Way::to(target.end)),
                        }
                    }
                }
            }
        }
        for glob in &scope.globs {
            index += 1;
            self.once((id, first, index), trail, |trail| {
                for target in self.follow(at, glob, trail) {
                    if let End::Module(module) = target.end {
                        add(&target.through, self.go(module, path, trail));
                    }
                }
                Ways::new()
            });
        }
        ways
    }

    /// Follows a name's meaning unless that is being done already.
    fn once(
        &self,
        (scope, name, index): (usize, &str, usize),
        trail: &mut Trail,
        follow: impl FnOnce(&mut Trail) -> Ways,
    ) -> Ways {
        let step = (scope, name.to_owned(), index);
        if !trail.insert(step.clone()) {
            return Ways::new();
        }
        let ways = follow(trail);
        trail.remove(&step);
        ways
    }
}

impl Way {
    fn to(end: End) -> Ways {
        Ways::from([Way { through: BTreeSet::new(), end }])
    }
}
