//! The protocols of the tool: which there are, and which is meant.

use std::path::Path;
use std::sync::Arc;

use super::failure::Failure;
use crate::nearest::nearest;
use crate::protocol::{AnyProtocol, Description};

/// The protocols.
pub(super) struct Catalogue<'a> {
    protocols: &'a [AnyProtocol],
    descriptions: Vec<Arc<Description>>,
    /// What stands before a command when this program is called: `shout`, or `cargo run --example shout --`.
    pub(super) invocation: String,
}

impl<'a> Catalogue<'a> {
    pub(super) fn new(protocols: &'a [AnyProtocol], invocation: String) -> Self {
        let descriptions = protocols.iter().map(AnyProtocol::description).collect();
        Catalogue { protocols, descriptions, invocation }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.protocols.len()
    }

    /// The protocols, each with what it is under its default configuration.
    pub(super) fn protocols(&self) -> impl Iterator<Item = (&'a AnyProtocol, &Description)> {
        self.protocols.iter().zip(self.descriptions.iter().map(Arc::as_ref))
    }

    /// The protocol, if there is only one.
    pub(super) fn single(&self) -> Option<&'a AnyProtocol> {
        match self.protocols {
            [only] => Some(only),
            _ => None,
        }
    }

    /// A protocol's name, for examples.
    pub(super) fn some_name(&self) -> String {
        self.descriptions.first().map(|first| first.snake_name()).unwrap_or_default()
    }

    /// The protocol of that name, if there is one: snake_case, or the type's own.
    pub(super) fn find(&self, name: &str) -> Option<&'a AnyProtocol> {
        let snake = name.replace('-', "_");
        self.protocols()
            .find(|(_, description)| description.name == name || description.snake_name() == snake)
            .map(|(protocol, _)| protocol)
    }

    /// The protocol of that name.
    pub(super) fn protocol(&self, name: &str) -> Result<&'a AnyProtocol, Failure> {
        self.find(name).ok_or_else(|| {
            let names = self.descriptions.iter().map(|description| description.snake_name()).collect::<Vec<_>>();
            Failure::wrong(match nearest(name, &mut names.iter().map(String::as_str)) {
                Some(near) => format!("there is no protocol `{name}`; did you mean `{near}`?"),
                None if names.len() == 1 => format!("there is no protocol `{name}`; the only one is `{}`", names[0]),
                None => format!("there is no protocol `{name}`; `list` shows them, for example `{}`", self.some_name()),
            })
        })
    }

    /// Whether a flag is one of other protocols' configurations, not of this one's.
    pub(super) fn is_foreign_flag(&self, flag: &str, protocol: &AnyProtocol) -> bool {
        let own = protocol.description().flags.iter().any(|own| own.name == flag);
        !own && !self.owners(flag).is_empty()
    }

    /// The protocols whose configuration has that flag.
    pub(super) fn owners(&self, flag: &str) -> Vec<String> {
        let has = |description: &&Arc<Description>| description.flags.iter().any(|own| own.name == flag);
        self.descriptions.iter().filter(has).map(|description| description.snake_name()).collect()
    }
}

/// What to type to call this program.
pub(super) fn invocation() -> String {
    let path = std::env::current_exe().unwrap_or_default();
    let name = |path: &Path| path.file_name().and_then(|name| name.to_str()).map(str::to_owned).unwrap_or_default();
    let program = name(&path);
    // Cargo tells the programs that it runs.
    let package = std::env::var_os("CARGO").and_then(|_| std::env::var("CARGO_PKG_NAME").ok());
    let Some(package) = package else { return program };
    let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
    let (folder, example) = match name(&folder).as_str() {
        "examples" => (folder.parent().map(name).unwrap_or_default(), true),
        other => (other.to_owned(), false),
    };
    let release = match folder.as_str() {
        "debug" => "",
        "release" => " --release",
        _ => return program,
    };
    if example {
        format!("cargo run{release} --example {program} --")
    } else if program == package {
        format!("cargo run{release} --")
    } else {
        format!("cargo run{release} --bin {program} --")
    }
}
