//! The name that was probably meant.

/// The candidate that `word` is most likely a slip of, if any is near enough to be worth naming.
pub(crate) fn nearest<'a>(word: &str, candidates: &mut dyn Iterator<Item = &'a str>) -> Option<&'a str> {
    let word = plain(word);
    if word.is_empty() {
        return None;
    }
    candidates
        .filter_map(|candidate| {
            let other = plain(candidate);
            let distance = distance(&word, &other);
            // A third of the letters may be wrong; somebody who writes half a name is understood too.
            let near = distance * 3 <= word.len().max(other.len());
            let part = word.len() >= 3 && (other.starts_with(&word) || other.ends_with(&word));
            (near || part).then_some((distance, candidate))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Letters that people do not mistype, since they do not see a difference.  Nobody's slip is longer than that.
fn plain(word: &str) -> Vec<char> {
    word.chars().filter(char::is_ascii_alphanumeric).take(64).map(|letter| letter.to_ascii_lowercase()).collect()
}

/// How many letters must be put in, taken out, replaced or swapped with their neighbour (optimal string alignment).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut rows = vec![(0..=b.len()).collect::<Vec<_>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = replaced.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest};

    #[test]
    fn distances_are_those_of_the_literature() {
        let between = |a: &str, b: &str| distance(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>());
        assert_eq!(between("kitten", "sitting"), 3);
        assert_eq!(between("saturday", "sunday"), 3);
        assert_eq!(between("ca", "ac"), 1);
        assert_eq!(between("", "abc"), 3);
    }

    #[test]
    fn slips_are_understood_and_strangers_are_not() {
        let nearest = |word| nearest(word, &mut ["as_far", "all_the_way", "controlled_distance"].into_iter());
        assert_eq!(nearest("as_fra"), Some("as_far"));
        assert_eq!(nearest("AllTheWya"), Some("all_the_way"));
        assert_eq!(nearest("controlled"), Some("controlled_distance"));
        assert_eq!(nearest("paxos"), None);
        assert_eq!(nearest(""), None);
    }
}
