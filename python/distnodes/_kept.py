"""Rows that a sweep keeps in a file, so that it goes on where it was.

Beside `costs.csv` stands `costs.csv.manifest.json`, which says how the rows came about: what was asked for, and hashes
of all that they follow from.  Each is replaced whole; the manifest is there before the first rows are, and rows that do
not hold any more go before the manifest says what they would have to follow from: so a sweep may be killed at any
moment.
"""

from __future__ import annotations

import csv
import json
import os
import platform
import time
import warnings
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from ._origin import package

Row = dict[str, Any]
SHARE = 20
"""Writing may make a sweep longer by one part in so many."""


class Cell(NamedTuple):
    """A protocol at a place of the grid, as text."""

    protocol: str
    values: tuple[str, ...]


def text_of(value: Any) -> str:
    """A value, as the table has it.

    Raises:
        TypeError: If a table cannot have it.
    """
    if value is None:
        return ""
    if hasattr(value, "item") and hasattr(value, "dtype"):
        value = value.item()  # a number of NumPy
    if isinstance(value, str) and value:
        with suppress(ValueError):
            json.loads(value)
            return json.dumps(value)  # else it would be read as another value
        return value
    return json.dumps(value)


def _value_of(text: str) -> Any:
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text


class Kept:
    """The rows of a file."""

    def __init__(
        self,
        path: str | os.PathLike[str],
        columns: Sequence[str],
        variables: Sequence[str],
        conditions: Mapping[str, Any],
        sources: Mapping[str, Mapping[str, str]],
        contents: Mapping[Cell, str],
    ) -> None:
        """Reads what an earlier sweep has left, as far as it still holds.

        Args:
            path: The file.
            columns: The names of its columns.
            variables: Those of them that are variables.
            conditions: What all rows have in common.
            sources: By protocol: what its files hold.
            contents: By protocol and place: what else its runs read.

        Raises:
            ValueError: If no sweep has written the file, or one of something else.
        """
        self._path = Path(path)
        self._manifest = Path(f"{path}.manifest.json")
        self._columns = list(columns)
        self._variables = list(variables)
        self._conditions = json.loads(json.dumps(conditions))
        self._sources = dict(sources)
        self._contents = dict(contents)
        self._due = 0.0
        self.rows: dict[tuple[Cell, int], Row] = {}
        if self._path.exists() and self._path.stat().st_size > 0:
            self._read()
            self._write_rows()
            self._write_manifest(complete=False)
        else:
            # Rows without a manifest would be nobody's.
            self._write_manifest(complete=False)
            self._write_rows()

    def _read(self) -> None:
        another = "name another file, or remove it"
        try:
            manifest = json.loads(self._manifest.read_text(encoding="utf-8"))
            command, before = manifest["conditions"], manifest["sources"]
        except (OSError, ValueError, KeyError, TypeError):
            raise ValueError(f"keep: {self._path} is there, and no sweep wrote it; {another}") from None
        if command != self._conditions:
            differs = next(name for name in self._conditions if command.get(name) != self._conditions[name])
            was, now = command.get(differs), self._conditions[differs]
            raise ValueError(f"keep: {self._path} is of a sweep with {differs} {was!r}, not {now!r}; {another}")
        if manifest.get("package") != package():
            self._say("the package or the interpreter is another one than that of its rows: all runs are made again")
            return
        changed = {
            protocol: [name for name in {**old, **new} if old.get(name) != new.get(name)]
            for protocol, new in self._sources.items()
            if (old := before.get(protocol)) is not None and old != new
        }
        again = 0
        with open(self._path, newline="", encoding="utf-8") as file:
            for texts in csv.DictReader(file):
                row = {name: _value_of(texts.get(name) or "") for name in self._columns}
                cell = Cell(row["protocol"], tuple(texts[name] for name in self._variables))
                content = manifest["contents"].get(json.dumps(cell))
                if row["protocol"] in changed or self._contents.setdefault(cell, content) != content:
                    again += 1
                else:
                    self.rows[cell, row["seed"]] = row
        self._sources = {**before, **self._sources}
        if again:
            names = sorted({Path(name).name for files in changed.values() for name in files}) or ["what is read"]
            why = f"{', '.join(names)} changed since then"
            # What this process runs itself is what it has imported, and not what files hold now.
            if any(("code" in before[protocol]) != ("code" in self._sources[protocol]) for protocol in changed):
                why = "they were made by other processes and now by this one, or the other way round"
            self._say(f"{why}: {again} runs are made again")

    def _say(self, what: str) -> None:
        # As one of the line that calls `sweep`.
        warnings.warn(f"{self._path}: {what}", stacklevel=6)

    def put(self, cell: Cell, row: Row) -> None:
        """Keeps a row, and writes all if that was not done for a while."""
        self.rows[cell, row["seed"]] = row
        if time.monotonic() >= self._due:
            self._write_rows()

    def forget(self, cell: Cell, seed: int) -> None:
        """Does not keep that row."""
        self.rows.pop((cell, seed), None)

    def close(self, complete: bool) -> None:
        """Writes all rows, and whether they are all that were asked for."""
        self._write_rows()
        self._write_manifest(complete)

    def _write_manifest(self, complete: bool) -> None:
        manifest = {
            "by": "distnodes",
            "version": version("distnodes"),
            "package": package(),
            "conditions": self._conditions,
            "sources": self._sources,
            "contents": {json.dumps(cell): content for cell, content in self._contents.items()},
            "rows": len(self.rows),
            "complete": complete,
            "machine": {"system": platform.platform(), "python": platform.python_version(), "cores": os.cpu_count()},
        }
        new = Path(f"{self._manifest}.new")
        new.write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
        os.replace(new, self._manifest)

    def _write_rows(self) -> None:
        begun = time.monotonic()
        lines = [self._columns]
        lines += [[text_of(row.get(name)) for name in self._columns] for row in self.rows.values()]
        new = Path(f"{self._path}.new")
        with open(new, "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(lines)
        os.replace(new, self._path)
        ended = time.monotonic()
        self._due = ended + SHARE * (ended - begun)
