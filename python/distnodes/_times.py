"""Times, in seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from datetime import timedelta  # takes long to import

Time: TypeAlias = "float | timedelta | str"
"""Seconds, a `timedelta`, or a text such as `"20ms"`."""


def secs(seconds: float) -> float:
    """So many seconds."""
    return seconds


def millis(milliseconds: float) -> float:
    """So many milliseconds, in seconds."""
    return milliseconds / 1000


def time_text(time: Time) -> str:
    """A time as a command line has it."""
    if isinstance(time, str):
        return time
    seconds = time if isinstance(time, float | int) else time.total_seconds()
    return f"{seconds:.9f}".rstrip("0").rstrip(".") + "s"


_UNITS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}


def seconds_of(name: str, time: Time) -> float:
    """A time in seconds.

    Args:
        name: What it is the time of, for the error.
        time: It.

    Raises:
        ValueError: If it is none.
    """
    if not isinstance(time, str):
        seconds = float(time if isinstance(time, float | int) else time.total_seconds())
    else:
        number = time.strip().rstrip("abcdefghijklmnopqrstuvwxyz")
        unit = _UNITS.get(time.strip()[len(number) :], -1.0)
        try:
            seconds = float(number) * unit
        except ValueError:
            seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise ValueError(f'{name}: `{time}` is no time; write seconds, such as `0.5`, or a text such as "500ms"')
    return seconds
