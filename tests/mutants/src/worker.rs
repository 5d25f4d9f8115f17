//! Judges mutants in a process of its own: a mutant may call itself without end, or fill the memory, and no handler of it can be
//! stopped from outside.
//!
//! The process prints the number of instances, then a line for each mutant.  If the system ends it, the mutant whose line is missing
//! is to blame.

use nodes::check::{Check, Checked, Verdict, check};
use rustix::process::{Resource, Rlimit, setrlimit};
use rustix::time::{ClockId, clock_gettime};

use crate::instances::{self, Instance};
use crate::{Algorithm, Mutant, costs, switch};

/// An instance with more states is left out.
const MOST: u64 = 5_000;

/// One check may take so many seconds of processor time.  What is right takes less than one.
const SECONDS: u64 = 20;

/// The process may take so many bytes of address space.
const BYTES: u64 = 4 << 30;

/// The line of a mutant that is refuted.
pub const KILLED: &str = "killed";

/// The line of one that is not.
pub const SURVIVES: &str = "survives";

/// An instance on which the algorithm itself is right.
struct Judged {
    instance: Instance,
    /// How many states that has.
    states: u64,
    /// Whether runs end, and not only with probability 1.
    ends: bool,
}

/// Judges the mutants of an algorithm from the one at that place on.
///
/// # Panics
/// If the algorithm itself does not take as many messages as it should, or the system knows no limits.
pub fn work(algorithm: &Algorithm, first: usize) {
    limit(Resource::As, BYTES);
    limit(Resource::Core, 0);
    let instances = instances_of(algorithm);
    println!("{}", instances.len());
    for mutant in &algorithm.mutants[first..] {
        println!("{}", if is_killed(algorithm, mutant, &instances) { KILLED } else { SURVIVES });
    }
}

fn limit(resource: Resource, most: u64) {
    setrlimit(resource, Rlimit { current: Some(most), maximum: None }).expect("a limit of this process may be lowered");
}

/// Those on which the algorithm is right, small ones first.  Where links that keep no order allow too much, they keep it.
fn instances_of(algorithm: &Algorithm) -> Vec<Judged> {
    switch::set(0);
    let judged = |mut instance: Instance| {
        let mut checked = look(&instance, MOST)?;
        if checked.outcome == Verdict::Bounded {
            instance = instance.in_order();
            checked = look(&instance, MOST)?;
        }
        let (should, takes) = (costs::of(algorithm.name, &instance), &checked.messages);
        let takes = (takes.least, takes.greatest);
        let name = algorithm.name;
        assert!(takes_what_it_should(algorithm, &instance, &checked), "{name} on {instance}: {takes:?}, not {should:?}");
        let ends = checked.holds();
        (ends || checked.outcome == Verdict::Almost).then_some(Judged { instance, states: checked.states.total, ends })
    };
    let mut instances = instances::of(algorithm).into_iter().filter_map(judged).collect::<Vec<_>>();
    instances.sort_by_key(|judged| judged.states);
    instances
}

/// Whether a check no longer says what it says of the algorithm itself.
fn is_killed(algorithm: &Algorithm, mutant: &Mutant, instances: &[Judged]) -> bool {
    switch::set(mutant.number);
    instances.iter().any(|Judged { instance, states, ends }| {
        let Some(checked) = look(instance, 4 * states + 1000) else { return false };
        let is_right = match checked.outcome {
            Verdict::Holds | Verdict::Bounded => true,
            Verdict::Almost => !ends,
            _ => false,
        };
        !is_right || !takes_what_it_should(algorithm, instance, &checked)
    })
}

/// `None` if it cannot be checked.
fn look(instance: &Instance, most: u64) -> Option<Checked> {
    limit(Resource::Cpu, clock_gettime(ClockId::ProcessCPUTime).tv_sec.unsigned_abs() + SECONDS);
    check(&instance.run, Check::new().most_states(most)).ok()
}

fn takes_what_it_should(algorithm: &Algorithm, instance: &Instance, checked: &Checked) -> bool {
    let should = costs::of(algorithm.name, instance);
    let is_in = |cost: Option<u64>| cost.is_none_or(|cost| should.contains(&cost));
    // Each event is an impulse, an alarm, or the arrival of a message.
    let arrived = if checked.untimed { 0 } else { checked.depth.saturating_sub(instance.initiators.len() as u64) };
    let bounded = checked.messages.unbounded.is_none() || *should.end() == u64::MAX;
    bounded && is_in(checked.messages.least) && is_in(checked.messages.greatest) && arrived <= *should.end()
}
