//! A command: what it takes, and what it does.

use std::collections::BTreeMap;
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches};

use super::catalogue::Catalogue;
use super::failure::Failure;
use super::option::Opt;
use super::output::Use;
use super::terminal::Terminal;
use super::wrap;
use crate::protocol::AnyProtocol;
use crate::sorting;
use crate::sweep::Places;

/// A command of the tool.
pub(super) struct Command {
    /// Its name.
    pub(super) name: &'static str,
    /// What it does, in one line.
    pub(super) about: &'static str,
    /// What people should know besides; may be empty.
    pub(super) more: &'static str,
    /// The word that it takes, if it takes one.
    pub(super) word: Option<Word>,
    /// Its options.  Those of protocols' configurations follow if the word is a protocol and `configured`.
    pub(super) options: fn() -> Vec<Opt>,
    /// Whether it takes the options of a protocol's configuration.
    pub(super) configured: bool,
    /// What may be written behind the command, as examples of help; `GRAPH` stands for one that the protocol runs on.
    pub(super) examples: &'static [(&'static str, &'static str)],
    /// Does it.
    pub(super) run: fn(&Catalogue<'_>, &Given<'_>) -> Result<ExitCode, Failure>,
}

/// The word that a command takes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Word {
    /// A protocol; with only one it need not be named.
    Protocol,
    /// Some protocols, and options in which variables stand.
    Protocols,
    /// Something else.
    Other {
        /// What it is called in help.
        name: &'static str,
        /// What it is.
        help: &'static str,
        /// One that might be written; for errors.
        example: &'static str,
        /// If it names a file: what is done with that.
        uses: Use,
    },
}

/// The word's name among clap's arguments.
const WORD: &str = "the word";

impl Command {
    /// All options, with those of the configurations.
    pub(super) fn all_options(&self, catalogue: &Catalogue<'_>) -> Result<Vec<Opt>, Failure> {
        let mut options = (self.options)();
        if self.configured {
            add_flags(catalogue, &mut options)?;
        }
        Ok(options)
    }

    /// For clap.  Flags of protocols other than `only` stay hidden from help.
    pub(super) fn parser(&self, catalogue: &Catalogue<'_>, options: &[Opt], only: Option<&AnyProtocol>) -> clap::Command {
        let mut parser = clap::Command::new(self.name)
            .bin_name(format!("{} {}", catalogue.invocation, self.name))
            .about(self.about)
            .no_binary_name(true)
            .disable_version_flag(true)
            .disable_help_flag(true);
        if !self.more.is_empty() {
            parser = parser.long_about(format!("{}\n\n{}", self.about, self.more));
        }
        match self.word {
            Some(Word::Protocol) => {
                let help = if catalogue.single().is_some() {
                    "The protocol; there is only one, so it need not be named".to_owned()
                } else {
                    format!("The protocol, such as `{}`; `list` shows them all", catalogue.some_name())
                };
                parser = parser.arg(Arg::new(WORD).value_name("PROTOCOL").help(help));
            }
            Some(Word::Protocols) => {
                let help = match catalogue.single() {
                    Some(_) => "The protocols; there is only one, so it need not be named".to_owned(),
                    None => format!("The protocols, such as `{}`; `list` shows them all", catalogue.some_name()),
                };
                let several = Arg::new(WORD).value_name("PROTOCOL").help(help).num_args(0..).action(ArgAction::Append);
                parser = parser.arg(several);
            }
            Some(Word::Other { name, help, .. }) => parser = parser.arg(Arg::new(WORD).value_name(name).help(help)),
            None => {}
        }
        for option in options {
            let foreign = only.is_some_and(|only| catalogue.is_foreign_flag(&option.name, only));
            parser = parser.arg(option.arg().hide(option.heading.is_some() && foreign));
        }
        let help = Arg::new("help").short('h').long("help").action(ArgAction::Help);
        parser = parser.arg(help.help("Print help (more with --help)").long_help("Print help (a summary with -h)"));
        if !self.examples.is_empty() {
            let protocol = match (self.word, catalogue.single()) {
                (Some(Word::Protocol | Word::Protocols), None) => {
                    format!(" {}", only.map_or(catalogue.some_name(), |only| only.name()))
                }
                _ => String::new(),
            };
            let graph = only.map_or("ring:20".into(), |only| only.description().topology.default.clone());
            let lines =
                self.examples.iter().map(|(line, _)| format!("{}{protocol} {line}", self.name).replace("GRAPH", &graph));
            let lines = lines.map(|line| line.trim_end().to_owned()).collect::<Vec<_>>();
            let width = lines.iter().map(String::len).max().unwrap_or(0);
            let mut text = "Examples:".to_owned();
            for (line, (_, meaning)) in lines.iter().zip(self.examples) {
                text.push_str(&format!("\n  {line:<width$}  {meaning}"));
            }
            parser = parser.after_help(text);
        }
        wrap::fit(parser, Terminal::stdout().help_width())
    }
}

/// Adds the flags of every protocol's configuration.
fn add_flags(catalogue: &Catalogue<'_>, options: &mut Vec<Opt>) -> Result<(), Failure> {
    let common = options.iter().map(|option| option.name.clone()).chain(["help".into()]).collect::<Vec<_>>();
    for (protocol, description) in catalogue.protocols() {
        let usual = protocol.config();
        for flag in &description.flags {
            if common.iter().any(|name| *name == flag.name) {
                return Err(Failure::wrong(format!(
                    "{}: the field `{}` of its configuration would be the flag `--{}`, which every run has; call it otherwise",
                    description.name, flag.name, flag.name
                )));
            }
            if options.iter().any(|option| option.name == flag.name) {
                continue;
            }
            let default = usual.get(&flag.name).unwrap_or_default();
            let help = match flag.help.trim().trim_end_matches('.') {
                "" => format!("A {} of the configuration", flag.kind),
                help => help.to_owned(),
            };
            let mut option = Opt::valued(&flag.name, &flag.kind, &help, &default).usually(default.clone()).dashes();
            option.heading = Some("Options of the protocol".into());
            if let Some(range) = &flag.range {
                option = option.values(format!("  From {range}."));
            }
            option.alone = flag.kind == "bool";
            if flag.may_name_a_file() {
                option = option.uses(Use::ReadsIfThere);
            }
            if flag.name.contains('_') {
                option.alias = Some(flag.name.replace('_', "-"));
            }
            options.push(option);
        }
    }
    Ok(())
}

/// What stands behind a command.
#[derive(Clone)]
pub(super) struct Given<'a> {
    catalogue: &'a Catalogue<'a>,
    matches: ArgMatches,
    command: &'a Command,
    /// The values of options that stand several times, joined by commas.
    joined: BTreeMap<String, String>,
    /// The words themselves.
    words: Vec<String>,
    /// The variables that stand in them.
    pub(super) grid: Places,
    /// Options that somebody else has read.
    taken: Vec<&'static str>,
}

impl<'a> Given<'a> {
    pub(super) fn new(
        catalogue: &'a Catalogue<'a>,
        command: &'a Command,
        matches: ArgMatches,
        words: Vec<String>,
        grid: Places,
    ) -> Self {
        let values = |id: &str| matches.try_get_many::<String>(id).ok().flatten().into_iter().flatten().cloned().collect();
        let ids = matches.ids().map(clap::Id::as_str).filter(|id| *id != WORD);
        let joined = ids.map(|id| (id, values(id))).filter(|(_, values): &(_, Vec<_>)| values.len() > 1);
        let joined = sorting::map(joined.map(|(id, values)| (id.to_owned(), values.join(","))));
        Given { catalogue, matches, command, joined, words, grid, taken: Vec::new() }
    }

    /// The same command with these words; what is wrong with them, clap says.
    pub(super) fn with(&self, words: Vec<String>) -> Result<Result<Self, clap::Error>, Failure> {
        let options = self.command.all_options(self.catalogue)?;
        let matches = self.command.parser(self.catalogue, &options, None).try_get_matches_from(&words);
        Ok(matches.map(|matches| Given::new(self.catalogue, self.command, matches, words, Places::default())))
    }

    /// The same with the variables' values at a place of the grid.
    pub(super) fn at(&self, place: &[&str]) -> Result<Self, Failure> {
        let words = self.words.iter().map(|word| self.grid.fill(word, place)).collect::<Vec<_>>();
        // Values are read later, so that what was right with variables is right with values, unless one looks like an option.
        let wrong = |_| Failure::wrong(format!("{}: {} cannot stand in an option", self.command.name, place.join(", ")));
        self.with(words)?.map_err(wrong)
    }

    /// The values that may name files, at each place of the grid: the option (empty for the word), and what is done with them.
    pub(super) fn files(&self) -> Vec<(&str, String, Use)> {
        // What is wrong with them was said before.
        let options = self.command.all_options(self.catalogue).unwrap_or_default();
        let use_of = |name: &str| options.iter().find(|option| option.name == name).map_or(Use::None, |option| option.uses);
        let of_options = self.options().into_iter().filter_map(|(name, value)| Some((name, value?, use_of(name))));
        let word = match self.command.word {
            Some(Word::Other { uses, .. }) => self.word().map(|word| ("", word, uses)),
            _ => None,
        };
        let mut files = Vec::new();
        for (name, value, uses) in of_options.chain(word).filter(|(_, _, uses)| *uses != Use::None) {
            match value.contains('{') {
                true => files.extend(self.grid.places().iter().map(|place| (name, self.grid.fill(value, place), uses))),
                false => files.push((name, value.to_owned(), uses)),
            }
        }
        files
    }

    /// The same as if these options were not there.
    pub(super) fn without(&self, options: &[&'static str]) -> Self {
        Given { taken: options.to_vec(), ..self.clone() }
    }

    /// Every option that is there, as it was written, with its value; switches have none.
    pub(super) fn options(&self) -> Vec<(&str, Option<&str>)> {
        let there = |id: &&str| self.matches.value_source(id) == Some(clap::parser::ValueSource::CommandLine);
        let ids = self.matches.ids().map(clap::Id::as_str).filter(|id| *id != WORD);
        ids.filter(there).map(|id| (id, self.text(id))).collect()
    }

    /// The word.
    pub(super) fn word(&self) -> Option<&str> {
        self.text(WORD)
    }

    /// The value of an option that is there; of one that stands several times, all of them with commas.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        if self.taken.contains(&name) {
            return None;
        }
        if let Some(joined) = self.joined.get(name) {
            return Some(joined);
        }
        self.matches.try_get_one::<String>(name).ok().flatten().map(String::as_str)
    }

    /// The value of an option, read.
    pub(super) fn value<T>(&self, name: &str, read: impl FnOnce(&str) -> Result<T, Failure>) -> Result<Option<T>, Failure> {
        self.text(name).map(read).transpose()
    }

    /// Whether a switch is there.
    pub(super) fn is_set(&self, name: &str) -> bool {
        self.matches.try_get_one::<bool>(name).ok().flatten().copied().unwrap_or(false)
    }

    /// The protocol that is named, or the only one; the flags of others must not stand beside it.
    pub(super) fn protocol(&self) -> Result<&'a AnyProtocol, Failure> {
        let protocol = match (self.word(), self.catalogue.single()) {
            (Some(name), _) => self.catalogue.protocol(name)?,
            (None, Some(only)) => only,
            (None, None) => {
                return Err(Failure::wrong(format!(
                    "{}: of which protocol? write `{} {}`; `list` shows them all",
                    self.command.name,
                    self.command.name,
                    self.catalogue.some_name()
                )));
            }
        };
        self.check_flags(&[protocol])?;
        Ok(protocol)
    }

    /// The protocols that are named, or the only one; each flag must be one of at least one of them.
    pub(super) fn protocols(&self) -> Result<Vec<&'a AnyProtocol>, Failure> {
        let names = self.matches.get_many::<String>(WORD).into_iter().flatten().collect::<Vec<_>>();
        for (place, name) in names.iter().enumerate() {
            if names[..place].contains(name) {
                return Err(Failure::wrong(format!("{}: `{name}` is named twice; name each once", self.command.name)));
            }
        }
        let protocols = match (names.is_empty(), self.catalogue.single()) {
            (true, Some(only)) => vec![only],
            (true, None) => vec![self.protocol()?],
            _ => names.into_iter().map(|name| self.catalogue.protocol(name)).collect::<Result<_, _>>()?,
        };
        self.check_flags(&protocols)?;
        Ok(protocols)
    }

    /// Flags of protocols that are not named must not be there.
    fn check_flags(&self, protocols: &[&AnyProtocol]) -> Result<(), Failure> {
        if !self.command.configured {
            return Ok(());
        }
        for (flag, _) in self.options() {
            if protocols.iter().all(|protocol| self.catalogue.is_foreign_flag(flag, protocol)) {
                let names = protocols.iter().map(|protocol| protocol.name()).collect::<Vec<_>>();
                let owners = self.catalogue.owners(flag);
                return Err(Failure::wrong(format!(
                    "--{flag}: {} {} no such option, {} has; leave it out, or write `{} {} --{flag} ..`",
                    names.join(" and "),
                    if names.len() == 1 { "has" } else { "have" },
                    owners.join(" or "),
                    self.command.name,
                    owners[0]
                )));
            }
        }
        Ok(())
    }
}
