"""Twins behave as the Rust algorithms do: event by event in simulated runs, in checks, and as processes."""

import importlib

import pytest
from twins import HERE, NAMES, twin

import distnodes as nodes

GRAPHS = {
    "all_the_way": ["ring:9", "ring:2", "ring:1"],
    "as_far": ["ring:9", "ring:2", "ring:1"],
    "bully": ["complete:6"],
    "chang_roberts": ["ring:9", "ring:1"],
    "controlled_distance": ["ring:8", "ring:50", "ring:2", "ring:1"],
    "dft": ["gnp:20,0.3", "grid:3x3"],
    "echo": ["petersen", "grid:4x5"],
    "flooding": ["gnp:20,0.3", "ring:2"],
    "lamport": ["complete:5"],
    "ricart_agrawala": ["complete:5", "complete:1"],
    "saturation": ["binary-tree:15", "star:7", "path:9", "path:2", "path:1"],
    "shout": ["gnp:20,0.3", "complete:6"],
}
SMALL = {
    "all_the_way": "ring:3",
    "as_far": "ring:4",
    "bully": "complete:2",
    "chang_roberts": "ring:4",
    "controlled_distance": "ring:3",
    "dft": "complete:4",
    "echo": "ring:5",
    "flooding": "complete:4",
    "lamport": "complete:2",
    "ricart_agrawala": "complete:2",
    "saturation": "star:5",
    "shout": "ring:4",
}


def test_no_twin_is_left_out():
    assert set(GRAPHS) == set(NAMES) - {"first"}


FAULTS = [
    {"links": "reliable", "delay": "exponential:5ms", "reorder": 0.3},
    {"links": "lossy", "loss": 0.1, "duplicate": 0.2},
    {"crash": "0@1500us", "on_crash": "continue"},
    {"crash": "0@1500us", "recover": "0@3ms", "until": 1.0},
    {"partition": "0|1,2,3,4@1ms..4ms", "until": 1.0},
]


@pytest.mark.parametrize(("name", "graph"), [(name, graph) for name in GRAPHS for graph in GRAPHS[name]])
@pytest.mark.parametrize("options", [{}, {"delay": "uniform:1ms..10ms"}, {"ids": "shuffled"}], ids=str)
def test_equal_seeds_give_equal_events(name, graph, options):
    for seed in range(3):
        ours = nodes.simulate(twin(name), graph, seed=seed, trace="full", **options)
        rust = nodes.simulate(name, graph, seed=seed, trace="full", **options)
        assert ours.events() == rust.events()
        assert without_types(ours.document) == without_types(rust.document)
        # The loop that is made for one protocol makes the same run as the one that can be followed.
        fast = nodes.simulate(twin(name), graph, seed=seed, **options)
        assert without_types(fast.document) == without_types(ours.document)


@pytest.mark.parametrize("name", GRAPHS)
@pytest.mark.parametrize("options", FAULTS, ids=str)
def test_equal_seeds_give_equal_events_where_things_go_wrong(name, options):
    for seed in range(3):
        ours = nodes.simulate(twin(name), GRAPHS[name][0], seed=seed, trace="full", **options)
        rust = nodes.simulate(name, GRAPHS[name][0], seed=seed, trace="full", **options)
        assert ours.events() == rust.events()
        assert without_types(ours.document) == without_types(rust.document)
        assert ours.explanation == rust.explanation
        fast = nodes.simulate(twin(name), GRAPHS[name][0], seed=seed, **options)
        assert without_types(fast.document) == without_types(ours.document)


def without_types(document):
    """All but the fingerprint, which has Rust's names of types, and the seconds that it took."""
    time = {name: value for name, value in document["time"].items() if name != "wall_s"}
    return {**document, "fingerprint": None, "time": time}


@pytest.mark.parametrize("name", SMALL)
def test_checks_find_as_many_states(name):
    ours = nodes.check(twin(name), SMALL[name], seed=1)
    rust = nodes.check(name, SMALL[name], seed=1)
    for found in ("states", "transitions", "schedules", "ends", "properties", "outcome"):
        assert ours.document[found] == rust.document[found], found


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("faults", ["crashes=1", "losses=1", "duplicates=1"])
def test_checks_with_faults_find_as_many_states(name, faults):
    ours = nodes.check(twin(name), SMALL[name], seed=1, faults=faults, most_states=3000)
    rust = nodes.check(name, SMALL[name], seed=1, faults=faults, most_states=3000)
    for found in ("states", "transitions", "schedules", "ends", "properties", "outcome"):
        assert ours.document[found] == rust.document[found], found
    assert [violation["schedule"] for violation in ours.violations] == [
        violation["schedule"] for violation in rust.violations
    ]


# What depends on the order in which messages arrive, which no seed decides among processes.
ORDER = {
    "echo": {"parent", "size", "smallest"},
    "lamport": {"clock", "latest", "visits", "entered"},
    "ricart_agrawala": {"clock", "own"},
    "saturation": {"parent", "state"},
    "shout": {"parent", "children"},
}


LOSSES = {"loss": 0.2, "duplicate": 0.2}
RUNS = [(name, {}) for name in GRAPHS] + [(name, LOSSES) for name in ("chang_roberts", "echo", "flooding", "lamport")]


@pytest.mark.parametrize(("name", "options"), RUNS, ids=str)
def test_processes_have_the_same_results(name, options, monkeypatch):
    monkeypatch.syspath_prepend(str(HERE.parent / "examples"))
    ours = getattr(importlib.import_module(name), twin(name).__name__)
    runs = [nodes.run(protocol, GRAPHS[name][0], seed=3, **options) for protocol in (ours, name)]
    expected = nodes.simulate(name, GRAPHS[name][0], seed=3)
    for ran in runs:
        assert (ran.outcome, ran.by_type) == (expected.outcome, expected.by_type)
        assert all(held in ("holds", "held-at-end") for held in ran.properties.values()), ran.properties
        assert ran.properties.keys() == expected.properties.keys()
        assert settled(ran, name) == settled(expected, name)


def settled(result, name):
    """The states and fields that do not depend on order; each state as often, where it stands at other nodes."""
    left_out = {"busy_s", "decided_at", "sent", "received", *ORDER.get(name, ())}
    rows = [{key: value for key, value in row.items() if key not in left_out} for row in result.rows()]
    return rows, sorted(row["state"] for row in result.rows())
