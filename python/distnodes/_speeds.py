"""How fast nodes compute: of one, a number of units of work a second."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

from ._mistakes import did_you_mean

FORMS = '`"lognormal:1,0.5"` (median, spread), `"uniform:0.25..4"`, one number for each node, or `{3: 0.25}`'

Given = str | float | Sequence[float] | Mapping[Any, float]


class Speeds:
    """The speeds of the nodes of a run."""

    def __init__(self, given: Given, seed: int) -> None:
        self._seed = seed
        self.text = repr(given)
        """As it is written."""
        self._given: Mapping[int, float] = {}
        self._law: tuple[str, float, float] = ("same", 1.0, 0.0)
        if isinstance(given, str):
            self._law = _law(given)
        elif isinstance(given, Mapping):
            self._given = {node: _speed(f"speeds[{node!r}]", speed) for node, speed in given.items()}
        elif isinstance(given, Sequence):
            self._given = {node: _speed(f"speeds[{node}]", speed) for node, speed in enumerate(given)}
        else:
            self._law = ("same", _speed("speeds", given), 0.0)

    def of(self, node: int) -> float:
        """That of a node."""
        given = self._given.get(node)
        if given is not None:
            return given
        name, low, high = self._law
        if name == "same":
            return low
        digest = blake2b(b"speeds %d %d" % (self._seed, node), digest_size=16).digest()
        first, second = (
            ((int.from_bytes(half, "little") >> 11) + 0.5) / (1 << 53) for half in (digest[:8], digest[8:])
        )
        if name == "uniform":
            return low + (high - low) * first
        # Box & Muller 1958.
        return low * math.exp(high * math.sqrt(-2 * math.log(first)) * math.cos(2 * math.pi * second))


def _law(text: str) -> tuple[str, float, float]:
    name, colon, rest = text.partition(":")
    apart = {"uniform": "..", "lognormal": ","}.get(name)
    if not colon:
        try:
            return "same", _speed("speeds", float(name)), 0.0
        except ValueError:
            pass
    if apart is None:
        raise ValueError(
            f'speeds="{text}": there is no such law{did_you_mean(name, ["uniform", "lognormal"]) or ""}; write {FORMS}'
        )
    try:
        first, second = map(float, rest.split(apart))
    except ValueError:
        raise ValueError(f'speeds="{text}": `{rest}` are no two numbers; write {FORMS}') from None
    _speed("speeds", first)
    if name == "uniform" and not first <= second < math.inf:
        raise ValueError(f'speeds="{text}": the range is empty; write the least first, `"uniform:0.25..4"`')
    if name == "lognormal" and not 0 <= second <= 20:
        raise ValueError(f'speeds="{text}": a spread is a number from 0 to 20')
    return name, first, second


def _speed(what: str, given: Any) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 < given < math.inf:
        raise ValueError(f"{what}: {given!r} is no speed; write a number above 0, such as 0.25; or for all {FORMS}")
    return float(given)
