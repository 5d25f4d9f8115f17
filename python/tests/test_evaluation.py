"""A run that is looked at while it goes on, which changes nothing of it."""

import csv
import io
import re

import pytest

import distnodes as nodes
from distnodes import Spontaneously, on, when


@nodes.message
class Step:
    value: int


@nodes.alarm
class Again:
    pass


@nodes.protocol(initiators="all")
class Walk:
    """Tokens that walk at random; every half second a node reports how many it has seen."""

    seen: int = 0
    drawn: int = 0

    @on(Spontaneously)
    def start(self, net):
        net.send_random(Step(0))
        net.send_to_self(Step(-1))
        net.set_alarm(0.5, Again())

    @on(Step)
    def step(self, msg, net):
        self.seen += 1
        self.drawn = net.rng.getrandbits(30)
        if 0 <= msg.value < 40:
            net.send_random(Step(msg.value + 1))

    @when(Again)
    def again(self, net):
        net.report("seen", self.seen)
        if net.now < 2:
            net.set_alarm(0.5, Again())


OPTIONS = {"seed": 3, "delay": "uniform:50ms..100ms"}


def total(world):
    return {"seen": sum(node.seen for node in world.nodes), "under way": world.in_transit()}


def same(run):
    document = {**run.document, "time": None}
    return document, [(node.seen, node.drawn) for node in run.nodes]


def test_a_run_is_the_same_with_and_without():
    plain = nodes.simulate(Walk, "ring:6", **OPTIONS)
    heard = []
    followed = nodes.simulate(
        Walk, "ring:6", **OPTIONS, evaluate=total, every="100ms", on_report=lambda *what: heard.append(what)
    )
    assert same(followed) == same(plain)
    assert plain.evaluations == []
    assert len(followed.evaluations) > 20
    recorded = nodes.simulate(Walk, "ring:6", **OPTIONS, trace=True)
    both = nodes.simulate(Walk, "ring:6", **OPTIONS, trace=True, evaluate=total, every=0.1)
    assert both.trace == recorded.trace
    assert both.evaluations == followed.evaluations
    # What nodes report as the run goes is what its record has.
    assert [(time, node, value) for time, node, name, value in heard] == recorded.history("seen")
    assert {name for _, _, name, _ in heard} == {"seen"}


def test_rows():
    run = nodes.simulate(Walk, "ring:6", **OPTIONS, evaluate=total, every=0.25)
    first, *between, last = run.evaluations
    assert first == {"time": 0.0, "messages": 0, "bytes": 0, "seen": 0, "under way": 0}
    assert [row["time"] for row in between] == pytest.approx([0.25 * k for k in range(1, 1 + len(between))])
    assert last["time"] == pytest.approx(run.time)
    assert (last["messages"], last["bytes"]) == (run.messages, run.document["messages"]["bytes"])
    assert last["seen"] == sum(node.seen for node in run.nodes)
    assert all(one["bytes"] <= two["bytes"] for one, two in zip(run.evaluations, run.evaluations[1:], strict=False))
    # By hand: what the record has up to then.
    events = nodes.simulate(Walk, "ring:6", **OPTIONS, trace=True).events()
    for row in between:
        sent = [event for event in events if event["kind"] == "send" and event["time_ns"] <= row["time"] * 1e9]
        assert row["messages"] == sum(event["node"] != event["peer"] for event in sent) > 0


def test_times_at_which_nothing_happened_are_left_out_and_a_moment_is_whole():
    @nodes.protocol(initiators="all")
    class Rare:
        times: int = 0

        @on(Spontaneously)
        def start(self, net):
            net.set_alarm(1.0, Again())

        @when(Again)
        def again(self, net):
            self.times += 1
            if self.times < 3:
                net.set_alarm(10.0, Again())

    look = {"evaluate": lambda world: {"times": [node.times for node in world.nodes]}}
    run = nodes.simulate(Rare, "path:2", seed=1, delay="uniform:1ms..2ms", every=0.5, **look)
    rows = [(row["time"], row["times"]) for row in run.evaluations]
    assert rows == [(0.0, [0, 0]), (0.5, [0, 0]), (1.0, [1, 1]), (11.0, [2, 2]), (21.0, [3, 3])]
    ends = nodes.simulate(Rare, "path:2", seed=1, **look)
    assert [(row["time"], row["times"]) for row in ends.evaluations] == [(0.0, [0, 0]), (21.0, [3, 3])]
    cut = nodes.simulate(Rare, "path:2", seed=1, until=5, every=2, **look)
    assert [(row["time"], row["times"]) for row in cut.evaluations] == [(0.0, [0, 0]), (2.0, [1, 1]), (5.0, [1, 1])]


def test_what_it_raises_ends_the_run():
    class Wrong(Exception):
        pass

    def fails(world):
        if world.sent() > 20:
            raise Wrong("here")
        return {}

    with pytest.raises(Wrong, match="here"):
        nodes.simulate(Walk, "ring:6", **OPTIONS, evaluate=fails, every=0.1)
    with pytest.raises(Wrong, match="here"):
        nodes.simulate(Walk, "ring:6", **OPTIONS, evaluate=fails)

    def deaf(*_):
        raise Wrong("told")

    with pytest.raises(Wrong, match="told"):
        nodes.simulate(Walk, "ring:6", **OPTIONS, on_report=deaf)
    assert nodes.simulate(Walk, "ring:6", **OPTIONS).ok


def test_what_raises_first_is_what_is_raised():
    @nodes.protocol(initiators="one")
    class Breaks:
        @on(Spontaneously)
        def start(self, net):
            raise LookupError("the handler")

    looks = []
    with pytest.raises(nodes.NodeFailed) as failed:
        nodes.simulate(Breaks, "ring:3", evaluate=lambda world: looks.append(1) or {})
    assert isinstance(failed.value.__cause__, LookupError)
    assert looks == [1]
    assert [row["time"] for row in failed.value.result.evaluations] == [0.0]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"every": 1}, "`every=1`: write also what is to be done then"),
        ({"evaluate": total, "every": 0}, "`every`: `0s` is no time above 0"),
        ({"evaluate": total, "every": "soon"}, "`every`: `soon` is no time above 0"),
        ({"evaluate": lambda world: {"time": 3}}, "`evaluate` returns `time`, which each row has anyway"),
    ],
)
def test_what_cannot_be(given, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        nodes.simulate(Walk, "ring:6", **given)


def test_what_is_no_row():
    with pytest.raises(TypeError, match="returns numbers by name"):
        nodes.simulate(Walk, "ring:6", evaluate=lambda world: 0.5)
    with pytest.raises(ValueError, match="are no Python objects"):
        nodes.simulate("flooding", "ring:6", evaluate=total)


def test_rows_are_written_in_a_few_lines():
    run = nodes.simulate(Walk, "ring:6", **OPTIONS, evaluate=total, every=0.5)
    file = io.StringIO()
    writer = csv.DictWriter(file, run.evaluations[0])
    writer.writeheader()
    writer.writerows(run.evaluations)
    header, first, *_ = file.getvalue().splitlines()
    assert (header, first) == ("time,messages,bytes,seen,under way", "0.0,0,0,0,0")
