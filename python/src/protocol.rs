//! A node whose protocol is a Python class: the model's traits, written once for all such classes.

use core::cell::Cell;
use core::fmt;
use std::sync::Arc;

use nodes::protocol::{
    Declaration, Declared, Description, InitiatorRule, Knows, Links, NeighbourIds, Outcome, OwnId, Property, RunsOn, Size,
    States, TopologyInfo,
};
use nodes::topology::{Any, DirectedRing, Hypercube, OrientedRing, Port, Ring};
use nodes::{Net, Protocol};
use pyo3::prelude::*;
use serde::de::{self, DeserializeSeed as _, Deserializer, SeqAccess, Visitor};
use serde::ser::SerializeStruct as _;
use serde::{Deserialize, Serialize, Serializer};

use crate::array::Arrays;
use crate::call::There;
use crate::class::{Class, Does, Handler, On};
use crate::config::PyConfig;
use crate::failure::{fail, note};
use crate::input::PyInput;
use crate::message::{PyAlarm, PyMessage};
use crate::payloads;
use crate::randomness::watched;
use crate::schema::{Fields, Reading, ReadingFields, Shown, Struct, Typed};
use crate::step::lend;

thread_local! {
    /// The class whose values are being decoded on this thread: bytes do not say it.
    static DECODED: Cell<Option<&'static Class>> = const { Cell::new(None) };
}

/// What is decoded in that code is of that class.
pub(crate) fn decoding<T>(class: &'static Class, code: impl FnOnce() -> T) -> T {
    let outer = DECODED.replace(Some(class));
    let decoded = code();
    DECODED.set(outer);
    decoded
}

/// From now on, what is decoded on this thread is of that class: in a process that is a node.
pub(crate) fn decodes(class: &'static Class) {
    DECODED.set(Some(class));
}

/// The class whose values are being decoded.
pub(crate) fn decoded() -> &'static Class {
    DECODED.get().expect("what is decoded is of some class")
}

/// The protocol's part of a node: an object of the class.
pub(crate) struct PyProtocol {
    pub(crate) object: Py<PyAny>,
    state: PyState,
}

/// The state of a node: its place among the states of its class.
#[derive(Clone, Copy)]
pub(crate) struct PyState {
    pub(crate) place: usize,
    pub(crate) class: &'static Class,
}

impl fmt::Debug for PyState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.class.state_names[self.place])
    }
}

impl Default for PyState {
    fn default() -> Self {
        PyState { place: 0, class: decoded() }
    }
}

impl Serialize for PyState {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.place as u32).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for PyState {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (place, class) = (u32::deserialize(deserializer)? as usize, decoded());
        if place >= class.terminals.len() {
            return Err(de::Error::custom("there is no such state"));
        }
        Ok(PyState { place, class })
    }
}

impl States for PyState {
    const NAMES: &'static [&'static str] = &["-"];
    const DOCS: &'static [&'static str] = &[""];
    const TERMINAL: &'static [bool] = &[false];
    const KNOWN: bool = false;

    #[inline]
    fn index(&self) -> usize {
        self.place
    }

    #[inline]
    fn name_of(&self, index: usize) -> &'static str {
        self.class.state_names[index]
    }

    #[inline]
    fn is_terminal(&self, index: usize) -> bool {
        self.class.terminals[index]
    }

    #[inline]
    fn terminals(&self) -> &'static [bool] {
        self.class.terminals
    }
}

impl PyProtocol {
    pub(crate) fn class(&self) -> &'static Class {
        self.state.class
    }

    /// An object without any field.
    fn bare(py: Python<'_>, class: &'static Class, place: usize) -> PyResult<Self> {
        let of = class.class.bind(py);
        let object = of.call_method1(pyo3::intern!(py, "__new__"), (of,))?;
        Ok(PyProtocol { object: object.unbind(), state: PyState { place, class } })
    }

    /// An object as the class declares it, before `@init`.
    fn new(py: Python<'_>, class: &'static Class) -> PyResult<Self> {
        let this = PyProtocol::bare(py, class, class.initial)?;
        let object = this.object.bind(py);
        for field in &class.fields {
            if let Some(make) = &field.make {
                object.setattr(field.key.bind(py), make.bind(py).call0()?)?;
            }
        }
        this.set_state(class.begins.bind(py))?;
        Ok(this)
    }

    /// Sets the field `state`, if there is one, to a copy of that.
    fn set_state(&self, state: &Bound<'_, PyAny>) -> PyResult<()> {
        let class = self.class();
        let Some(known) = class.states.get(self.state.place) else { return Ok(()) };
        let state = match &known.carries {
            Some(carried) => carried.copy(state, Arrays::Own)?,
            None => state.clone(),
        };
        self.object.bind(state.py()).setattr(class.state_key.bind(state.py()), state)
    }

    /// The state may have changed.
    #[inline]
    fn look(&mut self, py: Python<'_>) -> PyResult<()> {
        self.state.place = self.class().state_of(self.object.bind(py), self.state.place)?;
        Ok(())
    }

    /// Calls a function of the class for a new node.
    fn begin(
        class: &'static Class,
        net: &mut Net<Self>,
        by: Option<&Handler>,
        prepare: impl FnOnce(&mut Self, &Bound<'_, PyAny>) -> PyResult<()>,
    ) -> Self {
        Python::attach(|py| {
            let made = PyProtocol::new(py, class).and_then(|mut this| {
                lend(py, class, None, net, |net| match by {
                    Some(handler) => watched(py, class, handler, || prepare(&mut this, net)),
                    None => prepare(&mut this, net),
                })?;
                this.look(py)?;
                class.look_at_all(this.object.bind(py), by.map_or("", |handler| handler.name))?;
                Ok(this)
            });
            made.unwrap_or_else(|error| fail(py, error))
        })
    }

    /// What the rules make of an event.
    #[inline]
    fn react(
        &mut self,
        py: Python<'_>,
        on: On,
        what: Option<&Bound<'_, PyAny>>,
        (came, sender): (Option<&PyMessage>, Port),
        net: &mut Net<Self>,
    ) -> PyResult<Outcome<()>> {
        let class = self.class();
        let rules = class.rules(on, self.state.place);
        lend(py, class, came, net, |net| {
            let there = There { what, sender: crate::port::number(sender), net };
            let object = self.object.bind(py);
            for rule in rules {
                if let Some(guard) = &rule.guard
                    && !guard.call(object, &there)?.is_truthy()?
                {
                    continue;
                }
                return Ok(match &rule.does {
                    Does::Handle(handler) => {
                        let handled = watched(py, class, handler, || handler.call.call(object, &there));
                        // Also after an error: the state that it has left is what people look at.
                        let looked = class.state_of(object, self.state.place).map(|place| self.state.place = place);
                        handled?;
                        looked?;
                        class.look_at(object, handler)?;
                        payloads::handled(object, handler.name)?;
                        Outcome::Handled
                    }
                    Does::Ignore => Outcome::Ignored,
                    Does::Defer { on_condition: true } => Outcome::DeferredOnCondition(()),
                    Does::Defer { on_condition: false } => Outcome::Deferred(()),
                    Does::Never => Outcome::Unexpected,
                });
            }
            Ok(if class.terminals[self.state.place] { Outcome::Late } else { Outcome::Ignored })
        })
    }

    fn copied(&self, py: Python<'_>) -> PyResult<Self> {
        let class = self.class();
        let copy = PyProtocol::bare(py, class, self.state.place)?;
        let (from, to) = (self.object.bind(py), copy.object.bind(py));
        for field in &class.fields {
            let value = from.getattr(field.key.bind(py))?;
            let value = match &field.schema {
                Some(schema) => schema.copy(&value, Arrays::Own)?,
                None => py.import("copy")?.call_method1("deepcopy", (value,))?,
            };
            to.setattr(field.key.bind(py), value)?;
        }
        if !class.states.is_empty() {
            copy.set_state(&from.getattr(class.state_key.bind(py))?)?;
        }
        Ok(copy)
    }

    /// What the state carries; `None` if it carries nothing.
    fn carried<'py>(&self, py: Python<'py>) -> PyResult<Option<(&'static Struct, Bound<'py, PyAny>)>> {
        let class = self.class();
        let Some(carried) = class.states.get(self.state.place).and_then(|state| state.carries.as_ref()) else {
            return Ok(None);
        };
        Ok(Some((carried, self.object.bind(py).getattr(class.state_key.bind(py))?)))
    }
}

impl Clone for PyProtocol {
    fn clone(&self) -> Self {
        Python::attach(|py| self.copied(py).unwrap_or_else(|error| fail(py, error)))
    }
}

impl fmt::Debug for PyProtocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Python::attach(|py| {
            let mut shown = f.debug_struct(self.class().name);
            for field in &self.class().fields {
                let value = self.object.bind(py).getattr(field.key.bind(py));
                if let (Some(schema), Ok(value)) = (&field.schema, &value)
                    && schema.has_arrays()
                {
                    shown.field(field.name, &Shown { schema, value });
                    continue;
                }
                match value.and_then(|value| value.repr()) {
                    Ok(text) => shown.field(field.name, &format_args!("{text}")),
                    Err(_) => shown.field(field.name, &format_args!("?")),
                };
            }
            shown.finish()
        })
    }
}

impl Serialize for PyProtocol {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let class = self.class();
        Python::attach(|py| {
            let object = self.object.bind(py);
            let mut fields = serializer.serialize_struct(class.name, 1 + class.encoded_fields().count())?;
            match self.carried(py).map_err(serde::ser::Error::custom)? {
                Some((of, value)) => fields.serialize_field("state", &(self.state, Fields::new(of, &value)))?,
                None => fields.serialize_field("state", &self.state)?,
            }
            for (field, schema) in class.encoded_fields() {
                let value = object.getattr(field.key.bind(py)).map_err(serde::ser::Error::custom)?;
                let written = fields.serialize_field(field.name, &Typed::new(schema, &value));
                written.inspect_err(|_| {
                    // Only what is long is looked at here for the first time.
                    if !schema.fits(&value) {
                        note(class.wrong(field, schema, &value, ""));
                    }
                })?;
            }
            fields.end()
        })
    }
}

impl<'de> Deserialize<'de> for PyProtocol {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Node(&'static Class);

        impl<'de> Visitor<'de> for Node {
            type Value = PyProtocol;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a node of {}", self.0.name)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut fields: A) -> Result<PyProtocol, A::Error> {
                let class = self.0;
                Python::attach(|py| {
                    let missing = || de::Error::invalid_length(0, &"a field");
                    let state: PyState = fields.next_element()?.ok_or_else(missing)?;
                    let node = PyProtocol::new(py, class).map_err(de::Error::custom)?;
                    let node = PyProtocol { state, ..node };
                    if let Some(known) = class.states.get(state.place) {
                        let value = match &known.carries {
                            Some(of) => fields.next_element_seed(ReadingFields { py, of })?.ok_or_else(missing)?,
                            None => known.member.bind(py).clone(),
                        };
                        node.set_state(&value).map_err(de::Error::custom)?;
                    }
                    let object = node.object.bind(py);
                    for (field, schema) in class.encoded_fields() {
                        let value = fields.next_element_seed(Reading { py, schema })?.ok_or_else(missing)?;
                        object.setattr(field.key.bind(py), value).map_err(de::Error::custom)?;
                    }
                    Ok(node)
                })
            }
        }

        let class = decoded();
        // The state, what it may carry, and the fields.
        deserializer.deserialize_tuple(2 + class.encoded_fields().count(), Node(class))
    }
}

impl Declared for PyProtocol {
    type State = PyState;
    type Input = PyInput;

    /// The class says it, in its [`Class::description`].
    const DECLARATION: Declaration = Declaration {
        name: "a Python class",
        doc: "",
        schema: "",
        topology: TopologyInfo::of::<Any>(),
        links: Links::Fifo,
        initiators: InitiatorRule::Any,
        knows_size: false,
        knows_neighbour_ids: false,
        anonymous: false,
        has_input: false,
        max_message: 1 << 20,
        problem: "",
        cost: "",
        source: "",
    };

    fn state(&self) -> &PyState {
        &self.state
    }
}

// What a class declares is looked at when its node asks: see `net.rs`.
impl Knows<Size> for PyProtocol {}
impl Knows<NeighbourIds> for PyProtocol {}
impl Knows<OwnId> for PyProtocol {}
impl RunsOn<Ring> for PyProtocol {}
impl RunsOn<OrientedRing> for PyProtocol {}
impl RunsOn<DirectedRing> for PyProtocol {}
impl RunsOn<Hypercube> for PyProtocol {}

impl Protocol for PyProtocol {
    type Msg = PyMessage;
    type Alarm = PyAlarm;
    type Config = PyConfig;

    const DEFERS_ON_CONDITION: bool = true;

    fn description(config: &PyConfig) -> Arc<Description> {
        Arc::clone(&config.class().description)
    }

    fn properties() -> &'static [Property<Self>] {
        &[]
    }

    fn properties_of(config: &PyConfig) -> &'static [Property<Self>] {
        config.class().properties
    }

    fn init(config: &PyConfig, net: &mut Net<Self>) -> Self {
        let class = config.class();
        PyProtocol::begin(class, net, class.init.as_ref(), |this, net| {
            let Some(init) = &class.init else { return Ok(()) };
            let config = config.made(net.py())?;
            init.call.call(this.object.bind(net.py()), &There { what: Some(&config), sender: crate::port::SELF, net }).map(drop)
        })
    }

    fn recover(saved: Option<&[u8]>, config: &PyConfig, net: &mut Net<Self>) -> Self {
        let class = config.class();
        let (Some(recover), Some(schema), Some(saved)) = (&class.recover, &class.stored, saved) else {
            return Self::init(config, net);
        };
        PyProtocol::begin(class, net, Some(recover), |this, net| {
            let py = net.py();
            let mut reader = postcard::Deserializer::from_bytes(saved);
            let saved = Reading { py, schema }.deserialize(&mut reader);
            let saved = saved
                .map_err(|cause| pyo3::exceptions::PyValueError::new_err(format!("what was stored cannot be read: {cause}")))?;
            recover.call.call(this.object.bind(py), &There { what: Some(&saved), sender: crate::port::SELF, net }).map(drop)
        })
    }

    fn on_impulse(&mut self, net: &mut Net<Self>) -> Outcome<()> {
        Python::attach(|py| {
            let outcome = self.react(py, On::Impulse, None, (None, Port::SELF), net);
            outcome.unwrap_or_else(|error| fail(py, error))
        })
    }

    #[inline]
    fn on_message(&mut self, msg: PyMessage, sender: Port, net: &mut Net<Self>) -> Outcome<PyMessage> {
        Python::attach(|py| {
            let reacted = msg.received(py, |value| {
                payloads::came(value)?;
                self.react(py, On::Message(msg.tag), Some(value), (Some(&msg), sender), net)
            });
            let done = match reacted {
                Ok(Outcome::Deferred(())) => return Outcome::Deferred(msg),
                Ok(Outcome::DeferredOnCondition(())) => return Outcome::DeferredOnCondition(msg),
                Ok(Outcome::Handled) => Outcome::Handled,
                Ok(Outcome::Ignored) => Outcome::Ignored,
                Ok(Outcome::Late) => Outcome::Late,
                Ok(Outcome::Unexpected) => Outcome::Unexpected,
                Err(error) => fail(py, error),
            };
            msg.done(py);
            done
        })
    }

    fn on_alarm(&mut self, alarm: PyAlarm, net: &mut Net<Self>) -> Outcome<()> {
        Python::attach(|py| {
            let outcome =
                alarm.rung(py).and_then(|value| self.react(py, On::Alarm(alarm.tag), Some(&value), (None, Port::SELF), net));
            outcome.unwrap_or_else(|error| fail(py, error))
        })
    }

    fn on_finish(&mut self, net: &mut Net<Self>) {
        let class = self.class();
        Python::attach(|py| {
            let object = self.object.bind(py);
            let finished = class.look_at_long(object).and_then(|()| {
                let Some(finish) = &class.finish else { return Ok(()) };
                lend(py, class, None, net, |net| {
                    finish.call.call(object, &There { what: None, sender: crate::port::SELF, net }).map(drop)
                })
            });
            finished.unwrap_or_else(|error| fail(py, error));
        });
    }
}
