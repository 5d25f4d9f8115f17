//! A run of explicit choices.

use crate::network::{Observer, Schedule};
use crate::protocol::Protocol;
use crate::execution::{Finished, Run, RunError};
use crate::simulator::{Simulation, replay};

impl<P: Protocol> Run<P> {
    /// Replays a schedule: this run, on the schedule's graph if it has one, with its choices.  What its arguments say is not
    /// looked at: that is for the command line.
    ///
    /// # Errors
    /// If the options contradict the protocol, or each other, or a choice cannot be made where it stands.
    pub fn replay(&self, schedule: &Schedule) -> Result<Finished<P>, RunError> {
        self.replay_observed(schedule, Simulation::new(), ()).map(|(finished, _)| finished)
    }

    /// Replays a schedule, followed by an observer.
    ///
    /// # Errors
    /// As [`replay`](Run::replay).
    pub fn replay_observed<O: Observer<P>>(
        &self,
        schedule: &Schedule,
        simulation: Simulation<'_>,
        observer: O,
    ) -> Result<(Finished<P>, O), RunError> {
        let mut run = self.clone();
        if let Some(graph) = &schedule.graph {
            run.topology = Ok(graph.clone().into());
        }
        let choices = schedule.steps.iter().map(|step| (step.at, step.choice)).collect::<Vec<_>>();
        replay(run.prepare()?, &choices, &simulation, observer).map_err(|refused| {
            let line = schedule.steps.get(refused.place).map_or(0, |step| step.line);
            RunError::refused(if line > 0 { format!("line {line}: {refused}") } else { refused.to_string() })
        })
    }
}
