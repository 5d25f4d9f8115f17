//! The floors of the house, and the rule: a module may use what is on its floor and below it.
//!
//! Each floor can then be read, tested and built upon without what is above it.  An engine stays one folder that implements one
//! trait; graphs and links serve programs that have no protocol; nothing that a command line wants reaches the algorithms.  No
//! compiler holds this order, as the modules of one crate may name each other freely, and one path up is enough to lose it.

use std::collections::BTreeMap;
use std::fmt;

use crate::names::{End, Names};
use crate::paths;
use crate::tree::{ModuleId, ROOT, Sources, Tree};

pub(crate) struct Floor {
    pub(crate) name: &'static str,
    pub(crate) modules: &'static [&'static str],
    /// Whether the modules of this floor do not know each other.
    pub(crate) apart: bool,
}

/// From the bottom.  The crate's root and what it puts together under other names are the last floor.
pub(crate) const FLOORS: &[Floor] = &[
    Floor { name: "the system", modules: &["os"], apart: false },
    Floor {
        name: "base",
        modules: &[
            "crc", "file", "looks", "markup", "nearest", "panics", "plain", "random", "scarce", "shell", "sorting", "tables",
            "time",
        ],
        apart: true,
    },
    Floor { name: "graphs and links", modules: &["link", "topology"], apart: true },
    Floor { name: "the model", modules: &["__private", "protocol"], apart: false },
    Floor { name: "the network", modules: &["network"], apart: false },
    Floor { name: "a run", modules: &["execution"], apart: false },
    Floor { name: "its record", modules: &["trace"], apart: false },
    Floor { name: "engines", modules: &["check", "process", "simulator"], apart: true },
    Floor { name: "many runs", modules: &["campaign", "lint", "sweep"], apart: true },
    Floor { name: "runs with types", modules: &["typed"], apart: false },
    Floor { name: "trials", modules: &["testing"], apart: false },
    Floor { name: "the page", modules: &["viewer"], apart: false },
    Floor { name: "its server", modules: &["live"], apart: false },
    Floor { name: "the command line", modules: &["cli"], apart: false },
    Floor { name: "the façade", modules: &["prelude", "run"], apart: false },
];

const UP: &str =
    "What is below has to work without what is above it: move down what is needed, or let the upper module hand it in";
const APART: &str =
    "These modules do not know each other, so that each can be replaced alone: what they share belongs below both";
const EXTENDS: &str = "What a type can do stands where the type is defined, else the lower module is only whole together with the \
                       upper one: write a function, or a trait of the upper module";

/// What is against the rule; a line each.
pub(crate) fn check(sources: &Sources, floors: &[Floor]) -> Vec<String> {
    let tree = Tree::of(sources);
    let house = House::of(&tree, floors);
    let mut errors = tree.errors.clone();
    errors.extend(house.gaps());
    let names = Names::of(&tree);
    for (id, module) in tree.modules.iter().enumerate().filter(|(_, module)| !module.test) {
        for found in paths::of(&names, id, module) {
            let place = format!("nodes/src/{}:{}", module.file.display(), found.line);
            let error = |what: String| format!("{place}: `{}` {what}", found.path);
            if found.path.is_empty() {
                errors.push(format!("{place}: a module within a function: paths in it are not followed, so move it out"));
            }
            for way in &found.ways {
                match way.end {
                    End::Item(definition) if found.extends => {
                        errors.extend(house.extension(module.top, tree.modules[definition].top).map(error));
                    }
                    _ => errors.extend(way.through.iter().filter_map(|&to| house.path(module.top, to).map(error))),
                }
            }
        }
    }
    errors.dedup();
    errors
}

struct House<'a> {
    tree: &'a Tree,
    floors: &'a [Floor],
    /// The number of a top module's floor.
    of: BTreeMap<ModuleId, usize>,
}

impl<'a> House<'a> {
    fn of(tree: &'a Tree, floors: &'a [Floor]) -> House<'a> {
        let floor = |name| floors.iter().position(|floor| floor.modules.contains(&name));
        let mut of = tree.top_modules().filter_map(|(name, id)| Some((id, floor(name)?))).collect::<BTreeMap<_, _>>();
        of.insert(ROOT, floors.len() - 1);
        House { tree, floors, of }
    }

    /// Modules without a floor, and the reverse.
    fn gaps(&self) -> Vec<String> {
        let mut gaps = Vec::new();
        for (name, id) in self.tree.top_modules().filter(|(_, id)| !self.of.contains_key(id)) {
            let file = self.tree.modules[id].file.display();
            gaps.push(format!("nodes/src/{file}:1: `{name}` has no floor: give it one in tests/tests/floors/table.rs, so that it is known what it may use"));
        }
        for name in self.floors.iter().flat_map(|floor| floor.modules) {
            let with_that_name = self.floors.iter().flat_map(|floor| floor.modules).filter(|other| *other == name).count();
            if !self.tree.top_modules().any(|(module, _)| module == *name) {
                gaps.push(format!("tests/tests/floors/table.rs: `{name}` has a floor, but lib.rs declares no such module"));
            }
            if with_that_name > 1 {
                gaps.push(format!("tests/tests/floors/table.rs: `{name}` stands on more than one floor"));
            }
        }
        gaps
    }

    fn path(&self, from: ModuleId, to: ModuleId) -> Option<String> {
        let (&low, &high) = (self.of.get(&from)?, self.of.get(&to)?);
        let (from_here, to_there) = (self.at(from), self.at(to));
        if low < high {
            Some(format!("leads up, from {from_here} to {to_there}. {UP}"))
        } else if from != to && low == high && self.floors[low].apart {
            Some(format!("leads from {from_here} to {to_there}. {APART}"))
        } else {
            None
        }
    }

    fn extension(&self, from: ModuleId, defined: ModuleId) -> Option<String> {
        (from != defined).then(|| format!("is defined in {}, and extended in {}. {EXTENDS}", self.at(defined), self.at(from)))
    }

    /// A module and its floor.
    fn at(&self, module: ModuleId) -> impl fmt::Display {
        let name = if module == ROOT { "lib.rs" } else { &self.tree.modules[module].name };
        match self.of.get(&module) {
            Some(&floor) => format!("`{name}` (floor {}, {})", floor + 1, self.floors[floor].name),
            None => format!("`{name}` (without a floor)"),
        }
    }
}
