"""Trials: the seed that fails, made small, and made again."""

import re
from typing import Annotated

import pytest
from twins import twin

import distnodes as nodes
from distnodes import Net, Port, Range, Shrink, Spontaneously, Trial, always, finally_, on, protocol, u32


@nodes.message
class Number:
    value: int


@nodes.message
class Token:
    pass


@protocol(links="reliable")
class Hasty:
    """Expects an order that links do not promise."""

    got: list[int] = nodes.field(default_factory=list)

    @on(Spontaneously)
    def start(self, net: Net) -> None:
        for number in range(3):
            net.send_to_all(Number(number))

    @on(Number)
    def take(self, msg: Number) -> None:
        self.got.append(msg.value)

    @finally_
    def in_order(world: nodes.World) -> bool:
        return all(node.got == sorted(node.got) for node in world.nodes)


def test_seeds_that_hold_are_counted(monkeypatch):
    trial = Trial(twin("controlled_distance"), ids="shuffled", initiators="all").on("ring:5", "ring:8")
    assert trial.seeds(20).must_hold() == 40
    assert trial.seeds([3, 4, 9]).must_hold() == 6
    assert trial.failure() is None
    monkeypatch.setenv("NODES_SEEDS", "7")
    assert trial.seeds(20).must_hold() == 14
    assert trial.seeds([3, 4, 9]).must_hold() == 6
    monkeypatch.setenv("NODES_SEEDS", "0")
    assert trial.seeds(20).must_hold() == 40


def test_only_the_seeds_that_are_named_are_tried(monkeypatch):
    trial = Trial(Hasty).on("path:2")
    held = next(seed for seed in range(50) if trial.seeds([seed]).failure() is None)
    monkeypatch.setenv("NODES_SEEDS", "50")
    assert trial.seeds([held]).failure() is None
    assert trial.seeds(1).failure() is not None


@pytest.mark.parametrize("seeds", [-3, [0, -3]])
def test_negative_seeds_are_refused(seeds):
    with pytest.raises(ValueError, match="seeds: -3 is negative"):
        Trial(Hasty).seeds(seeds)


def test_a_failure_is_made_small_and_made_again(tmp_path):
    failure = Trial(Hasty).on("complete:6").seeds(50).failure()
    # The impulse, and three messages of which one has overtaken another: no smaller run shows that.
    assert (failure.result.document["nodes"], failure.result.document["edges"]) == (2, 1)
    steps = [line for line in failure.schedule.splitlines()[3:] if line]
    assert len(steps) == 4
    assert failure.result.outcome == "violated"
    path = failure.write(tmp_path / "hasty.schedule")
    for again in (nodes.replay(Hasty, path), nodes.replay(Hasty, failure.schedule, trace=True)):
        assert (again.outcome, again.properties) == ("violated", {"in_order": "violated"})
        assert [node.got for node in again.nodes] == [node.got for node in failure.result.nodes]
    assert again.events()


def test_what_a_failed_test_says_can_be_pasted():
    with pytest.raises(AssertionError) as failed:
        Trial(Hasty).on("path:5").seeds(50).must_hold()
    text = str(failed.value)
    assert re.match(r"Hasty fails with seed \d+, run \d+ of this graph:\n  `in_order` does not hold\n", text)
    found = eval(re.search(r"as it was found: (.*)", text)[1])
    assert (found.outcome, found.document["nodes"]) == ("violated", 5)
    small = eval(re.search(r"replay it: (.*)", text)[1])
    assert (small.outcome, small.document["nodes"]) == ("violated", 2)


@nodes.config
class Settings:
    """How often."""

    rounds: Annotated[u32, "How often it is sent", Range(0, 50), Shrink()] = 20
    other: u32 = 20


@protocol(config=Settings)
class Counting:
    """Sends often."""

    rounds: u32 = 0

    @nodes.init
    def begin(self, config: Settings) -> None:
        self.rounds = config.rounds

    @on(Spontaneously)
    def start(self, net: Net) -> None:
        for _ in range(self.rounds):
            net.send_to_all(Token())

    @on(Token)
    def take(self) -> None:
        pass

    @always
    def few(world: nodes.World) -> bool:
        return world.sent(Token) < 3


def test_what_may_shrink_shrinks():
    failure = Trial(Counting).on("path:2").seeds(1).failure()
    options = failure.result.document["options"]
    assert (options["rounds"], options["other"]) == ("3", "20")
    assert Trial(Counting).on("path:2").config(rounds=2).seeds(1).failure() is None


@protocol(input=float)
class Given:
    """Looks at what it is given."""

    given: float = 0.0

    @nodes.init
    def begin(self, net: Net) -> None:
        self.given = net.input

    @on(Spontaneously)
    def start(self, net: Net) -> None:
        net.send_to_all(Token())

    @on(Token)
    def take(self) -> None:
        pass

    @always
    def small(node: nodes.Node) -> bool:
        return node.given < 0.5


def test_what_nodes_are_given_stays_with_them():
    failure = Trial(Given, initiators="all").on("path:4").inputs([0.1, 0.2, 0.3, 0.75]).seeds(1).failure()
    small = failure.result.nodes
    assert 0.75 in [node.given for node in small]
    again = nodes.replay(Given, failure.schedule, inputs=failure.inputs)
    assert [node.given for node in again.nodes] == [node.given for node in small]


def test_limits_and_crashes():
    relay = twin("flooding")
    assert Trial(relay).on("ring:6").seeds(5).max_events(3).failure().result.outcome == "timeout"
    crashed = Trial(twin("echo")).on("ring:5").seeds(20).crashes(1).failure()
    assert crashed.result.outcome == "stuck"
    assert "crash" in crashed.schedule or "doom" in crashed.schedule
    with pytest.raises(ValueError, match="only: there is no property `order`; write one of `in_order`"):
        Trial(Hasty).only("order").failure()
    assert Trial(Hasty).on("path:2").seeds(50).only("in_order").failure() is not None
    with pytest.raises(ValueError, match="topology Ring"):
        Trial(twin("controlled_distance")).on("path:3").failure()


def test_algorithms_of_the_catalogue():
    assert Trial("echo").on("ring:4", "path:3").seeds(10).must_hold() == 20
    failure = Trial("lamport", links="reliable").on("complete:3").seeds(1000).failure()
    assert failure.result.document["nodes"] == 2
    assert nodes.replay("lamport", failure.schedule).outcome == "violated"


@protocol
class Fragile:
    """Cannot take the third."""

    count: u32 = 0

    @on(Spontaneously)
    def start(self, net: Net) -> None:
        net.send_to_all(Token())

    @on(Token)
    def take(self, sender: Port, net: Net) -> None:
        self.count += 1
        {}[self.count] if self.count > 2 else net.send(sender, Token())


def test_what_a_handler_raises():
    with pytest.raises(nodes.NodeFailed, match="made small") as failed:
        Trial(Fragile).on("path:6").seeds(5).must_hold()
    assert isinstance(failed.value.__cause__, KeyError)
    frames = failed.value.__cause__.__traceback__
    while frames.tb_next:
        frames = frames.tb_next
    assert frames.tb_frame.f_code.co_name == "take"
    assert failed.value.result.document["nodes"] == 2
