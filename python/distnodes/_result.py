"""What comes out of runs and checks."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from . import _native
from ._graphs import Graph
from ._labels import Labels, Nodes
from ._mistakes import did_you_mean, one_of
from ._replay import call_of, in_words

if TYPE_CHECKING:
    from ._compute import Computation, Context
    from ._live import Live


class NodeFailed(Exception):
    """A handler or a property has raised, and the run ended there.

    Its cause is what was raised: the exception itself, or a `Raised` if the node was a process of its own.

    Attributes:
        result: The run so far, or what the check has found.
        node: The node that has failed; None if it was a property, and in a check.
    """

    __module__ = "distnodes"

    def __init__(self, result: Result | Checked, text: str = "") -> None:
        super().__init__(text or " ".join(result.explanation) or "a node has failed")
        self.result = result
        failed = result._finished.failed if isinstance(result, Result) else None
        self.node = failed[0] if failed else None


class Result:
    """A run that has ended."""

    def __init__(
        self,
        finished: _native.Finished,
        graph: Graph | None = None,
        live: Live | None = None,
        notices: Sequence[str] = (),
        computes: Context | None = None,
        evaluations: Sequence[dict[str, Any]] = (),
    ) -> None:
        import json  # takes long to import

        self._finished = finished
        self._computes = computes
        self._labels = Labels(graph)
        self._notices = notices
        self.live = live
        """The page that follows the run, if it was made with `live=True`."""
        self.document: dict[str, Any] = json.loads(finished.document)
        """The whole result, as the command line's `--json` has it."""
        self.evaluations: list[dict[str, Any]] = list(evaluations)
        """A row for each time that `simulate(.., evaluate=..)` has looked: the `time` in seconds, the `messages` and
        the `bytes` that had been sent, and what the function returned."""

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
    def computation(self) -> Computation | None:
        """What `net.compute` did: how many calls, how many bytes went to other processes, ..; None for processes."""
        return self._computes.computation if self._computes else None

    @property
    def explanation(self) -> Sequence[str]:
        """Why it ended as it did, line by line; empty if all is well."""
        return [in_words(line) for line in self._finished.explanation]

    @property
    def replay(self) -> str | None:
        """The line of Python that makes the run again; None if its graph has no specification."""
        call = call_of(self.document, is_class=bool(self.nodes))
        speeds = self._computes.speeds if self._computes else None
        return call if call is None or speeds is None else f"{call[:-1]}, speeds={speeds.text})"

    @property
    def notices(self) -> Sequence[str]:
        """What else one should know, such as a graph that was drawn again."""
        measured = ['times were measured, `takes="measured"`: the seed alone does not make this run again']
        is_measured = self._computes is not None and self._computes.is_measured
        return [
            *self._notices,
            *(measured if is_measured else []),
            *(in_words(line) for line in self._finished.notices),
        ]

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
            ValueError: As `rows`.
        """
        return _frames().to_pandas(self.rows(), "Result.to_pandas").set_index("node")

    def to_polars(self) -> Any:
        """The same as a polars `DataFrame`, with a column `node`; a column of several types holds Python objects.

        Raises:
            ImportError: If polars is not installed: `pip install polars`.
            ValueError: As `rows`.
        """
        return _frames().to_polars(self.rows(), "Result.to_polars")

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The same for libraries that read Arrow's C data interface; a column of several types holds JSON.

        Raises:
            ImportError: If neither pyarrow nor polars is installed.
            ValueError: As `rows`.
        """
        return _frames().arrow_stream(self.rows(), requested_schema, "Result.__arrow_c_stream__")

    def rows(self) -> list[dict[str, Any]]:
        """A row a node, as plain data.

        A field or a report whose name is that of a column of the engine, such as `node` or `sent`, is called
        `field.sent` or `reported.sent`.  What was reported under the name of a field stands in its place.

        Raises:
            ValueError: If the run has more than 100,000 nodes, of which no rows are kept; `nodes` has them.
        """
        finals = self.document["nodes_final"]
        if len(finals) < self.document["nodes"] and any("nodes_final" in line for line in self.notices):
            raise ValueError(f"of {self.document['nodes']} nodes no rows are kept; `Result.nodes` has their ends")
        rows = []
        for node in finals:
            row = {name: value for name, value in node.items() if name not in ("fields", "reported")}
            own = {*row, "label"}  # which not every graph has
            for kind, key in (("field", "fields"), ("reported", "reported")):
                given = dict(node.get(key) or {})
                row |= {f"{kind}.{name}" if name in own else name: value for name, value in given.items()}
            rows.append(row)
        return rows

    def draw(self, ax: Any = None, *, tree: str | None = None) -> Any:
        """Draws the graph by matplotlib, nodes by the states in which they ended, as the page has it; the axes.

        Args:
            ax: The axes that it is drawn on; None: those of a new figure.
            tree: A field that holds a port or several, such as `"parent"`: their links stand out.

        Raises:
            ImportError: If matplotlib is not installed: `pip install matplotlib`.
            ValueError: If the graph has more than 2000 nodes or 20,000 links, if some node's end is not known, or if
                `tree` is no such field.
        """
        from ._picture import draw

        drawing = self._finished.drawing()
        if drawing is None:
            raise ValueError(_NO_PICTURE)
        return draw(drawing, self._tree(tree), self._title, ax)

    def picture(self, *, tree: str | None = None) -> str | None:
        """The same as SVG; None if it cannot be drawn.

        Raises:
            ValueError: If `tree` is no field that holds ports.
        """
        return self._plain if tree is None else self._finished.svg(self._title, sorted(self._tree(tree)))

    @cached_property
    def _plain(self) -> str | None:
        # A notebook asks for it twice, and a large graph takes a second.
        return self._finished.svg(self._title, [])

    @property
    def _title(self) -> str:
        return f"{self.document['protocol']} on {self.document['topology']}"

    def _tree(self, field: str | None) -> set[int]:
        """The links at the ports that a field holds."""
        rows = [] if field is None else self.rows()
        fields = dict.fromkeys(name for row in rows for name in row)
        if field is not None and field not in fields:
            hint = did_you_mean(field, fields) or (f"; there is {one_of(fields)}" if fields else "")
            raise ValueError(f"`tree={field!r}`: there is no such field{hint}")
        links = set()
        for row in rows:
            held = row.get(str(field))
            for port in held if isinstance(held, list) else [] if held is None else [held]:
                if not isinstance(port, int) or isinstance(port, bool):
                    raise ValueError(f"`tree={field!r}`: node {row['node']} has {held!r} there, which is no port")
                try:
                    link = self._finished.link(int(row["node"]), port)
                except IndexError as wrong:
                    raise ValueError(f"`tree={field!r}`: {wrong}") from None
                if link is not None:
                    links.add(link)
        return links

    def events(self) -> list[dict[str, Any]]:
        """A row an event, as plain data: when, where, what, which message, between whom, its text.

        Raises:
            ValueError: If the run was not recorded: `simulate(.., trace=True)`.
        """
        import json  # takes long to import

        return [json.loads(line) for line in self.export("ndjson").splitlines()]

    def history(self, name: str) -> list[tuple[float, int, Any]]:
        """What nodes reported under that name, in order: each with its time in seconds and the node.

        Raises:
            ValueError: As `events`.
        """
        import json  # takes long to import

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
        """What a notebook shows: of a recorded run the page, in a frame of its own; else a picture."""
        # Here, since most programs have no notebook.
        from ._notebook import shown

        return shown(self)

    def _repr_svg_(self) -> str | None:
        """What is shown where no HTML is."""
        return self.picture()

    def __repr__(self) -> str:
        document = self.document
        held = ", ".join(f"{name}: {status}" for name, status in self.properties.items())
        return (
            f"<{document['protocol']} on {document['topology']}, seed {self.seed}: "
            + f"{self.outcome}, {self.messages} messages"
            + (f"; {held}" if held else "")
            + ">"
        )


_NO_PICTURE = (
    "there is no picture of this run: its graph has more than 2000 nodes or 20,000 links, or some node's end is unknown"
)


def _frames() -> Any:
    # Here, since most programs need no tables.
    from . import _frames as frames

    return frames


class Checked:
    """What was found by looking at every schedule."""

    def __init__(
        self, document: dict[str, Any], replay: Callable[[str], _native.Finished], graph: Graph | None = None
    ) -> None:
        self.document = document
        """The whole result, as the command line's `--json` has it."""
        self._replay = replay
        self._graph = graph

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
    def explanation(self) -> Sequence[str]:
        """What goes wrong, line by line; empty if all is well."""
        return [in_words(failure["what"]) for failure in self.violations]

    @property
    def violations(self) -> list[dict[str, Any]]:
        """What goes wrong, each with a shortest schedule."""
        return [{**violation, "what": in_words(violation["what"])} for violation in self.document["violations"]]

    def counterexample(self) -> Result | None:
        """A run in which the first of the violations happens, recorded; None if there is none."""
        schedule = next((found["schedule"] for found in self.violations if found.get("schedule")), None)
        return None if schedule is None else Result(self._replay(str(schedule)), self._graph)

    def _repr_html_(self) -> str:
        """What a notebook shows: what was found, and a run in which it goes wrong."""
        import html

        run = self.counterexample()
        summary = f"<p>{html.escape(repr(self)[1:-1])}</p>"
        return summary if run is None else f"{summary}<p>A run in which it goes wrong:</p>{run._repr_html_()}"

    def __repr__(self) -> str:
        wrong = f"; {self.violations[0]['what']}" if self.violations else ""
        return (
            f"<{self.document['protocol']} on {self.document['topology']}: {self.outcome}, {self.states} states{wrong}>"
        )
