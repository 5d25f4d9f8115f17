//! A run whose events are chosen one by one: for teaching.

use nodes::network::{Choice, System};
use nodes::topology::NodeIndex;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::engines::{Asked, refused};
use crate::failure::take_raised;
use crate::protocol::PyProtocol;
use crate::world::{PyNode, show};

/// All nodes, and what is under way.
#[pyclass(name = "Stepping", module = "distnodes", unsendable)]
pub(crate) struct PyStepping {
    system: System,
}

/// Something that may happen next: its text, the node it happens to, and what arrives or rings, if anything does.
type Possible = (String, Option<usize>, Option<String>);

#[pymethods]
impl PyStepping {
    #[new]
    fn new(asked: Asked<'_>) -> PyResult<Self> {
        let prepared = asked.run("simulate")?.prepare().map_err(refused)?;
        drop(take_raised());
        let system = prepared.system_for(&mut ());
        let system = system.map_err(|(node, what)| {
            take_raised().unwrap_or_else(|| PyValueError::new_err(format!("node {node} cannot be made: {what}")))
        })?;
        Ok(PyStepping { system })
    }

    /// All that may happen now.
    fn enabled(&self) -> Vec<Possible> {
        let possible = |choice: Choice| {
            let (node, what) = match choice {
                Choice::Deliver(passage) | Choice::Lose(passage) | Choice::Duplicate(passage) => {
                    let to = self.system.topology().end(passage.from, passage.port).neighbour;
                    (Some(to), self.system.message(passage).map(|msg| msg.text()))
                }
                Choice::Alarm(node) => {
                    (Some(node), self.system.world().node(node).first_alarm().map(|alarm| format!("{alarm:?}")))
                }
                Choice::Impulse(node)
                | Choice::ToSelf(node)
                | Choice::Doom(node)
                | Choice::Crash(node)
                | Choice::Recover(node) => (Some(node), None),
                Choice::Cut(_) | Choice::Mend(_) => (None, None),
            };
            (choice.to_string(), node.map(NodeIndex::index), what)
        };
        self.system.enabled().into_iter().map(possible).collect()
    }

    /// Lets one of them happen.
    fn apply(&mut self, choice: &str) -> PyResult<()> {
        let choice = choice.parse::<Choice>().map_err(PyValueError::new_err)?;
        drop(take_raised());
        let system = &mut self.system;
        let applied = std::panic::catch_unwind(core::panic::AssertUnwindSafe(|| system.apply(choice)));
        match applied {
            Ok(applied) => applied.map_err(|not| PyValueError::new_err(format!("`{choice}`: {not}"))),
            Err(panic) => match take_raised() {
                Some(raised) => Err(raised),
                None => std::panic::resume_unwind(panic),
            },
        }
    }

    /// The nodes as they are now.
    #[getter]
    fn nodes(&self, py: Python<'_>) -> Vec<PyNode> {
        let world = self.system.of::<PyProtocol>();
        world.into_iter().flat_map(|world| world.nodes()).map(|node| PyNode::of(py, node)).collect()
    }

    /// Whether nothing more will happen.
    #[getter]
    fn is_quiet(&self) -> bool {
        self.system.is_quiet()
    }

    /// Lets a function look at the world, as a property does.
    fn look<'py>(&self, py: Python<'py>, function: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let Some(world) = self.system.of::<PyProtocol>() else {
            return Err(PyValueError::new_err("the nodes of this protocol are no Python objects"));
        };
        let Some(class) = world.nodes().next().map(|node| node.protocol().class()) else {
            return Err(PyValueError::new_err("there are no nodes"));
        };
        show(py, class, world, |world| function.call1((world,)))
    }
}
