//! One simulated run.

use std::io::{self, Write};
use std::time::Instant;

use crate::protocol::Protocol;
use crate::execution::{Finished, Prepared, Run, RunError};
use crate::simulator::{Chronicle, Observer, Past, Simulation, observe};
use crate::trace::{Detail, Header, Recorder, TimeKind};

impl<P: Protocol> Run<P> {
    /// Simulates the run, with everything as usual; see [`simulate_with`](Run::simulate_with).
    ///
    /// ```no_run
    /// # use nodes::run::Run;
    /// # fn run<Shout: nodes::Protocol>() -> Result<(), nodes::run::RunError> {
    /// let finished = Run::<Shout>::on("gnp:7,0.5").wake([5]).seed(1).simulate()?;
    /// println!("{} messages", finished.messages());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// If the options contradict the protocol, or each other.  Whatever goes wrong later is the
    /// [`Outcome`](crate::execution::Outcome).
    pub fn simulate(&self) -> Result<Finished<P>, RunError> {
        self.simulate_with(Simulation::new())
    }

    /// Simulates the run.
    ///
    /// # Errors
    /// As [`simulate`](Run::simulate).
    pub fn simulate_with(&self, simulation: Simulation<'_>) -> Result<Finished<P>, RunError> {
        self.simulate_observed(simulation, ()).map(|(finished, _)| finished)
    }

    /// Simulates the run, and tells what led to its failure; `None` if it does not fail.
    ///
    /// # Errors
    /// As [`simulate`](Run::simulate).
    pub fn past(&self) -> Result<Option<Past>, RunError> {
        let (finished, chronicle) = self.simulate_observed(Simulation::new(), Chronicle::default())?;
        Ok(chronicle.and_then(|chronicle| chronicle.past(&finished)))
    }

    /// Simulates the run, followed by an observer.  It comes back, unless the nodes did not come into being.
    ///
    /// # Errors
    /// As [`simulate`](Run::simulate).
    pub fn simulate_observed<O: Observer<P>>(
        &self,
        simulation: Simulation<'_>,
        observer: O,
    ) -> Result<(Finished<P>, Option<O>), RunError> {
        self.simulate_followed(simulation, |_| observer)
    }

    /// Simulates the run and records it; what is written to, comes back, or else the first error in writing.
    ///
    /// # Errors
    /// As [`simulate`](Run::simulate).
    pub fn simulate_recorded<W: Write>(
        &self,
        simulation: Simulation<'_>,
        out: W,
        detail: Detail,
    ) -> Result<(Finished<P>, io::Result<W>), RunError> {
        let begin = |prepared: &Prepared<P>| Recorder::new(out, &Header::of(prepared, TimeKind::Virtual), detail);
        let (finished, recorder) = self.simulate_followed(simulation, begin)?;
        let written = match recorder {
            Some(recorder) => recorder.finish::<P>(&finished.document, &finished.explanation),
            None => Err(io::Error::other("the nodes did not come into being: nothing was recorded")),
        };
        Ok((finished, written))
    }

    /// Simulates the run, followed by an observer that is made for what is about to run.
    ///
    /// # Errors
    /// As [`simulate`](Run::simulate).
    // How long a run took is told, and nothing depends on it.
    #[allow(clippy::disallowed_methods)]
    pub(crate) fn simulate_followed<O: Observer<P>>(
        &self,
        simulation: Simulation<'_>,
        observer: impl FnOnce(&Prepared<P>) -> O,
    ) -> Result<(Finished<P>, Option<O>), RunError> {
        crate::panics::keep();
        let prepared = self.prepare()?;
        let observer = observer(&prepared);
        let started = Instant::now();
        let (mut finished, observer) = observe(prepared, simulation, observer);
        finished.document.time.wall_s = started.elapsed().as_secs_f64();
        Ok((finished, observer))
    }
}
