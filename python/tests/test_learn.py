"""`nodes.learn`: data for each node, mixing matrices, weights of models, averages, churn."""

import re
import subprocess
import sys

import pytest

import distnodes as nodes
from distnodes import Spontaneously, auto, on, recover, when

np = pytest.importorskip("numpy")
learn = nodes.learn

Y = np.random.default_rng(5).integers(0, 10, 1797)
WAYS = ["iid", "dirichlet:0.5", "dirichlet:0.01", "dirichlet:1e-9", "shards:2", "quantity:0.5", "quantity:0.001"]


def test_numpy_is_imported_by_who_needs_it():
    code = "import distnodes, sys; assert 'numpy' not in sys.modules; distnodes.learn; assert 'numpy' in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
    with pytest.raises(AttributeError, match="no attribute 'lern'"):
        nodes.lern


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("n", [1, 7, 200])
def test_parts_are_disjoint_cover_everything_and_none_is_empty(how, n):
    shared = np.random.get_state()[1].copy()
    parts = learn.partition(Y, n, how, seed=3)
    assert len(parts) == n
    assert all(len(part) for part in parts)
    assert np.array_equal(np.sort(np.concatenate(parts)), np.arange(len(Y)))
    assert all(np.array_equal(part, np.sort(part)) for part in parts)
    again = learn.partition(Y, n, how, seed=3)
    assert all(np.array_equal(one, other) for one, other in zip(parts, again, strict=True))
    assert np.array_equal(np.random.get_state()[1], shared)
    if n > 1:
        other = learn.partition(Y, n, how, seed=4)
        assert any(not np.array_equal(one, two) for one, two in zip(parts, other, strict=True))


def test_as_many_nodes_as_samples():
    for how in ("iid", "dirichlet:0.5", "shards:1", "quantity:0.5"):
        assert [len(part) for part in learn.partition(Y[:30], 30, how)] == [1] * 30


def classes_of(parts):
    return np.mean([len(np.unique(Y[part])) for part in parts])


def test_parts_differ_as_they_should():
    iid, shards = learn.partition(Y, 20), learn.partition(Y, 20, "shards:2")
    assert {len(part) for part in iid} == {89, 90}
    # Two shards of 45 of about 180 samples a class.
    assert {len(part) for part in shards} <= {88, 89, 90}
    assert max(len(np.unique(Y[part])) for part in shards) <= 4
    low, high = (learn.partition(Y, 20, f"dirichlet:{c}") for c in (0.1, 100))
    assert classes_of(low) < 6 < 9.5 < classes_of(high)
    sizes = [len(part) for part in learn.partition(Y, 20, "quantity:0.3")]
    assert max(sizes) > 5 * np.median(sizes)
    # Of a part that is large, all classes are there.
    large = learn.partition(Y, 20, "quantity:0.3")[int(np.argmax(sizes))]
    assert len(np.unique(Y[large])) == 10


@pytest.mark.parametrize(
    ("n", "how", "said"),
    [
        (31, "iid", "31 nodes, and only 30 samples"),
        (0, "iid", "there must be one at least"),
        (16, "shards:2", "16 nodes with 2 shards each, and only 30 samples"),
        (3, "dirichle:0.5", "no way `dirichle:0.5` to divide samples; did you mean `dirichlet`?"),
        (3, "sorted", 'write "iid", "dirichlet:0.5", "shards:2" or "quantity:0.5"'),
        (3, "iid:3", "`iid` stands alone"),
        (3, "dirichlet", 'stands a number above 0, such as "dirichlet:0.5"'),
        (3, "dirichlet:-1", "stands a number above 0"),
        (3, "dirichlet:nan", "stands a number above 0"),
        (3, "shards:1.5", "stands a whole number above 0"),
    ],
)
def test_a_partition_that_cannot_be(n, how, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        learn.partition(Y[:30], n, how)


def test_samples_are_in_one_dimension():
    with pytest.raises(ValueError, match="has shape"):
        learn.partition(Y.reshape(-1, 1), 3)


SPECS = ["ring:9", "path:5", "star:8", "gnp:40,0.2", "barabasi-albert:50,2", "hypercube:4", "grid:3x4", "path:1"]


@pytest.mark.parametrize("spec", SPECS)
@pytest.mark.parametrize("how", ["metropolis", "uniform"])
@pytest.mark.parametrize("seed", [0, 7])
def test_mixing_is_doubly_stochastic(spec, how, seed):
    matrix = learn.mixing(spec, how, seed=seed)
    assert (matrix >= 0).all()
    assert np.allclose(matrix.sum(axis=0), 1, atol=1e-12)
    assert np.allclose(matrix.sum(axis=1), 1, atol=1e-12)
    assert np.array_equal(matrix, matrix.T)
    assert 0 < learn.spectral_gap(matrix) <= 1


def test_mixing_by_hand():
    paw = (4, [(0, 1), (0, 2), (1, 2), (2, 3)])
    third, quarter = 1 / 3, 1 / 4
    metropolis = [
        [1 - third - quarter, third, quarter, 0],
        [third, 1 - third - quarter, quarter, 0],
        [quarter, quarter, quarter, quarter],
        [0, 0, quarter, 3 / 4],
    ]
    assert np.allclose(learn.mixing(paw), metropolis)
    laplacian = np.array([[2, -1, -1, 0], [-1, 2, -1, 0], [-1, -1, 3, -1], [0, 0, -1, 1]])
    assert np.allclose(learn.mixing(paw, "uniform"), np.eye(4) - laplacian / 4)


@pytest.mark.parametrize("n", [3, 4, 8, 25])
def test_the_gap_of_a_ring(n):
    expected = 1 - max(abs(1 + 2 * np.cos(2 * np.pi * k / n)) / 3 for k in range(1, n))
    assert np.isclose(learn.spectral_gap(learn.mixing(f"ring:{n}", "uniform")), expected)
    if n >= 4:
        assert np.isclose(expected, 1 - (1 + 2 * np.cos(2 * np.pi / n)) / 3)


@pytest.mark.parametrize(("n", "jumps"), [(8, [1, 2, 4]), (16, [1, 2, 4, 8]), (32, [1, 2, 4, 8, 16]), (12, [1, 3])])
def test_the_gap_of_a_circulant_is_by_its_transform(n, jumps):
    matrix = learn.mixing(f"circulant:{n},{','.join(map(str, jumps))}")
    row = np.zeros(n)
    neighbours = {jump % n for jump in jumps} | {-jump % n for jump in jumps}
    row[list(neighbours)] = row[0] = 1 / (1 + len(neighbours))
    assert np.allclose(matrix[0], row)
    values = np.sort(np.abs(np.fft.fft(row)))
    assert np.isclose(learn.spectral_gap(matrix), 1 - values[-2])


def test_an_exponential_graph_mixes_faster_than_a_ring():
    ring, exponential = (learn.spectral_gap(learn.mixing(g)) for g in ("ring:32", "circulant:32,1,2,4,8,16"))
    assert exponential > 20 * ring


def test_mixing_of_graphs_of_the_program():
    networkx = pytest.importorskip("networkx")
    graph = networkx.relabel_nodes(networkx.cycle_graph(6), "abcdef".__getitem__)
    assert np.array_equal(learn.mixing(graph), learn.mixing("ring:6"))
    assert np.array_equal(learn.mixing(np.array(networkx.to_numpy_array(graph))), learn.mixing("ring:6"))
    with pytest.raises(ValueError, match="the graph has links that lead one way"):
        learn.mixing(networkx.DiGraph([(0, 1), (1, 2), (2, 0)]))
    with pytest.raises(ValueError, match="the graph has a link from a node to itself"):
        learn.mixing((2, [(0, 1), (1, 1)]))
    with pytest.raises(ValueError, match="no way `metropols` to weigh links; did you mean `metropolis`"):
        learn.mixing("ring:6", "metropols")
    with pytest.raises(ValueError, match="ring:x"):
        learn.mixing("ring:x")
    with pytest.raises(TypeError, match="is not a graph"):
        learn.mixing(3)


def test_the_gap_of_other_matrices():
    assert learn.spectral_gap(np.full((4, 4), 1 / 4)) == pytest.approx(1)
    assert learn.spectral_gap(np.eye(3)) == pytest.approx(0)
    with pytest.raises(ValueError, match="is not symmetric"):
        learn.spectral_gap([[0, 1], [0.5, 0.5]])
    with pytest.raises(ValueError, match="do not sum to 1"):
        learn.spectral_gap([[1, 1], [1, 1]])


@nodes.message
class Value:
    x: float


@nodes.protocol(initiators="all")
class Averaging:
    """Each node averages once with its neighbours."""

    x: float = 0.0
    heard: float = 0.0

    @on(Spontaneously)
    def start(self, net):
        self.x = float(net.id)
        self.heard += (1 - sum(map(net.weight, net.ports))) * self.x
        net.send_to_all(Value(self.x))

    @on(Value)
    def mix(self, msg, sender, net):
        self.heard += net.weight(sender) * msg.x


@pytest.mark.parametrize("how", ["metropolis", "uniform"])
@pytest.mark.parametrize("graph", ["gnp:12,0.3", "networkx"])
def test_a_protocol_mixes_by_the_weights_of_its_links(graph, how):
    if graph == "networkx":
        graph = pytest.importorskip("networkx").lollipop_graph(4, 3)
    run = nodes.simulate(Averaging, graph, seed=7, weights=how)
    x, heard = ([getattr(node, name) for node in run.nodes] for name in ("x", "heard"))
    assert np.allclose(heard, learn.mixing(graph, how, seed=7) @ x)
    assert not np.allclose(heard, np.mean(x))


def test_weights_that_are_none():
    with pytest.raises(ValueError, match="no `metropol`; did you mean"):
        nodes.simulate(Averaging, "ring:5", weights="metropol")
    with pytest.raises(ValueError, match="is no range"):
        nodes.simulate(Averaging, "ring:5", weights="random:5")


def models(*values):
    return [{"w": np.array([value, 2.0 * value]), "b": np.array(value)} for value in values]


def test_means_of_models():
    found = learn.average(zip(models(1.0, 4.0), [3, 1], strict=True))
    assert found["w"].tolist() == [1.75, 3.5]
    assert found["b"] == 1.75
    # 1 and 4 lie 1.5 from their mean, in each of two weights, and 3 in one of them.
    assert learn.consensus_distance(models(1.0, 4.0)) == pytest.approx(1.5**2 + 3**2 + 1.5**2)
    assert learn.consensus_distance(models(2.0, 2.0, 2.0)) == 0
    single = learn.average([({"w": np.ones(2, np.float32)}, 1), ({"w": np.zeros(2, np.float32)}, 1)])["w"]
    assert (single.dtype, single.tolist()) == (np.float32, [0.5, 0.5])
    whole = learn.average([({"w": np.array([3])}, 1), ({"w": np.array([4])}, 2)])["w"]
    assert (whole.dtype.kind, whole.tolist()) == ("i", [4])


def test_robust_means_do_not_follow_a_liar():
    rng = np.random.default_rng(1)
    honest = [{"w": rng.normal(size=5)} for _ in range(6)]
    stacked = np.stack([model["w"] for model in honest])
    for lie in (1e9, -1e9, np.inf):
        lied = [*honest, {"w": np.full(5, lie)}]
        for found in (learn.trimmed_mean(lied, 1)["w"], learn.coordinate_median(lied)["w"]):
            assert (found >= stacked.min(axis=0)).all()
            assert (found <= stacked.max(axis=0)).all()
    assert np.allclose(learn.coordinate_median(honest)["w"], np.median(stacked, axis=0))
    assert np.allclose(learn.trimmed_mean(honest, 2)["w"], np.sort(stacked, axis=0)[2:4].mean(axis=0))
    assert np.allclose(learn.trimmed_mean(honest, 0)["w"], stacked.mean(axis=0))


def test_means_that_cannot_be():
    with pytest.raises(ValueError, match="no model is given"):
        learn.average([])
    with pytest.raises(ValueError, match="no model is given"):
        learn.coordinate_median([])
    with pytest.raises(ValueError, match="are not all at least 0"):
        learn.average(zip(models(1.0, 2.0), [1, -1], strict=True))
    with pytest.raises(ValueError, match="are not all at least 0"):
        learn.average([(models(1.0)[0], 0)])
    with pytest.raises(ValueError, match="model 1 has no `b`, which the first model has"):
        learn.consensus_distance([models(1.0)[0], {"w": np.zeros(2)}])
    with pytest.raises(ValueError, match="model 1 has `c`, which the first model does not"):
        learn.consensus_distance([models(1.0)[0], {**models(1.0)[0], "c": np.zeros(2)}])
    with pytest.raises(ValueError, match=r"model 1: `w` has shape \(3,\), and in the first model \(2,\)"):
        learn.average([(models(1.0)[0], 1), ({"w": np.zeros(3), "b": np.zeros(())}, 1)])
    with pytest.raises(ValueError, match="without 2 at each end, none of 4 models is left"):
        learn.trimmed_mean(models(1.0, 2.0, 3.0, 4.0), 2)


def test_a_plan_of_churn():
    plan = learn.churn(30, up="exponential:10s", down="uniform:1s..3s", until="100s", seed=3)
    assert plan == learn.churn(30, up="exponential:10s", down="uniform:1s..3s", until=100, seed=3)
    assert plan != learn.churn(30, up="exponential:10s", down="uniform:1s..3s", until=100, seed=4)
    assert len(plan["crash"]) == len(plan["recover"]) > 100
    times = [
        sorted((float(text.split("@")[1][:-1]), kind) for kind in plan for text in plan[kind] if text.startswith("4@"))
    ]
    kinds = [kind for _, kind in times[0]]
    assert kinds == ["crash", "recover"] * (len(kinds) // 2)
    away = [
        float(back.split("@")[1][:-1]) - float(gone.split("@")[1][:-1])
        for gone, back in zip(plan["crash"], plan["recover"], strict=True)
    ]
    assert 1 <= min(away) < 1.5 < 2.5 < max(away) <= 3
    assert learn.churn(2, up=2, down="500ms", until=6) == {
        "crash": ["0@2s", "0@4.5s", "1@2s", "1@4.5s"],
        "recover": ["0@2.5s", "0@5s", "1@2.5s", "1@5s"],
    }
    assert learn.churn(3, up=2, down=1, until=3, nodes=[1])["crash"] == ["1@2s"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"up": "exponentil:2s"}, "churn: up: there is no law `exponentil`; did you mean `exponential`?"),
        ({"up": "exponential:2"}, "churn: up: `2` is no time"),
        ({"up": "uniform:2s"}, "churn: up: `-` is no time"),
        ({"up": "uniform:3s..2s"}, "is empty"),
        ({"down": 0}, "a time above 0 is needed"),
        ({"until": "soon"}, "churn: until: `soon` is no time"),
        ({"nodes": [3]}, "there is no node 3"),
    ],
)
def test_a_plan_that_cannot_be(given, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        learn.churn(3, **{"up": 2, "down": 1, "until": 9, **given})


@nodes.alarm
class Tick:
    pass


class Phase(nodes.State):
    Running = auto()


@nodes.protocol(initiators="all")
class Counting:
    """Counts how often it has come back."""

    state: Phase = Phase.Running
    lives: int = 1
    ticks: int = 0

    @on(Spontaneously)
    def start(self, net):
        net.store(self.lives)
        net.set_alarm(0.1, Tick())

    @when(Tick)
    def tick(self, net):
        self.ticks += 1
        net.set_alarm(0.1, Tick())

    @recover
    def back(self, saved: int, net):
        self.lives = saved + 1
        net.store(self.lives)
        net.set_alarm(0.1, Tick())


def test_nodes_leave_and_come_back():
    plan = learn.churn(5, up="exponential:10s", down="exponential:2s", until=50, seed=2)
    run = nodes.simulate(Counting, "ring:5", seed=1, until=90, delay="uniform:1ms..2ms", **plan)
    assert run.outcome == "stopped"
    crashes = [sum(text.startswith(f"{node}@") for text in plan["crash"]) for node in range(5)]
    assert [node.lives - 1 for node in run.nodes] == crashes
    assert min(crashes) >= 1
    assert all(node.alive for node in run.nodes)
    last = [
        max(float(text.split("@")[1][:-1]) for text in plan["recover"] if text[0] == str(node)) for node in range(5)
    ]
    assert [node.ticks for node in run.nodes] == pytest.approx([(90 - back) * 10 for back in last], abs=1)
