"""Classes of a notebook on their way to another process, by cloudpickle.

It takes a class apart and makes it again attribute by attribute, which loses slots, and what the members of a `State`
know.  Records and states are made again here as they were made at first.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import cloudpickle

from . import _native
from ._place import Place
from ._records import Record, is_made, make_record, record_of
from ._states import State, auto, terminal

_MADE_AGAIN = (
    "__slots__",
    "__match_args__",
    "__nodes_record__",
    "__nodes_maker__",
    "__dict__",
    "__weakref__",
    "__annotations__",
)
_OF_ENUMS = ("__new__", "_generate_next_value_", "_new_member_", "_use_args_", "_member_type_", "_value_repr_")


def carried(what: Any, script: bool = False) -> bytes:
    """A class or a function, and all of `__main__` that it uses, but for its classes if that is an imported script."""
    into = io.BytesIO()
    _Pickler(into, script).dump(what)
    return into.getvalue()


def _read_there() -> None:
    """In place of what the engines have read of a class, or of one that it is derived from: they read it again."""


class _Pickler(cloudpickle.CloudPickler):  # type: ignore[misc]
    def __init__(self, into: io.BytesIO, script: bool) -> None:
        super().__init__(into)
        self._script = script

    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, _native.Protocol):
            return _read_there, ()
        if isinstance(obj, type) and obj.__module__ == "__main__":
            if self._script:
                return NotImplemented
            record = record_of(obj)
            if record is not None:
                return _record(obj, record)
            if issubclass(obj, State) and obj.__members__:
                return _states(obj)
        return super().reducer_override(obj)


def _reduced(make: Callable[..., type], arguments: tuple[Any, ...], more: dict[str, Any]) -> tuple[Any, ...]:
    """Methods come last, since they may use the class."""
    return (make, arguments, more, None, None, _add)


def _named(cls: type) -> dict[str, Any]:
    return {"__module__": cls.__module__, "__qualname__": cls.__qualname__, "__doc__": cls.__doc__}


def _record(cls: type, record: Record) -> tuple[Any, ...]:
    own = {name: annotation for name, (owner, annotation) in record.annotations.items() if record.is_own(owner)}
    defaults = {name: record.defaults[name] for name in own if name in record.defaults}
    known = (*_MADE_AGAIN, *record.annotations, *(named := _named(cls)))
    more = {name: value for name, value in vars(cls).items() if name not in known and not is_made(name, value)}
    arguments = (cls.__name__, cls.__bases__, {**named, **defaults, "__annotations__": own}, record.kind, record.place)
    return _reduced(_record_again, arguments, more)


def _record_again(name: str, bases: tuple[type, ...], body: dict[str, Any], kind: str, place: Place) -> type:
    return make_record(type(name, bases, body), kind, place)


def _states(cls: type[State]) -> tuple[Any, ...]:
    members = [(state.name, state.doc, state.is_terminal, state.carries) for state in cls]
    known = (*cls.__members__, *_OF_ENUMS, *_MADE_AGAIN, *(named := _named(cls)))
    methods = {name: value for name, value in vars(cls).items() if name not in known and not name.startswith("_")}
    return _reduced(_states_again, (cls.__name__, cls.__bases__, named, members), methods)


def _states_again(
    name: str, bases: tuple[type, ...], body: dict[str, Any], members: list[tuple[str, str, bool, dict[str, Any]]]
) -> type:
    made: Any = type(State)
    names = made.__prepare__(name, bases)
    for key, value in body.items():
        names[key] = value
    for member, doc, is_terminal, carries in members:
        names[member] = terminal(doc, **carries) if is_terminal else auto(doc, **carries)
    again: type = made(name, bases, names)
    return again


def _add(cls: type, more: dict[str, Any]) -> None:
    for name, value in more.items():
        setattr(cls, name, value)
