//! Ports, which are plain numbers in Python.

use nodes::topology::Port;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// What stands for [`Port::SELF`].
pub(crate) const SELF: i64 = -1;

/// The port of that number.
pub(crate) fn read(number: &Bound<'_, PyAny>) -> PyResult<Port> {
    of(number.extract()?)
}

/// The port of that number.
pub(crate) fn of(number: i64) -> PyResult<Port> {
    match usize::try_from(number) {
        Ok(number) if number < Port::SELF.index() => Ok(Port::new(number)),
        _ if number == SELF => Ok(Port::SELF),
        _ => Err(PyValueError::new_err(format!("{number} is not a port: they are 0, 1, 2, .., and SELF"))),
    }
}

/// The number of that port.
pub(crate) fn number(port: Port) -> i64 {
    if port == Port::SELF { SELF } else { port.index() as i64 }
}

/// The number of that port, as Python has it.
pub(crate) fn show(py: Python<'_>, port: Port) -> Bound<'_, PyAny> {
    match number(port).into_pyobject(py) {
        Ok(number) => number.into_any(),
        Err(never) => match never {},
    }
}
