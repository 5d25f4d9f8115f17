//! Mutants that are no mistakes.
//!
//! Each line of the file `equivalent.txt` is `algorithm | function | what | code | reason`: in which function, what is changed, the line
//! of the source, and why nobody can see it.

use crate::{Algorithm, Mutant};

const LISTED: &str = include_str!("../equivalent.txt");

/// A mutant that is known to be no mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Equivalent {
    algorithm: &'static str,
    function: &'static str,
    what: &'static str,
    code: &'static str,
    /// Why.
    pub reason: &'static str,
}

impl Equivalent {
    /// Whether it is that one.
    pub fn is(&self, algorithm: &Algorithm, mutant: &Mutant) -> bool {
        let own = (self.algorithm, self.function, self.what, self.code);
        own == (algorithm.name, mutant.function, mutant.what, mutant.code)
    }
}

/// Those of an algorithm.
///
/// # Panics
/// If the file has a line of another form.
pub fn of(algorithm: &Algorithm) -> Vec<Equivalent> {
    let lines = LISTED.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let all = lines.map(|line| {
        // The code may have bars of its own.
        let (mutant, reason) = line.rsplit_once(" | ").unwrap_or_default();
        match mutant.splitn(4, " | ").collect::<Vec<_>>()[..] {
            [algorithm, function, what, code] => Equivalent { algorithm, function, what, code, reason },
            _ => panic!("equivalent.txt: `{line}`; expected `algorithm | function | what | code | reason`"),
        }
    });
    all.filter(|equivalent| equivalent.algorithm == algorithm.name).collect()
}
