"""How far a long run is, shown to those who wait for it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol, TypeVar

T = TypeVar("T")

PATIENCE = 2.0
"""Nothing is shown of what takes fewer seconds."""
PAUSE = 0.1
"""It changes no sooner than after so many seconds."""
BETWEEN_LINES = 10.0
"""Where lines stay, there are so many seconds between them."""
LENGTH = 30
"""How long a bar is."""


class Screen(Protocol):
    """Where one line is shown, in place of the one before."""

    def show(self, line: str) -> None: ...
    def clear(self) -> None: ...


class Progress:
    """Shows how far something is, while it is entered: a line on a terminal, or in a notebook.

    Args:
        wanted: Whether it is shown; None: if standard error is a terminal, or this is a notebook, and it takes more
            than some seconds.
        unit: What steps are called: `"runs"`.
    """

    def __init__(self, wanted: bool | None, unit: str = "") -> None:
        self._screen = None if wanted is False else _screen(wanted is True)
        self._patience = 0.0 if wanted else PATIENCE
        self._unit = unit
        self._begun = time.monotonic()
        self._due = 0.0
        self._is_shown = False

    @property
    def function(self) -> Callable[[str, tuple[int, int] | None], None] | None:
        """What is called with a text, and how many steps are done of how many; None if nothing is to be shown."""
        return None if self._screen is None else self.at

    def at(self, text: str, steps: tuple[int, int] | None = None) -> None:
        """Shows that, if it has taken long enough."""
        passed = time.monotonic() - self._begun
        if self._screen is not None and passed >= max(self._patience, self._due):
            self._is_shown = True
            self._due = passed + PAUSE
            self._screen.show(line_of(text, steps, self._unit, passed))

    def over(self, items: Iterable[T], total: int) -> Iterator[T]:
        """The items, while it is shown how many of them there have been."""
        for done, item in enumerate(items, 1):
            yield item
            self.at("", (done, total))

    def __enter__(self) -> Progress:
        self._begun = time.monotonic()
        return self

    def __exit__(self, *raised: object) -> None:
        if self._screen is not None and self._is_shown:
            self._screen.clear()


def line_of(text: str, steps: tuple[int, int] | None, unit: str, passed: float) -> str:
    """The line, so many seconds after the beginning."""
    if steps is None:
        return f"{text}  {_rounded(passed)}"
    done, total = steps
    filled = LENGTH * done // max(total, 1)
    bar = "█" * filled + "░" * (LENGTH - filled)
    left = f", {_rounded(passed * (total - done) / done)} left" if done else ""
    parts = [" ".join(filter(None, [bar, f"{done} of {total}", unit])), text, f"{_rounded(passed)}{left}"]
    return "  ".join(filter(None, parts))


def _rounded(seconds: float) -> str:
    """As `cli/spinner.rs` has it."""
    if seconds < 120:
        return f"{int(seconds)}s"
    return f"{int(seconds / 60)}m" if seconds < 7200 else f"{int(seconds / 3600)}h"


def _screen(is_forced: bool) -> Screen | None:
    notebook = _notebook()
    if notebook is not None:
        return _Cell(notebook)
    if sys.stderr is not None and sys.stderr.isatty():
        return _Terminal()
    return _Lines() if is_forced and sys.stderr is not None else None


def _notebook() -> Any:
    """`IPython.display` of a notebook; None elsewhere."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if getattr(shell, "kernel", None) is None:
        return None
    from IPython import display

    return display


class _Terminal:
    """A line that is written over."""

    def show(self, line: str) -> None:
        import shutil  # takes long to import

        # What is longer than the terminal is wide would not be written over.
        width = shutil.get_terminal_size().columns - 1
        print(f"\r\x1b[K{line[:width]}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)


class _Lines:
    """Lines that stay, of which there are few."""

    def __init__(self) -> None:
        self._due = 0.0

    def show(self, line: str) -> None:
        now = time.monotonic()
        if now >= self._due:
            self._due = now + BETWEEN_LINES
            print(line, file=sys.stderr, flush=True)

    def clear(self) -> None:
        pass


class _Cell:
    """An output of a notebook's cell."""

    def __init__(self, notebook: Any) -> None:
        self._notebook = notebook
        self._handle: Any = None

    def show(self, line: str) -> None:
        data = {"text/plain": line}
        if self._handle is None:
            self._handle = self._notebook.display(data, raw=True, display_id=True)
        else:
            self._handle.update(data, raw=True)

    def clear(self) -> None:
        # An output cannot be taken away.
        self._handle.update({"text/plain": "", "text/html": ""}, raw=True)
