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
