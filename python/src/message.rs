//! Messages and alarms of Python classes.

use core::fmt;

use nodes::protocol::codec::{self, DecodeError, EncodeError};
use nodes::protocol::{AlarmOf, AlarmSet, MessageOf, MessageSet};
use pyo3::prelude::*;
use serde::de::{self, DeserializeSeed as _, Deserializer, SeqAccess, Visitor};
use serde::ser::SerializeTuple as _;
use serde::{Deserialize, Serialize, Serializer};

use crate::array::Arrays;
use crate::class::Class;
use crate::payloads;
use crate::protocol::{PyProtocol, decoded};
use crate::schema::{Fields, ReadingFields, Struct};

/// A message.
pub(crate) struct PyMessage {
    pub(crate) tag: u8,
    /// How many bytes it takes on the wire, which was found when its fields were looked at.
    length: u32,
    class: &'static Class,
    value: Py<PyAny>,
}

impl PyMessage {
    /// What a handler sends, of a node to which that has come; what it can change of it later is copied.  `None` if the class has no
    /// rule for it.
    ///
    /// # Errors
    /// If a field's value is not of its type.
    #[inline]
    pub(crate) fn sent(class: &'static Class, value: &Bound<'_, PyAny>, came: Option<&Self>) -> PyResult<Option<Self>> {
        // What has come is often passed on, and was looked at when it was sent.
        if let Some(came) = came.filter(|came| came.value.is(value) && !came.kind().is_mutable) {
            return Ok(Some(PyMessage { value: came.value.clone_ref(value.py()), ..*came }));
        }
        let Some(tag) = Class::tag_of(&class.messages, value) else { return Ok(None) };
        let kind = &class.messages[usize::from(tag)];
        // A message that is longer than that is refused by the engine.
        let length = u32::try_from(kind.length(value)?).unwrap_or(u32::MAX);
        let value = kind.copy(value, Arrays::Snapshot)?;
        payloads::sent(&value)?;
        Ok(Some(PyMessage { tag, length, class, value: value.unbind() }))
    }

    /// Gives its receiver what it gets, of which it may change what it holds, but for arrays.
    #[inline]
    pub(crate) fn received<'py, T>(
        &self,
        py: Python<'py>,
        receiver: impl FnOnce(&Bound<'py, PyAny>) -> PyResult<T>,
    ) -> PyResult<T> {
        let value = self.value.bind(py);
        if self.kind().is_mutable { receiver(&self.kind().copy(value, Arrays::Share)?) } else { receiver(value) }
    }

    /// It has been handled: what nobody has kept becomes the next message.
    #[inline]
    pub(crate) fn done(self, py: Python<'_>) {
        #[cfg(not(Py_LIMITED_API))]
        if let Some(maker) = self.kind().quick {
            return maker.take_back(self.value.into_bound(py));
        }
        drop(self.value.into_bound(py));
    }

    fn kind(&self) -> &'static Struct {
        &self.class.messages[usize::from(self.tag)]
    }
}

impl Clone for PyMessage {
    fn clone(&self) -> Self {
        PyMessage { value: Python::attach(|py| self.value.clone_ref(py)), ..*self }
    }
}

impl fmt::Debug for PyMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Python::attach(|py| self.kind().show(self.value.bind(py), f))
    }
}

impl MessageSet for PyMessage {
    #[inline]
    fn tag(&self) -> u8 {
        self.tag
    }

    fn encode(&self, buffer: &mut [u8]) -> Result<usize, EncodeError> {
        Python::attach(|py| codec::encode(self.tag, &Fields::new(self.kind(), self.value.bind(py)), buffer))
    }

    /// Its length is known, so that the buffer grows once.
    fn encode_growing(&self, buffer: &mut Vec<u8>, limit: usize) -> Result<usize, EncodeError> {
        let length = (self.length as usize).min(limit);
        if buffer.len() < length {
            buffer.resize(length, 0);
        }
        let room = buffer.len().min(limit);
        self.encode(&mut buffer[..room])
    }

    #[inline]
    fn length(&self) -> Option<usize> {
        Some(self.length as usize)
    }

    fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let class = decoded();
        let mut reader = codec::Reader::new(bytes)?;
        let tag = reader.tag();
        let Some(kind) = class.messages.get(usize::from(tag)) else { return Err(reader.unknown()) };
        Python::attach(|py| {
            let read = ReadingFields { py, of: kind }.deserialize(reader.fields());
            let value = reader.end(read)?.unbind();
            Ok(PyMessage { tag, length: bytes.len() as u32, class, value })
        })
    }
}

impl MessageOf<PyProtocol> for PyMessage {
    /// Each has its own.
    const TAG: u8 = 0;

    #[inline]
    fn wrap(self) -> PyMessage {
        self
    }
}

/// An alarm.
pub(crate) struct PyAlarm {
    pub(crate) tag: u8,
    class: &'static Class,
    value: Py<PyAny>,
    /// What it waits for, if its value is not there yet: an object whose method `ring` gives it.
    pending: Option<Py<PyAny>>,
}

impl PyAlarm {
    /// What a handler sets; `None` if the class has no rule for it.
    ///
    /// # Errors
    /// As [`PyMessage::sent`].
    pub(crate) fn set(class: &'static Class, value: &Bound<'_, PyAny>) -> PyResult<Option<Self>> {
        let Some(tag) = Class::tag_of(&class.alarms, value) else { return Ok(None) };
        let kind = &class.alarms[usize::from(tag)];
        kind.length(value)?;
        Ok(Some(PyAlarm { tag, class, value: kind.copy(value, Arrays::Snapshot)?.unbind(), pending: None }))
    }

    /// The same for one that waits for what is being computed, of which `value` is the rest.
    pub(crate) fn pending(class: &'static Class, value: &Bound<'_, PyAny>, pending: &Bound<'_, PyAny>) -> Option<Self> {
        let tag = Class::tag_of(&class.alarms, value)?;
        Some(PyAlarm { tag, class, value: value.clone().unbind(), pending: Some(pending.clone().unbind()) })
    }

    /// The alarm, as its handler gets it: it waits for what is being computed.
    ///
    /// # Errors
    /// What was raised by that; if the result is not of the field's type.
    pub(crate) fn rung<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let Some(pending) = &self.pending else { return Ok(self.value.bind(py).clone()) };
        let value = pending.bind(py).call_method0(pyo3::intern!(py, "ring"))?;
        self.kind().length(&value)?;
        Ok(value)
    }

    fn kind(&self) -> &'static Struct {
        &self.class.alarms[usize::from(self.tag)]
    }
}

impl Clone for PyAlarm {
    fn clone(&self) -> Self {
        Python::attach(|py| PyAlarm {
            tag: self.tag,
            class: self.class,
            value: self.value.clone_ref(py),
            pending: self.pending.as_ref().map(|pending| pending.clone_ref(py)),
        })
    }
}

impl fmt::Debug for PyAlarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.pending.is_some() {
            // It does not wait, and whether the result is there already is no part of a run.
            return write!(f, "{} {{ .. }}", self.kind().name);
        }
        Python::attach(|py| self.kind().show(self.value.bind(py), f))
    }
}

impl Serialize for PyAlarm {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Python::attach(|py| {
            let mut pair = serializer.serialize_tuple(2)?;
            pair.serialize_element(&self.tag)?;
            let value = self.rung(py).map_err(serde::ser::Error::custom)?;
            pair.serialize_element(&Fields::new(self.kind(), &value))?;
            pair.end()
        })
    }
}

impl<'de> Deserialize<'de> for PyAlarm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pair(&'static Class);

        impl<'de> Visitor<'de> for Pair {
            type Value = PyAlarm;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a tag and an alarm")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut pair: A) -> Result<PyAlarm, A::Error> {
                let missing = |place: usize| de::Error::invalid_length(place, &"a tag and an alarm");
                let tag: u8 = pair.next_element()?.ok_or_else(|| missing(0))?;
                let kind = self.0.alarms.get(usize::from(tag)).ok_or_else(|| de::Error::custom("there is no such alarm"))?;
                Python::attach(|py| {
                    let value = pair.next_element_seed(ReadingFields { py, of: kind })?.ok_or_else(|| missing(1))?;
                    Ok(PyAlarm { tag, class: self.0, value: value.unbind(), pending: None })
                })
            }
        }

        deserializer.deserialize_tuple(2, Pair(decoded()))
    }
}

impl AlarmSet for PyAlarm {
    fn tag(&self) -> u8 {
        self.tag
    }
}

impl AlarmOf<PyProtocol> for PyAlarm {
    /// Each has its own.
    const TAG: u8 = 0;

    fn wrap(self) -> PyAlarm {
        self
    }
}
