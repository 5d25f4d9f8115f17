"""States: an enum whose members can be joined by `|`, as rules name them."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from typing import Any, Self


class auto:  # noqa: N801 (reads as `enum.auto`)
    """A state in which the node has not decided: `Asleep = auto("Has not heard of the election.")`.

    What it carries is named with its type: `Waiting = auto("Waits for answers.", answers=u32)`.
    """

    def __init__(self, doc: str = "", /, **carries: Any) -> None:
        self.doc = doc
        self.carries = carries


class terminal(auto):  # noqa: N801 (reads as `auto`)
    """A state in which the node has decided: `Leader = terminal("Has the smallest id.")`.

    Decided does not mean deaf: a rule may name the state and send there, but may not leave it.  What has no rule there
    is dropped and counted as late.
    """


class State(enum.Enum):
    """The base class of a protocol's states::

        class State(nodes.State):
            Asleep = auto("Has not heard of the election.")
            Waiting = auto("Waits for so many answers.", answers=u32)
            Leader = terminal("Has the smallest id.")


        Asleep, Waiting, Leader = State

    A node begins in the state that is the default of its protocol's field `state`.  One that carries something is made
    when a node enters it, `self.state = Waiting(answers=3)`, and is not changed; `self.state.answers` is 3 then.  Rules
    and properties name it without: `in_=Waiting`, `world.count(Waiting)`, and so may a comparison, `state == Waiting`.
    """

    index: int
    """Where it stands among the states, from 0."""
    doc: str
    """What it means."""
    is_terminal: bool
    """Whether a node in it has decided."""
    carries: dict[str, Any]
    """What it carries: the names, with their types."""

    def __new__(cls, mark: object) -> State:
        member = object.__new__(cls)
        known = mark if isinstance(mark, auto) else auto()
        member._value_ = member.index = len(cls.__members__)
        member.doc, member.carries = known.doc, known.carries
        member.is_terminal = isinstance(mark, terminal)
        return member

    def __call__(self, *values: Any, **named: Any) -> Self:
        """The state with what it carries.

        Raises:
            TypeError: If something is missing, or is not carried by this state.
        """
        made = object.__new__(type(self))
        vars(made).update(self.__dict__ | self._given(values, named) | {"named": self})
        return made

    def _given(self, values: tuple[Any, ...], named: dict[str, Any]) -> dict[str, Any]:
        if not self.carries or self.named is not self:
            raise TypeError(f"the state `{self.name}` carries nothing: write it without parentheses")
        given = dict(zip(self.carries, values, strict=False)) | named
        if len(values) + len(named) != len(self.carries) or given.keys() != self.carries.keys():
            raise TypeError(f"what `{self.name}` carries is written `{carrying(self)}`")
        return {name: given[name] for name in self.carries}

    @property
    def named(self) -> State:
        """The state without what it carries, as rules name it."""
        found: State = self.__dict__.get("named", self)
        return found

    def __getattr__(self, name: str) -> Any:
        # Only called for what is not there; and a type checker learns that states have such attributes.
        if name in self.__dict__.get("carries", ()):
            raise AttributeError(f"`{self.name}` is the name of a state; a node in it has `self.state.{name}`")
        raise AttributeError(f"the state `{self.name}` carries no `{name}`")

    def __setattr__(self, name: str, value: object) -> None:
        if "named" in self.__dict__:
            raise AttributeError(f"what a state carries is not changed; write `self.state = {carrying(self)}`")
        object.__setattr__(self, name, value)

    def __eq__(self, other: object) -> bool:
        """Whether it is the same state, and carries the same; the name of a state stands for all that it may carry."""
        if self is other:
            return True
        if type(self) is not type(other) or not isinstance(other, State) or self.index != other.index:
            return False
        if "named" not in self.__dict__ or "named" not in other.__dict__:
            return True
        return all(self.__dict__[name] == other.__dict__[name] for name in self.carries)

    def __reduce_ex__(self, version: Any) -> Any:
        if "named" not in self.__dict__:
            return super().__reduce_ex__(version)
        return (type(self).__call__, (self.named, *(self.__dict__[name] for name in self.carries)))

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
        if "named" not in self.__dict__:
            return self.name
        return f"{self.name}({', '.join(f'{name}={self.__dict__[name]!r}' for name in self.carries)})"

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


def carrying(state: State) -> str:
    """A state as it is entered: `Waiting(answers=..)`."""
    fields = ", ".join(f"{name}=.." for name in state.carries)
    return f"{state.name}({fields})" if fields else state.name


def names(states: Iterator[State] | tuple[State, ...]) -> str:
    """`Asleep | Candidate`."""
    return " | ".join(state.name for state in states)
