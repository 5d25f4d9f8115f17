"""A run whose events are chosen one by one: for teaching, and for trying out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar, Unpack

from . import _native
from ._engines import Options, ask, call
from ._labels import Labels, Nodes

T = TypeVar("T")


class Event(NamedTuple):
    """Something that may happen next."""

    text: str
    """As a schedule has it: `"deliver 0:1 3"`, the third message that node 0 sent through its port 1."""
    node: int | None
    """The node that it happens to."""
    what: str | None
    """The message that arrives, or the alarm that rings."""

    @property
    def kind(self) -> str:
        """`"impulse"`, `"deliver"`, `"self"`, `"alarm"`, `"lose"`, `"duplicate"`, `"crash"`, .."""
        return self.text.partition(" ")[0]

    def __str__(self) -> str:
        if self.kind == "deliver":
            return f"{self.what} arrives at {self.node}"
        what = f" {self.what}" if self.what else ""
        return f"{self.kind}{what} at {self.node}" if self.node is not None else self.text


_HAPPENS = ("impulse", "deliver", "self", "alarm")


class Stepping:
    """A run that goes on as one says.

    >>> sim = simulation(Flooding, "path:3", seed=1)       # doctest: +SKIP
    >>> sim.step()                                         # doctest: +SKIP
    >>> sim.pending                                        # doctest: +SKIP
    """

    def __init__(self, native: _native.Stepping, seed: int, labels: Labels) -> None:
        # Here, since most programs choose no events.
        from random import Random

        self._native = native
        self._labels = labels
        self._random = Random(seed)
        self.past: list[Event] = []
        """What has happened, in order."""

    @property
    def possible(self) -> list[Event]:
        """All that may happen now, faults that links and options allow among it."""
        return [Event(*event) for event in self._native.enabled()]

    @property
    def pending(self) -> list[Event]:
        """The impulses, messages and alarms that may happen now."""
        return [event for event in self.possible if event.kind in _HAPPENS]

    def deliver(self, event: Event | str) -> None:
        """Lets that happen.

        Raises:
            ValueError: If it cannot happen now; nothing has changed then.
            Exception: What the handler raises.
        """
        text = event if isinstance(event, str) else event.text
        known = next((known for known in self.possible if known.text == text), Event(text, None, None))
        self._native.apply(text)
        self.past.append(known)

    def replay(self, schedule: str) -> None:
        """Lets all that a schedule lists happen, such as that of `Checked.violations`.

        Raises:
            ValueError: If something of it cannot happen: the schedule is of another run.
        """
        head, blank, body = schedule.partition("\n\n")
        for line in (body if blank else head).splitlines():
            text = line.partition("#")[0].strip()
            if text:
                self.deliver(text)

    def step(self) -> Event | None:
        """Lets one of the pending events happen, drawn by the seed; None if there is none."""
        pending = self.pending
        if not pending:
            return None
        event = self._random.choice(pending)
        self.deliver(event)
        return event

    def run(self, most: int = 1_000_000) -> int:
        """Steps until nothing is pending, at most so often; how often."""
        steps = 0
        while steps < most and self.step() is not None:
            steps += 1
        return steps

    @property
    def nodes(self) -> Nodes[_native.Node]:
        """The nodes as they are now, by number or by label."""
        return Nodes(self._native.nodes, self._labels)

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self._native.is_quiet

    def look(self, function: Callable[[_native.World], T]) -> T:
        """What a function says of the world: a property of the protocol, or any other."""
        return self._native.look(function)

    def __repr__(self) -> str:
        return f"<a run after {len(self.past)} events; {len(self.pending)} may be next>"


def simulation(
    protocol: type | str,
    graph: Any = None,
    *,
    seed: int = 0,
    inputs: str | Sequence[Any] | Mapping[Any, Any] | None = None,
    config: dict[str, Any] | None = None,
    **options: Unpack[Options],
) -> Stepping:
    """A run whose events are chosen one by one.

    Time passes only for alarms; any event that links and alarms allow may be next.  The arguments are those of
    `simulate`.

    Raises:
        ValueError: If the options contradict the protocol, or each other.
    """
    asked = ask(protocol, graph, seed, inputs, config, options)
    return Stepping(call(_native.Stepping, asked), seed, Labels(asked.graph))
