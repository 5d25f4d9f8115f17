"""The words of the language: decorators that note what is written, for `@protocol` to read.

None of them raises an error for what it notes, so that `@protocol` can tell all mistakes at once.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FunctionType
from typing import Any, NamedTuple, TypeVar, cast

from ._mistakes import Mistake, ProtocolError
from ._states import State, States

F = TypeVar("F", bound=Callable[..., Any])
C = TypeVar("C", bound=type)

Guard = Callable[..., bool]

_MISSING: Any = None
"""In the place of an event that is not given, which is told with all other mistakes."""


class Spontaneously:
    """The impulse, by which an initiator starts: `@on(Spontaneously, in_=Asleep)`."""


class Clause(NamedTuple):
    """What one decorator says, and where it stands."""

    word: str
    line: int
    path: str
    event: Any = None
    states: Any = None
    guard: Any = None


def on(event: type[Any] = _MISSING, in_: State | States | None = None, if_: Guard | None = None) -> Callable[[F], F]:
    """A rule: what a node does with a message, or with the impulse::

        @on(Spontaneously, in_=Asleep)
        def start(self, net: Net) -> None:
            net.send_to_all(Forth(origin=net.id, limit=1))
            self.state = Candidate


        @on(Forth, in_=Candidate, if_=lambda self, msg, net: msg.origin < net.id)
        @on(Forth, in_=Asleep | Defeated)
        def give_way(self, msg: Forth, sender: Port, net: Net) -> None: ...

    The method takes any of `msg`, `sender` (the port that it came from) and `net` by name, returns nothing, changes
    the state by `self.state = ..`, and is one atomic step.  It may have several rules, and other methods may call it.

    Args:
        event: A class with `@nodes.message`, or `Spontaneously`.
        in_: The states that the rule is for.  Without it, every state that is not terminal and that no other rule of
            the event names.
        if_: A condition, of `self` and any of what the method may take.  Rules with one are tried first, in the order
            of the source, and do not count as coverage: another rule must handle the rest.
    """
    return cast("Callable[[F], F]", _on_method("on", event, in_, if_))


def when(alarm: type[Any] = _MISSING, in_: State | States | None = None, if_: Guard | None = None) -> Callable[[F], F]:
    """A rule for an alarm that the node has set: `@when(Timeout, in_=Waiting)`.

    The method takes any of `alarm` and `net`; otherwise as `@on`.  An alarm that rings in a state without a rule for
    it does nothing.

    Args:
        alarm: A class with `@nodes.alarm`.
        in_: The states that the rule is for.
        if_: A condition.
    """
    return cast("Callable[[F], F]", _on_method("when", alarm, in_, if_))


def ignore(
    event: type[Any] = _MISSING, in_: State | States | None = None, if_: Guard | None = None
) -> Callable[[C], C]:
    """Above a class and below `@protocol`: nothing happens with the message in these states."""
    return _on_class("ignore", event, in_, if_)


def defer(
    message: type[Any] = _MISSING, in_: State | States | None = None, if_: Guard | None = None
) -> Callable[[C], C]:
    """Above a class and below `@protocol`: the message waits, for another state or for a condition to hold.

    It keeps its place among those of its link, and is offered again each time that the state changes.  If a rule with
    `if_` is for it in that state, it is also offered after each step of the node.
    """
    return _on_class("defer", message, in_, if_)


def never(event: type[Any] = _MISSING, in_: State | States | None = None, if_: Guard | None = None) -> Callable[[C], C]:
    """Above a class and below `@protocol`: the message cannot come in these states; should it, that is a violation."""
    return _on_class("never", event, in_, if_)


def otherwise_ignore(cls: C) -> C:
    """Above a class and below `@protocol`: what no rule mentions is ignored, the book's "nil".

    It takes the question away of what happens if this message comes in that state, which is where most mistakes are;
    better say `@ignore`, `@defer` or `@never` one by one.
    """
    return _note_on_class(cls, _clause("otherwise_ignore", 2))


def init(method: F) -> F:
    """How a node begins, where the defaults of its fields are not enough: `def begin(self, config: Options, net: Net)`.

    Either parameter may be left out.  It may set alarms.
    """
    return cast(F, _note(method, _clause("init", 2)))


def recover(method: F) -> F:
    """How a node comes back after a crash: `def back(self, saved: int, net: Net)`.

    `saved` is what it stored last by `net.store(..)`, of the type that it is annotated with; every other field has its
    default again.  A node that has stored nothing begins as it did at first, without an impulse.
    """
    return cast(F, _note(method, _clause("recover", 2)))


def finish(method: F) -> F:
    """A node's last word, once at the end of a run: `def end(self, net: Net)`.  It may only `report` and `log`."""
    return cast(F, _note(method, _clause("finish", 2)))


def always(check: F) -> F:
    """A safety property, which must hold in every configuration of a run::

        @always
        def at_most_one_leader(world: World) -> bool:
            return world.count(Leader) <= 1

    It looks at the `world`, or at each `node`, by the name of its parameter.  It holds if it returns `True` or `None`;
    a text says what is wrong.
    """
    return cast(F, _note(check, _clause("always", 2)))


def finally_(check: F) -> F:
    """A property of the end of a run, when nothing is under way any more; otherwise as `@always`."""
    return cast(F, _note(check, _clause("finally_", 2)))


def _clause(word: str, depth: int, *more: object) -> Clause:
    """`depth`: how many calls above this one the decorator stands."""
    frame = sys._getframe(depth)
    return Clause(word, frame.f_lineno, frame.f_code.co_filename, *more)


def _on_method(word: str, event: object, states: object, guard: object) -> Any:
    clause = _clause(word, 3, event, states, guard)
    if isinstance(event, FunctionType):  # `@on` without parentheses
        return _note(event, clause._replace(event=None))
    return lambda method: _note(method, clause)


def _on_class(word: str, event: object, states: object, guard: object) -> Callable[[C], C]:
    clause = _clause(word, 3, event, states, guard)
    return lambda cls: _note_on_class(cls, clause)


def _note(method: Any, clause: Clause) -> Any:
    """Decorators are applied from the last to the first, and read from the first to the last."""
    holder = _holder(method)
    if isinstance(holder, type):
        _note_on_class(holder, clause)
    elif not hasattr(holder, "__dict__"):
        text = f"`@{clause.word}` stands on a method, `def ..`, and not on a `{type(holder).__name__}`"
        raise ProtocolError("the class", [Mistake(clause.path, clause.line, "a method", text)])
    else:
        holder.__nodes_clauses__ = [clause, *getattr(holder, "__nodes_clauses__", ())]
    return method


def _note_on_class(cls: C, clause: Clause) -> C:
    if not isinstance(cls, type):
        return cast(C, _note(cls, clause))
    if "__nodes_plan__" in vars(cls):
        text = f"`@{clause.word}` stands below `@protocol`, directly above the class"
        raise ProtocolError(cls.__name__, [Mistake(clause.path, clause.line, cls.__name__, text)])
    cls.__nodes_clauses__ = [clause, *vars(cls).get("__nodes_clauses__", ())]  # type: ignore[attr-defined]
    return cls


def clauses_of(holder: object) -> list[Clause]:
    """What decorators say of a function or of the class itself, from the first to the last."""
    found: list[Clause] = getattr(_holder(holder), "__dict__", {}).get("__nodes_clauses__", [])
    return found


def _holder(method: Any) -> Any:
    """What keeps what is noted: the function in a static method or a property, which have no place for it."""
    if isinstance(method, staticmethod | classmethod):
        return method.__func__
    return method.fget if isinstance(method, property) else method
