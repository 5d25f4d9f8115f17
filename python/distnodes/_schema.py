"""From annotations to schemas: which types can be carried, stored and shown.

A schema is a nested tuple whose head says what it is: `("u32",)`, `("option", ("id",))`,
`("struct", Forth, (("origin", ("id",)), ..))`.
"""

from __future__ import annotations

import enum
import sys
import types
import typing
from typing import Annotated, Any, ClassVar, TypeAlias, Union, get_args, get_origin

from ._place import Place
from ._types import Kind, LocalMark

Schema: TypeAlias = tuple[Any, ...]

_PLAIN: dict[object, Schema] = {
    bool: ("bool",),
    int: ("int",),
    float: ("float",),
    str: ("str",),
    bytes: ("bytes",),
}
_BARE: dict[object, str] = {
    list: "`list[int]`",
    set: "`set[int]`",
    dict: "`dict[int, str]`",
    tuple: "`tuple[int, str]`",
}


class NoSchema(Exception):
    """Why an annotation is not the type of a field."""


def annotations_of(cls: type) -> dict[str, object]:
    """The annotations of the class itself, as written."""
    if sys.version_info >= (3, 14):
        import annotationlib

        return dict(annotationlib.get_annotations(cls, format=annotationlib.Format.FORWARDREF))
    return dict(vars(cls).get("__annotations__", {}))


def resolve(annotation: object, owner: type, place: Place) -> object:
    """What an annotation of a class means.

    Args:
        annotation: The annotation, which may be a string.
        owner: The class.
        place: Where that, or one that is derived from it, is decorated.

    Raises:
        NoSchema: If a name in it is not known, or it is no type.
    """
    holder = type("Annotations", (), {"__annotations__": {"it": annotation}})
    try:
        hints = typing.get_type_hints(holder, *place.names_for(owner), include_extras=True)
    except NameError as error:
        raise NoSchema(f"`{error.name}` is not known here; import or define it above the class") from None
    except Exception as error:
        raise NoSchema(f"`{annotation}` is not a type: {error}") from None
    return hints["it"]


def is_local(resolved: object) -> bool:
    """Whether it is `Local[..]`."""
    return any(isinstance(mark, LocalMark) for mark in getattr(resolved, "__metadata__", ()))


def is_class_variable(annotation: object) -> bool:
    """Whether it is `ClassVar[..]`, as written or resolved."""
    if isinstance(annotation, str):
        return annotation.replace("typing.", "").startswith("ClassVar")
    return annotation is ClassVar or get_origin(annotation) is ClassVar


def schema_of(resolved: Any, within: tuple[type, ...] = ()) -> Schema:
    """The schema of a type.

    Args:
        resolved: The type.
        within: The records that it is a field of, outermost first.

    Raises:
        NoSchema: If it has no codec; the text says what can be written instead.
    """
    origin = get_origin(resolved)
    if type(resolved).__hash__ is None:
        raise NoSchema(f"`{resolved!r}` is not a type; a list of numbers, say, is a `list[int]`")
    if origin is Annotated:
        return _annotated(resolved, within)
    if resolved in _PLAIN:
        return _PLAIN[resolved]
    if origin in (Union, types.UnionType):
        return _optional(resolved, within)
    if origin in (list, set, dict, tuple):
        return _collection(origin, get_args(resolved), within)
    # A class of arrays, and `numpy.typing.NDArray[..]`, whose origin is one.
    if is_array(origin or resolved):
        return ("array", origin or resolved)
    if hasattr(resolved, "__supertype__"):
        return schema_of(resolved.__supertype__, within)
    if isinstance(resolved, type):
        return _class(resolved, within)
    raise NoSchema(_no_codec(resolved))


def is_array(cls: object) -> bool:
    """Whether it is a class of arrays: its library hands them to others by DLPack."""
    return isinstance(cls, type) and hasattr(cls, "__dlpack__")


def _annotated(resolved: Any, within: tuple[type, ...]) -> Schema:
    for mark in resolved.__metadata__:
        if isinstance(mark, Kind):
            return ("array", None) if mark.head == "array" else (mark.head,)
        if isinstance(mark, LocalMark):
            raise NoSchema("`Local[..]` is the whole type of a field of a node, not a part of one")
    return schema_of(resolved.__origin__, within)


def _optional(resolved: Any, within: tuple[type, ...]) -> Schema:
    some = [part for part in get_args(resolved) if part is not types.NoneType]
    if len(some) != 1:
        raise NoSchema(f"`{type_text(resolved)}` has no codec: a field has one type, or that type and `None`")
    return ("option", schema_of(some[0], within))


def _collection(origin: type, parts: tuple[Any, ...], within: tuple[type, ...]) -> Schema:
    if origin is tuple and Ellipsis in parts:
        raise NoSchema(f"a tuple has a fixed length; write `list[{type_text(parts[0])}]`")
    inner = tuple(schema_of(part, within) for part in parts if part != ())
    return ("tuple", inner) if origin is tuple else (origin.__name__, *inner)


def _class(cls: type, within: tuple[type, ...]) -> Schema:
    from ._records import record_of

    if issubclass(cls, enum.Enum):
        return ("enum", cls, tuple(cls))
    record = record_of(cls)
    if record is None:
        raise NoSchema(_no_codec(cls))
    if cls in within:
        raise NoSchema(f"`{cls.__name__}` has itself as a field, without an end; keep an `Id` or an index instead")
    return ("struct", cls, record.schemas((*within, cls)))


def _no_codec(resolved: Any) -> str:
    text = type_text(resolved)
    if isinstance(resolved, int | float | str | bytes | None):
        return f"`{resolved!r}` is a value, and not a type"
    if resolved in _BARE:
        return f"`{text}` does not say what it holds; write {_BARE[resolved]}"
    if text.startswith("frozenset"):
        return f"`{text}` has no codec; write `{text.removeprefix('frozen')}`"
    of_user = isinstance(resolved, type) and resolved.__module__ not in ("builtins", "typing")
    hint = f"if `{text}` is data, write `@nodes.data` above its class" if of_user else "write the type of what it holds"
    return f"`{text}` has no codec, so it cannot be carried, stored or shown; {hint}"


_BITS = {"u8": 8, "u16": 16, "u32": 32, "u64": 64, "i8": 7, "i16": 15, "i32": 31, "i64": 63, "int": 127}


def fits(value: Any, schema: Schema) -> bool:
    """Whether the codec of a schema carries a value; of collections, it looks at the outermost only."""
    head = schema[0]
    if head == "option":
        return value is None or fits(value, schema[1])
    if head == "array":
        return is_array(type(value)) and (schema[1] is None or isinstance(value, schema[1]))
    if head in ("enum", "struct"):
        return isinstance(value, schema[1])
    if head in ("id", "port"):
        return fits(value, ("u64",))
    if head in _BITS:
        least = 0 if head.startswith("u") else -(1 << _BITS[head])
        return isinstance(value, int) and not isinstance(value, bool) and least <= value < 1 << _BITS[head]
    if head == "float":
        return isinstance(value, int | float) and not isinstance(value, bool)
    kind = {"bool": bool, "str": str, "bytes": bytes, "list": list, "tuple": tuple, "dict": dict, "set": set}[head]
    return isinstance(value, kind)


def type_text(resolved: Any) -> str:
    """A type as people write it: `list[u32]`, `Id | None`."""
    origin, parts = get_origin(resolved), get_args(resolved)
    if origin is Annotated:
        marks = [mark for mark in resolved.__metadata__ if isinstance(mark, Kind | LocalMark)]
        inner = type_text(resolved.__origin__)
        return (
            f"Local[{inner}]" if isinstance(marks[:1] and marks[0], LocalMark) else repr(marks[0]) if marks else inner
        )
    if resolved is types.NoneType:
        return "None"
    if resolved is Ellipsis:
        return "..."
    if origin in (Union, types.UnionType):
        return " | ".join(type_text(part) for part in parts)
    name = getattr(origin or resolved, "__name__", None) or str(resolved)
    return f"{name}[{', '.join(type_text(part) for part in parts)}]" if origin and parts else name
