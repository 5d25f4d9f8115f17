"""Sweeps: the runs of a grid, made over all cores, and kept."""

from __future__ import annotations

import itertools
import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from . import _graphs, _native
from ._engines import _ended as ended
from ._engines import ask, call, simulate
from ._progress import Progress
from ._result import Result
from ._sweep import Sweep

Measure = Mapping[str, Callable[[Result], Any]]
Row = dict[str, Any]

ALONE = 0.5
"""Seconds that this process makes runs before it starts others, which takes about as long."""
PIECE = 0.1
"""Threads are started for runs that take at least about so many seconds together, after which their rows are there."""


def sweep(
    protocols: type | str | Sequence[type | str],
    graph: Any,
    *,
    seeds: int | Iterable[int] = 10,
    measure: Measure | None = None,
    options: Mapping[str, Any] | None = None,
    keep: str | os.PathLike[str] | None = None,
    workers: int | None = None,
    progress: bool | None = None,
    **variables: Iterable[Any],
) -> Sweep:
    """Simulates protocols on graphs of many sizes, each with several seeds, over all cores::

        sweep(ControlledDistance, "ring:{n}", n=range(8, 65, 8), seeds=20).growth()

    The rows are the same for any number of workers.  For a class, workers are other processes, which import it, as
    those of `run` do; for a name of the catalogue they are threads.

    Args:
        protocols: One, or several: classes or names.
        graph: A text, with the names of variables in braces; a function of the variables that makes a graph; or one
            graph for all runs, as `simulate` takes it.
        seeds: These, or so many, from 1 on.
        measure: More to note of each run: functions of its `Result`, by name, of what JSON has.
        options: Options of each run, as `simulate` takes them, but for `seed`, `live` and `progress`; a text may hold
            variables in braces.
        keep: A CSV file for the rows.  What it has already is not run again: so a sweep that was stopped or killed goes
            on, and seeds and values can be added.  Where the source of a protocol has changed, that of a module of
            yours which it uses, a file that its runs read, or this package, its runs are made again; so are those of a
            class that were made with `workers=1`, where other processes make them now, and the other way round.
        workers: On how many cores; 1 is this process alone.  Unless given all of them, if the runs take longer than
            half a second, and other processes can have the class.
        progress: Whether it is shown how many runs are made; None: if they take some seconds, and standard error is a
            terminal or this is a notebook.
        **variables: The values of each variable.

    Raises:
        ValueError: If a variable stands nowhere, or a name in braces has no values; if a variable or a measure is
            called like another column; if an option is none of single runs; if `keep` names a file that is not of such
            a sweep.
        TypeError: If other processes cannot have a class or a function, and `workers` asks for them.
        NodeFailed: If a handler or a property has raised; from what it raised.
    """
    several = [protocols] if isinstance(protocols, type | str) else list(protocols)
    common = Common(several, dict(measure or {}), dict(options or {}))
    grid = {name: list(values) for name, values in variables.items()}
    for name in common.options:
        if name in _OF_THE_SWEEP:
            raise ValueError(f"options: `{name}` is no option of single runs of a sweep; {_OF_THE_SWEEP[name]}")
    _check_columns(grid, common.measure)
    _check_names(graph, common.options, grid)
    if isinstance(seeds, int) and seeds < 0:
        raise ValueError(f"seeds={seeds}: give how many, or which, such as seeds=[{-seeds}]")
    numbers = list(range(1, seeds + 1) if isinstance(seeds, int) else seeds)
    for seed in numbers:
        if not 0 <= seed < 2**64:
            raise ValueError(f"seeds: {seed} is none; a seed is a number from 0 to 2**64 - 1")
    if workers is not None and workers < 1:
        raise ValueError(f"workers={workers}: at least one process makes the runs")
    graph = graph if isinstance(graph, str) or callable(graph) else _graphs.read(graph)
    tasks = []
    for values in itertools.product(*grid.values()):
        place = dict(zip(grid, values, strict=True))
        on = _graph_at(graph, place)
        tasks += [Task(index, place, on, seed) for index in range(len(several)) for seed in numbers]
    with Progress(progress, "runs") as shown:
        runs = Runs(common, tasks, workers, shown)
        if keep is None:
            rows = dict(runs.made(range(len(tasks))))
        else:
            # Here, as what starts processes and what keeps files below: most programs need neither.
            from ._keeping import with_kept

            rows = with_kept(keep, graph, runs, list(grid))
    return Sweep([rows[number] for number in range(len(tasks))], list(grid))


def _graph_at(graph: Any, place: Mapping[str, Any]) -> Any:
    if isinstance(graph, str):
        return graph.format(**place)
    on = graph(**place) if callable(graph) else graph
    return on if isinstance(on, str) else _graphs.read(on)


_OF_THE_SWEEP = {
    "graph": "it is the second argument",
    "seed": "write `seeds=`",
    "live": "`simulate` and `run` have it",
    "progress": "write `progress=` for all of them",
}
"""Arguments of `simulate` that are no options here, and what is there instead."""


class Task(NamedTuple):
    """A run of a sweep."""

    protocol: int
    place: dict[str, Any]
    on: Any
    seed: int


class Common(NamedTuple):
    """What the runs of a sweep have in common."""

    protocols: Sequence[type | str]
    measure: Measure
    options: Mapping[str, Any]

    def options_at(self, place: Mapping[str, Any]) -> dict[str, Any]:
        """The options of a run."""
        return {name: text.format(**place) if isinstance(text, str) else text for name, text in self.options.items()}

    def row(self, protocol: int, place: Mapping[str, Any], on: Any, seed: int) -> Row:
        """Makes a run; its row."""
        # The sweep shows how far it is.
        # Each core makes a run of its own.
        options = {"workers": 0, **self.options_at(place)}
        result = simulate(self.protocols[protocol], on, seed=seed, progress=False, **options)
        return self.row_of(result, place)

    def row_of(self, result: Result, place: Mapping[str, Any]) -> Row:
        """What is noted of a run."""
        document = result.document
        return {
            "protocol": document["protocol"],
            **place,
            "nodes": document["nodes"],
            "edges": document["edges"],
            "seed": result.seed,
            "outcome": result.outcome,
            "messages": result.messages,
            "bytes": document["messages"]["bytes"],
            "time": result.time,
            "causal": document["time"]["causal"],
            **{name: _plain(name, function(result)) for name, function in self.measure.items()},
        }


COLUMNS = ("nodes", "edges", "seed", "outcome", "messages", "bytes", "time", "causal")


def _plain(name: str, value: Any) -> Any:
    """The value as JSON has it, so that it is the same wherever it was measured."""
    import json

    value = value.item() if hasattr(value, "item") and hasattr(value, "dtype") else value
    try:
        return json.loads(json.dumps(value))
    except (TypeError, ValueError) as wrong:
        raise TypeError(
            f"measure: {name} gives {value!r}, which no table has ({wrong}); give a number or a text"
        ) from None


def _check_columns(grid: Iterable[str], measure: Iterable[str]) -> None:
    """A name that stands twice would have the values of one in the column of the other."""
    columns = ["protocol", *COLUMNS]
    for what, names in (("the variable", grid), ("measure:", measure)):
        for name in names:
            if name in columns:
                raise ValueError(f"{what} `{name}` is called like another column of the rows; give it another name")
            columns.append(name)


def _check_names(graph: Any, options: Mapping[str, Any], grid: Mapping[str, Any]) -> None:
    texts = {"graph": graph, **options}
    asked = {name for what, text in texts.items() if isinstance(text, str) for name in _names_in(what, text)}
    for name in sorted(asked - grid.keys()):
        raise ValueError(f"`{{{name}}}` has no values: give them, such as {name}=range(5, 50, 5)")
    for name in sorted(grid.keys() - asked):
        if not callable(graph):
            raise ValueError(
                f"`{name}` stands nowhere: write `{{{name}}}` where its values are to stand, such as 'ring:{{{name}}}'"
            )


def _names_in(what: str, text: str) -> Iterator[str]:
    """The names in braces."""
    from string import Formatter  # takes long to import

    try:
        fields = [(name, form) for _, name, form, _ in Formatter().parse(text) if name is not None]
    except ValueError as wrong:
        raise ValueError(f"{what}={text!r}: {wrong}; a brace that stands for itself is written twice") from None
    for field, form in fields:
        name = field.partition(".")[0].partition("[")[0]
        if not name.isidentifier():
            raise ValueError(f"{what}={text!r}: `{{{field}}}` names no variable; write such as `{{n}}`")
        yield name
        yield from _names_in(what, form or "")


class Runs:
    """How the runs of a sweep are made."""

    def __init__(self, common: Common, tasks: Sequence[Task], workers: int | None, shown: Progress) -> None:
        self.common = common
        self.tasks = tasks
        self._shown = shown
        self._cores = workers or len(os.sched_getaffinity(0))
        self._is_alone = workers == 1
        self._may_be_alone = workers is None

    @cached_property
    def told(self) -> bytes | None:
        """What other processes are told first; None if there are none: for no class, or one that they cannot have."""
        from ._workers import NotCarriedError, told

        common = self.common
        if self._is_alone or all(isinstance(protocol, str) for protocol in common.protocols):
            return None
        try:
            return told(common.protocols, common.measure, common.options)
        except NotCarriedError:
            if self._may_be_alone:
                return None
            raise

    def made(self, numbers: Sequence[int], afresh: bool = False) -> Iterator[tuple[int, Row]]:
        """Makes these runs; their numbers and rows, as they are made.

        Args:
            numbers: Which of the tasks.
            afresh: Classes are as their files have them now, and not as this process has imported them.
        """
        return self._shown.over(self._each(numbers, afresh), len(numbers))

    def _each(self, numbers: Sequence[int], afresh: bool) -> Iterator[tuple[int, Row]]:
        of_classes: deque[int] = deque()
        for (protocol, _), cell in itertools.groupby(numbers, self._cell):
            if isinstance(self.common.protocols[protocol], str):
                yield from self._by_threads(list(cell))
            else:
                of_classes.extend(cell)
        if not (afresh and self.told):
            ends = time.monotonic() + (ALONE if self._may_be_alone else 0)
            while of_classes and (self._cores == 1 or time.monotonic() < ends):
                yield self._here(of_classes.popleft())
        if of_classes:
            yield from self._by_processes(list(of_classes))

    def _cell(self, number: int) -> tuple[int, int]:
        task = self.tasks[number]
        return task.protocol, id(task.place)

    def _here(self, number: int) -> tuple[int, Row]:
        return number, self.common.row(*self.tasks[number])

    def _by_threads(self, numbers: Sequence[int]) -> Iterator[tuple[int, Row]]:
        """Those of an algorithm of the catalogue at one place."""
        protocol, place, on, _ = self.tasks[numbers[0]]
        options = self.common.options_at(place)
        if options.get("trace"):
            yield from map(self._here, numbers)
            return
        own = {name: options.pop(name) for name in ("properties", "max_in_transit") if name in options}
        given = options.pop("inputs", None), options.pop("config", None)
        asked = ask(self.common.protocols[protocol], on, None, *given, options)
        left, size = deque(numbers), 4 * self._cores
        while left:
            piece = [left.popleft() for _ in range(min(size, len(left)))]
            begun = time.monotonic()
            seeds = [self.tasks[number].seed for number in piece]
            made = call(_native.simulate_each, asked, seeds, self._cores, **own)
            for number, finished in zip(piece, made, strict=True):
                yield number, self.common.row_of(ended(finished), place)
            if time.monotonic() - begun < PIECE:
                size *= 2

    def _by_processes(self, numbers: Sequence[int]) -> Iterator[tuple[int, Row]]:
        if self.told is None:
            yield from map(self._here, numbers)
            return
        from ._workers import Workers

        with Workers(self.told, min(self._cores, len(numbers))) as workers:
            answers = workers.answers([tuple(self.tasks[number]) for number in numbers])
            for number, answer in zip(numbers, answers, strict=True):
                if "wrong" not in answer:
                    # As they were given, and not as JSON has them.
                    yield number, {**answer["row"], **self.tasks[number].place}
                    continue
                # A run is a function of its arguments: here it raises the same, with its traceback.
                self._here(number)
                raise RuntimeError(
                    f"seed {self.tasks[number].seed} fails in another process ({answer['wrong']}), and not in this "
                    "one: the class has changed since it was imported here"
                )
