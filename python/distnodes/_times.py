"""Times, in seconds."""


def secs(seconds: float) -> float:
    """So many seconds."""
    return seconds


def millis(milliseconds: float) -> float:
    """So many milliseconds, in seconds."""
    return milliseconds / 1000
