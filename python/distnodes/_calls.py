"""Calls of functions that compute: where their random numbers come from, and how what they raise travels."""

from __future__ import annotations

import pickle
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """The generators that all code shares begin at a seed, and are as before afterwards."""
    import random

    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    before = random.getstate()
    random.seed(seed)
    of_numpy = numpy.random.get_state() if numpy else None
    if numpy:
        numpy.random.seed(seed % (1 << 32))
    of_torch = torch.get_rng_state() if torch else None
    if torch:
        torch.manual_seed(seed)
    try:
        yield
    finally:
        random.setstate(before)
        if numpy:
            numpy.random.set_state(of_numpy)
        if torch:
            torch.set_rng_state(of_torch)


def called(work: Callable[[], Any]) -> bytes:
    """What came of a call, as bytes: its result, or what it has raised, and the seconds that the processor took."""
    begun = time.process_time()
    try:
        result = work()
        answer: Any = (result, None, time.process_time() - begun)
        return pickle.dumps(answer, protocol=5)
    except BaseException as wrong:
        return pickle.dumps((None, _carried(wrong), time.process_time() - begun), protocol=5)


class Computed(Exception):
    """The traceback of what was raised in a process that computes: the cause of that."""

    __module__ = "distnodes"

    def __str__(self) -> str:
        return f"in a process that computes\n{self.args[0].rstrip()}"


def _carried(wrong: BaseException) -> BaseException:
    """What was raised, with its traceback as its cause; another exception that says so, if it cannot travel."""
    import traceback

    text = "".join(traceback.format_exception(wrong))
    wrong.__cause__ = wrong.__context__ = wrong.__traceback__ = None
    try:
        again = pickle.loads(pickle.dumps(wrong))
    except Exception:
        again = None
    if type(again) is not type(wrong):
        wrong = RuntimeError(f"{type(wrong).__name__}: {wrong}")
    return _Travelling(wrong, text)


class _Travelling(BaseException):
    """An exception and its traceback, in one piece; unpickled it is the exception."""

    def __init__(self, wrong: BaseException, text: str) -> None:
        super().__init__(wrong, text)

    def __reduce__(self) -> Any:
        return _arrived, self.args


def _arrived(wrong: BaseException, text: str) -> BaseException:
    wrong.__cause__ = Computed(text)
    return wrong
