"""Twins and the algorithms of the catalogue make the same runs, in every engine."""

import importlib
from typing import Any, NamedTuple

import pytest

import distnodes as nodes


class Job(NamedTuple):
    """A run that both make."""

    twin: str
    graph: str
    options: dict[str, Any] = {}
    #: A smaller one, all of whose schedules are looked at.
    checked: str | None = None
    check: dict[str, Any] = {}


JOBS = {
    "flooding": Job("Flooding", "gnp:12,0.3", {}, "ring:4"),
    "shout": Job("Shout", "gnp:12,0.3", {}, "ring:3"),
    "echo": Job("Echo", "gnp:12,0.3", {}, "ring:4"),
    "saturation": Job("Saturation", "random-tree:15", {"initiators": "all"}, "path:4"),
    "dft": Job("Dft", "gnp:12,0.3", {}, "ring:4"),
    "chang_roberts": Job("ChangRoberts", "directed-ring:9", {"initiators": "all", "ids": "shuffled"}, "directed-ring:4"),
    "controlled_distance": Job("ControlledDistance", "ring:12", {"initiators": "all", "ids": "shuffled"}, "ring:3"),
    "as_far": Job("AsFar", "ring:9", {"initiators": "all", "ids": "shuffled"}, "ring:3"),
    "lamport": Job("Lamport", "complete:4", {"initiators": "all"}, "complete:2"),
    "ricart_agrawala": Job("RicartAgrawala", "complete:4", {"initiators": "all"}, "complete:2"),
    "bully": Job("Bully", "complete:5", {"crash": "4@1ms", "on_crash": "continue", "timeout": 2.0}),
}
SEEDS = range(4)


def twin(name: str) -> type:
    found: type = getattr(importlib.import_module(name), JOBS[name].twin)
    return found


def same(one: dict[str, Any], other: dict[str, Any]) -> None:
    """All but the fingerprint, which has Rust's names of types, and the time that it took."""
    for name in one:
        if name == "time":
            assert {**one[name], "wall_s": 0} == {**other[name], "wall_s": 0}
        elif name != "fingerprint":
            assert one[name] == other[name], name


@pytest.mark.parametrize("delay", ["unit", "uniform:1ms..9ms"])
@pytest.mark.parametrize("name", JOBS)
def test_the_same_events_from_the_same_seed(name: str, delay: str) -> None:
    job = JOBS[name]
    for seed in SEEDS:
        ours, rusts = (
            nodes.simulate(protocol, job.graph, seed=seed, delay=delay, trace="full", **job.options)
            for protocol in (twin(name), name)
        )
        same(ours.document, rusts.document)
        assert ours.events() == rusts.events(), f"seed {seed}"
        # The loop that is made for one type makes the same run as the one that follows it.
        fast = nodes.simulate(twin(name), job.graph, seed=seed, delay=delay, **job.options)
        same(fast.document, ours.document)


@pytest.mark.parametrize("name", [name for name, job in JOBS.items() if job.checked])
def test_the_same_states_in_the_checker(name: str) -> None:
    job = JOBS[name]
    for reduction in ("full", "auto"):
        ours, rusts = (
            nodes.check(protocol, job.checked, seed=1, reduction=reduction, **job.check) for protocol in (twin(name), name)
        )
        left_out = ("fingerprint", "time", "bytes_a_state", "states")
        assert {key: value for key, value in ours.document.items() if key not in left_out} == {
            key: value for key, value in rusts.document.items() if key not in left_out
        }
        assert ours.states == rusts.states > 1


@pytest.mark.parametrize("name", ["flooding", "saturation", "echo", "controlled_distance", "ricart_agrawala"])
def test_processes_end_as_simulated_nodes_do(name: str) -> None:
    job = JOBS[name]
    real = nodes.run(twin(name), job.graph, seed=1, **job.options)
    assert real.ok, real.explanation
    held = {"holds", "held-at-end"}
    assert set(real.properties.values()) <= held
    if name == "flooding":
        # 2m - n + 1, in any order of events.
        document = real.document
        assert real.messages == 2 * document["edges"] - document["nodes"] + 1
