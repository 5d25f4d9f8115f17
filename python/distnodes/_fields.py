"""The fields of a class: what is annotated in it and in its bases, with their defaults."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeVar, overload

from ._place import Place
from ._schema import NoSchema, Schema, annotations_of, is_array, is_class_variable, is_local, resolve, schema_of

T = TypeVar("T")

MISSING: Any = object()
"""In the place of a default that there is not."""


class Factory:
    """The default of a field that each instance makes for itself, when it first looks at it."""

    def __init__(self, make: Callable[[], object]) -> None:
        self.make = make
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: object, owner: type) -> object:
        if instance is None:
            return self
        value = self.make()
        instance.__dict__[self.name] = value
        return value


@overload
def field(*, default: T) -> T: ...
@overload
def field(*, default_factory: Callable[[], T]) -> T: ...
def field(*, default: Any = MISSING, default_factory: Any = MISSING) -> Any:
    """A field's default that is made for each node: `queue: list[int] = nodes.field(default_factory=list)`.

    Args:
        default: The default, if it is a value that cannot change.
        default_factory: Makes the default, without arguments.

    Raises:
        TypeError: If there is not exactly one of the two.
    """
    if (default is MISSING) == (default_factory is MISSING):
        raise TypeError("write either `field(default=..)` or `field(default_factory=..)`")
    return Factory(default_factory) if default is MISSING else default


class Declared(NamedTuple):
    """A field as a class declares it."""

    name: str
    owner: type
    annotation: object
    """As written, which may be a string."""
    type: object
    """What that means; `MISSING` if something in it is not known, which `problem` says then."""
    schema: Schema | None
    """`None` for one that is local, and where there is a problem."""
    default: object
    problem: str | None

    @property
    def make(self) -> Callable[[], object] | None:
        """Makes the default; `None` if there is none."""
        if self.default is MISSING:
            return None
        if isinstance(self.default, Factory):
            return self.default.make
        default = self.default
        return lambda: default

    @property
    def has_mutable_default(self) -> bool:
        """Whether all nodes would share, and change, one default."""
        kind = type(self.default)
        return kind is not Factory and (kind.__hash__ is None or is_array(kind))


def declared_fields(cls: type, place: Place) -> Iterator[Declared]:
    """The fields of a class and its bases: those of a base first, one that is declared again in its old place."""
    owners: dict[str, tuple[type, object]] = {}
    for owner in reversed(cls.__mro__):
        for name, annotation in annotations_of(owner).items():
            owners[name] = (owner, annotation)
    for name, (owner, annotation) in owners.items():
        declared = _declared(cls, owner, name, annotation, place)
        if not is_class_variable(declared.type):
            yield declared


def _declared(cls: type, owner: type, name: str, annotation: object, place: Place) -> Declared:
    default = defaults_of(cls).get(name, MISSING)
    try:
        resolved = resolve(annotation, owner, place)
    except NoSchema as problem:
        return Declared(name, owner, annotation, MISSING, None, default, str(problem))
    if is_local(resolved) or is_class_variable(resolved):
        return Declared(name, owner, annotation, resolved, None, default, None)
    try:
        schema, problem_text = schema_of(resolved), None
    except NoSchema as problem:
        schema, problem_text = None, str(problem)
    return Declared(name, owner, annotation, resolved, schema, default, problem_text)


def defaults_of(cls: type) -> dict[str, object]:
    """What the class and its bases bind, by name."""
    bound: dict[str, object] = {}
    for owner in reversed(cls.__mro__):
        bound.update(vars(owner))
    return bound
