"""Which fields of its node a method may change, as far as its source shows: those that are looked at after it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ._records import is_kind
from ._scan import Scan, Scans, called, scans_of
from ._schema import Schema


def changes(method: str, schemas: dict[str, Schema], scans: Scans) -> list[str]:
    """The fields that a method, or one that it calls, may change; all of them if that cannot be seen.

    Args:
        method: Its name.
        schemas: The fields, with their types.
        scans: What each method does.
    """
    found = [one for name in called(method, scans) for one in scans[name]]
    known = {"state", *schemas, *scans}
    if method not in scans or any(one.is_open or not one.mentions.keys() <= known for one in found):
        return list(schemas)
    return [name for name, schema in schemas.items() if any(_changes(one, name, schema) for one in found)]


def _changes(one: Scan, name: str, schema: Schema) -> bool:
    """A field is assigned, or what it holds can be changed and is mentioned."""
    return any(use.name == name for use in one.fields) or (name in one.mentions and _can_change(schema))


def _can_change(schema: Schema) -> bool:
    head, *parts = schema
    if head in ("list", "set", "dict"):
        return True
    if head == "struct":
        cls, fields = parts
        return is_kind(cls, "data") or any(_can_change(of) for _, of in fields)
    inner = parts[0] if head == "tuple" else parts if head == "option" else ()
    return any(_can_change(part) for part in inner)


def place_of(cls: type, method: str, field: str) -> str:
    """Where a method, or one that it calls, sets a field, for people: `set at clock.py:33 in Clock.tick`.

    Args:
        cls: The protocol.
        method: Its name; of all methods if it is empty.
        field: The name of the field.
    """
    scans = scans_of(cls, dir(cls))
    names: Iterable[str] = called(method, scans) if method else scans
    found = {name: lines for name in names if (lines := _lines(scans, name, field))}
    places = [f"{path}:{' or '.join(map(str, lines))} in {owner}" for path, lines, owner in found.values()]
    if places:
        return f"set at {', or '.join(places)}"
    return f"set in {cls.__name__}.{method}" if method else "its default"


def _lines(scans: Scans, method: str, field: str) -> tuple[str, list[int], str] | None:
    """The file, the lines and the name of a method that assigns a field; else of one that mentions it."""
    for one in scans[method]:
        code: Any = one.function.__code__
        lines = {use.line for use in one.fields if use.name == field} or {*one.mentions.get(field, ())}
        if lines:
            return code.co_filename, sorted(lines), one.function.__qualname__.rpartition("<locals>.")[2]
    return None
