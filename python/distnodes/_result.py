"""What comes out of runs and checks."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from . import _native
from ._graphs import Graph
from ._labels import Labels, Nodes
from ._replay import call_of, in_words

LARGEST_PAGE = 2_000_000
"""In a notebook, a page of more characters is shown as a picture."""
MOST_DRAWN = 50
"""Of a run of more nodes no picture is drawn there, and of more no table is shown."""


class NodeFailed(Exception):
    """A handler or a property has raised, and the run ended there.

    Its cause is what was raised, if this process ran the node; `result` is the run so far.
    """

    __module__ = "distnodes"

    def __init__(self, result: Result) -> None:
        super().__init__(" ".join(result.explanation) or "a node has failed")
        self.result = result


class Result:
    """A run that has ended."""

    def __init__(self, finished: _native.Finished, graph: Graph | None = None) -> None:
        self._finished = finished
        self._labels = Labels(graph)
        self.document: dict[str, Any] = json.loads(finished.document)
        """The whole result, as the command line's `--json` has it."""

    @property
    def outcome(self) -> str:
        """How it ended: `"terminated"`, `"quiescent"`, `"stopped"`, `"stuck"`, `"violated"`, `"timeout"`, .."""
        return str(self.document["outcome"])

    @property
    def ok(self) -> bool:
        """Whether it ended as it should."""
        return self.outcome in ("terminated", "quiescent", "stopped")

    @property
    def messages(self) -> int:
        """How many messages were sent."""
        return int(self.document["messages"]["total"])

    @property
    def by_type(self) -> dict[str, int]:
        """How many messages of each type were sent."""
        return dict(self.document["messages"]["by_type"])

    @property
    def seed(self) -> int:
        """The seed, with which the run can be made again."""
        return int(self.document["seed"])

    @property
    def properties(self) -> dict[str, str]:
        """For each property, whether it `"holds"`, is `"violated"`, .."""
        return dict(self.document["properties"])

    @property
    def time(self) -> float | None:
        """The virtual time at the end: in messages' times if each takes one, else in seconds; None for processes."""
        virtual = self.document["time"]["virtual"]
        return None if virtual is None else float(virtual)

    @property
    def explanation(self) -> Sequence[str]:
        """Why it ended as it did, line by line; empty if all is well."""
        return [in_words(line) for line in self._finished.explanation]

    @property
    def replay(self) -> str | None:
        """The line of Python that makes the run again; None if its graph has no specification."""
        from ._engines import Options

        return call_of(self.document, (*Options.__annotations__, "seed", "inputs"), is_class=bool(self.nodes))

    @property
    def notices(self) -> Sequence[str]:
        """What else one should know, such as a graph that was drawn again."""
        return [in_words(line) for line in self._finished.notices]

    @cached_property
    def nodes(self) -> Nodes[_native.Node]:
        """The nodes as they ended, by number or by label; empty for an algorithm of the catalogue, whose nodes are no
        Python objects."""
        return Nodes(self._finished.nodes, self._labels)

    @property
    def trace(self) -> bytes | None:
        """The record of the run, if it was recorded, as the command line's `--trace` writes it."""
        return self._finished.trace

    def to_pandas(self) -> Any:
        """A `DataFrame` with a row a node: id, state, messages sent and received, fields, what it reported.

        Raises:
            ImportError: If pandas is not installed: `pip install pandas`.
        """
        import pandas

        return pandas.DataFrame(self.rows()).set_index("node")

    def to_polars(self) -> Any:
        """The same as a polars `DataFrame`, with a column `node`.

        Raises:
            ImportError: If polars is not installed: `pip install polars`.
        """
        import polars

        return polars.DataFrame(self.rows())

    def rows(self) -> list[dict[str, Any]]:
        """A row a node, as plain data."""
        rows = []
        for node in self.document["nodes_final"]:
            plain = {name: value for name, value in node.items() if name not in ("fields", "reported")}
            rows.append(plain | dict(node.get("fields") or {}) | dict(node.get("reported") or {}))
        return rows

    def events(self) -> list[dict[str, Any]]:
        """A row an event, as plain data: when, where, what, which message, between whom, its text.

        Raises:
            ValueError: If the run was not recorded: `simulate(.., trace=True)`.
        """
        return [json.loads(line) for line in self.export("ndjson").splitlines()]

    def history(self, name: str) -> list[tuple[float, int, Any]]:
        """What nodes reported under that name, in order: each with its time in seconds and the node.

        Raises:
            ValueError: As `events`.
        """
        found = []
        for event in self.events():
            reported = json.loads(event["text"]) if event["kind"] == "report" else {}
            if name in reported:
                found.append((event["time_ns"] / 1e9, int(event["node"]), reported[name]))
        return found

    def export(self, form: str) -> str:
        """The record in a form of another tool: `"ndjson"`, `"csv"`, `"svg"`, `"dot"`, `"shiviz"` or `"perfetto"`.

        Raises:
            ValueError: If the run was not recorded, or there is no such form.
        """
        return _native.export(self._recorded(), form)

    def to_html(self, path: str | os.PathLike[str] | None = None) -> str:
        """The page that shows the run, which needs no network; written to a file too if one is named.

        Raises:
            ValueError: As `events`.
        """
        page = _native.page(self._recorded(), str(self.document["protocol"]))
        if path is not None:
            with open(path, "w", encoding="utf-8") as file:
                file.write(page)
        return page

    def _recorded(self) -> bytes:
        if self.trace is None:
            raise ValueError("the run was not recorded: make it with `trace=True`")
        return self.trace

    def _repr_html_(self) -> str:
        """What a notebook shows: the page in a frame of its own, without access to the notebook; else a table."""
        # Here, since most programs have no notebook.
        import html

        summary = f"<p>{html.escape(repr(self)[1:-1])}</p>"
        if self.trace is None:
            rows = self.rows()
            hint = "<p>For a picture of the run, make it with <code>trace=True</code>.</p>"
            return summary + (_table(rows) if len(rows) <= MOST_DRAWN else "") + hint
        page = self.to_html()
        if len(page) > LARGEST_PAGE:
            return summary + (self.export("svg") if len(self.document["nodes_final"]) <= MOST_DRAWN else "")
        return (
            summary
            + '<iframe sandbox="allow-scripts" style="width:100%;height:640px;border:0" '
            + f'srcdoc="{html.escape(page)}"></iframe>'
        )

    def __repr__(self) -> str:
        document = self.document
        held = ", ".join(f"{name}: {status}" for name, status in self.properties.items())
        return (
            f"<{document['protocol']} on {document['topology']}, seed {self.seed}: "
            + f"{self.outcome}, {self.messages} messages"
            + (f"; {held}" if held else "")
            + ">"
        )


def _table(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows as HTML."""
    import html

    names = list(dict.fromkeys(name for row in rows for name in row))
    head = "".join(f"<th>{html.escape(name)}</th>" for name in names)
    lines = ("".join(f"<td>{html.escape(str(row.get(name, '')))}</td>" for name in names) for row in rows)
    return f"<table><tr>{head}</tr>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"


class Checked:
    """What was found by looking at every schedule."""

    def __init__(self, document: dict[str, Any], raised: BaseException | None) -> None:
        self.document = document
        """The whole result, as the command line's `--json` has it."""
        self.raised = raised
        """What a handler has raised on some schedule, if one has."""

    @property
    def outcome(self) -> str:
        """`"holds"`, `"violated"`, `"endless"`, `"almost"`, `"bounded"`, `"suspected"` or `"unchecked"`."""
        return str(self.document["outcome"])

    @property
    def holds(self) -> bool:
        """Whether all is well, on every schedule of every instance."""
        return self.outcome == "holds"

    @property
    def states(self) -> int:
        """How many states were found."""
        return int(self.document["states"]["total"])

    @property
    def instances(self) -> int:
        """How many instances were checked."""
        return int(self.document["instances"])

    @property
    def messages(self) -> tuple[int, int] | None:
        """The least and the greatest number of messages over all schedules, if it is known."""
        costs = self.document["messages"]
        least, greatest = costs["least"], costs["greatest"]
        return None if least is None or greatest is None else (int(least), int(greatest))

    @property
    def properties(self) -> dict[str, str]:
        """For each property, whether it holds."""
        return dict(self.document["properties"])

    @property
    def violations(self) -> list[dict[str, Any]]:
        """What goes wrong, each with a shortest schedule."""
        return [{**violation, "what": in_words(violation["what"])} for violation in self.document["violations"]]

    def __repr__(self) -> str:
        wrong = f"; {self.violations[0]['what']}" if self.violations else ""
        return (
            f"<{self.document['protocol']} on {self.document['topology']}: {self.outcome}, {self.states} states{wrong}>"
        )
