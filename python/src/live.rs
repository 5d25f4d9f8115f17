//! The page of a run while the run goes on.

use std::sync::{Mutex, PoisonError};

use nodes::live::{Feed, Helm, Server};
use nodes::network::NotEnabled;
use nodes::simulator::{Order, Steering};
use pyo3::prelude::*;

use crate::failure::look_for_signals;
use crate::threads::detached;

/// A page that is served on this machine.
#[pyclass(name = "Page", module = "distnodes", frozen)]
pub(crate) struct PyPage {
    /// Where it is.
    #[pyo3(get)]
    address: String,
    server: Mutex<Option<Server>>,
}

#[pymethods]
impl PyPage {
    /// Serves it no longer.
    fn close(&self, py: Python<'_>) {
        let server = self.server.lock().unwrap_or_else(PoisonError::into_inner).take();
        py.detach(|| drop(server));
    }
}

/// Serves a page, and calls the function with it.
fn served(py: Python<'_>, server: Server, opened: &Py<PyAny>) -> PyResult<()> {
    let address = server.address().to_owned();
    opened.call1(py, (PyPage { address, server: Mutex::new(Some(server)) },)).map(drop)
}

/// The page of a run of processes.
pub(crate) fn of_run(py: Python<'_>, title: &str, opened: &Py<PyAny>) -> PyResult<Feed> {
    let (server, feed) = Server::of_run(title)?;
    served(py, server, opened)?;
    Ok(feed)
}

/// The page of a simulated run, which waits until it is let go on there.
pub(crate) fn of_simulation(py: Python<'_>, title: &str, opened: &Py<PyAny>) -> PyResult<(Feed, Wheel)> {
    let (server, feed, helm) = Server::of_simulation(title)?;
    served(py, server, opened)?;
    let looks = || {
        look_for_signals();
        false
    };
    Ok((feed, Wheel { helm: helm.until(looks), may_wait: true }))
}

/// Lets a page steer a run; other threads may run Python while it waits.
pub(crate) struct Wheel {
    helm: Helm,
    may_wait: bool,
}

impl Wheel {
    /// How many events were ordered by hand.
    pub(crate) fn interventions(&self) -> u64 {
        self.helm.interventions()
    }
}

impl Steering for Wheel {
    fn looks(&mut self) -> bool {
        self.may_wait = self.helm.looks();
        self.may_wait
    }

    fn next(&mut self) -> Order {
        let helm = &mut self.helm;
        if self.may_wait { Python::attach(|py| detached(py, || helm.next())) } else { helm.next() }
    }

    fn made(&mut self, made: Result<(), NotEnabled>) {
        self.helm.made(made);
    }
}
