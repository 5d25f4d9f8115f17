"""Generators that all nodes of a process share: what moves them is no function of a run's seed."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from typing import Any

from ._mistakes import ProtocolWarning


def _of_numpy(module: Any) -> object:
    _, words, *rest = module.get_state()
    return words.tobytes(), *rest


_SHARED: dict[str, tuple[Callable[[Any], object], str]] = {
    "random": (lambda module: module.getstate(), "draw from `net.rng`, which has all that `random` has"),
    "numpy.random": (
        _of_numpy,
        "draw from `net.generator()`, or give what draws a seed, `random_state=net.bits()`",
    ),
    "torch": (
        lambda module: module.get_rng_state().numpy().tobytes(),
        "give what draws `generator=nodes.learn.torch_generator(net)`, or draw within `with nodes.learn.seeded(net):`",
    ),
}
"""By module: its state, and what to write instead."""


def states() -> dict[str, object]:
    """Where the generators stand of those modules that are there."""
    there = {name: sys.modules.get(name) for name in _SHARED}
    return {name: _SHARED[name][0](module) for name, module in there.items() if module is not None}


def warn_if_moved(before: dict[str, object], cls: str, method: str, code: Any) -> None:
    """Warns if a handler has moved one of them.

    Args:
        before: What `states` was before it was called.
        cls: The class of its protocol.
        method: Its name.
        code: The function.
    """
    after = states()
    for name, state in before.items():
        if after[name] != state:
            own = code.__code__
            text = f"{cls}.{method} moves the generator of `{name}`, which all nodes share, so that the run does not"
            warnings.warn_explicit(
                f"{text} follow from its seed: {_SHARED[name][1]}", ProtocolWarning, own.co_filename, own.co_firstlineno
            )
