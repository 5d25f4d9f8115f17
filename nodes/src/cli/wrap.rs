//! Help as wide as the terminal at most.  clap breaks lines too, but then it asks the system how wide the terminal is, and builds
//! a crate of system calls for that, though [`Terminal`](super::terminal::Terminal) knows already.

use clap::builder::{Resettable, StyledStr};
use clap::{Arg, Command};

/// Help that stands below its option begins in this column; so does all help of `--help`.
const BELOW: usize = 10;

/// The arguments whose help begins in the same column.
#[derive(Default)]
struct Section {
    /// The width of the widest argument.
    arguments: usize,
    /// The width of the longest help.
    help: usize,
}

impl Section {
    /// Where help begins that stands beside its argument: two blanks stand before the argument, and two behind.
    fn beside(&self) -> usize {
        self.arguments + 4
    }

    /// Whether help stands below its argument, because there is little room beside it.
    fn is_narrow(&self, width: usize) -> bool {
        let beside = self.beside();
        (width * 2 / 5 + 1..=width).contains(&beside) && self.help > width - beside
    }
}

/// The section of an argument: its heading, or else that of words or that of options.
fn section(argument: &Arg) -> (Option<String>, bool) {
    let heading = argument.get_help_heading().map(str::to_owned);
    let positional = heading.is_none() && argument.is_positional();
    (heading, positional)
}

/// The same command; no line of its help is wider than `width`, unless one word is.
pub(super) fn fit(command: Command, width: usize) -> Command {
    let mut command = command.term_width(width);
    // Before that, an argument does not know how it is shown.
    command.build();
    let mut sections: Vec<(_, Section)> = Vec::new();
    for argument in command.get_arguments().filter(|argument| !argument.is_hide_set()) {
        // A long name stands behind the room for a short one.
        let short = if argument.get_long().is_some() { 4 } else { 0 };
        let of = section(argument);
        let place = sections.iter().position(|(known, _)| *known == of).unwrap_or_else(|| {
            sections.push((of, Section::default()));
            sections.len() - 1
        });
        let section = &mut sections[place].1;
        section.arguments = section.arguments.max(short + argument.to_string().chars().count());
        section.help = section.help.max(argument.get_help().map_or(0, |help| help.to_string().chars().count()));
    }
    let names = command.get_subcommands().map(|command| command.get_name().chars().count());
    let beside_name = Section { arguments: names.max().unwrap_or(0), help: 0 }.beside();

    // clap takes `{n}` for the end of a line, and graphs are written so: an escape that changes no style stands in it.
    let literal = |text: &str| StyledStr::from(text.replace("{n}", "{\u{1b}[mn}"));
    let fit = |text: Option<&StyledStr>, room| Resettable::from(text.map(|text| literal(&broken(&text.to_string(), room))));
    command = command.mut_args(|argument| {
        let of = section(&argument);
        let Some((_, section)) = sections.iter().find(|(known, _)| *known == of) else { return argument };
        let narrow = section.is_narrow(width);
        let room = width.saturating_sub(if narrow { BELOW } else { section.beside() });
        let help = fit(argument.get_help(), room);
        let long = fit(argument.get_long_help().or(argument.get_help()), width.saturating_sub(BELOW));
        argument.help(help).long_help(long).next_line_help(narrow)
    });
    command = command.mut_subcommands(|command| {
        let about = fit(command.get_about(), width.saturating_sub(beside_name));
        command.about(about)
    });
    let (about, long) = (fit(command.get_about(), width), fit(command.get_long_about(), width));
    let after = fit(command.get_after_help(), width);
    command.about(about).long_about(long).after_help(after)
}

/// The text with its lines broken between words; what follows of a line is indented as it is.
fn broken(text: &str, width: usize) -> String {
    let lines = text.split('\n').map(|line| {
        let indent = &line[..line.len() - line.trim_start_matches(' ').len()];
        let (mut broken, mut column, mut first) = (indent.to_owned(), indent.len(), true);
        for word in line[indent.len()..].split_inclusive(' ') {
            let letters = word.trim_end_matches(' ').chars().count();
            if letters > 0 && !std::mem::take(&mut first) && column + letters > width {
                broken.truncate(broken.trim_end_matches(' ').len());
                broken.push('\n');
                broken.push_str(indent);
                column = indent.len();
            }
            broken.push_str(word);
            column += word.chars().count();
        }
        broken
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_between_words_and_keep_their_indentation() {
        assert_eq!(broken("one two three", 7), "one two\nthree");
        assert_eq!(broken("one two three", 6), "one\ntwo\nthree");
        assert_eq!(broken("  name    what it is", 14), "  name    what\n  it is");
        assert_eq!(broken("incomprehensible, isn't it\n\nyes", 8), "incomprehensible,\nisn't it\n\nyes");
        assert_eq!(broken("", 8), "");
    }

    fn help(width: usize, name: &'static str, long: bool) -> String {
        let seed =
            Arg::new("seed").short('s').long("seed").value_name("N").help("Where all that is random begins [default: 1]");
        let other =
            Arg::new("other").long(name).help("Another").long_help("Another option\n\n  - with a list that is not short");
        let word = Arg::new("word").value_name("WORD").help("A word that says on which of them it is done");
        let command =
            Command::new("do").about("Do it").args([word, seed, other]).after_help("Examples:\n  do this and not that");
        let mut command = fit(command.disable_help_flag(true), width);
        (if long { command.render_long_help() } else { command.render_help() }).to_string()
    }

    #[test]
    fn help_stands_beside_what_it_explains_or_below_if_that_is_wide() {
        let right = "\
Do it

Usage: do [OPTIONS] [WORD]

Arguments:
  [WORD]  A word that says on which of
          them it is done

Options:
  -s, --seed <N>
          Where all that is random begins
          [default: 1]
      --other <other>
          Another

Examples:
  do this and not that";
        assert_eq!(help(41, "other", false).trim_end(), right);
        let wide = help(80, "other", false);
        assert!(wide.contains("\n  -s, --seed <N>       Where all that is random begins [default: 1]\n"), "{wide}");
    }

    #[test]
    fn lists_in_long_help_are_indented_as_they_are() {
        let long = help(40, "other", true);
        let right = ["Another option", "", "  - with a list that is not", "  short"].map(|line| format!("{:10}{line}\n", ""));
        assert!(long.contains(&right.concat()), "{long}");
    }

    #[test]
    fn variables_are_shown_as_they_are_written() {
        let mut command = fit(Command::new("sweep").about("ring:{n} over the size").disable_help_flag(true), 80);
        assert!(command.render_help().to_string().starts_with("ring:{n} over the size\n"));
    }

    #[test]
    fn nothing_is_wider_than_the_terminal() {
        for (width, long) in (40..=100).flat_map(|width| [(width, false), (width, true)]) {
            for name in ["o", "other", "quite-a-long-name"] {
                let help = help(width, name, long);
                assert!(help.lines().all(|line| line.chars().count() <= width), "{width}:\n{help}");
            }
        }
    }
}
