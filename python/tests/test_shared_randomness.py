"""Generators that are not a node's own: how to draw from its own, and what warns of others."""

import random
import warnings

import pytest

import distnodes as nodes
from distnodes import ProtocolWarning, Spontaneously, init, on

np = pytest.importorskip("numpy")


def made(draw, begin=lambda net: None):
    @nodes.message
    class Next:
        left: int

    @nodes.protocol(initiators="one")
    class Draws:
        drawn: list[float] = nodes.field(default_factory=list)

        @init
        def begin(self, net):
            begin(net)

        @on(Spontaneously)
        def start(self, net):
            net.send_to_all(Next(40))

        @on(Next)
        def next(self, msg, sender, net):
            found = draw(net, msg.left)
            if found is not None:
                self.drawn.append(float(found))
            if msg.left:
                net.send(sender, Next(msg.left - 1))

    return Draws


def simulated(draw, begin=lambda net: None):
    run = nodes.simulate(made(draw, begin), "path:2", seed=5)
    return [node.drawn for node in run.nodes]


OWN = {
    "rng": lambda net, left: net.rng.random(),
    "bits": lambda net, left: net.bits(),
    "generator": lambda net, left: net.generator().normal(),
    "a seed": lambda net, left: np.random.RandomState(net.bits()).normal(),
}


@pytest.mark.parametrize("name", OWN)
def test_a_nodes_own_stream_is_repeatable_and_warns_of_nothing(name):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        one, other = simulated(OWN[name]), simulated(OWN[name])
    assert one == other
    assert len({number for drawn in one for number in drawn}) == 41


def within(net, left):
    with nodes.learn.seeded(net):
        return random.random() + np.random.normal()


def test_what_takes_no_generator_draws_within_seeded():
    random.seed(9)
    before = random.getstate(), np.random.get_state()[1].tolist()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert simulated(within) == simulated(within)
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before


SHARED = {
    "random": (lambda: random.random(), "`random`", "`net.rng`"),
    "numpy": (lambda: np.random.normal(), "`numpy.random`", "`random_state=net.bits()`"),
    "seeded anew": (lambda: np.random.seed(3), "`numpy.random`", "`net.generator()`"),
}


@pytest.mark.parametrize("name", SHARED)
def test_a_handler_that_moves_a_shared_generator_is_warned_of(name):
    draw, module, instead = SHARED[name]
    with pytest.warns(ProtocolWarning) as warned:
        simulated(lambda net, left: draw() and None)
    text = str(warned[0].message)
    assert text.startswith(f"Draws.next moves the generator of {module}, which all nodes share")
    assert instead in text
    assert warned[0].filename == __file__


def test_so_is_one_that_moves_it_late_and_what_makes_a_node():
    def late(net, left):
        if left < 20:
            random.random()

    with pytest.warns(ProtocolWarning, match="Draws.next moves"):
        simulated(late)
    with pytest.warns(ProtocolWarning, match="Draws.begin moves the generator of `random`"):
        simulated(lambda net, left: None, lambda net: random.random())


def test_a_warning_that_is_an_error_fails_the_node():
    with warnings.catch_warnings():
        warnings.simplefilter("error", ProtocolWarning)
        with pytest.raises(nodes.NodeFailed) as failed:
            simulated(lambda net, left: random.random())
    assert isinstance(failed.value.__cause__, ProtocolWarning)


def test_bits():
    def bits(net, left):
        for count in (1, 8, 32, 64):
            assert 0 <= net.bits(count) < 1 << count
        for count in (0, 65, -1):
            with pytest.raises((ValueError, OverflowError)):
                net.bits(count)
        return net.bits(1)

    assert {bit for drawn in simulated(bits) for bit in drawn} == {0, 1}
