"""Arrays and tensors in messages and fields: what is sent is what comes, and what it was."""

import os
import pickle
import subprocess
import sys
from collections import OrderedDict
from functools import partial

import learning
import numpy as np
import pytest
import tensors
from numpy.typing import NDArray

import distnodes as nodes
from distnodes import (
    Array,
    Local,
    Net,
    PayloadChanged,
    Spontaneously,
    _native,
    field,
    message,
    on,
    protocol,
)

DTYPES = [
    *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("float16", "float32", "float64", "complex64", "complex128"),
]


@message
class Model:
    w: Array
    b: NDArray[np.float64] | None = None
    state: dict[str, Array] = field(default_factory=dict)
    layers: list[Array] = field(default_factory=list)


@protocol(links="reliable")
class Sending:
    """Node 0 sends what it was given; the others keep what comes."""

    given: Local[list] = field(default_factory=list)
    got: Local[list] = field(default_factory=list)

    @on(Spontaneously)
    def start(self, net: Net) -> None:
        net.send_to_all(GIVEN[0])

    @on(Model)
    def hear(self, msg: Model) -> None:
        self.got.append(msg)


GIVEN: list = [None]


def sent(value, graph="star:4", **options):
    """What the neighbours of node 0 get of a message."""
    GIVEN[0] = value
    ended = nodes.simulate(Sending, graph, seed=1, initiators=0, **options)
    return [msg for node in ended.nodes for msg in node.got]


@pytest.mark.parametrize("dtype", DTYPES)
def test_what_comes_is_what_was_sent(dtype):
    numbers = np.arange(24).reshape(2, 3, 4).astype(dtype)
    for array in (numbers, numbers[:, ::2, 1:], numbers.T, numbers[0, 0, 0:0], numbers[1, 1, 1, ...].copy()):
        for msg in sent(Model(array)):
            assert type(msg.w) is np.ndarray
            assert msg.w.dtype == array.dtype
            assert msg.w.shape == array.shape
            assert np.array_equal(msg.w, array)
            assert msg.w.flags.c_contiguous
            assert not np.shares_memory(msg.w, array)


def test_numbers_in_another_order_of_bytes():
    array = np.arange(5, dtype=">i4")
    assert all(msg.w.dtype == "<i4" and np.array_equal(msg.w, array) for msg in sent(Model(array)))


def test_a_snapshot_cannot_be_changed():
    array = np.zeros(5)
    first, *others = sent(Model(array))
    array += 1
    assert first.w.sum() == 0
    assert len(others) == 2
    with pytest.raises(ValueError, match="read-only"):
        first.w[0] = 1
    with pytest.raises(ValueError, match="cannot set WRITEABLE flag"):
        first.w.flags.writeable = True
    # All have the same one.
    assert all(np.shares_memory(first.w, other.w) for other in others)


def test_what_has_come_is_not_copied_again():
    first = sent(Model(np.arange(6.0)))[0].w
    for again in (first, first[2:4], first.reshape(2, 3)):
        assert all(np.shares_memory(first, msg.w) for msg in sent(Model(again)))
    # What lies in bytes may be writable all the same.
    unpickled = pickle.loads(pickle.dumps(np.zeros(5000)))
    assert unpickled.flags.writeable
    assert not any(np.shares_memory(unpickled, msg.w) for msg in sent(Model(unpickled)))


def test_arrays_within_collections():
    state = OrderedDict(weight=np.ones((2, 2)), bias=np.zeros(2))
    layers = [np.arange(3), np.arange(4)]
    for msg in sent(Model(np.zeros(1), np.ones(2), state, layers)):
        assert list(msg.state) == ["weight", "bias"]
        assert np.array_equal(msg.state["weight"], np.ones((2, 2)))
        assert [len(layer) for layer in msg.layers] == [3, 4]
        assert msg.b.sum() == 2
        assert not any(array.flags.writeable for array in [*msg.layers, *msg.state.values(), msg.b])


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ([1.0], "Model.w: [1.0] is not an array of NumPy's, or a tensor"),
        (np.float64(1), "is not an array of NumPy's, or a tensor"),
        (np.array([None]), "Model.w: an array of object has no codec; numbers and bools have: write `.astype(float)`"),
        (np.array(["a"]), "Model.w: an array of <U1 has no codec"),
        (np.array(["2020"], "M8[s]"), "Model.w: an array of datetime64[s] has no codec"),
        (
            np.ma.array([1.0], mask=[True]),
            "Model.w: a MaskedArray may be more than its numbers; write `numpy.asarray(..)`",
        ),
    ],
)
def test_what_is_no_array_is_refused(value, why):
    with pytest.raises(nodes.NodeFailed) as failed:
        sent(Model(value))
    assert why in str(failed.value.__cause__)


def test_a_tensor_where_an_array_belongs():
    with pytest.raises(nodes.NodeFailed) as failed:
        sent(Model(np.zeros(1), tensors.Tensor(np.zeros(1))))
    assert "is not a numpy.ndarray" in str(failed.value.__cause__)


@pytest.mark.parametrize("dtype", [*(dtype for dtype in DTYPES if dtype != "bool"), "bfloat16"])
def test_tensors_by_dlpack(dtype):
    numbers = np.arange(24).reshape(2, 3, 4).astype("uint16" if dtype == "bfloat16" else dtype)
    named = "bfloat16" if dtype == "bfloat16" else None
    for part in (numbers, numbers[:, ::2, 1:], numbers.T, numbers[0, 0, 0:0]):
        got = sent(Model(tensors.Tensor(part, dtype=named)))
        for msg in got:
            assert type(msg.w) is tensors.Tensor
            assert msg.w.dtype == f"tensors.{dtype}"
            assert np.array_equal(msg.w.numbers, part)
            assert not np.shares_memory(msg.w.numbers, part)
        # One snapshot, which all share.
        assert len({id(msg.w) for msg in got}) == 1


def test_a_tensor_on_a_device_stays_there():
    given = tensors.Tensor(np.ones(3), tensors.CUDA)
    for msg in sent(Model(given), trace="full"):
        assert msg.w.place == tensors.CUDA
        assert msg.w.numbers is not given.numbers


def test_given_without_a_copy():
    array = np.arange(4.0)
    given = nodes.give(array)
    assert all(np.shares_memory(array, msg.w) for msg in sent(Model(given)))
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 1
    with pytest.raises(ValueError, match="WRITEABLE"):
        given.flags.writeable = True
    assert nodes.give(given) is given
    tensor = nodes.give(tensors.Tensor(np.zeros(2)))
    assert all(msg.w is tensor for msg in sent(Model(tensor)))
    # Known as long as it is there, and only that one.
    assert all(msg.w is not tensor for msg in sent(Model(tensors.Tensor(tensor.numbers))))


@pytest.mark.parametrize(
    ("value", "error", "why"),
    [
        (np.zeros(4)[1:], ValueError, "the array is a view"),
        (np.asfortranarray(np.zeros((2, 2))), ValueError, "row by row"),
        (np.array([None]), TypeError, "an array of object has no codec"),
        ([1], TypeError, "a list is neither an array of NumPy's nor a tensor"),
    ],
)
def test_what_cannot_be_given(value, error, why):
    with pytest.raises(error, match=why):
        nodes.give(value)


@message
class Tick:
    pass


@protocol
class Changing:
    """Node 1 changes what it has got, when it is told to: in the step after."""

    kept: Local[object] = None

    @on(Spontaneously)
    def start(self, net: Net) -> None:
        net.send_to_all(GIVEN[0])
        net.send_to_all(Tick())

    @on(Model)
    def hear(self, msg: Model) -> None:
        self.kept = msg.w

    @on(Tick)
    def change(self) -> None:
        if GIVEN[1] == "changes":
            self.kept.numbers[0] += 1


@pytest.mark.parametrize("where", ["option", "environment", "trial"])
def test_who_changes_a_payload_is_found(monkeypatch, where):
    GIVEN[:] = [Model(tensors.Tensor(np.zeros(3))), "changes"]
    nodes.simulate(Changing, "star:3", seed=1, initiators=0)
    if where == "environment":
        monkeypatch.setenv("NODES_CHECK_PAYLOADS", "1")
    trial = nodes.Trial(Changing, initiators=0).on("star:3").seeds(1).check_payloads()
    simulate = partial(nodes.simulate, Changing, "star:3", seed=1, initiators=0, check_payloads=where == "option")
    with pytest.raises(nodes.NodeFailed) as failed:
        (trial.must_hold if where == "trial" else simulate)()
    cause = failed.value.__cause__
    assert isinstance(cause, PayloadChanged)
    assert str(cause).startswith("Changing.change has changed `Model.w`, which was sent")
    GIVEN[1] = "nothing"
    assert nodes.simulate(Changing, "star:3", seed=1, initiators=0, check_payloads=True).ok
    GIVEN[:] = [None]


@message
class Count:
    left: int


@protocol
class Keeping:
    """Has arrays as its fields."""

    w: NDArray[np.float64] = field(default_factory=lambda: np.zeros(3))
    large: Array = field(default_factory=lambda: np.ones((20, 2), "float32"))
    none: np.ndarray | None = None

    @on(Spontaneously)
    def start(self, net: Net) -> None:
        self.w[0] = 0.5
        net.send_to_all(Tick())

    @on(Tick)
    def tick(self) -> None:
        self.w = self.w + 1


def test_fields_of_nodes():
    ended = nodes.simulate(Keeping, "path:2", seed=1, trace=True)
    assert ended.nodes[1].w.tolist() == [1, 1, 1]
    assert ended.nodes[0].large.shape == (20, 2)
    rows = ended.rows()
    assert rows[0]["w"] == [0.5, 0, 0]
    assert rows[0]["none"] is None
    assert rows[0]["large"].startswith("float32[20, 2] #")
    assert rows[0]["large"] == rows[1]["large"]


def test_a_field_that_becomes_no_array():
    @protocol
    class Wrong:
        w: Array = field(default_factory=lambda: np.zeros(3))

        @on(Spontaneously)
        def start(self, net: Net) -> None:
            self.w = 3

    with pytest.raises(nodes.NodeFailed) as failed:
        nodes.simulate(Wrong, "path:2", seed=1)
    assert "Wrong.w: 3 is not an array of NumPy's, or a tensor; set at" in str(failed.value.__cause__)


def test_a_default_that_all_nodes_would_share():
    for default in (np.zeros(2), tensors.Tensor(np.zeros(2))):
        with pytest.raises(
            nodes.ProtocolError, match=r"all nodes would share the default of `w`.*default_factory=lambda: \.\."
        ):

            @protocol
            class Shared:
                w: Array = default

                @on(Spontaneously)
                def start(self, net: Net) -> None:
                    pass


def test_a_trace_has_type_shape_and_hash():
    GIVEN[0] = Model(np.zeros((784, 10), "float32"))
    for trace in (True, "full"):
        events = nodes.simulate(Sending, "path:2", seed=1, initiators=0, trace=trace).events()
        texts = [event.get("text") or "" for event in events]
        digest = f"{_native.array_hash(np.zeros((784, 10), 'float32')) >> 32:08x}"
        assert any(f"Model {{ w: Array float32[784, 10] #{digest}, b: None" in text for text in texts), texts


def test_stored_and_given_as_input():
    @protocol(links="reliable", input=NDArray[np.float64])
    class Storing:
        w: Array = field(default_factory=lambda: np.zeros(1))

        @on(Spontaneously)
        def start(self, net: Net) -> None:
            net.send(0, Count(4))

        @on(Count)
        def count(self, msg: Count, net: Net) -> None:
            net.store(net.input + 1)
            if msg.left:
                net.send(0, Count(msg.left - 1))

        @nodes.recover
        def back(self, saved: NDArray[np.float64]) -> None:
            self.w = saved

    inputs = [np.arange(3.0), np.arange(4.0)]
    ended = nodes.simulate(Storing, "path:2", seed=1, inputs=inputs, crash="1@3ms", recover="1@5ms")
    assert ended.nodes[1].w.tolist() == [1, 2, 3, 4]


def test_the_checker_knows_arrays_by_their_numbers():
    checked = nodes.check(Keeping, "path:2")
    assert checked.holds, checked.document


@message
class Part:
    w: Array


@protocol(links="lossy")
class Large:
    """Node 0 sends large arrays, one of them twice; all keep what they have got, and each passes one on."""

    got: Local[list] = field(default_factory=list)

    @on(Spontaneously)
    def start(self, net: Net) -> None:
        for number in range(3):
            net.send_to_all(Part(np.full(1 << 16, number)))

    @on(Part)
    def hear(self, msg: Part, sender: int, net: Net) -> None:
        if not self.got:
            net.send_to_all_except(sender, Part(msg.w))
            net.send_to_all_except(sender, msg)
        self.got.append(msg.w)


@pytest.mark.parametrize("faults", [{}, {"loss": 0.2, "duplicate": 0.3}])
def test_copies_do_not_depend_on_who_looks(faults, tmp_path):
    found = []
    for how in ({}, {"trace": True}, {"trace": "full"}, {"progress": True}, {"properties": False}):
        ended = nodes.simulate(Large, "complete:5", seed=3, initiators=0, **faults, **how)
        got = [array for node in ended.nodes for array in node.got]
        # However many have it: what node 0 made three times is three times in memory.
        found.append((len(got), len({array.__array_interface__["data"][0] for array in got})))
    assert set(found) == {found[0]}
    assert found[0][1] == 3 < found[0][0]


@protocol(max_message="65 MiB")
class Waiting:
    """Does nothing with what it gets."""

    @on(Spontaneously)
    def start(self, net: Net) -> None:
        net.send_to_all(Part(np.zeros(64 << 20, "uint8")))

    @on(Part)
    def hear(self, msg: Part) -> None:
        pass


MEMORY = """
import resource, sys
sys.path.insert(0, {tests!r})
import distnodes as nodes, test_arrays
nodes.simulate(test_arrays.Waiting, "complete:4", seed=1, initiators=0, {how})
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10)
"""


@pytest.mark.parametrize("element", range(15))
def test_encoded_as_documented(element):
    shape = (2, 3)
    kinds = [*DTYPES[:12], "bfloat16", *DTYPES[12:]]
    if kinds[element] == "bfloat16":
        array = tensors.Tensor(np.arange(6, dtype="uint16").reshape(shape), dtype="bfloat16")
        numbers, library = array.numbers, b"\x07tensors"
    else:
        array = numbers = np.arange(6).reshape(shape).astype(kinds[element])
        library = b"\x00"
    size = numbers.nbytes
    encoded = _native.array_encoded(array)
    assert encoded == b"\x00" + library + bytes([element, 2, 2, 3, size]) + numbers.tobytes()
    decoded = _native.array_decoded(encoded)
    assert type(decoded) is type(array)
    assert decoded.dtype == array.dtype
    assert np.array_equal(getattr(decoded, "numbers", decoded), numbers)


HUGE = b"\xff\xff\xff\xff\xff\xff\xff\xff\x7f"


@pytest.mark.parametrize(
    ("encoded", "why"),
    [
        (b"\x00\x00\x0a\x01\x02\x07" + bytes(7), "a byte less than the shape says"),
        (b"\x00\x00\x0a\x01\x02\x09" + bytes(9), "a byte more"),
        (b"\x00\x00\x0a\x01\x02\x08" + bytes(7), "the end is missing"),
        (b"\x00\x00\x0a\x01\x02\x08" + bytes(9), "something follows"),
        (b"\x00\x00\x0f\x01\x02\x08" + bytes(8), "an unknown type"),
        (b"\x00\x00\x0c\x01\x02\x04" + bytes(4), "NumPy has no bfloat16"),
        (b"\x00\x00\x00\x01\x02\x02\x00\x02", "a bool of 2"),
        (b"\x00\x00\x0a\x02" + HUGE + HUGE + b"\x00", "more elements than there are numbers"),
        (b"\x00\x00\x0a\x02\x00" + HUGE + b"\x00", "none, in a shape that is too large"),
        (b"\x00\x00\x0a\x01" + HUGE + b"\x00", "more than there is memory"),
        (b"\x00\x00\x0a\x21" + b"\x01" * 33 + b"\x04" + bytes(4), "too many dimensions"),
        (b"\x00\x02os\x0a\x01\x01\x04" + bytes(4), "a module that makes no tensors"),
        (b"\x00\x05there\x0a\x01\x01\x04" + bytes(4), "a module that is not there"),
        (b"\x00\x01\xff\x0a\x01\x01\x04" + bytes(4), "a name that is no text"),
    ],
)
def test_malformed_arrays_are_refused(encoded, why):
    with pytest.raises(ValueError, match=r"the fields of message 0|bytes too many"):
        _native.array_decoded(encoded)


@pytest.mark.parametrize("spawn", ["fork", "exec"])
def test_coefficients_are_what_they_were_when_sent(spawn):
    pytest.importorskip("sklearn")
    for ended in (
        nodes.simulate(learning.SendThenFit, "star:3", seed=1, initiators=0),
        nodes.run(learning.SendThenFit, "star:3", seed=1, initiators=0, spawn=spawn),
    ):
        assert ended.ok, ended.explanation
        assert [node.is_what_it_was for node in ended.nodes] == [False, True, True]
        assert ended.nodes[1].coef.shape == (3, 4)


def test_tensors_are_what_they_were_when_sent():
    for ended in (
        nodes.simulate(learning.SendThenStep, "star:3", seed=1, initiators=0),
        nodes.run(learning.SendThenStep, "star:3", seed=1, initiators=0),
    ):
        assert ended.ok, ended.explanation
        assert [(node.is_what_it_was, node.count) for node in ended.nodes] == [(True, 2)] * 3
        half = ended.nodes[1].kept["half"]
        assert half.dtype == "tensors.bfloat16"
        assert half.numbers.tolist() == [1, 2]


def test_a_model_of_45_mb_between_processes():
    ended = nodes.run(learning.LargeModel, "path:2", seed=1)
    assert ended.ok, ended.explanation
    assert ended.document["messages"]["bytes"] > 2 * 45_000_000
    right = float(np.arange(11_250_000, dtype="float32").sum(dtype="float64"))
    assert [row["sum"] for row in ended.rows()] == [right, right]


def test_a_tensor_on_a_device_leaves_no_process():
    assert nodes.simulate(learning.OnDevice, "path:2", seed=1).ok
    with pytest.raises(nodes.NodeFailed) as failed:
        nodes.run(learning.OnDevice, "path:2", seed=1)
    assert "the tensor is on cuda:0, from where nothing is carried to another process" in str(failed.value.__cause__)


def test_memory_does_not_depend_on_who_looks():
    # Three neighbours get 64 MB: one snapshot beside the array itself, and never another copy.
    tests = os.path.dirname(__file__)
    peaks = {}
    for how in ("", "trace=True", 'trace="full"', "progress=True", 'links="lossy", duplicate=0.9'):
        code = MEMORY.format(tests=tests, how=how)
        ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        peaks[how] = int(ended.stdout)
    assert max(peaks.values()) - min(peaks.values()) < 32, peaks
