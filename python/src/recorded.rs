//! The record of a run, for what is made of it.

use nodes::trace::{ExportFormat, Trace};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

fn read(trace: &[u8]) -> PyResult<Trace> {
    Trace::read(trace).map_err(|cause| PyValueError::new_err(format!("this is no trace: {cause}")))
}

/// The record in another form: `ndjson`, `csv`, `svg`, `dot`, `shiviz` or `perfetto`.
#[pyfunction]
pub(crate) fn export(trace: &[u8], format: &str) -> PyResult<String> {
    let known = || ExportFormat::ALL.map(ExportFormat::name).join("`, `");
    let format = format.parse::<ExportFormat>();
    let format = format.map_err(|()| PyValueError::new_err(format!("there is no such form: write one of `{}`", known())))?;
    let trace = read(trace)?;
    if let Some(most) = format.most_events()
        && trace.len() > most
    {
        return Err(PyValueError::new_err(format!(
            "{} events are too many for {format}, which shows {most} at most",
            trace.len()
        )));
    }
    let mut text = Vec::new();
    trace.export(format, &mut text)?;
    String::from_utf8(text).map_err(|cause| PyValueError::new_err(cause.to_string()))
}

/// The page that shows a run: one HTML document, which needs nothing else.
#[pyfunction]
pub(crate) fn page(trace: &[u8], title: &str) -> PyResult<String> {
    read(trace)?;
    Ok(nodes::viewer::page(trace, title))
}
