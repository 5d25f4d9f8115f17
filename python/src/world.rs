//! `World` and `Node`, as properties in Python see them.

use core::cell::OnceCell;
use core::ptr::{NonNull, from_mut};

use nodes::protocol::{Node, World};
use nodes::topology::NodeIndex;
use pyo3::exceptions::{PyIndexError, PyKeyError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyString, PyType};

use crate::class::{Class, State};
use crate::lent::Lent;
use crate::protocol::{PyProtocol, PyState};

thread_local! {
    /// The object that properties on this thread are given.
    static SHARED: OnceCell<Py<PyWorld>> = const { OnceCell::new() };
}

/// All nodes, and what has been sent.
#[pyclass(name = "World", module = "distnodes", frozen)]
pub(crate) struct PyWorld {
    /// What is being looked at.
    shown: Lent<Shown>,
}

/// A world, and the class of its nodes.
struct Shown {
    world: NonNull<World<PyProtocol>>,
    class: &'static Class,
}

/// A node, as it was when a property asked for it.
#[pyclass(name = "Node", module = "distnodes", frozen)]
pub(crate) struct PyNode {
    /// Where it stands in the graph.
    #[pyo3(get)]
    index: usize,
    /// Its id.
    #[pyo3(get)]
    id: u64,
    /// Whether it has not crashed.
    #[pyo3(get)]
    alive: bool,
    /// The object of the protocol's class.
    #[pyo3(get)]
    protocol: Py<PyAny>,
    state: PyState,
}

impl PyNode {
    pub(crate) fn of(py: Python<'_>, node: &Node<PyProtocol>) -> Self {
        PyNode {
            index: node.index().index(),
            id: node.id().0,
            alive: node.is_alive(),
            protocol: node.protocol().object.clone_ref(py),
            state: *node.state(),
        }
    }
}

#[pymethods]
impl PyNode {
    #[getter]
    fn state<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let class = self.state.class;
        match class.states.get(self.state.place) {
            None => Ok(py.None().into_bound(py)),
            Some(State { member, carries: None }) => Ok(member.bind(py).clone()),
            Some(_) => self.protocol.bind(py).getattr(class.state_key.bind(py)),
        }
    }

    #[getter]
    fn is_decided(&self) -> bool {
        self.state.class.terminals[self.state.place]
    }

    fn __getattr__<'py>(&self, py: Python<'py>, name: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyAny>> {
        self.protocol.bind(py).getattr(name)
    }

    fn __repr__(&self) -> String {
        format!("<node {} of {}, {:?}>", self.index, self.state.class.name, self.state)
    }
}

/// Lets a piece of Python code look at a world.
pub(crate) fn show<'py, T>(
    py: Python<'py>,
    class: &'static Class,
    world: &World<PyProtocol>,
    code: impl FnOnce(&Bound<'py, PyAny>) -> PyResult<T>,
) -> PyResult<T> {
    SHARED.with(|shared| {
        let shared = match shared.get() {
            Some(shared) => shared,
            None => {
                let made = Py::new(py, PyWorld { shown: Lent::nothing() })?;
                shared.get_or_init(|| made)
            }
        };
        let mut shown = Shown { world: NonNull::from(world), class };
        // A property may itself make a run.
        let _until = shared.get().shown.lend(from_mut(&mut shown));
        code(shared.bind(py).as_any())
    })
}

impl PyWorld {
    fn shown(&self) -> PyResult<&Shown> {
        let shown = self.shown.get("`world` is there while a property looks at it: do not keep it")?;
        // SAFETY: `show` lends what is there until its guard goes, and nothing writes through it; only the thread that did so gets it
        // here, from methods that return before.
        #[expect(unsafe_code, reason = "a property sees the world while it is called, and no longer")]
        Ok(unsafe { shown.as_ref() })
    }

    fn world(&self) -> PyResult<&World<PyProtocol>> {
        let shown = self.shown()?;
        // SAFETY: `show` has made the pointer of a borrow that outlives what is shown.
        #[expect(unsafe_code, reason = "as above")]
        Ok(unsafe { shown.world.as_ref() })
    }

    fn state(&self, state: &Bound<'_, PyAny>) -> PyResult<PyState> {
        let class = self.shown()?.class;
        Ok(PyState { place: class.place_of(state)?, class })
    }

    fn tag(&self, kind: &Bound<'_, PyType>) -> PyResult<u8> {
        let class = self.shown()?.class;
        let tag = class.messages.iter().position(|known| known.class.is(kind));
        let tag = tag.ok_or_else(|| PyTypeError::new_err(format!("{} has no message {kind}", class.name)))?;
        Ok(tag as u8)
    }

    fn at(&self, index: usize) -> PyResult<NodeIndex> {
        let size = self.world()?.topology().node_count();
        if index >= size {
            return Err(PyIndexError::new_err(format!("there is no node {index}: there are {size}, from 0 on")));
        }
        Ok(NodeIndex::new(index))
    }

    /// The node of that number, or that label.
    fn named(&self, name: &Bound<'_, PyAny>) -> PyResult<NodeIndex> {
        let Ok(label) = name.cast::<PyString>() else { return self.at(name.extract()?) };
        let (label, graph) = (label.to_str()?, self.world()?.topology());
        let found = graph.nodes().find(|node| graph.title(*node) == label);
        found.ok_or_else(|| PyKeyError::new_err(format!("no node has the label `{label}`")))
    }
}

#[pymethods]
impl PyWorld {
    #[getter]
    fn nodes(&self, py: Python<'_>) -> PyResult<Vec<PyNode>> {
        Ok(self.world()?.nodes().map(|node| PyNode::of(py, node)).collect())
    }

    #[getter]
    fn correct(&self, py: Python<'_>) -> PyResult<Vec<PyNode>> {
        Ok(self.world()?.correct().map(|node| PyNode::of(py, node)).collect())
    }

    fn node(&self, py: Python<'_>, name: &Bound<'_, PyAny>) -> PyResult<PyNode> {
        let index = self.named(name)?;
        Ok(PyNode::of(py, self.world()?.node(index)))
    }

    #[getter]
    fn graph(this: Bound<'_, Self>) -> PyGraph {
        PyGraph { world: this.unbind() }
    }

    fn input<'py>(&self, py: Python<'py>, name: &Bound<'_, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let index = self.named(name)?;
        let input = self.world()?.input(index).clone();
        input.value(py)
    }

    fn count(&self, state: &Bound<'_, PyAny>) -> PyResult<usize> {
        let state = self.state(state)?;
        Ok(self.world()?.in_state(state).count())
    }

    fn in_state(&self, py: Python<'_>, state: &Bound<'_, PyAny>) -> PyResult<Vec<PyNode>> {
        let state = self.state(state)?;
        Ok(self.world()?.in_state(state).map(|node| PyNode::of(py, node)).collect())
    }

    #[getter]
    fn all_terminal(&self) -> PyResult<bool> {
        Ok(self.world()?.all_terminal())
    }

    #[pyo3(signature = (message = None))]
    fn sent(&self, message: Option<&Bound<'_, PyType>>) -> PyResult<u64> {
        match message {
            Some(kind) => {
                let tag = self.tag(kind)?;
                Ok(self.world()?.sent_by_tag()[usize::from(tag)])
            }
            None => Ok(self.world()?.sent_in_all()),
        }
    }

    #[pyo3(signature = (message = None))]
    fn in_transit(&self, message: Option<&Bound<'_, PyType>>) -> PyResult<u64> {
        let all = 0..self.shown()?.class.messages.len() as u8;
        let world = self.world()?;
        match message {
            Some(kind) => Ok(world.in_transit_by_tag(self.tag(kind)?)),
            None => Ok(all.map(|tag| world.in_transit_by_tag(tag)).sum()),
        }
    }
}

/// The graph of a run.
#[pyclass(name = "Graph", module = "distnodes", frozen)]
pub(crate) struct PyGraph {
    world: Py<PyWorld>,
}

#[pymethods]
impl PyGraph {
    fn __len__(&self) -> PyResult<usize> {
        Ok(self.world.get().world()?.topology().node_count())
    }

    #[getter]
    fn links(&self) -> PyResult<Vec<(usize, usize)>> {
        let world = self.world.get();
        Ok(world.world()?.topology().links().map(|link| (link.a.index(), link.b.index())).collect())
    }

    fn neighbours(&self, node: usize) -> PyResult<Vec<usize>> {
        let world = self.world.get();
        let node = world.at(node)?;
        Ok(world.world()?.topology().ends(node).map(|end| end.neighbour.index()).collect())
    }

    fn end(&self, node: usize, port: i64) -> PyResult<(usize, i64)> {
        let world = self.world.get();
        let (index, port) = (world.at(node)?, crate::port::of(port)?);
        let graph = world.world()?.topology();
        if port.index() >= graph.degree(index) {
            return Err(PyIndexError::new_err(format!("node {node} has no port {port}: it has {}", graph.degree(index))));
        }
        let end = graph.end(index, port);
        Ok((end.neighbour.index(), crate::port::number(end.back)))
    }
}
