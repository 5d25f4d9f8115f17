"""The engines: a protocol simulated, run as real processes, or checked over all schedules."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Literal, NamedTuple, TypedDict, Unpack

from . import _graphs, _native
from ._compute import Context, computing
from ._evaluation import wanted
from ._labels import Labels
from ._live import Opening, opening
from ._mistakes import did_you_mean, one_of
from ._payloads import Watch, is_asked_for
from ._plan import Flag
from ._progress import Progress
from ._protocol import plan_of
from ._raised import heard
from ._replay import NAMES, in_python, is_raised
from ._result import Checked, NodeFailed, Result
from ._speeds import Given, Speeds
from ._times import Time, time_text


class Options(TypedDict, total=False):
    """What every run can be told; `python -m distnodes controlled_distance simulate --help` explains each."""

    ids: str | Sequence[int] | Mapping[Any, int]
    """Who is who: `"sequential"` (the default), `"shuffled"`, or one id for each node, in order or by node."""
    ports: str
    """How a node numbers its links: `"ordered"` by neighbour (the default), or `"shuffled"`."""
    initiators: str | int | Sequence[Any]
    """Which nodes start on their own: `"one"`, `"all"`, `"random:3"`, a node, or several.  A node is a number; or, of a
    NetworkX graph, its label, `["Rome"]`, which is written `"@Rome"` within a text."""
    wake: str
    """How their starts lie to each other: `"together"` (the default), or `"random"`; `"any"` in a check."""
    links: str
    """Other links than declared: `"fifo"`, `"reliable"` or `"lossy"`."""
    timeout: Time
    """The run has failed if it has not ended by then."""
    until: Time
    """The run shall end then."""
    delay: Time
    """How long messages take: `"unit"` (simulated, the default), `"uniform:1ms..10ms"`, `"exponential:5ms"`, .., or
    always that time."""
    bandwidth: str
    """How fast each link sends, one message behind the other, before their delays: `"10Mbit/s"`,
    `"uniform:1Mbit/s..10Mbit/s"`, `"lognormal:10Mbit/s,0.5"`, or `"weights"`, in Mbit/s.  Simulated; no limit unless
    given."""
    uplink: str | Sequence[str] | Mapping[Any, str]
    """How fast each node sends, over all its links together: `"20Mbit/s"`, `["20Mbit/s", "3@1Mbit/s"]` if node 3 has
    its own rate, or `{0: "20Mbit/s"}` if only node 0 has a limit.  Simulated; no limit unless given."""
    loss: float
    """With which probability a message on a lossy link is lost."""
    duplicate: float
    """With which probability a message on a lossy link arrives twice."""
    reorder: float
    """With which probability a message on a link without order is overtaken."""
    crash: str | Sequence[str] | Mapping[Any, Time]
    """Who crashes when: `"3@5ms"`, or `{3: 0.005}`."""
    recover: str | Sequence[str] | Mapping[Any, Time]
    """Who comes back when: `"3@10ms"`, or `{3: 0.01}`."""
    on_crash: Literal["stop", "continue"]
    """Whether the run ends when a node has crashed that is not to come back (the default), or goes on."""
    partition: str | Sequence[str]
    """Which groups of nodes are cut off from each other, and when: `"0-3|4-7@1s..2s"`."""
    link_down: str | Sequence[str]
    """Between which nodes links are cut, and when: `"0-1@1s..2s"`."""
    weights: str
    """A weight for each link: `"random:1..100"`; `"metropolis"` or `"uniform"`, by which neighbours average."""
    keep: Literal["largest"]
    """Of a file's graph that falls apart, the part of most nodes."""
    drop: Literal["loops"]
    """Links from a node to itself that a file has are left out."""
    both_ways: bool
    """Links of a file lead both ways, though it says one way."""


IMPORTED_SCRIPT = "__mp_main__"
"""What a script is called where another process imports it, as `multiprocessing` does."""

no_runs = ""
"""Why this process makes no runs of real processes, if it is a part of one."""

_ELSEWHERE = {
    "runs": "`Trial` and `sweep` make many runs",
    "schedule": "`replay(P, schedule)` makes its run, and `simulation(..).replay(schedule)` goes through it",
    "json": "`Result.document` is that document",
    "no_properties": "write `properties=False`",
    "trace_detail": 'write `trace="full"`, or `"none"`',
    "diagram": "a recorded run, `trace=True`, has `Result.export`",
    "verbose": "`run(.., logs=..)` writes logs, and `trace=True` records all that happens",
    "live": "`simulate` and `run` have it",
    "force": "nothing asks for it from Python",
}
"""Options of the command line that are no arguments, and what is there instead."""


def simulate(
    protocol: type | str,
    graph: Any = None,
    *,
    seed: int | None = None,
    inputs: str | Sequence[Any] | Mapping[Any, Any] | None = None,
    config: dict[str, Any] | None = None,
    properties: bool = True,
    max_in_transit: int | None = None,
    check_payloads: bool = False,
    trace: bool | str = False,
    live: bool = False,
    progress: bool | None = None,
    workers: int | None = None,
    cache: str | os.PathLike[str] | None = None,
    speeds: Given | None = None,
    evaluate: Callable[[_native.World], Mapping[str, Any]] | None = None,
    every: Time | None = None,
    on_report: Callable[[float, int, str, Any], object] | None = None,
    **options: Unpack[Options],
) -> Result:
    """Simulates a run: the whole system in this process, under virtual time.

    A run is a function of its arguments and its seed: the same events, on every machine.

    Args:
        protocol: A class with `@protocol`, or the name of an algorithm of the catalogue.
        graph: What the nodes stand on: a specification such as `"ring:8"`, a NetworkX graph, a SciPy matrix, a pair
            `(nodes, links)`, or a list of links.  Unless given, the protocol's usual graph.
        seed: What everything random follows from; drawn unless given, and part of the result.
        inputs: What each node is given: one value for each, in order or by node, or a text such as `"random:0..100"`.
        config: Values for flags of the protocol's configuration.
        properties: Whether properties are looked at, after each event and at the end.
        max_in_transit: The run fails if more messages are under way at a time.
        check_payloads: Whether the run fails if a handler changes an array or a tensor that was sent: for tests.  With
            `NODES_CHECK_PAYLOADS=1` in the environment, each run is looked at so.
        trace: Whether the run is recorded, for `Result.events`, `to_html` and pictures: `True`, or `"full"` with the
            contents of all messages, or `"none"` without any.
        live: Whether the run is followed, and steered, on a page that is served on this machine, and of which standard
            error says the address.  The run waits until it is let go on there.
        progress: Whether it is shown how far the run is; None: if it takes some seconds, and standard error is a
            terminal or this is a notebook.
        workers: How many other processes compute what handlers ask for by `net.compute`, each on one core: the result
            is the same.  As many as there are cores unless given; 0 computes in this process, where the libraries for
            numbers may use more threads, and sums may differ in their last bits.
        cache: A folder for what was computed: a run that was killed, and is made again, computes the rest.
        speeds: How fast nodes compute, for `net.speed` and `net.compute(.., work=..)`; 1 unless given: one number for
            each node, `{3: 0.25}` for some, or a law that the seed draws from, `"lognormal:1,0.5"` (median and spread)
            or `"uniform:0.25..4"`.
        evaluate: Looks at the world, as a property does, and returns numbers by name, of which `Result.evaluations` has
            a row: before anything has happened, and at the end.  It takes no virtual time, draws from no node's random
            numbers, and must change nothing: the run is the same with and without.
        every: Time from one row to the next between these.  A row is of the moment after all that happens at its time;
            where nothing has happened since the last, it is left out.
        on_report: Called when a node reports something: with the time in seconds, the node, the name and the value.
        **options: See `Options`.

    Raises:
        NodeFailed: If a handler or a property has raised; from what it raised.
        ValueError: If the options contradict the protocol, or each other; if the graph is not of its class.
        Exception: What `evaluate` or `on_report` raises.
        ProtocolError: If the class is wrong.
    """
    seed = seed_for(speeds, seed)
    asked = ask(protocol, graph, seed, inputs, config, options)
    follows, rows = wanted(evaluate, every, on_report)
    opened = opening(live, " (the run is paused until you let it go on there)")
    computes = context_of(workers, cache, speeds, seed, asked)
    with Progress(progress) as shown, computing(computes):
        finished = call(
            _native.simulate,
            asked,
            properties=properties,
            max_in_transit=max_in_transit,
            check_payloads=check_payloads,
            record=_detail(trace),
            progress=shown.function,
            opened=opened,
            wanted=follows,
        )
    return _ended(finished, asked.graph, opened, computes=computes, rows=rows)


def run(
    protocol: type | str,
    graph: Any = None,
    *,
    seed: int | None = None,
    inputs: str | Sequence[Any] | Mapping[Any, Any] | None = None,
    config: dict[str, Any] | None = None,
    spawn: Literal["fork", "exec"] = "fork",
    logs: str | None = None,
    trace: bool | str = False,
    live: bool = False,
    progress: bool | None = None,
    **options: Unpack[Options],
) -> Result:
    """Runs real processes: one for each node, which exchange messages over UDP.

    Another process imports the class; one of a script by running the script under another name than `__main__`, so that
    a script keeps the runs that it makes behind `if __name__ == "__main__":`.  A class of a notebook is sent to it by
    cloudpickle (`pip install cloudpickle`).  What a node prints stands on standard error, behind `node 3: `.

    Args:
        spawn: How nodes are made: `"fork"`, by a process of its own that has imported the class once, or `"exec"`, each
            as a new interpreter.  Where a fork would lose threads that importing the class has started, it is `"exec"`,
            with a notice.
        logs: A folder for a log file a node.
        trace: As in `simulate`.
        live: Whether the run can be watched on a page that is served on this machine; standard error says where.
        progress: As in `simulate`.

    Raises:
        NodeFailed: If a node has failed, from a `Raised` with the traceback.
        RuntimeError: If the class's own script or module makes this run while it is imported for the nodes.
        ValueError: As in `simulate`.
        OSError: If the system does not give what the run needs.
        TypeError: If the class cannot be imported by another process: it stands in a function, or in a notebook.

    The other arguments are those of `simulate`.
    """
    asked = ask(protocol, graph, seed, inputs, config, options)
    if no_runs:
        raise RuntimeError(no_runs)
    opened = opening(live)

    def made(spawn: str) -> _native.Finished:
        command, forks = _nodes(protocol, spawn)
        with Progress(progress) as shown:
            finished: _native.Finished = call(
                _native.run,
                asked,
                command,
                forks=forks,
                logs=logs,
                record=_detail(trace),
                progress=shown.function,
                opened=opened,
            )
        return finished

    try:
        return _ended(made(spawn), asked.graph, opened)
    except NotImplementedError as refused:
        why = str(refused)
    # Nothing has happened yet: no node was forked.
    place, nowhere = _place(protocol)
    if place is None:
        raise TypeError(f"{why}, and {nowhere} to start each node by itself: put it into a module")
    notice = f'{why}: each node is an interpreter of its own, as with `spawn="exec"`'
    return _ended(made("exec"), asked.graph, opened, [notice])


def check(
    protocol: type | str,
    graph: Any = None,
    *,
    seed: int | None = None,
    inputs: str | Sequence[Any] | Mapping[Any, Any] | None = None,
    config: dict[str, Any] | None = None,
    every_graph: int | str | None = None,
    threads: int | None = None,
    depth: int | None = None,
    most_states: int | None = None,
    memory: str | None = None,
    synchronous: Time | None = None,
    draws: int | None = None,
    reduction: str | None = None,
    faults: str | None = None,
    why: bool = False,
    progress: bool | None = None,
    **options: Unpack[Options],
) -> Checked:
    """Looks at every schedule: everything that links, initiators and alarms allow to happen next, in every state.

    Args:
        every_graph: Every connected graph of so many nodes, instead of one: `4`, or `"3..5"`.  With
            `ids="all"`, `ports="all"` or `initiators="every"` more varies.
        threads: On how many cores several instances of an algorithm of the catalogue are checked; those of a class
            are by one.
        depth: Only states to which at most so many events lead.
        most_states: At most so many states.
        memory: How much memory states may take: `"8GiB"`.
        synchronous: Messages take that time at most, and alarms ring when they are due.
        draws: Of each range that is drawn from, only so many values, the least.
        reduction: Which states are left out, since others show the same: `"auto"`, `"full"`, `"nodes"`, `"events"`.
        faults: How often faults may happen, each at any time: `"crashes=1,losses=2"`.
        why: Whether the result names pairs of messages that do not commute.
        progress: As in `simulate`.

    Raises:
        NodeFailed: If a handler or a property raises on some schedule; from what it raised.
        ValueError: If the options contradict the protocol, or each other; if there is neither `graph` nor
            `every_graph`.

    The other arguments are those of `simulate`.
    """
    if graph is None and every_graph is None:
        name = protocol if isinstance(protocol, str) else protocol.__name__
        named = f'"{name}"' if isinstance(protocol, str) else name
        usual = known(protocol).usual_graph
        raise ValueError(
            f"check({named}): on which graph? all schedules are looked at, so take one that is smaller than the usual "
            f"`{usual}`: `check({named}, {_small(usual)})`, or `check({named}, every_graph=4)`"
        )
    import json  # takes long to import

    asked = ask(protocol, graph, seed, inputs, config, options)
    more = {
        "every-graph": every_graph,
        "threads": threads,
        "depth": depth,
        "most-states": most_states,
        "memory": memory,
        "synchronous": None if synchronous is None else time_text(synchronous),
        "draws": draws,
        "reduction": reduction,
        "faults": faults,
    }
    for name, value in more.items():
        if value is not None:
            asked.words.append(f"--{name}={value}")
    if why:
        asked.words.append("--why")
    with Progress(progress, "instances") as shown, computing(Context(draws=False)):
        document, raised = call(_native.check, asked, progress=shown.function)
    replay = partial(_native.replay, asked.protocol, inputs=asked.inputs, record="full")
    checked = Checked(json.loads(document), replay, asked.graph)
    if raised is not None and any(is_raised(failure["what"]) for failure in checked.document["violations"]):
        raise NodeFailed(checked) from raised
    return checked


def replay(
    protocol: type | str,
    schedule: str | os.PathLike[str],
    *,
    inputs: Sequence[Any] | None = None,
    properties: bool = True,
    trace: bool | str = False,
) -> Result:
    """Simulates the run of a schedule, event by event: what a `Trial` or a check has found.

    Args:
        protocol: The protocol that the schedule is of.
        schedule: The file in which it stands, or its text.
        inputs: What each node is given, if the schedule does not say it.
        properties: As in `simulate`.
        trace: As in `simulate`.

    Raises:
        NodeFailed: If a handler or a property has raised; from what it raised.
        ValueError: If it is no schedule of that protocol, or an event cannot happen where it stands.
        OSError: If the file cannot be read.
    """
    text = os.fspath(schedule)
    if "\n" not in text:
        with open(text, encoding="utf-8") as file:
            text = file.read()
    values = None if inputs is None else list(inputs)
    return _ended(call(_native.replay, known(protocol), text, values, properties=properties, record=_detail(trace)))


def _small(usual: str) -> str:
    """A small graph of that kind, as an argument."""
    family = usual.partition(":")[0]
    sizes = {"hypercube": "2", "grid": "2x2", "torus": "3x3", "star": "4"}
    return '"ring:4"' if family == "gnp" else f'"{family}:{sizes.get(family, "3")}"'


def seed_for(speeds: Given | None, seed: int | None) -> int | None:
    """The seed, which is drawn here where speeds follow from it."""
    if speeds is None or seed is not None:
        return seed
    from random import SystemRandom

    return SystemRandom().getrandbits(32)


def context_of(
    workers: int | None,
    cache: str | os.PathLike[str] | None,
    speeds: Given | None,
    seed: int | None,
    asked: Asked,
) -> Context:
    """What a run has for computing."""
    if speeds is None:
        return Context(workers, cache)
    if isinstance(speeds, Mapping):
        labels = Labels(asked.graph)
        speeds = {labels.number(node): speed for node, speed in speeds.items()}
    return Context(workers, cache, Speeds(speeds, seed or 0))


class Asked(NamedTuple):
    """A run that is asked for, as the engines take it."""

    protocol: _native.Protocol
    words: list[str]
    """The options as a command line has them."""
    graph: _graphs.Graph | None
    inputs: list[Any] | None


def ask(
    protocol: type | str,
    graph: Any,
    seed: int | None,
    inputs: str | Sequence[Any] | Mapping[Any, Any] | None,
    config: dict[str, Any] | None,
    options: Any,
) -> Asked:
    """The run that these arguments ask for: see `simulate`."""
    on = None if graph is None or isinstance(graph, str) else _graphs.read(graph)
    labels = Labels(on)
    values = None if inputs is None or isinstance(inputs, str) else labels.values("inputs", inputs)
    given = {name: labels.option(name, value) for name, value in options.items()}
    return Asked(known(protocol), [*_words(graph, seed, inputs, given), *_config(protocol, config)], on, values)


def known(protocol: type | str) -> _native.Protocol:
    if isinstance(protocol, str):
        found = _native.Protocol.of_catalogue(protocol)
        if found is None:
            raise ValueError(
                f"there is no algorithm `{protocol}` in the catalogue; `python -m distnodes list` shows them"
            )
        return found
    plan = plan_of(protocol)
    native = vars(protocol).get("__nodes_protocol__")
    if native is None:
        native = _native.Protocol.of_plan(plan)
        protocol.__nodes_protocol__ = native  # type: ignore[attr-defined]
    return native


def _detail(trace: bool | str) -> str | None:
    return trace if isinstance(trace, str) else ("auto" if trace else None)


def _words(
    graph: Any,
    seed: int | None,
    inputs: str | Sequence[Any] | Mapping[Any, Any] | None,
    options: Any,
) -> list[str]:
    """The options as a command line has them."""
    given: dict[str, Any] = dict(options)
    for name in given:
        if name in _ELSEWHERE:
            raise ValueError(f"`{name}` is an option of the command line; {_ELSEWHERE[name]}")
    if isinstance(graph, str):
        given["graph"] = graph
    if isinstance(inputs, str):
        given["inputs"] = inputs
    words = []
    for name, value in {**given, "seed": seed}.items():
        if value is None or value is False:
            continue
        option = f"--{NAMES.get(name, name.replace('_', '-'))}"
        words.append(option if value is True else f"{option}={_text(name, value)}")
    return words


def _config(protocol: type | str, config: dict[str, Any] | None) -> list[str]:
    """The values of flags, as a command line has them."""
    if not config:
        return []
    if isinstance(protocol, str):
        return [f"--{name.replace('_', '-')}={_flag(value)}" for name, value in config.items()]
    plan = plan_of(protocol)
    flags: dict[str, Flag] = {flag.field: flag for flag in plan.config.flags} if plan.config else {}
    for name in config:
        if not flags:
            raise ValueError(f"config: `{plan.name}` has no configuration; write `@protocol(config=..)`")
        if name not in flags:
            raise ValueError(
                f"config: `{plan.name}` has no flag `{name}`{did_you_mean(name, flags) or _instead(flags)}"
            )
    return [
        f"--{flags[name].name}={_flag(value, flags[name].kind)}" for name, value in config.items() if value is not None
    ]


def _instead(flags: Iterable[str]) -> str:
    return f"; it has {one_of(flags)}"


def _flag(value: Any, kind: str = "") -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return time_text(value) if hasattr(value, "total_seconds") or "Duration" in kind else str(value)


def _text(name: str, value: Any) -> str:
    if hasattr(value, "total_seconds") or (name in ("timeout", "until", "delay") and isinstance(value, (int, float))):
        time = time_text(value)
        return f"uniform:{time}..{time}" if name == "delay" else time
    if isinstance(value, Iterable) and not isinstance(value, str):
        return ",".join(str(part) for part in value)
    return str(value)


def call(engine: Any, *arguments: Any, check_payloads: bool = False, **named: Any) -> Any:
    """Calls an engine; what is wrong is said in the words of Python."""
    watch = Watch() if check_payloads or is_asked_for() else None
    before = _native.watch_payloads(watch)
    try:
        return engine(*arguments, **named)
    except ValueError as wrong:
        raise ValueError(in_python(str(wrong))) from None
    finally:
        _native.watch_payloads(before)


def _place(protocol: type | str) -> tuple[str | None, str]:
    """How another process finds a protocol (`module:Class`, `file.py:Class`, a name); else why it cannot."""
    if isinstance(protocol, str):
        return protocol, ""
    module, name = protocol.__module__, protocol.__qualname__
    if "<locals>" in name:
        return None, f"`{name}` stands in a function, so that another process cannot import it"
    if module != "__main__":
        return f"{module}:{name}", ""
    script = getattr(sys.modules["__main__"], "__file__", None)
    if script is None or not os.path.exists(script):
        return None, f"`{name}` was made in a notebook or a terminal, so that another process cannot import it"
    return f"{os.path.abspath(script)}:{name}", ""


def _pickled(protocol: type | str, why: str) -> bytes:
    """The class itself, for a process that this one has started."""
    try:
        from ._carried import carried
    except ImportError:
        raise TypeError(f"{why}: put it into a module, or install cloudpickle (`pip install cloudpickle`)") from None
    return carried(protocol)


def _nodes(protocol: type | str, spawn: str) -> tuple[list[str], bytes | None]:
    """The command that starts a node, or a process that forks nodes, and what that is told first."""
    import json  # takes long to import

    place, why = _place(protocol)
    command = [sys.executable, "-u", "-m", "distnodes._node"]
    if spawn == "exec":
        if place is None:
            raise TypeError(f'{why}: put it into a module, or let nodes be forked, `spawn="fork"`')
        return [*command, place, json.dumps([sys.path, sys.argv])], None
    if spawn != "fork":
        raise ValueError(f'spawn="{spawn}": write "fork" or "exec"')
    itself = _pickled(protocol, why) if place is None else b""
    return [*command, "fork"], json.dumps([place, sys.path, sys.argv]).encode() + b"\n" + itself


def _ended(
    finished: _native.Finished,
    graph: _graphs.Graph | None = None,
    opened: Opening | None = None,
    notices: Sequence[str] = (),
    computes: Context | None = None,
    rows: Sequence[dict[str, Any]] = (),
) -> Result:
    result = Result(finished, graph, opened.live if opened else None, notices, computes, rows)
    if finished.raised is not None:
        raise NodeFailed(result) from finished.raised
    if finished.failed is not None:
        node, report = finished.failed
        raise NodeFailed(result) from (None if report is None else heard(report, node))
    return result
