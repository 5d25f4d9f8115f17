"""States: an enum whose members can be joined by `|`, as rules name them."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from typing import Any


class auto:  # noqa: N801 (reads as `enum.auto`)
    """A state in which the node has not decided: `Asleep = auto("Has not heard of the election.")`."""

    def __init__(self, doc: str = "") -> None:
        self.doc = doc


class terminal(auto):  # noqa: N801 (reads as `auto`)
    """A state in which the node has decided: `Leader = terminal("Has the smallest id.")`.

    Decided does not mean deaf: a rule may name the state and send there, but may not leave it.  What has no rule there
    is dropped and counted as late.
    """


class State(enum.Enum):
    """The base class of a protocol's states::

        class State(nodes.State):
            Asleep = auto("Has not heard of the election.")
            Leader = terminal("Has the smallest id.")


        Asleep, Leader = State

    A node begins in the state that is the default of its protocol's field `state`.
    """

    index: int
    """Where it stands among the states, from 0."""
    doc: str
    """What it means."""
    is_terminal: bool
    """Whether a node in it has decided."""

    def __new__(cls, mark: object) -> State:
        member = object.__new__(cls)
        member._value_ = member.index = len(cls.__members__)
        member.doc = mark.doc if isinstance(mark, auto) else ""
        member.is_terminal = isinstance(mark, terminal)
        return member

    @staticmethod
    def _generate_next_value_(name: str, start: int, count: int, last_values: list[Any]) -> Any:
        """So that `enum.auto()` is understood, too."""
        return auto()

    def __or__(self, other: State | States) -> States:
        """Either state: `Asleep | Candidate`."""
        return States((self,)) | other

    def __hash__(self) -> int:
        """The same in each process, unlike that of an enum, so that the order of a set of states is, too."""
        return self.index

    def __repr__(self) -> str:
        return self.name

    __str__ = __repr__


class States(tuple[State, ...]):
    """Some states, as `Asleep | Candidate` makes them; in the order in which they were written."""

    __slots__ = ()

    def __or__(self, other: State | States) -> States:
        if not isinstance(other, State | States):
            return NotImplemented
        more = states_of(other)
        return States(dict.fromkeys((*self, *more)))

    def __repr__(self) -> str:
        return " | ".join(state.name for state in self)


def states_of(states: State | States) -> tuple[State, ...]:
    """One state or several, as several."""
    return (states,) if isinstance(states, State) else tuple(states)


def names(states: Iterator[State] | tuple[State, ...]) -> str:
    """`Asleep | Candidate`."""
    return " | ".join(state.name for state in states)
