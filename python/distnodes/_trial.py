"""Tests of a protocol: many seeds on many graphs, of which each must go well."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, Unpack

from . import _native
from ._engines import Options, ask, call
from ._replay import call_of, in_words
from ._result import NodeFailed, Result


class Limits(NamedTuple):
    """When a run has failed."""

    crashes: int = 0
    """Up to so many nodes crash in each run."""
    max_events: int | None = None
    max_in_transit: int | None = None
    only: str | None = None
    """Only that property counts."""


MOST_TOLD = 60
"""So many events of a failure are told; its file has all."""


class Trial:
    """Simulates a protocol with many seeds on many graphs::

        def test_flooding() -> None:
            Trial(Flooding).on("ring:8", "gnp:12,0.3").seeds(100).must_hold()

    Each seed also decides on what was left open: uniform or exponential delays, initiators together or at random
    moments; lossy links lose one message in twenty.

    Where a run fails, a smaller one is looked for that fails alike, by the same property or in the same states: fewer
    nodes, links, initiators and faults, less of what is marked `Shrink` in the configuration, and then fewer events.

    The seeds are always the same, so a test that has passed passes again; `NODES_SEEDS=100000 pytest` tries more,
    wherever a number of them was asked for.
    """

    def __init__(self, protocol: type | str, **options: Unpack[Options]) -> None:
        self._protocol = protocol
        self._options = options
        self._graphs: list[Any] = [None]
        self._seeds: range | list[int] = range(100)
        self._inputs: Any = None
        self._config: dict[str, Any] | None = None
        self._limits = Limits()
        self._payloads = False

    def on(self, *graphs: Any) -> Trial:
        """On these graphs, instead of the protocol's usual one."""
        self._graphs = list(graphs)
        return self

    def seeds(self, seeds: int | Iterable[int]) -> Trial:
        """With these seeds, or so many, from 0 on; 100 unless given.

        Raises:
            ValueError: If one, or their number, is negative.
        """
        self._seeds = range(seeds) if isinstance(seeds, int) else list(seeds)
        least = seeds if isinstance(seeds, int) else min(self._seeds, default=0)
        if least < 0:
            raise ValueError(f"seeds: {least} is negative; write how many, or which numbers from 0 on")
        return self

    def inputs(self, inputs: Any) -> Trial:
        """What each node is given."""
        self._inputs = inputs
        return self

    def config(self, **values: Any) -> Trial:
        """Values for flags of the protocol's configuration."""
        self._config = values
        return self

    def crashes(self, at_most: int) -> Trial:
        """In each run up to so many nodes crash, and the others go on.

        The seed decides who, in which of the steps that it makes in the same run without crashes, and which messages
        of that step leave.
        """
        self._limits = self._limits._replace(crashes=at_most)
        return self

    def max_events(self, events: int) -> Trial:
        """A run in which more events happen has failed; 1,000,000 unless given."""
        self._limits = self._limits._replace(max_events=events)
        return self

    def max_in_transit(self, messages: int) -> Trial:
        """A run in which more messages are under way has failed; a million and 20 for each link unless given."""
        self._limits = self._limits._replace(max_in_transit=messages)
        return self

    def check_payloads(self) -> Trial:
        """A run has failed in which a handler changes an array or a tensor that was sent."""
        self._payloads = True
        return self

    def only(self, property: str) -> Trial:
        """Only the property of that name counts, whatever else fails."""
        self._limits = self._limits._replace(only=property)
        return self

    def results(self) -> Iterator[Result]:
        """The result of each run, in order, whatever it is; without the crashes and the limits of this trial.

        Raises:
            ValueError: If the options contradict the protocol, or each other.
        """
        for graph in self._graphs:
            asked = self._asked(graph)
            for seed in self._seeds:
                yield Result(call(_native.simulate, asked, mixture=seed, check_payloads=self._payloads), asked.graph)

    def failure(self) -> Failure | None:
        """The first run that fails, made small; None if all hold.

        Raises:
            ValueError: If the options contradict the protocol, or each other.
        """
        asked = [self._asked(graph) for graph in self._graphs]
        for first, count in _stretches(self._tried()):
            found = call(_native.trial, asked, first, count, self._limits, check_payloads=self._payloads)
            if found is not None:
                return Failure(found, self._protocol)
        return None

    def must_hold(self) -> int:
        """Makes the runs, up to the first that does not go well; how many were made.

        Raises:
            AssertionError: If one does not: with its seed, what went wrong, a small run in which the same goes wrong,
                and how to make each again.
            NodeFailed: If a handler or a property has raised; from what it raised, in the small run.
        """
        __tracebackhide__ = True  # pytest shows the test, and not this function
        failure = self.failure()
        if failure is None:
            return len(self._graphs) * sum(count for _, count in _stretches(self._tried()))
        failure.write()
        if failure.result._finished.raised is not None:
            raise NodeFailed(failure.result, str(failure)) from failure.result._finished.raised
        raise AssertionError(str(failure))

    def _tried(self) -> range | list[int]:
        """The seeds; where only their number was given, the environment may ask for another."""
        asked = os.environ.get("NODES_SEEDS", "")
        is_number = isinstance(self._seeds, range) and asked.isdecimal() and int(asked) > 0
        return range(int(asked)) if is_number else self._seeds

    def _asked(self, graph: Any) -> Any:
        return ask(self._protocol, graph, None, self._inputs, self._config, self._options)


def _stretches(seeds: range | list[int]) -> Iterator[tuple[int, int]]:
    """Seeds that follow each other: the first, and how many."""
    first, count = 0, 0
    for seed in seeds:
        if count and seed != first + count:
            yield first, count
            count = 0
        first = first if count else seed
        count += 1
    if count:
        yield first, count


class Failure:
    """A run that fails, as small as it could be made; `str` tells all of it."""

    def __init__(self, found: _native.Failure, protocol: type | str) -> None:
        self._found = found
        self._protocol = protocol
        self._file: str | None = None
        self.result = Result(found.small)
        """How the small run ends."""

    @property
    def seed(self) -> int:
        """Of the run that was found."""
        return self._found.seed

    @property
    def schedule(self) -> str:
        """What happens in the small run, for `replay`."""
        return self._found.schedule

    @property
    def inputs(self) -> list[Any] | None:
        """What the nodes of the small run are given, if that has no text which stands in the schedule."""
        return self._found.inputs

    def write(self, path: str | os.PathLike[str] | None = None) -> str:
        """Writes the schedule to a file, by default a new one among the temporary files; its path."""
        if path is None:
            # Here, since most trials write none.
            import tempfile

            prefix = f"{self.result.document['protocol']}-"
            descriptor, path = tempfile.mkstemp(prefix=prefix, suffix=".schedule")
            os.close(descriptor)
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.schedule)
        self._file = os.fspath(path)
        return self._file

    def __str__(self) -> str:
        found, document = self._found, self.result.document
        name = document["protocol"]
        is_class = isinstance(self._protocol, type)
        lines = [f"{name} fails with seed {found.seed}, run {found.tried} of this graph:"]
        lines += [f"  {in_words(line)}" for line in found.explanation]
        again = call_of({"replay": found.replay, "protocol": name}, is_class)
        lines += [f"  as it was found: {again}"] if again else []
        size = {"node": document["nodes"], "link": document["edges"], "event": found.events}
        shown = ", ".join(f"{count} {what}{'' if count == 1 else 's'}" for what, count in size.items())
        lines += ["", f"made small ({shown}):"]
        lines += [f"  {line}" for line in self.result.explanation]
        steps = [line for line in self.schedule.splitlines()[2:] if line]
        lines += [f"  {line}" for line in steps[:MOST_TOLD]]
        if len(steps) > MOST_TOLD:
            lines.append(f"  and {len(steps) - MOST_TOLD} more")
        if found.past:
            lines += ["", found.past.rstrip()]
        what = f"{name if is_class else repr(self._protocol)}"
        inputs = f", inputs={self.inputs!r}" if self.inputs is not None else ""
        where = repr(self._file) if self._file else "failure.schedule"
        lines += ["", f"replay it: nodes.replay({what}, {where}{inputs})"]
        return "\n".join(lines)

    def __repr__(self) -> str:
        name, size = self.result.document["protocol"], self.result.document["nodes"]
        return f"<{name} fails with seed {self.seed}; made small: {size} nodes, {self._found.events} events>"
