//! Which mutants the properties kill.

use std::fmt;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Output};

use crate::equivalent::Equivalent;
use crate::worker::{KILLED, SURVIVES};
use crate::{Algorithm, Mutant, equivalent};

/// What became of an algorithm's mutants.
#[derive(Clone, Debug)]
pub struct Score {
    /// Which.
    pub algorithm: Algorithm,
    /// On so many instances.
    pub instances: usize,
    /// How many were refuted.
    pub killed: usize,
    /// Those that were not and are listed as equivalent, each with the reason.
    pub equivalent: Vec<(Mutant, Equivalent)>,
    /// Those that were not.
    pub surviving: Vec<Mutant>,
    /// What is listed, but killed or not there.
    pub unneeded: Vec<Equivalent>,
}

impl Score {
    /// Whether every mutant is killed, or known to be no mistake.
    pub fn is_clean(&self) -> bool {
        self.instances > 0 && self.surviving.is_empty() && self.unneeded.is_empty()
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Score { algorithm, instances, killed, equivalent, surviving, unneeded } = self;
        let (name, all) = (algorithm.name, algorithm.mutants.len());
        let (same, left) = (equivalent.len(), surviving.len());
        write!(
            f,
            "{name:<22} {instances:>5} instances {all:>4} mutants {killed:>4} killed {same:>3} equivalent {left:>3} surviving"
        )?;
        for Mutant { line, function, what, code, .. } in surviving {
            write!(f, "\n    line {line} | {name} | {function} | {what} | {code} |")?;
        }
        for listed in unneeded {
            write!(f, "\n    listed as equivalent, but killed or gone: {listed:?}")?;
        }
        Ok(())
    }
}

/// Judges every mutant of an algorithm; `program` is that of this package.
///
/// # Panics
/// If the program cannot be started, or the algorithm itself is wrong.
pub fn judge(program: &Path, algorithm: &Algorithm) -> Score {
    let mut listed = equivalent::of(algorithm).into_iter().map(|listed| (listed, false)).collect::<Vec<_>>();
    let mut score = Score {
        algorithm: algorithm.clone(),
        instances: 0,
        killed: 0,
        equivalent: Vec::new(),
        surviving: Vec::new(),
        unneeded: Vec::new(),
    };
    let mut judged = 0;
    while judged < algorithm.mutants.len() {
        let batch = Batch::of(program, algorithm, judged);
        score.instances = batch.instances;
        for (mutant, is_killed) in algorithm.mutants[judged..].iter().zip(&batch.killed) {
            if *is_killed {
                score.killed += 1;
            } else if let Some((known, used)) = listed.iter_mut().find(|(known, _)| known.is(algorithm, mutant)) {
                *used = true;
                score.equivalent.push((*mutant, *known));
            } else {
                score.surviving.push(*mutant);
            }
        }
        judged += batch.killed.len();
    }
    score.unneeded = listed.into_iter().filter(|(_, used)| !used).map(|(listed, _)| listed).collect();
    score
}

/// Mutants that one process has judged.
struct Batch {
    instances: usize,
    /// Mutant by mutant.  One that ends the process is killed, and the last.
    killed: Vec<bool>,
}

impl Batch {
    fn of(program: &Path, algorithm: &Algorithm, first: usize) -> Self {
        let Output { status, stdout, stderr } = Command::new(program)
            .args([algorithm.name, &first.to_string()])
            .output()
            .unwrap_or_else(|cause| panic!("{}: {cause}", program.display()));
        let (printed, said) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
        let mut lines = printed.lines();
        let instances = lines.next().and_then(|line| line.parse().ok());
        let Some(instances) = instances else { panic!("{} was not judged: {status}\n{said}", algorithm.name) };
        let mut killed = lines
            .map(|line| match line {
                KILLED => true,
                SURVIVES => false,
                other => panic!("{}: `{other}` is no verdict", algorithm.name),
            })
            .collect::<Vec<_>>();
        if status.signal().is_some() {
            killed.push(true);
        } else {
            assert!(status.success(), "{} was not judged: {status}\n{said}", algorithm.name);
        }
        Batch { instances, killed }
    }
}
