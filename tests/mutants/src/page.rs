//! The scores as a page of the documentation, `docs/mutants.md`.

use std::path::PathBuf;

use crate::judge::Score;

/// What stands above the scores.
const HEAD: &str = include_str!("page.md");

/// Where it is.
pub fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/mutants.md")
}

/// The page with these lines.
pub fn page(lines: &[String]) -> String {
    HEAD.to_owned() + &lines.concat()
}

/// The line of an algorithm.
pub fn line(score: &Score) -> String {
    let Score { algorithm, instances, killed, equivalent, surviving, .. } = score;
    let (name, all) = (algorithm.name, algorithm.mutants.len());
    format!("| `{name}` | {instances} | {all} | {killed} | {} | {} |\n", equivalent.len(), surviving.len())
}
