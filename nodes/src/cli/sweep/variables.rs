//! The variables of a command line: which words are theirs, and which stay.

use super::super::failure::Failure;
use super::super::option::Opt;
use super::columns;
use crate::sweep::{Places, Variable};

/// So many places are enough for a mistyped range.
const MOST_PLACES: usize = 100_000;

/// Takes `--name VALUES` out of the words for each `{name}` in them.
pub(in crate::cli) fn variables(words: &[&str], options: &[Opt]) -> Result<(Vec<String>, Places), Failure> {
    let mut names: Vec<&str> = Vec::new();
    for name in words.iter().flat_map(|word| in_braces(word)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let is_option = |name: &str| {
        let of = |option: &Opt| option.name == name || option.alias.as_deref() == Some(name);
        name == "help" || options.iter().any(of)
    };
    if let Some(name) = names.iter().find(|name| is_option(name) || columns::is_taken(name)) {
        let is = if is_option(name) { "an option of its own" } else { "a column of the tables of a sweep" };
        let why = format!("--{name} is {is}; call the variable `{{{name}}}` otherwise, such as `{{my_{name}}}`");
        return Err(Failure::wrong(why));
    }
    let (mut rest, mut values) = (Vec::new(), vec![None; names.len()]);
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let (option, value) = word.split_once('=').map_or((*word, None), |(option, value)| (option, Some(value)));
        let place = option.strip_prefix("--").and_then(|option| names.iter().position(|name| *name == option));
        let Some(place) = place else {
            rest.push((*word).to_owned());
            continue;
        };
        let name = names[place];
        let Some(value) = value.or_else(|| words.next().copied()) else {
            return Err(Failure::wrong(format!("--{name}: which values? write for example `--{name} 5..45:5`")));
        };
        let variable = Variable::read(name, value).map_err(Failure::wrong)?;
        if values[place].replace(variable).is_some() {
            return Err(Failure::wrong(format!("--{name} is given twice; give it once, such as `--{name} 5..45:5`")));
        }
    }
    let mut variables = Vec::new();
    for (name, variable) in names.iter().zip(values) {
        variables.push(variable.ok_or_else(|| {
            Failure::wrong(format!("`{{{name}}}` is a variable; say which values it takes, such as `--{name} 5..45:5`"))
        })?);
    }
    let places = variables.iter().map(|variable| variable.values.len()).try_fold(1_usize, usize::checked_mul);
    if places.is_none_or(|places| places > MOST_PLACES) {
        return Err(Failure::wrong(format!("the variables make a grid of more than {MOST_PLACES} places; give fewer values")));
    }
    Ok((rest, Places { variables }))
}

/// The names that stand in braces in a word.
fn in_braces(word: &str) -> impl Iterator<Item = &str> {
    word.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).filter(|name| {
        let letters = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
        name.starts_with(|first: char| first.is_ascii_alphabetic()) && name.chars().all(letters)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_leave_the_words() {
        let line = ["stages", "--topology", "ring:{n}", "--n", "3..5", "--loss={p}", "--p=0,0.5"];
        let (rest, grid) = variables(&line, &[]).expect("all is there");
        assert_eq!(rest, ["stages", "--topology", "ring:{n}", "--loss={p}"]);
        assert_eq!(grid.places().len(), 6);
    }

    #[test]
    fn a_variable_without_values_is_told() {
        let told = |line: &[&str]| match variables(line, &[Opt::valued("seed", "N", "", "7")]) {
            Err(Failure::Wrong(why)) => why,
            other => panic!("{other:?}"),
        };
        assert!(told(&["--topology", "ring:{n}"]).contains("`--n 5..45:5`"));
        assert!(told(&["--topology", "ring:{n}", "--n"]).contains("which values"));
        assert!(told(&["--topology", "ring:{n}", "--n", "1", "--n", "2"]).contains("twice"));
        assert!(told(&["--topology", "ring:{seed}", "--seed", "1..3"]).contains("otherwise"));
        assert!(told(&["--topology", "ring:{help}", "--help", "1..3"]).contains("otherwise"));
    }

    #[test]
    fn a_variable_is_not_called_like_a_column() {
        let costs = ["messages", "bytes", "time", "causal", "messages_Forth"];
        for column in [columns::of_rows(&[], true, &costs), columns::of_runs(&[], true, &costs)].concat() {
            let line = [format!("ring:{{{column}}}"), format!("--{column}"), "5..7".to_owned()];
            let told = variables(&line.each_ref().map(String::as_str), &[]);
            let right = format!("call the variable `{{{column}}}` otherwise, such as `{{my_{column}}}`");
            assert!(matches!(&told, Err(Failure::Wrong(why)) if why.ends_with(&right)), "{told:?}");
        }
    }
}
