"""Weights and random numbers of PyTorch.  `python/torch-root` has one; elsewhere these are skipped."""

import warnings

import pytest

import distnodes as nodes
from distnodes import ProtocolWarning, Spontaneously, on

pytestmark = pytest.mark.torch
np = pytest.importorskip("numpy")
torch = pytest.importorskip("torch")
learn = nodes.learn


def network():
    layers = torch.nn.Linear(6, 4), torch.nn.BatchNorm1d(4), torch.nn.ReLU(), torch.nn.Linear(4, 3)
    return torch.nn.Sequential(*layers)


def train(model, steps=3):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5, momentum=0.9)
    for _ in range(steps):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(torch.randn(8, 6)), torch.arange(8) % 3).backward()
        optimizer.step()


def equal(one, other):
    return one.keys() == other.keys() and all(torch.equal(value, other[key]) for key, value in one.items())


def test_weights_are_copies_buffers_among_them():
    model = network()
    read = learn.parameters(model)
    assert list(read) == list(model.state_dict())
    assert read["1.num_batches_tracked"] == 0
    kept = {key: value.clone() for key, value in read.items()}
    train(model)
    assert equal(read, kept)
    assert model.state_dict()["1.num_batches_tracked"] == 3
    assert not any(value.requires_grad for value in read.values())


def test_a_model_with_the_weights_of_another_says_what_that_says():
    one, other = network(), network()
    train(one)
    learn.load(other, learn.parameters(one))
    assert equal(one.state_dict(), other.state_dict())
    one.eval()
    other.eval()
    x = torch.randn(5, 6)
    assert torch.equal(one(x), other(x))
    train(other)
    assert not torch.equal(one(x), other.eval()(x))
    # What came as arrays of NumPy, read-only.
    arrays = {key: value.numpy() for key, value in learn.parameters(one).items()}
    for array in arrays.values():
        array.setflags(write=False)
    learn.load(other, arrays)
    assert equal(one.state_dict(), other.state_dict())


def test_weights_that_do_not_fit_change_nothing():
    model = network()
    before = learn.parameters(model)
    with pytest.raises(ValueError, match=r"what is given has no `0.weight`, which Sequential has"):
        learn.load(model, {})
    with pytest.raises(ValueError, match=r"`3.bias` has shape \(4,\), and in Sequential \(3,\)"):
        learn.load(model, {**{key: torch.ones_like(value) for key, value in before.items()}, "3.bias": torch.ones(4)})
    assert equal(model.state_dict(), before)


def test_means_are_those_of_numpy():
    given = [learn.parameters(network()) for _ in range(5)]
    for weights in given:
        weights["1.num_batches_tracked"] += 3
    arrays = [{key: value.double().numpy() for key, value in weights.items()} for weights in given]
    counts = [1, 2, 3, 4, 5]
    pairs = [
        (learn.average(zip(given, counts, strict=True)), learn.average(zip(arrays, counts, strict=True))),
        (learn.trimmed_mean(given, 1), learn.trimmed_mean(arrays, 1)),
        (learn.coordinate_median(given), learn.coordinate_median(arrays)),
    ]
    for tensors, expected in pairs:
        for key, value in tensors.items():
            assert isinstance(value, torch.Tensor)
            assert value.dtype == given[0][key].dtype
            assert np.allclose(value.numpy(), expected[key], atol=1e-6)
    assert learn.consensus_distance(given) == pytest.approx(learn.consensus_distance(arrays))
    half = learn.average(
        [({"w": torch.ones(2, dtype=torch.bfloat16)}, 1), ({"w": torch.zeros(2, dtype=torch.bfloat16)}, 1)]
    )
    assert (half["w"].dtype, half["w"].tolist()) == (torch.bfloat16, [0.5, 0.5])
    assert learn.consensus_distance([half, half]) == 0


@nodes.message
class Model:
    w: list[float]


def made(draw):
    @nodes.protocol(initiators="all")
    class Draws:
        w: list[float] = nodes.field(default_factory=list)

        @on(Spontaneously)
        def start(self, net):
            self.w = draw(net).flatten().tolist()
            net.send_to_all(Model(self.w))

        @on(Model)
        def mix(self, msg):
            self.w = [(a + b) / 2 for a, b in zip(self.w, msg.w, strict=True)]

    return Draws


def beginning(net):
    with learn.seeded(net):
        return torch.nn.Linear(3, 2).weight


def generated(net):
    return torch.randn(4, generator=learn.torch_generator(net))


@pytest.mark.parametrize("draw", [beginning, generated])
def test_random_numbers_follow_from_the_seed_and_the_shared_generator_stays(draw):
    before = torch.get_rng_state()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        one, other, third = ([node.w for node in nodes.simulate(made(draw), "ring:4", seed=s).nodes] for s in (3, 3, 4))
    assert one == other != third
    assert torch.equal(torch.get_rng_state(), before)


def test_a_handler_that_moves_the_shared_generator_is_warned_of():
    with pytest.warns(ProtocolWarning, match="Draws.start moves the generator of `torch`.*torch_generator"):
        nodes.simulate(made(lambda net: torch.randn(2)), "ring:3", seed=1)
    with pytest.warns(ProtocolWarning, match="Draws.start moves the generator of `torch`"):
        nodes.simulate(made(lambda net: torch.nn.Linear(2, 2).weight), "ring:3", seed=1)
