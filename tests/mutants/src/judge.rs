//! Which mutants the properties kill.

use std::fmt;

use nodes::check::{Check, Checked, Verdict, check};

use crate::equivalent::Equivalent;
use crate::instances::{self, Instance};
use crate::switch::Alive;
use crate::{Algorithm, Mutant, costs, equivalent};

/// An instance with more states is left out.
const MOST: u64 = 2_000;

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

/// An instance on which the algorithm itself is right, and how many states that has.
struct Judged {
    instance: Instance,
    states: u64,
}

/// Judges every mutant of an algorithm.
///
/// # Panics
/// If the algorithm itself does not take as many messages as it should.
pub fn judge(algorithm: &Algorithm) -> Score {
    let mut instances = {
        let _nobody = Alive::mutant(0);
        let judged = |instance: Instance| {
            let checked = look(&instance, MOST)?;
            let (should, takes) = (costs::of(algorithm.name, &instance), &checked.messages);
            let takes = (takes.least, takes.greatest);
            let name = algorithm.name;
            assert!(takes_what_it_should(algorithm, &instance, &checked), "{name} on {instance}: {takes:?}, not {should:?}");
            checked.holds().then_some(Judged { instance, states: checked.states.total })
        };
        instances::of(algorithm).into_iter().filter_map(judged).collect::<Vec<_>>()
    };
    instances.sort_by_key(|judged| judged.states);
    let mut listed = equivalent::of(algorithm).into_iter().map(|listed| (listed, false)).collect::<Vec<_>>();
    let mut score = Score {
        algorithm: algorithm.clone(),
        instances: instances.len(),
        killed: 0,
        equivalent: Vec::new(),
        surviving: Vec::new(),
        unneeded: Vec::new(),
    };
    for mutant in algorithm.mutants {
        if is_killed(algorithm, mutant, &instances) {
            score.killed += 1;
        } else if let Some((known, used)) = listed.iter_mut().find(|(known, _)| known.is(algorithm, mutant)) {
            *used = true;
            score.equivalent.push((*mutant, *known));
        } else {
            score.surviving.push(*mutant);
        }
    }
    score.unneeded = listed.into_iter().filter(|(_, used)| !used).map(|(listed, _)| listed).collect();
    score
}

fn is_killed(algorithm: &Algorithm, mutant: &Mutant, instances: &[Judged]) -> bool {
    let _alive = Alive::mutant(mutant.number);
    instances.iter().any(|Judged { instance, states }| {
        let Some(checked) = look(instance, 4 * states + 1000) else { return false };
        match checked.outcome {
            Verdict::Violated | Verdict::Suspected | Verdict::Endless | Verdict::Almost => true,
            Verdict::Holds => !takes_what_it_should(algorithm, instance, &checked),
            Verdict::Unchecked | Verdict::Bounded => false,
        }
    })
}

/// `None` if it cannot be checked.
fn look(instance: &Instance, most: u64) -> Option<Checked> {
    check(&instance.run, Check::new().most_states(most)).ok()
}

fn takes_what_it_should(algorithm: &Algorithm, instance: &Instance, checked: &Checked) -> bool {
    let should = costs::of(algorithm.name, instance);
    let is_in = |cost: Option<u64>| cost.is_none_or(|cost| should.contains(&cost));
    is_in(checked.messages.least) && is_in(checked.messages.greatest) && checked.messages.unbounded.is_none()
}
