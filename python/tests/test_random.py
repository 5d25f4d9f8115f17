"""`net.rng`: the node's own stream of random numbers, with all that `random.Random` has."""

import pickle
import random
import statistics

import pytest

import distnodes as nodes
from distnodes import Net, Spontaneously, message, on, protocol


@message
class Knock:
    pass


def drawn(draw, seed=1, graph="ring:3", engine=nodes.simulate):
    """What each node draws; a handler draws twice."""

    @protocol(initiators="all")
    class Drawing:
        """Draws, and reports what."""

        @on(Spontaneously)
        def start(self, net: Net) -> None:
            net.report("drawn", [draw(net), draw(net)])

        @on(Knock)
        def knock(self) -> None:
            pass

    return [row["drawn"] for row in engine(Drawing, graph, seed=seed).rows()]


ITEMS = ["a", "b", "c", "d", "e"]


@pytest.mark.parametrize(
    "draw",
    [
        lambda net: net.rng.random(),
        lambda net: net.rng.randint(3, 9),
        lambda net: net.rng.choice(ITEMS),
        lambda net: net.rng.sample(ITEMS, 3),
        lambda net: net.rng.choices(ITEMS, k=4),
        lambda net: net.rng.gauss(0, 1),
        lambda net: net.rng.expovariate(2.0),
        lambda net: net.rng.getrandbits(200),
        lambda net: net.rng.randrange(10**30),
        lambda net: net.rng.randbytes(3).hex(),
    ],
)
def test_it_follows_from_the_seed_and_the_node(draw):
    first = drawn(draw)
    random.seed(99)
    assert drawn(draw) == first
    assert drawn(draw, seed=2) != first
    assert len({repr(numbers) for numbers in first}) == 3


# Of the first node's stream with seed 1: `unit()`, `range(3..=9)` and `shuffle` of five, each twice.  They come from a
# program that was written from the publications of xoshiro256++, SplitMix64 and Lemire, and not from the one in Rust.
RUST = {
    "unit": [0.7222667764332474, 0.3590408051078836],
    "range": [8, 5],
    "shuffle": [[2, 0, 4, 1, 3], [3, 0, 1, 4, 2]],
}


def shuffled(net):
    items = list(range(5))
    net.rng.shuffle(items)
    return items


def test_it_draws_what_rust_draws():
    assert drawn(lambda net: net.rng.random())[0] == RUST["unit"]
    assert drawn(lambda net: net.rng.randint(3, 9))[0] == RUST["range"]
    assert drawn(lambda net: net.random(3, 9))[0] == RUST["range"]
    assert drawn(shuffled)[0] == RUST["shuffle"]


def test_one_stream_of_each_node():
    both = drawn(lambda net: [net.random(0, 999), net.rng.randint(0, 999)])
    assert both == [[numbers[:2], numbers[2:]] for numbers in four(lambda net: net.rng.randint(0, 999))]


def four(draw):
    return [numbers[0] + numbers[1] for numbers in drawn(lambda net: [draw(net), draw(net)])]


def test_all_64_bits_can_be_drawn():
    most = 2**64 - 1
    numbers = [number for pair in drawn(lambda net: net.random(0, most), graph="complete:40") for number in pair]
    assert 2**63 < max(numbers) <= most
    assert drawn(lambda net: net.random(-(2**63), 2**63 - 1))[0][0] < 2**63
    with pytest.raises(nodes.NodeFailed, match="a drawn integer has at most 64 bits"):
        drawn(lambda net: net.random(0, 2**64))


def test_the_numbers_are_spread_as_they_should_be():
    units = [unit for pair in drawn(lambda net: net.rng.random(), graph="complete:200") for unit in pair]
    assert 0.45 < statistics.mean(units) < 0.55
    assert 0.25 < statistics.stdev(units) < 0.33
    faces = [face for pair in drawn(lambda net: net.rng.randint(1, 6), graph="complete:200") for face in pair]
    assert {*faces} == {1, 2, 3, 4, 5, 6}


@protocol(initiators="all")
class Drawing:
    """Draws, and reports what."""

    @on(Spontaneously)
    def start(self, net: Net) -> None:
        net.report("drawn", [net.rng.random(), net.rng.choice(ITEMS)])

    @on(Knock)
    def knock(self) -> None:
        pass


def test_processes_draw_the_same():
    simulated = [row["drawn"] for row in nodes.simulate(Drawing, "ring:3", seed=5).rows()]
    assert [row["drawn"] for row in nodes.run(Drawing, "ring:3", seed=5).rows()] == simulated


@pytest.mark.parametrize(
    ("ask", "text"),
    [
        (lambda net: net.rng.seed(1), "`net.rng` has no seed of its own: it follows from that of the run"),
        (lambda net: net.rng.getstate(), "`net.rng` belongs to its node"),
        (lambda net: pickle.dumps(net.rng), "`net.rng` belongs to its node"),
        (lambda net: net.rng.choice([]), "IndexError"),
        (lambda net: net.rng.getrandbits(-1), "number of bits must be non-negative"),
    ],
)
def test_what_it_does_not_do(ask, text):
    with pytest.raises(nodes.NodeFailed) as failed:
        drawn(ask)
    assert text in str(failed.value)


def test_it_belongs_to_one_step():
    kept = []
    drawn(lambda net: kept.append(net.rng))
    with pytest.raises(RuntimeError, match="belongs to one step"):
        kept[0].random()


def test_the_checker_looks_at_each_value():
    @protocol(links="reliable")
    class Coin:
        """Draws one of three."""

        drawn: int = 0

        @on(Spontaneously)
        def start(self, net: Net) -> None:
            self.drawn = net.rng.choice([5, 6, 7])

        @on(Knock)
        def knock(self) -> None:
            pass

        @nodes.finally_
        def is_not_seven(world: nodes.World) -> bool:
            return all(node.drawn != 7 for node in world.nodes)

    checked = nodes.check(Coin, "path:2")
    assert checked.outcome == "violated"
    assert checked.violations[0]["what"] == "`is_not_seven` does not hold (at the end)"
