"""Rows as the tables of other libraries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ._extras import needed

Rows = Sequence[dict[str, Any]]


def columns(rows: Rows) -> dict[str, list[Any]]:
    """The values by name, in the order in which names first appear; None where a row has none."""
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: [row.get(name) for row in rows] for name in names}


def to_pandas(rows: Rows, by: str) -> Any:
    """The rows as a pandas `DataFrame`; `by` is what asks for it, for the message if pandas is not there."""
    return needed("pandas", by).DataFrame(columns(rows))


def to_polars(rows: Rows, by: str) -> Any:
    """The rows as a polars `DataFrame`; a column of several types holds Python objects."""
    polars = needed("polars", by)

    def series(name: str, values: list[Any]) -> Any:
        typed = _typed(values, lambda given: polars.Series(name, given))
        return polars.Series(name, values, dtype=polars.Object) if typed is None else typed

    return polars.DataFrame([series(name, values) for name, values in columns(rows).items()])


def arrow_stream(rows: Rows, requested_schema: object, by: str) -> object:
    """The rows for a method `__arrow_c_stream__`, by pyarrow or else polars; a column of several types holds JSON."""
    from importlib.util import find_spec  # takes long to import

    if find_spec("pyarrow") is None and find_spec("polars") is not None:
        polars = needed("polars", by)
        table, array = polars.DataFrame, polars.Series
    else:
        pyarrow = needed("pyarrow", by)
        table, array = pyarrow.table, pyarrow.array

    def column(values: list[Any]) -> Any:
        typed = _typed(values, array)
        if typed is not None:
            return typed
        import json  # takes long to import

        return array([json.dumps(value, default=str) for value in values])

    made = table({name: column(values) for name, values in columns(rows).items()})
    return made.__arrow_c_stream__(requested_schema)


def _typed(values: list[Any], make: Callable[[list[Any]], Any]) -> Any:
    """A column as a library makes it; None unless it holds all values as they are."""
    for given in (values, [float(value) if isinstance(value, int) else value for value in values]):
        try:
            made = make(given)
        except Exception:  # each library has its own for values that have no type in common
            continue
        if all(map(_same, made.to_pylist() if hasattr(made, "to_pylist") else made.to_list(), values)):
            return made
    return None


def _same(one: Any, other: Any) -> bool:
    # A bool is no number here, and what is not a number is not equal to itself.
    both_bool = isinstance(one, bool) == isinstance(other, bool)
    return both_bool and bool(one == other or (one != one and other != other))
