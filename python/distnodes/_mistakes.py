"""Mistakes in a protocol: gathered, and reported together."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Mistake(NamedTuple):
    """One mistake: where it stands, and what to write instead."""

    path: str
    line: int
    where: str
    """The class, or the class and the method: `Election.start`."""
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.where}: {self.text}"


class ProtocolError(TypeError):
    """What is wrong with a protocol.

    Attributes:
        mistakes: Each mistake, in the order of their places.
    """

    __module__ = "distnodes"

    def __init__(self, name: str, mistakes: Iterable[Mistake]) -> None:
        self.name = name
        self.mistakes = tuple(mistakes)
        count = "1 mistake" if len(self.mistakes) == 1 else f"{len(self.mistakes)} mistakes"
        lines = "".join(f"\n  {mistake}" for mistake in self.mistakes)
        super().__init__(f"`{name}` has {count}:{lines}")

    def __reduce__(self) -> tuple[type[ProtocolError], tuple[object, ...]]:
        return (ProtocolError, (self.name, self.mistakes))


class ProtocolWarning(UserWarning):
    """What is odd about a protocol, but not wrong."""

    __module__ = "distnodes"


class Mistakes:
    """The mistakes found so far in one protocol."""

    def __init__(self, cls: type, path: str, line: int) -> None:
        self.name = cls.__name__
        self.path = path
        self.line = line
        self._found: list[Mistake] = []

    def add(self, text: str, line: int | None = None, method: str | None = None, path: str | None = None) -> None:
        """A mistake; without a line it is one of the whole class."""
        where = f"{self.name}.{method}" if method else self.name
        mistake = Mistake(path or self.path, line or self.line, where, text)
        if mistake not in self._found:
            self._found.append(mistake)

    def raise_if_any(self) -> None:
        """Reports them, if there are any.

        Raises:
            ProtocolError: If there are.
        """
        if self._found:
            raise ProtocolError(self.name, sorted(self._found, key=lambda mistake: (mistake.path, mistake.line)))


def one_of(names: Iterable[str]) -> str:
    """`a, b or c`, each in backquotes."""
    return _joined([f"`{name}`" for name in names])


def one_text_of(texts: Iterable[str]) -> str:
    """The same for texts, each in quotes."""
    return _joined([f'"{text}"' for text in texts])


def _joined(quoted: list[str]) -> str:
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`; did you mean ..?`, if one of the known words looks like it."""
    import difflib  # takes long to import

    near = difflib.get_close_matches(word.lower(), [name.lower() for name in known], 1, 0.6)
    meant = next((name for name in known if near and name.lower() == near[0]), None)
    return f"; did you mean `{meant}`?" if meant else ""
