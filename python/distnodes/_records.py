"""Messages, alarms, data and configurations: small classes with slots, made from annotations.

They are made here and not by `dataclasses`, whose import takes longer than that of this package, and whose frozen
classes take twice as long to make an instance.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any, TypeVar, cast, dataclass_transform

from ._fields import MISSING, Factory, field
from ._mistakes import Mistake, ProtocolError
from ._native import made_quickly
from ._place import Place
from ._schema import NoSchema, Schema, annotations_of, is_class_variable, resolve, schema_of, type_text

T = TypeVar("T")


class Record:
    """What is known of a record class: its kind, and its fields in order."""

    def __init__(self, cls: type, kind: str, bases: list[Record], place: Place) -> None:
        self.cls = cls
        self._written = cls
        self.kind = kind
        self.place = place
        own = {name: text for name, text in annotations_of(cls).items() if not is_class_variable(text)}
        self.annotations: dict[str, tuple[type, object]] = {}
        self.defaults: dict[str, object] = {}
        for base in bases:
            self.annotations.update(base.annotations)
            self.defaults.update(base.defaults)
        self.annotations.update({name: (cls, annotation) for name, annotation in own.items()})
        self.defaults.update({name: vars(cls)[name] for name in own if name in vars(cls)})

    def is_own(self, owner: type) -> bool:
        """Whether a field's owner is this class, and not one of its bases."""
        return owner is self._written

    def type_of(self, name: str) -> object:
        """The type of a field.

        Raises:
            NoSchema: If something in its annotation is not known.
        """
        owner, annotation = self.annotations[name]
        return resolve(annotation, owner, self.place)

    def schemas(self, within: tuple[type, ...] = ()) -> tuple[tuple[str, Schema], ...]:
        """The fields' names and schemas.

        Raises:
            NoSchema: If a field has no codec; the text names it.
        """
        found = []
        for name in self.annotations:
            try:
                found.append((name, schema_of(self.type_of(name), within or (self.cls,))))
            except NoSchema as problem:
                raise NoSchema(f"the field `{self.cls.__name__}.{name}`: {problem}") from None
        return tuple(found)

    def text(self) -> str:
        """The fields as text: `{origin:Id,limit:u32}`, or nothing."""
        fields = ",".join(f"{name}:{type_text(self.type_of(name))}" for name in self.annotations)
        return f"{{{fields}}}" if fields else ""


def record_of(cls: object) -> Record | None:
    """What is known of the class itself, if it is a record."""
    record = vars(cls).get("__nodes_record__") if isinstance(cls, type) else None
    return record if isinstance(record, Record) else None


def is_kind(cls: object, kind: str) -> bool:
    """Whether it is a class of that kind: `"message"`, `"alarm"`, `"data"` or `"config"`."""
    record = record_of(cls)
    return record is not None and record.kind == kind


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def message(cls: type[T]) -> type[T]:
    """Makes a class a type of message::

        @nodes.message
        class Forth:
            \"\"\"Asks whether `origin` is the smallest id within `limit` more links.\"\"\"

            origin: Id
            limit: u32

    An instance is made as of a dataclass, `Forth(origin=net.id, limit=1)`, cannot be changed, and equals another of
    the same fields.  A field is an `int` (of at most 128 bits) or an integer of a width (`u32`), a `float`, `bool`,
    `str`, `bytes`, `Id`, `Port`, an `Enum`, an `Array`, a class with `@message` or `@data`, or a `list`, `tuple`,
    `dict`, `set` or `| None` of these.
    """
    return _record(cls, "message")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def alarm(cls: type[T]) -> type[T]:
    """Makes a class a type of alarm, which a node sets for itself and handles by `@when`; otherwise as `@message`."""
    return _record(cls, "alarm")


@dataclass_transform(field_specifiers=(field,))
def data(cls: type[T]) -> type[T]:
    """Makes a class data, for fields of nodes and messages: as `@message`, but changeable, and not for rules."""
    return _record(cls, "data")


def _record(cls: type[T], kind: str) -> type[T]:
    # The caller of the decorator, whose names the annotations may use.
    return make_record(cls, kind, Place.of_caller(2))


def make_record(cls: type[T], kind: str, place: Place) -> type[T]:
    """The class again, with slots for its fields, and the methods that a record has.

    Raises:
        ProtocolError: If it cannot be one.
    """
    if not isinstance(cls, type) or issubclass(cls, enum.Enum):
        text = f"`@nodes.{kind}` stands on a class with fields; an enum can be the type of one"
        raise _error(cls, place, text)
    bases = [record for base in reversed(cls.__mro__[1:]) if (record := record_of(base))]
    record = Record(cls, kind, bases, place)
    if kind != "config":
        _check_order(record)
    inherited = {name for base in bases for name in base.annotations}
    own = tuple(name for name in record.annotations if name not in inherited)
    body = {name: value for name, value in vars(cls).items() if name not in ("__dict__", "__weakref__", *own)}
    body |= {"__slots__": own, "__match_args__": tuple(record.annotations), "__nodes_record__": record}
    body["__qualname__"] = cls.__qualname__
    made: Any = type(cls)(cls.__name__, cls.__bases__, body)  # type: ignore[misc]
    record.cls = made
    _add_methods(made, record, body)
    return cast("type[T]", made)


def _check_order(record: Record) -> None:
    """Fields without a default stand first, as `__init__` takes them in their order."""
    before = None
    for name in record.annotations:
        if name in record.defaults:
            before = name
        elif before:
            text = f"the field `{name}` has no default and follows `{before}`, which has one; put it first"
            raise _error(record.cls, record.place, text)


def _error(cls: type, place: Place, text: str) -> ProtocolError:
    name = getattr(cls, "__name__", repr(cls))
    return ProtocolError(name, [Mistake(place.path, place.line, name, text)])


def _add_methods(cls: Any, record: Record, body: dict[str, Any]) -> None:
    frozen = record.kind != "data"
    methods: dict[str, Any] = {
        "__init__": _init(cls, record, frozen),
        "__eq__": _eq,
        "__repr__": _repr,
        "__hash__": None,
    }
    if frozen:
        methods |= {"__setattr__": _refuse, "__delattr__": _refuse, "__hash__": _hash, "__reduce__": _reduce}
    for name, method in methods.items():
        if body.get(name) is None:
            setattr(cls, name, method)
    metaclass: object = type(cls)
    is_plain = metaclass is type and cls.__new__ is object.__new__ and cls.__init__ is methods["__init__"]
    if is_plain and record.kind != "config":
        made_quickly(cls, list(record.annotations))


def _init(cls: type, record: Record, frozen: bool) -> Callable[..., None]:
    """`__init__`, as source: its parameters are the fields, which a configuration takes by name only.

    The fields of one that cannot be changed are set through their slots, which is quicker than `object.__setattr__`.
    """
    names: dict[str, Any] = {"_default": record.defaults, "_missing": MISSING}
    parameters, lines = ["__self"], []
    if record.kind == "config" and record.annotations:
        parameters.append("*")
    for name in record.annotations:
        default, parameter, value = record.defaults.get(name, MISSING), name, name
        if isinstance(default, Factory):
            names[f"_make_{name}"] = default.make
            parameter, value = f"{name}=_missing", f"_make_{name}() if {name} is _missing else {name}"
        elif default is not MISSING:
            parameter = f"{name}=_default[{name!r}]"
        parameters.append(parameter)
        names[f"_set_{name}"] = getattr(cls, name).__set__
        lines.append(f"  _set_{name}(__self, {value})" if frozen else f"  __self.{name} = {value}")
    source = "\n".join([f"def __init__({', '.join(parameters)}):", *(lines or ["  pass"])])
    exec(source, names)
    made: Callable[..., None] = names["__init__"]
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    return made


def is_made(name: str, value: object) -> bool:
    """Whether that attribute of a record class is made here, and not written by the user."""
    if name == "__init__":
        return "_missing" in getattr(value, "__globals__", ())
    return value is None or value in (_eq, _repr, _hash, _refuse, _reduce)


def _values(self: Any) -> tuple[object, ...]:
    return tuple([getattr(self, name) for name in self.__match_args__])


def _eq(self: Any, other: object) -> Any:
    if type(other) is not type(self):
        return NotImplemented
    return self is other or _values(self) == _values(other)


def _hash(self: Any) -> int:
    # Of numbers it is the same in each process; that of a type is not.
    return hash(_values(self))


def _repr(self: Any) -> str:
    fields = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__match_args__)
    return f"{type(self).__name__}({fields})"


def _reduce(self: Any) -> tuple[Any, ...]:
    return (_remade, (type(self), _values(self)))


def _remade(cls: Any, values: tuple[object, ...]) -> Any:
    made = cls.__new__(cls)
    for name, value in zip(cls.__match_args__, values, strict=True):
        object.__setattr__(made, name, value)
    return made


def _refuse(self: Any, name: str, *value: object) -> None:
    kind = type(self).__nodes_record__.kind
    article = "an" if kind == "alarm" else "a"
    raise AttributeError(
        f"{article} {kind} cannot be changed, as others may have it too; make a new one: `{type(self).__name__}(..)`"
    )
