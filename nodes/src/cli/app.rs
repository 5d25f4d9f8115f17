//! The tool as a whole: which protocols it has, which command was meant.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use super::command::{Command, Given, Word};
use super::entry::Entry;
use super::failure::Failure;
use super::option::Opt;
use super::terminal::{Terminal, print};
use super::{describe, list, new, run, simulate, sweep, topology, trace, view, wrap, wrong};
use crate::nearest::nearest;
use crate::protocol::Description;
use crate::sweep::Places;

/// Every command, in the order of help.
const COMMANDS: &[Command] = &[
    run::COMMAND,
    simulate::COMMAND,
    sweep::COMMAND,
    view::COMMAND,
    list::COMMAND,
    describe::COMMAND,
    trace::COMMAND,
    topology::COMMAND,
    new::COMMAND,
];

/// The tool.
pub(super) struct App<'a> {
    protocols: &'a [Entry],
    descriptions: Vec<Arc<Description>>,
    /// What stands before a command when this program is called: `shout`, or `cargo run --example shout --`.
    pub(super) invocation: String,
}

impl<'a> App<'a> {
    pub(super) fn new(protocols: &'a [Entry]) -> Self {
        let descriptions = protocols.iter().map(Entry::description).collect();
        App { protocols, descriptions, invocation: invocation() }
    }

    /// Does what the arguments say; the exit status.
    pub(super) fn run(&self, arguments: &[OsString]) -> ExitCode {
        self.dispatch(arguments).unwrap_or_else(|failure| failure.report())
    }

    fn dispatch(&self, arguments: &[OsString]) -> Result<ExitCode, Failure> {
        let mut words = Vec::new();
        for argument in arguments {
            words.push(argument.to_str().ok_or_else(|| {
                Failure::wrong(format!(
                    "`{}` is not UTF-8; write for example `run --topology ring:8`",
                    argument.to_string_lossy()
                ))
            })?);
        }
        match words.as_slice() {
            [] if self.single().is_none() => self.overview(),
            // What a newcomer sees first.
            [] => self.command(&run::COMMAND, &["--diagram"]),
            ["-h" | "--help"] | ["help"] => self.overview(),
            ["-V" | "--version"] => {
                print(&format!("nodes {}\n", env!("CARGO_PKG_VERSION")))?;
                Ok(ExitCode::SUCCESS)
            }
            ["help", name, ..] => self.command(self.named(name)?, &["--help"]),
            [flag, ..] if flag.starts_with('-') => match self.single() {
                // The main job, with options.
                Some(_) => self.command(&run::COMMAND, &words),
                None => Err(Failure::wrong(format!(
                    "`{flag}` stands before any command; write for example `run {} --topology ring:8`",
                    self.some_name()
                ))),
            },
            [name, rest @ ..] => self.command(self.named(name)?, rest),
        }
    }

    fn named(&self, name: &str) -> Result<&'static Command, Failure> {
        if let Some(command) = COMMANDS.iter().find(|command| command.name == name) {
            return Ok(command);
        }
        if self.find(name).is_some() {
            return Err(Failure::wrong(format!("`{name}` is a protocol, not a command; write `run {name}`")));
        }
        let names = || COMMANDS.iter().map(|command| command.name);
        Err(Failure::wrong(match nearest(name, names()) {
            Some(near) => format!("there is no command `{name}`; did you mean `{near}`?"),
            None => format!("there is no command `{name}`; write one of {}", names().collect::<Vec<_>>().join(", ")),
        }))
    }

    fn command(&self, command: &'static Command, words: &[&str]) -> Result<ExitCode, Failure> {
        let options = command.all_options(self)?;
        let (words, grid) = match command.word {
            Some(Word::Protocols) => sweep::variables(words, &options)?,
            _ => (words.iter().map(|word| (*word).to_owned()).collect(), Places::default()),
        };
        let only = match command.word {
            // One protocol's flags are not all that may be meant.
            Some(Word::Protocols) => self.single(),
            _ => self.single().or_else(|| words.iter().find_map(|word| self.find(word))),
        };
        let parsed = command.parser(self, &options, only).try_get_matches_from(&words);
        match parsed {
            Ok(matches) => (command.run)(self, &Given::new(self, command, matches, words, grid)),
            Err(error) => wrong::answer(self, command, &options, &error),
        }
    }

    /// Help for the whole tool.
    fn overview(&self) -> Result<ExitCode, Failure> {
        let mut parser = clap::Command::new("nodes")
            .bin_name(self.invocation.clone())
            .version(env!("CARGO_PKG_VERSION"))
            .disable_help_subcommand(true)
            .override_usage(format!("{} [COMMAND] [OPTIONS]", self.invocation));
        let about = match (self.single(), self.descriptions.as_slice()) {
            (Some(_), [only]) => {
                let problem = if only.problem.is_empty() { String::new() } else { format!(" ({})", only.problem) };
                format!("{}{problem}: a distributed algorithm, run as real processes over UDP", only.name)
            }
            _ => format!("{} distributed algorithms, run as real processes over UDP", self.protocols.len()),
        };
        parser = parser.about(about);
        for command in COMMANDS {
            parser = parser.subcommand(clap::Command::new(command.name).about(command.about));
        }
        let run = match self.single() {
            Some(_) => "Without a command it runs: the same as `run`.".to_owned(),
            None => format!("For example `run {}`; `list` shows all protocols.", self.some_name()),
        };
        let parser = parser.after_help(format!("{run}\n`help COMMAND` explains a command."));
        let text = wrap::fit(parser, Terminal::stdout().help_width()).render_help();
        print(&if Terminal::stdout().colour { text.ansi().to_string() } else { text.to_string() })?;
        Ok(ExitCode::SUCCESS)
    }

    /// The protocols, described.
    pub(super) fn protocols(&self) -> impl Iterator<Item = (&'a Entry, &Description)> {
        self.protocols.iter().zip(self.descriptions.iter().map(Arc::as_ref))
    }

    /// The commands that have an option of that name.
    pub(super) fn commands_with(&self, option: &str) -> Vec<&'static str> {
        let has = |command: &&Command| (command.options)(self).iter().any(|own| own.name == option);
        COMMANDS.iter().filter(has).map(|command| command.name).collect()
    }

    /// The protocol, if there is only one.
    pub(super) fn single(&self) -> Option<&'a Entry> {
        match self.protocols {
            [only] => Some(only),
            _ => None,
        }
    }

    /// A protocol's name, for examples.
    pub(super) fn some_name(&self) -> String {
        self.descriptions.first().map(|first| first.snake_name()).unwrap_or_default()
    }

    fn find(&self, name: &str) -> Option<&'a Entry> {
        let snake = name.replace('-', "_");
        self.protocols()
            .find(|(_, description)| description.name == name || description.snake_name() == snake)
            .map(|(entry, _)| entry)
    }

    /// The protocol of that name: snake_case, or the type's own.
    pub(super) fn protocol(&self, name: &str) -> Result<&'a Entry, Failure> {
        self.find(name).ok_or_else(|| {
            let names = self.descriptions.iter().map(|description| description.snake_name()).collect::<Vec<_>>();
            Failure::wrong(match nearest(name, names.iter().map(String::as_str)) {
                Some(near) => format!("there is no protocol `{name}`; did you mean `{near}`?"),
                None if names.len() == 1 => format!("there is no protocol `{name}`; the only one is `{}`", names[0]),
                None => format!("there is no protocol `{name}`; `list` shows them, for example `{}`", self.some_name()),
            })
        })
    }

    /// Adds the flags of every protocol's configuration.
    pub(super) fn add_flags(&self, options: &mut Vec<Opt>) -> Result<(), Failure> {
        let common = options.iter().map(|option| option.name.clone()).chain(["help".into()]).collect::<Vec<_>>();
        for (entry, description) in self.protocols() {
            for flag in description.flags {
                if common.iter().any(|name| name == flag.name) {
                    return Err(Failure::wrong(format!(
                        "{}: the field `{}` of its configuration would be the flag `--{}`, which every run has; call it otherwise",
                        description.name, flag.name, flag.name
                    )));
                }
                if options.iter().any(|option| option.name == flag.name) {
                    continue;
                }
                let default = entry.default_of(flag.name).unwrap_or_default();
                let help = match flag.help.trim().trim_end_matches('.') {
                    "" => format!("A {} of the configuration", flag.kind),
                    help => help.to_owned(),
                };
                let mut option = Opt::valued(flag.name, flag.kind, &help, &default).usually(default.clone()).dashes();
                option.heading = Some("Options of the protocol".into());
                option.alone = flag.kind == "bool";
                if flag.name.contains('_') {
                    option.alias = Some(flag.name.replace('_', "-"));
                }
                options.push(option);
            }
        }
        Ok(())
    }

    /// Whether a flag is one of other protocols' configurations, not of this one's.
    pub(super) fn is_foreign_flag(&self, flag: &str, entry: &Entry) -> bool {
        let own = entry.description().flags.iter().any(|own| own.name == flag);
        !own && !self.owners(flag).is_empty()
    }

    /// The protocols whose configuration has that flag.
    pub(super) fn owners(&self, flag: &str) -> Vec<String> {
        let has = |description: &&Arc<Description>| description.flags.iter().any(|own| own.name == flag);
        self.descriptions.iter().filter(has).map(|description| description.snake_name()).collect()
    }
}

/// What to type to call this program.
fn invocation() -> String {
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
