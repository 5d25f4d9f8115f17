//! Options as data: from one description come the parser, the help and the example in an error.

use clap::{Arg, ArgAction};

use super::output::Use;
use crate::network::OptionHelp;

/// An option of a command.
#[derive(Clone, Debug, Default)]
pub(super) struct Opt {
    /// Its name, without dashes.
    pub(super) name: String,
    /// Another name that is understood.
    pub(super) alias: Option<String>,
    /// One letter for it.
    pub(super) short: Option<char>,
    /// What its value is called in help; empty for a switch, which has none.
    pub(super) value: String,
    /// What it is for, in one line.
    pub(super) help: String,
    /// What the values mean, line by line.
    pub(super) values: String,
    /// What holds without it.
    pub(super) default: String,
    /// The option as it might be written.
    pub(super) example: String,
    /// Where it stands in help.
    pub(super) heading: Option<String>,
    /// Whether its values may begin with a dash.
    pub(super) dashes: bool,
    /// Whether it may stand several times: its values are joined by commas.
    pub(super) repeats: bool,
    /// Whether it may stand alone, meaning `true`.
    pub(super) alone: bool,
    /// If its value names a file: what is done with that.
    pub(super) uses: Use,
}

impl Opt {
    /// A switch: it is there or not.
    pub(super) fn switch(name: &str, help: &str) -> Self {
        Opt { name: name.into(), help: help.into(), example: format!("--{name}"), ..Opt::default() }
    }

    /// An option with a value.
    pub(super) fn valued(name: &str, value: &str, help: &str, example: &str) -> Self {
        Opt {
            name: name.into(),
            value: value.into(),
            help: help.into(),
            example: format!("--{name} {example}"),
            ..Opt::default()
        }
    }

    /// An option whose help stands beside the type that reads its value.
    pub(super) fn of(help: OptionHelp) -> Self {
        Opt::valued(help.name, help.value, help.about, help.example).values(help.values)
    }

    /// It may stand several times.
    pub(super) fn repeats(mut self) -> Self {
        self.repeats = true;
        self
    }

    pub(super) fn short(mut self, letter: char) -> Self {
        self.short = Some(letter);
        self
    }

    pub(super) fn values(mut self, values: impl Into<String>) -> Self {
        self.values = values.into();
        self
    }

    pub(super) fn usually(mut self, default: impl Into<String>) -> Self {
        self.default = default.into();
        self
    }

    pub(super) fn uses(mut self, uses: Use) -> Self {
        self.uses = uses;
        self
    }

    pub(super) fn dashes(mut self) -> Self {
        self.dashes = true;
        self
    }

    /// For the parser.
    pub(super) fn arg(&self) -> Arg {
        let mut short = self.help.clone();
        if !self.default.is_empty() {
            short.push_str(&format!(" [default: {}]", self.default));
        }
        let mut long = self.help.clone();
        if !self.values.is_empty() {
            long.push_str("\n\n");
            long.push_str(&self.values);
        }
        let several = if self.repeats { "  May stand several times." } else { "" };
        let default = if self.default.is_empty() { String::new() } else { format!("Default: {}.  ", self.default) };
        let example = if self.value.is_empty() { String::new() } else { format!("Example: {}", self.example) };
        if !default.is_empty() || !example.is_empty() {
            long.push_str("\n\n");
            long.push_str(format!("{default}{example}{several}").trim_end());
        }
        let mut arg = Arg::new(self.name.clone()).long(self.name.clone()).help(short).long_help(long);
        arg = if self.value.is_empty() {
            arg.action(ArgAction::SetTrue)
        } else {
            arg.action(if self.repeats { ArgAction::Append } else { ArgAction::Set })
                .value_name(self.value.clone())
                .allow_hyphen_values(self.dashes)
                .allow_negative_numbers(true)
        };
        if self.alone {
            arg = arg.num_args(0..=1).default_missing_value("true").require_equals(true);
        }
        if let Some(letter) = self.short {
            arg = arg.short(letter);
        }
        if let Some(alias) = &self.alias {
            arg = arg.alias(alias.clone());
        }
        if let Some(heading) = &self.heading {
            arg = arg.help_heading(heading.clone());
        }
        arg
    }
}
