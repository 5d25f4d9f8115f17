"""Payloads looked after: who changes an array that was sent is found, and named.

An array that was sent is shared by all who get it.  NumPy refuses to change one; a tensor can be changed, and so can
the memory of an array that was given.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterator
from typing import Any, NamedTuple

from . import _native


class PayloadChanged(Exception):
    """A handler has changed an array that was sent."""


class _Known(NamedTuple):
    """An array that was sent."""

    array: weakref.ref[Any]
    hash: int
    name: str
    """Of its place in the message: `Model.w`."""


class Watch:
    """Knows the arrays that were sent in a run, by their hashes, and which node has had which in hands."""

    def __init__(self) -> None:
        self._sent: dict[int, _Known] = {}
        self._held: dict[int, set[int]] = {}
        self._step: set[int] = set()
        """Those that are sent, or have come, in the step that is being made."""

    def sent(self, message: object) -> None:
        """A handler sends that."""
        for name, array in arrays_of(message, type(message).__name__):
            if self._known(array) is None:
                self._sent[id(array)] = _Known(weakref.ref(array), _native.array_hash(array), name)
            self._step.add(id(array))

    def came(self, message: object) -> None:
        """That is about to be handled.

        Raises:
            PayloadChanged: If it is not what it was when it was sent.
        """
        self._step.clear()
        for _, array in arrays_of(message, ""):
            known = self._known(array)
            if known is not None:
                if _native.array_hash(array) != known.hash:
                    self._sent.pop(id(array))
                    raise PayloadChanged(f"`{known.name}` was changed on its way, by code that no handler has called")
                self._step.add(id(array))

    def handled(self, node: object, name: str) -> None:
        """A method of a node has handled something, and sent something.

        Raises:
            PayloadChanged: If an array is not what it was that this node has had in hands.
        """
        held = self._held.setdefault(id(node), set())
        held |= self._step
        self._step.clear()
        for key in list(held):
            known = self._sent.get(key)
            array = known.array() if known else None
            if known is None or array is None:
                held.discard(key)
                self._sent.pop(key, None)
            elif _native.array_hash(array) != known.hash:
                # Said once: the next run has other nodes, in the memory of these.
                self._sent.pop(key)
                raise PayloadChanged(
                    f"{type(node).__name__}.{name} has changed `{known.name}`, which was sent: others have it too, or "
                    "are still to get it; change a copy (`.clone()`, `.copy()`), and do not change what was given by "
                    "`nodes.give`"
                )

    def _known(self, array: object) -> _Known | None:
        known = self._sent.get(id(array))
        return known if known is not None and known.array() is array else None


def arrays_of(value: object, name: str) -> Iterator[tuple[str, Any]]:
    """The arrays that a value holds, each with its place."""
    if hasattr(type(value), "__dlpack__"):
        yield name, value
    elif isinstance(value, list | tuple):
        for place, element in enumerate(value):
            yield from arrays_of(element, f"{name}[{place}]")
    elif isinstance(value, dict):
        for key, element in value.items():
            yield from arrays_of(element, f"{name}[{key!r}]")
    elif hasattr(type(value), "__nodes_record__"):
        for field in type(value).__match_args__:  # type: ignore[attr-defined]
            yield from arrays_of(getattr(value, field), f"{name}.{field}")


def is_asked_for() -> bool:
    """Whether the environment asks for it."""
    return os.environ.get("NODES_CHECK_PAYLOADS", "") not in ("", "0")
