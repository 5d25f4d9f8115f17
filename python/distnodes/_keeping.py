"""Sweeps whose rows are kept: which runs are left to make, and what the others follow from."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ._engines import _place as place_of
from ._engines import known
from ._kept import Cell, Kept, text_of
from ._origin import code_of, files_of, hash_of
from ._sweeping import COLUMNS, Row, Runs


def with_kept(path: str | os.PathLike[str], graph: Any, runs: Runs, variables: Sequence[str]) -> dict[int, Row]:
    """The rows of all tasks, of which some may be kept in a file, and all are in the end."""
    common, tasks = runs.common, runs.tasks
    names = [known(protocol).type_name for protocol in common.protocols]
    if len(set(names)) < len(names):
        raise ValueError(
            f"keep: two of the protocols are called {max(names, key=names.count)}, so that their rows would mix"
        )

    def sources() -> dict[str, dict[str, str]]:
        functions = list(common.measure.values())
        return {
            name: {} if isinstance(protocol, str) and not functions else _sources([protocol, *functions], runs.told)
            for name, protocol in zip(names, common.protocols, strict=True)
        }

    cells = [Cell(names[task.protocol], tuple(text_of(task.place[name]) for name in variables)) for task in tasks]
    before = sources()
    kept = Kept(
        path,
        ("protocol", *variables, *COLUMNS, *common.measure),
        variables,
        {
            "graph": graph if isinstance(graph, str) else "a function" if callable(graph) else "a graph",
            "options": {name: repr(value) for name, value in common.options.items()},
            "variables": list(variables),
            "measure": list(common.measure),
        },
        before,
        {cell: _read_by(task.on, common.options_at(task.place)) for cell, task in zip(cells, tasks, strict=True)},
    )
    made, complete = [], False
    try:
        missing = [n for n, task in enumerate(tasks) if (cells[n], task.seed) not in kept.rows]
        for number, row in runs.made(missing, afresh=True):
            kept.put(cells[number], row)
            made.append(number)
        complete = before == sources()
        if not complete:
            for number in made:
                kept.forget(cells[number], tasks[number].seed)
            raise RuntimeError("a source file changed while it was measured; the same call measures it again")
    finally:
        kept.close(complete)
    return {n: {**kept.rows[cells[n], task.seed], **task.place} for n, task in enumerate(tasks)}


def _sources(things: Sequence[Any], told: bytes | None) -> dict[str, str]:
    """Hashes of what classes and functions follow from, names of the catalogue left out."""
    found = [thing for thing in things if not isinstance(thing, str)]
    here = [thing for thing in found if told is None or place_of(thing)[0] is None]
    files = files_of(thing for thing in found if thing not in here)
    return {**files, "code": code_of(here)} if here else files


def _read_by(on: Any, options: Mapping[str, Any]) -> str:
    """A hash of the graph, and of the files that a run reads."""
    parts = [on if isinstance(on, str) else repr(on)]
    for text in (on, *options.values()):
        if isinstance(text, str) and text.startswith("file:"):
            path = Path(text.removeprefix("file:"))
            parts.append(hash_of(path.read_bytes()) if path.is_file() else "")
    return hash_of(*parts)
