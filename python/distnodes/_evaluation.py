"""What a function says of a run while it goes on: outside of virtual time, and of the nodes' random numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from . import _native
from ._times import Time, time_text

_OWN = ("time", "messages", "bytes")

Row = dict[str, Any]


class Wanted(NamedTuple):
    """What the native part calls."""

    evaluate: Callable[[_native.World, float, int, int], None] | None
    every: str | None
    on_report: Callable[[float, int, str, Any], object] | None


def wanted(
    evaluate: Callable[[_native.World], Mapping[str, Any]] | None,
    every: Time | None,
    on_report: Callable[[float, int, str, Any], object] | None,
) -> tuple[Wanted | None, list[Row]]:
    """What these arguments of `simulate` ask for, and the rows that there will be.

    Raises:
        ValueError: If there is a time, and nothing to do then.
    """
    rows: list[Row] = []
    if evaluate is None:
        if every is not None:
            raise ValueError(f"`every={every!r}`: write also what is to be done then, `evaluate=lambda world: {{..}}`")
        return (None if on_report is None else Wanted(None, None, on_report)), rows

    def look(world: _native.World, time: float, messages: int, size: int) -> None:
        found = evaluate(world)
        if not isinstance(found, Mapping):
            raise TypeError(f"`evaluate` returns numbers by name, such as `{{'accuracy': 0.9}}`, and not {found!r}")
        taken = next((name for name in _OWN if name in found), None)
        if taken is not None:
            raise ValueError(f"`evaluate` returns `{taken}`, which each row has anyway: give it another name")
        rows.append({"time": time, "messages": messages, "bytes": size, **found})

    return Wanted(look, None if every is None else time_text(every), on_report), rows
