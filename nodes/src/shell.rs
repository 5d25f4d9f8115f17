//! Command lines, as a shell reads them.

/// A word as a shell takes it.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || ":,._-/+=@%".contains(letter);
    if !word.is_empty() && word.chars().all(plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}

/// The words of a command line, as a shell splits it: by blanks, but those in single quotes; `\` takes the next letter as it
/// is.
pub(crate) fn words(line: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match letters.next() {
                        Some('\'') => break,
                        Some(letter) => word.push(letter),
                        None => return Err("a quote `'` is not closed".into()),
                    }
                }
            }
            '\\' => word.get_or_insert_default().extend(letters.next()),
            blank if blank.is_whitespace() => words.extend(word.take()),
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_as_they_are_quoted() {
        for word in ["ring:8", "", "a b", "it's", "\\", "'", "$HOME", "a\nb"] {
            assert_eq!(words(&format!("x {} y", quoted(word))), Ok(["x", word, "y"].map(str::to_owned).into()), "{word}");
        }
        assert_eq!(quoted("--seed=7"), "--seed=7", "what means nothing to a shell is left as it is");
        assert!(words("a 'b").is_err());
    }
}
