//! A run of given choices: the same document as of any simulated run, made on the transition system.

use core::ops::ControlFlow;

use super::counting::Counting;
use super::result::{self, Ended};
use super::{Order, Simulation, Steering};
use crate::execution::{AnyFinished, End, Engine, Judge, Prepared, RunError, Violation, scheduled};
use crate::network::{Choice, NotEnabled, Observer, Schedule, Step, System};
use crate::panics::caught;
use crate::topology::NodeIndex;

/// A choice that cannot be made where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{choice}` cannot happen here: {why}")]
pub struct Refused {
    /// Its index among the choices, from 0.
    pub place: usize,
    /// The choice.
    pub choice: Choice,
    /// Why not.
    pub why: NotEnabled,
}

/// The engine that makes the choices of a schedule, each at its time if it has one, to the first violation or the last of them.  If
/// nothing is under way then, the run is over; else it was stopped.  The schedule's own graph and arguments are not looked at.  Whoever
/// steers it says when the next choice is made, and may end it; but not what is chosen.
#[derive(Debug)]
pub struct Replay<'a> {
    schedule: &'a Schedule,
    simulation: Simulation<'a>,
}

impl<'a> Replay<'a> {
    /// A replay of that schedule, observed and looked at as that simulation says.
    pub fn of(schedule: &'a Schedule, simulation: Simulation<'a>) -> Self {
        Replay { schedule, simulation }
    }
}

impl Engine for Replay<'_> {
    fn run(self, prepared: Prepared) -> Result<AnyFinished, RunError> {
        let Replay { schedule, simulation } = self;
        replay(prepared, &schedule.steps, simulation).map_err(|refused| {
            let line = schedule.steps.get(refused.place).map_or(0, |step| step.line);
            RunError::refused(if line > 0 { format!("line {line}: {refused}") } else { refused.to_string() })
        })
    }
}

/// Makes a run of these choices.
///
/// # Errors
/// If a choice cannot be made where it stands.
fn replay(prepared: Prepared, steps: &[Step], mut simulation: Simulation<'_>) -> Result<AnyFinished, Refused> {
    let mut nobody = ();
    let observer = match simulation.observer.take() {
        Some(observer) => observer,
        None => &mut nobody,
    };
    let mut followers = (Counting::new(&prepared), observer);
    let mut system = match prepared.system_for(&mut followers) {
        Ok(system) => system,
        Err((node, what)) => return Ok(result::not_made(prepared, node, what)),
    };
    let judge = Judge::new(&prepared.description, simulation.properties);
    let mut steering = simulation.steering.take();
    let mut end = None;
    for (place, Step { at, choice, draws, .. }) in steps.iter().enumerate() {
        // What of its last step did not leave is told behind that step.
        let stayed = |node: NodeIndex| matches!(choice, Choice::Lose(passage) if passage.from == node);
        if end.as_ref().is_some_and(|end| !matches!(end, End::Crashed(node) if stayed(*node))) {
            break;
        }
        if let Some(steering) = &mut steering
            && !waits_for(&mut **steering, &mut followers)
        {
            end = Some(End::Interrupted);
            break;
        }
        let mut follow = |system: &mut System| make(system, *choice, &judge, &mut followers);
        let made = caught(|| scheduled::make(&mut system, *at, draws, &mut follow));
        let acting = followers.0.acting;
        let wrong = match made {
            Ok(Err(why)) => return Err(Refused { place, choice: *choice, why }),
            Ok(Ok(violation)) => violation.map(End::Violated),
            Err(said) => Some(judge.panicked(acting, said)),
        };
        if let Some(wrong) = wrong {
            wrong.tell(&mut followers);
            end = Some(wrong);
        } else if let Some(node) = followers.0.crashed.take()
            && prepared.faults.crash_ends_run(node, system.world().node(node).incarnation())
        {
            end = Some(End::Crashed(node));
        }
    }
    if steering.is_some() {
        followers.show();
    }
    let end = end.unwrap_or(if system.is_quiet() { End::Quiet } else { End::Planned });
    let (Counting { tally, links, reported, .. }, observer) = followers;
    let ended = Ended { now: system.now(), world: system.into_world(), prepared, tally, links, reported, judge, end };
    Ok(result::finished(ended, &simulation, observer))
}

/// Waits until whoever steers lets the next choice be made; whether it shall be.
fn waits_for(steering: &mut dyn Steering, followers: &mut dyn Observer) -> bool {
    loop {
        if steering.looks() {
            followers.show();
        }
        match steering.next() {
            Order::GoOn => return true,
            Order::Stop => return false,
            Order::Look => followers.show(),
            Order::Deliver(_) | Order::Crash(_) => steering.made(Err(NotEnabled::Scheduled)),
        }
    }
}

/// One choice, and what it violates.
fn make(
    system: &mut System,
    choice: Choice,
    judge: &Judge,
    followers: &mut dyn Observer,
) -> Result<Option<Violation>, NotEnabled> {
    let mut violation = None;
    system.follow(choice, followers, &mut |world, node, stepped, tag| {
        violation = judge.look(world, node, stepped, tag);
        if violation.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    Ok(violation)
}
