//! Properties that are written in Python.

use std::sync::{Arc, OnceLock};

use nodes::protocol::{Property, PropertyInfo, Verdict};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyString};

use crate::class::Class;
use crate::failure::fail;
use crate::protocol::PyProtocol;
use crate::world::{PyNode, show};

/// The property of the class that `home` will hold, which is looked at by that function: at each node, or at all together.
pub(crate) fn made(
    info: &PropertyInfo,
    call: Py<PyAny>,
    of_each_node: bool,
    home: &Arc<OnceLock<&'static Class>>,
) -> Property<PyProtocol> {
    let PropertyInfo { name, when, doc } = info.clone();
    if of_each_node {
        return Property::made_local(name, doc, when, move |node| {
            Python::attach(|py| {
                let node = PyNode::of(py, node);
                let said = call.bind(py).call1((node,)).and_then(|said| verdict(&said));
                said.unwrap_or_else(|error| fail(py, error))
            })
        });
    }
    let home = Arc::clone(home);
    Property::made(name, doc, when, move |world| {
        let class = home.get().expect("the class was known before its nodes were made");
        Python::attach(|py| {
            let said = show(py, class, world, |world| verdict(&call.bind(py).call1((world,))?));
            said.unwrap_or_else(|error| fail(py, error))
        })
    })
}

/// True or None: it holds.  A text says what is wrong.
pub(crate) fn verdict(said: &Bound<'_, PyAny>) -> PyResult<Verdict> {
    if let Ok(text) = said.cast::<PyString>() {
        return Ok(Err(text.to_str()?.to_owned()));
    }
    match said.cast::<PyBool>() {
        Ok(holds) => Ok(if holds.is_true() { Ok(()) } else { Err(String::new()) }),
        Err(_) if said.is_none() => Ok(Ok(())),
        Err(_) => Err(pyo3::exceptions::PyTypeError::new_err(format!(
            "this says True or False, or in a text what is wrong, and not {said}"
        ))),
    }
}
