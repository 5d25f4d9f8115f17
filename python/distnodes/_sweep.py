"""Sweeps: what a protocol costs on graphs of many sizes."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from . import _frames, _native
from ._extras import needed
from ._mistakes import did_you_mean, one_of


class Fit(NamedTuple):
    """A law of growth with its constants."""

    law: str
    """`"3.98 n log n + 2.1 n"`."""
    constant: float
    """Of what grows fastest."""
    margin: float
    """Half of the constant's 95 % interval."""
    misses: float
    """How far the measurements are from it: root mean square of relative deviations."""
    evidence: float
    """The law's share of the evidence, from 0 to 1."""


class Growth(NamedTuple):
    """What measurements say about growth."""

    verdict: str
    """`"supported"`, or why none of the laws is."""
    fits: list[Fit]
    """The best first."""

    def __str__(self) -> str:
        return f"{self.fits[0].law} ({self.verdict})" if self.fits else self.verdict


def _check(what: str, name: str, known: Iterable[str]) -> None:
    names = list(dict.fromkeys(known))
    if names and name not in names:
        raise ValueError(f"there is no {what} `{name}`{did_you_mean(name, names) or f'; write {one_of(names)}'}")


class Sweep:
    """The rows of a sweep: one a run."""

    def __init__(self, rows: list[dict[str, Any]], variables: Sequence[str]) -> None:
        self.rows = rows
        self.variables = list(variables)

    def to_pandas(self) -> Any:
        """The rows as a `DataFrame`.

        Raises:
            ImportError: If pandas is not installed: `pip install pandas`.
        """
        return _frames.to_pandas(self.rows, "Sweep.to_pandas")

    def to_polars(self) -> Any:
        """The rows as a polars `DataFrame`; a column of several types holds Python objects.

        Raises:
            ImportError: If polars is not installed: `pip install polars`.
        """
        return _frames.to_polars(self.rows, "Sweep.to_polars")

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The rows for libraries that read Arrow's C data interface; a column of several types holds JSON.

        Raises:
            ImportError: If neither pyarrow nor polars is installed.
        """
        return _frames.arrow_stream(self.rows, requested_schema, "Sweep.__arrow_c_stream__")

    def to_csv(self, path: str | os.PathLike[str]) -> None:
        """Writes the rows, behind a line of names, as a sweep with `keep` does; what JSON does not have, as a text."""
        import csv

        from ._kept import text_of

        def text(value: Any) -> str:
            try:
                return text_of(value)
            except TypeError:
                return str(value)

        columns = _frames.columns(self.rows)
        lines = zip(*(map(text, values) for values in columns.values()), strict=True)
        with open(path, "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([list(columns), *lines])

    def cells(
        self, measure: str = "messages", protocol: str | None = None
    ) -> list[tuple[dict[str, Any], float, float, int]]:
        """For each place of the grid: the variables, the mean of a measure, its standard error, how many runs.

        Raises:
            ValueError: If there is no such measure, or no such protocol.
        """
        _check("column", measure, (name for row in self.rows for name in row))
        if protocol is not None:
            _check("protocol", protocol, (row["protocol"] for row in self.rows))
        found: dict[tuple[Any, ...], list[float]] = {}
        for row in self.rows:
            if (protocol is None or row["protocol"] == protocol) and row.get(measure) is not None:
                found.setdefault(tuple(row[name] for name in ("nodes", "edges", *self.variables)), []).append(
                    float(row[measure])
                )
        cells = []
        for place, values in found.items():
            mean = sum(values) / len(values)
            spread = (
                math.sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1)) if len(values) > 1 else 0.0
            )
            cells.append(
                (
                    dict(zip(("nodes", "edges", *self.variables), place, strict=True)),
                    mean,
                    spread / math.sqrt(len(values)),
                    len(values),
                )
            )
        return cells

    def growth(self, measure: str = "messages", protocol: str | None = None) -> Growth:
        """Holds a measure against laws such as n, n log n, m, n² in the numbers of nodes and edges, n and m.

        Raises:
            ValueError: If the sweep has several protocols, and none is named; if there is no such measure, or no such
                protocol.
        """
        protocols = sorted({row["protocol"] for row in self.rows})
        if protocol is None and len(protocols) > 1:
            raise ValueError(f"the sweep has several protocols; name one of {', '.join(protocols)}")
        measured = [
            ([float(place["nodes"]), float(place["edges"])], mean, error)
            for place, mean, error, _ in self.cells(measure, protocol)
        ]
        verdict, fits = _native.growth(["n", "m"], measured)
        return Growth(verdict, [Fit(*fit) for fit in fits])

    def plot(self, ax: Any = None, measure: str = "messages", x: str = "nodes") -> Any:
        """Draws the mean of a measure with its standard error, a line a protocol; the axes.

        Raises:
            ImportError: If matplotlib is not installed: `pip install matplotlib`.
            ValueError: If there is no such measure; if `x` is neither a variable nor `"nodes"` nor `"edges"`.
        """
        _check("variable", x, ("nodes", "edges", *self.variables))
        if ax is None:
            ax = needed("matplotlib.pyplot", "Sweep.plot").gca()
        for protocol in sorted({row["protocol"] for row in self.rows}):
            points = sorted((place[x], mean, error) for place, mean, error, _ in self.cells(measure, protocol))
            xs, means, errors = zip(*points, strict=True)
            ax.errorbar(xs, means, yerr=errors, marker="o", capsize=3, label=protocol)
        ax.set_xlabel(x)
        ax.set_ylabel(measure)
        ax.legend()
        return ax

    def __repr__(self) -> str:
        return f"<a sweep of {len(self.rows)} runs over {', '.join(self.variables) or 'seeds'}>"

    def __len__(self) -> int:
        return len(self.rows)
