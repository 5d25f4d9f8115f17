"""Times, in seconds."""

from __future__ import annotations

from datetime import timedelta

Time = float | timedelta | str
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
    seconds = time.total_seconds() if isinstance(time, timedelta) else time
    return f"{seconds:.9f}".rstrip("0").rstrip(".") + "s"
