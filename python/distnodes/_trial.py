"""Tests of a protocol: many seeds on many graphs, of which each must go well."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Unpack

from . import _native
from ._engines import Options, ask, call
from ._result import NodeFailed, Result


class Trial:
    """Simulates a protocol with many seeds on many graphs::

        def test_flooding() -> None:
            Trial(Flooding).on("ring:8", "gnp:12,0.3").seeds(100).must_hold()

    Each seed also decides on what was left open: uniform or exponential delays, initiators together or at random
    moments; lossy links lose one message in twenty.
    """

    def __init__(self, protocol: type | str, **options: Unpack[Options]) -> None:
        self._protocol = protocol
        self._options = options
        self._graphs: list[Any] = [None]
        self._seeds: Iterable[int] = range(100)
        self._inputs: Any = None
        self._config: dict[str, Any] | None = None

    def on(self, *graphs: Any) -> Trial:
        """On these graphs, instead of the protocol's usual one."""
        self._graphs = list(graphs)
        return self

    def seeds(self, seeds: int | Iterable[int]) -> Trial:
        """With these seeds, or so many, from 0 on; 100 unless given."""
        self._seeds = range(seeds) if isinstance(seeds, int) else list(seeds)
        return self

    def inputs(self, inputs: Any) -> Trial:
        """What each node is given."""
        self._inputs = inputs
        return self

    def config(self, **values: Any) -> Trial:
        """Values for flags of the protocol's configuration."""
        self._config = values
        return self

    def results(self) -> Iterable[Result]:
        """The result of each run, in order, whatever it is.

        Raises:
            ValueError: If the options contradict the protocol, or each other.
        """
        for graph in self._graphs:
            asked = ask(self._protocol, graph, None, self._inputs, self._config, self._options)
            for seed in self._seeds:
                yield Result(call(_native.simulate, asked, mixture=seed), asked.graph)

    def must_hold(self) -> int:
        """Makes the runs, up to the first that does not go well; how many were made.

        Raises:
            AssertionError: If one does not: with its seed, what went wrong, and how to make it again.
            NodeFailed: If a handler or a property has raised; from what it raised.
        """
        made = 0
        for result in self.results():
            if result._finished.raised is not None:
                raise NodeFailed(result) from result._finished.raised
            if not result.ok:
                document = result.document
                lines = [
                    f"{document['protocol']} on {document['topology']}, seed {result.seed}: {result.outcome}",
                    *result.explanation,
                ]
                if result.replay is not None:
                    lines.append(f"again: {result.replay}")
                raise AssertionError("\n  ".join(lines))
            made += 1
        return made
