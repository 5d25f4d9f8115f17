//! Judges mutants in a process of its own: a mutant may call itself without end, or fill the memory, and no handler of it can be
//! stopped from outside.
//!
//! The process prints the number of instances, then a line for each mutant.  If the system ends it, the mutant whose line is missing
//! is to blame.

use core::time::Duration;

use nodes::check::{Check, Checked, Verdict};
use nodes::millis;
use nodes_tests::formulas;
use nodes_tests::instances::{self, Instance};
use rustix::process::{Resource, Rlimit, setrlimit};
use rustix::time::{ClockId, clock_gettime};

use crate::{Algorithm, Mutant, switch};

/// The most nodes of an instance.
const NODES: usize = 4;

/// An instance with more states is left out.
const MOST: u64 = 5_000;

/// What has so few states has few with a mutant too, or goes on in ever new ones.
const FEW: u64 = 200;

/// How long a message takes where an alarm must not overtake it.
const DELAY: Duration = millis(100);

/// One check may take so many seconds of processor time.  What is right takes less than one.
const SECONDS: u64 = 20;

/// The process may take so many bytes of address space.
const BYTES: u64 = 4 << 30;

/// The line of a mutant that is refuted.
pub const KILLED: &str = "killed";

/// The line of one that is not.
pub const SURVIVES: &str = "survives";

/// An instance on which the algorithm itself does nothing wrong.
struct Judged {
    instance: Instance,
    /// How many states that has.
    states: u64,
    /// What is said of it.
    outcome: Verdict,
}

impl Judged {
    /// So many states a mutant may have there, and whether it is wrong to have more.
    fn limit(&self) -> (u64, bool) {
        if self.states <= FEW { (100 * self.states + 10_000, true) } else { (4 * self.states + 1_000, false) }
    }
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

/// Those on which the algorithm does nothing wrong, small ones first.
fn instances_of(algorithm: &Algorithm) -> Vec<Judged> {
    switch::set(0);
    let mut all = Vec::new();
    for instance in instances::of(&algorithm.protocol, algorithm.reads_ids, 1..=NODES) {
        add(algorithm, instance, &mut all);
    }
    all.sort_by_key(|judged| judged.states);
    all
}

/// Adds an instance, or others like it of which more is known.
fn add(algorithm: &Algorithm, instance: Instance, all: &mut Vec<Judged>) {
    let Some(checked) = look(&instance, MOST) else { return };
    match checked.outcome {
        // Links that keep no order allow too much.
        Verdict::Bounded if !instance.keeps_order() => add(algorithm, instance.in_order(), all),
        // An alarm overtakes something.  In time, it rings only if something is missing: after a crash.
        Verdict::Suspected if instance.synchronous.is_none() => {
            let timed = instance.in_time(DELAY);
            add(algorithm, timed.clone().with_a_crash(), all);
            add(algorithm, timed, all);
        }
        Verdict::Holds | Verdict::Almost | Verdict::Endless => {
            let (should, takes) = (formulas::messages(algorithm.name, &instance), &checked.messages);
            let (name, takes) = (algorithm.name, (takes.least, takes.greatest));
            assert!(takes_what_it_should(algorithm, &instance, &checked), "{name} on {instance}: {takes:?}, not {should:?}");
            all.push(Judged { instance, states: checked.states.total, outcome: checked.outcome });
        }
        _ => {}
    }
}

/// Whether a check no longer says what it says of the algorithm itself.
fn is_killed(algorithm: &Algorithm, mutant: &Mutant, instances: &[Judged]) -> bool {
    switch::set(mutant.number);
    instances.iter().any(|judged| {
        let (most, is_wrong) = judged.limit();
        let Some(checked) = look(&judged.instance, most) else { return false };
        let is_worse = if checked.outcome == Verdict::Bounded { is_wrong } else { checked.outcome > judged.outcome };
        is_worse || !takes_what_it_should(algorithm, &judged.instance, &checked)
    })
}

/// `None` if it cannot be checked.
fn look(instance: &Instance, most: u64) -> Option<Checked> {
    limit(Resource::Cpu, clock_gettime(ClockId::ProcessCPUTime).tv_sec.unsigned_abs() + SECONDS);
    instance.check(Check::new().most_states(most)).ok()
}

fn takes_what_it_should(algorithm: &Algorithm, instance: &Instance, checked: &Checked) -> bool {
    let should = formulas::messages(algorithm.name, instance);
    let Some(bound) = should.bound() else { return should.fits(checked.messages.least, checked.messages.greatest) };
    // Each event is an impulse, an alarm, or the arrival of a message.
    let has_times = checked.untimed || instance.synchronous.is_some();
    let arrived = if has_times { 0 } else { checked.depth.saturating_sub(instance.initiators.len() as u64) };
    let is_bounded = checked.messages.unbounded.is_none() && arrived <= bound;
    is_bounded && should.fits(checked.messages.least, checked.messages.greatest)
}
