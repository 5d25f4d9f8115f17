//! The tree of modules, as the compiler builds it: from `lib.rs` along the `mod` declarations.
//!
//! A file's place on disk does not say which module it is: `#[path]` moves it, and modules also stand inside files.  A file
//! that no `mod` leads to is an error, as nothing would be checked in it, unless another file takes it in as a text.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use syn::{Attribute, Expr, ExprLit, Item, Lit, Meta};

use crate::cfg::is_test;

/// The text of files, by their path below `src/`.
pub(crate) type Sources = BTreeMap<PathBuf, String>;

/// A module by its number in [`Tree::modules`]; the crate's root is the first.
pub(crate) type ModuleId = usize;

pub(crate) const ROOT: ModuleId = 0;

pub(crate) struct Module {
    /// Its name, from the root: `network::system`; empty for the root.
    pub(crate) name: String,
    /// The file that its items stand in.
    pub(crate) file: PathBuf,
    pub(crate) parent: ModuleId,
    /// The module below the root that it is, or is part of; the root for itself.
    pub(crate) top: ModuleId,
    /// Whether it exists in tests only.
    pub(crate) test: bool,
    pub(crate) children: BTreeMap<String, ModuleId>,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) items: Vec<Item>,
}

#[derive(Default)]
pub(crate) struct Tree {
    pub(crate) modules: Vec<Module>,
    /// What the compiler would not accept, or never sees.
    pub(crate) errors: Vec<String>,
    files: BTreeSet<PathBuf>,
}

/// A module whose items are to be read.
struct Found {
    /// The module it is declared in, and its name there.
    within: Option<(ModuleId, String)>,
    attributes: Vec<Attribute>,
    file: PathBuf,
    /// What holds its children's files.
    folder: PathBuf,
    /// What `#[path]` on its children is relative to.
    path_folder: PathBuf,
}

impl Tree {
    pub(crate) fn of(sources: &Sources) -> Tree {
        let mut tree = Tree::default();
        tree.read(sources, Found::in_file(PathBuf::from("lib.rs"), true, None, Vec::new()));
        let texts = sources.iter().flat_map(|(file, text)| included(file, text)).collect::<BTreeSet<_>>();
        for file in sources.keys().filter(|file| !tree.files.contains(*file) && !texts.contains(*file)) {
            tree.errors
                .push(format!("nodes/src/{}:1: no `mod` leads to this file, so nothing in it is looked at", file.display()));
        }
        tree
    }

    /// The modules that `lib.rs` declares, without those of tests.
    pub(crate) fn top_modules(&self) -> impl Iterator<Item = (&str, ModuleId)> {
        let children = self.modules.first().into_iter().flat_map(|root| &root.children);
        children.map(|(name, &id)| (name.as_str(), id)).filter(|&(_, id)| !self.modules[id].test)
    }

    fn read(&mut self, sources: &Sources, mut found: Found) {
        let file = format!("nodes/src/{}", found.file.display());
        let Some(text) = sources.get(&found.file) else {
            return self.errors.push(format!("{file}:1: there is no such file, but a `mod` leads to it"));
        };
        self.files.insert(found.file.clone());
        match syn::parse_file(text) {
            Ok(parsed) => {
                found.attributes.extend(parsed.attrs);
                self.add(sources, found, parsed.items);
            }
            Err(error) => self.errors.push(format!("{file}:{}: {error}", error.span().start().line)),
        }
    }

    fn add(&mut self, sources: &Sources, found: Found, items: Vec<Item>) {
        let id = self.modules.len();
        let mut module = Module {
            name: String::new(),
            file: found.file.clone(),
            parent: ROOT,
            top: ROOT,
            test: is_test(&found.attributes),
            children: BTreeMap::new(),
            attributes: found.attributes.clone(),
            items: Vec::new(),
        };
        if let Some((parent, name)) = &found.within {
            let above = &mut self.modules[*parent];
            above.children.insert(name.clone(), id);
            (module.name, module.top) = match *parent {
                ROOT => (name.clone(), id),
                _ => (format!("{}::{name}", above.name), above.top),
            };
            (module.parent, module.test) = (*parent, module.test || above.test);
        }
        self.modules.push(module);
        for item in items {
            let Item::Mod(item) = item else {
                self.modules[id].items.push(item);
                continue;
            };
            let name = item.ident.to_string().trim_start_matches("r#").to_owned();
            match item.content {
                Some((_, items)) => self.add(sources, found.inline(id, name, item.attrs), items),
                None => self.read(sources, found.elsewhere(sources, id, name, item.attrs)),
            }
        }
    }
}

impl Found {
    /// A module that is a whole file.  The children of a `mod.rs` lie beside it, those of another file in a folder of its name.
    fn in_file(file: PathBuf, beside: bool, within: Option<(ModuleId, String)>, attributes: Vec<Attribute>) -> Found {
        let path_folder = file.parent().unwrap_or(Path::new("")).to_owned();
        let folder = if beside { path_folder.clone() } else { file.with_extension("") };
        Found { within, attributes, file, folder, path_folder }
    }

    /// `mod name { .. }`
    fn inline(&self, id: ModuleId, name: String, attributes: Vec<Attribute>) -> Found {
        let folder = match path_attribute(&attributes) {
            Some(path) => normal(&self.path_folder.join(path)),
            None => self.folder.join(&name),
        };
        Found { within: Some((id, name)), attributes, file: self.file.clone(), folder: folder.clone(), path_folder: folder }
    }

    /// `mod name;`
    fn elsewhere(&self, sources: &Sources, id: ModuleId, name: String, attributes: Vec<Attribute>) -> Found {
        let in_folder = self.folder.join(&name).join("mod.rs");
        let (file, beside) = match path_attribute(&attributes) {
            Some(path) => (normal(&self.path_folder.join(path)), true),
            None if sources.contains_key(&in_folder) => (in_folder, true),
            None => (self.folder.join(format!("{name}.rs")), false),
        };
        Found::in_file(file, beside, Some((id, name)), attributes)
    }
}

/// The files that a file takes in as texts: templates of programs, say.
fn included(file: &Path, text: &str) -> Vec<PathBuf> {
    let folder = file.parent().unwrap_or(Path::new(""));
    let names = text.split("include_str!(\"").skip(1).filter_map(|rest| rest.split_once('"'));
    names.map(|(name, _)| normal(&folder.join(name))).collect()
}

fn path_attribute(attributes: &[Attribute]) -> Option<String> {
    attributes.iter().find_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(path), .. }) => Some(path.value()),
            _ => None,
        },
        _ => None,
    })
}

/// Without `.` and `..`.
fn normal(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut normal, component| {
        match component {
            Component::ParentDir => drop(normal.pop()),
            Component::CurDir => {}
            component => normal.push(component),
        }
        normal
    })
}
