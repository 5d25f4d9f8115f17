"""A value that is not of its type is told alike, wherever it stands and in each engine."""

import enum
import inspect
import re
from typing import Any

import pytest

import distnodes as nodes
from distnodes import (
    Id,
    Net,
    Port,
    Spontaneously,
    alarm,
    data,
    i8,
    i16,
    i32,
    i64,
    init,
    message,
    on,
    protocol,
    recover,
    u8,
    u16,
    u32,
    u64,
    when,
)


class Colour(enum.Enum):
    Red = 1
    Blue = 2


@data
class Pair:
    left: u8 = 0
    right: str = ""


class Index:
    """As NumPy's integers are."""

    def __index__(self) -> int:
        return 3

    def __repr__(self) -> str:
        return "Index()"


# A type; a value that it has; values that it has not, with what is said of each, behind where it stands.
KINDS: list[tuple[Any, Any, list[tuple[Any, str]]]] = [
    (u8, 255, [(256, ": 256 is not an int from 0 to 255"), (-1, ": -1 is not an int from 0 to 255")]),
    (u16, 65_535, [(65_536, ": 65536 is not an int from 0 to 65535")]),
    (u32, 4_294_967_295, [(4_294_967_296, ": 4294967296 is not an int from 0 to 4294967295")]),
    (u64, 2**64 - 1, [(2**64, ": 18446744073709551616 is not an int from 0 to 18446744073709551615")]),
    (i8, -128, [(-129, ": -129 is not an int from -128 to 127"), (128, ": 128 is not an int from -128 to 127")]),
    (i16, -32_768, [(32_768, ": 32768 is not an int from -32768 to 32767")]),
    (i32, -(2**31), [(2**31, ": 2147483648 is not an int from -2147483648 to 2147483647")]),
    (i64, -(2**63), [(2**63, ": 9223372036854775808 is not an int from -9223372036854775808 to 9223372036854775807")]),
    (int, 2**127 - 1, [(2**127, f": {2**127} is not an int of at most 128 bits"), (1.5, ": 1.5 is not an int of at")]),
    (
        int,
        0,
        [(True, ": True is not an int"), (Index(), ": Index() is not an int of at most 128 bits; write `int(..)`")],
    ),
    (float, 1, [("a", ": 'a' is not a float"), (True, ": True is not a float"), (None, ": None is not a float")]),
    (bool, True, [(1, ": 1 is not a bool")]),
    (str, "ß", [(b"a", ": b'a' is not a str"), ("\ud800", ": '\\ud800' is not a str")]),
    (bytes, b"a", [("a", ": 'a' is not bytes")]),
    (Id, 2**64 - 1, [(-1, ": -1 is not an id: an int from 0 to 18446744073709551615"), (True, ": True is not an id")]),
    (Port, 3, [(-2, ": -2 is not a port: 0, 1, 2, .., or SELF"), (1.0, ": 1.0 is not a port")]),
    (
        u8 | None,
        None,
        [(256, ": 256 is not an int from 0 to 255 or None"), ("a", ": 'a' is not an int from 0 to 255 or")],
    ),
    (list[u8], [1], [([1, 256], "[1]: 256 is not an int from 0 to 255"), ((1,), ": (1,) is not a list")]),
    (list[u8] | None, [1], [([256], "[0]: 256 is not an int from 0 to 255")]),
    (tuple[u8, str], (1, "a"), [((1, 2), "[1]: 2 is not a str"), ((1,), ": (1,) is not a tuple of 2")]),
    (set[u8], {1}, [({256}, ": 256 is not an int from 0 to 255"), ([1], ": [1] is not a set")]),
    (
        dict[str, u8],
        {"a": 1},
        [
            ({"a": 256}, "['a']: 256 is not an int from 0 to 255"),
            ({1: 1}, ": 1 is not a str"),
            ([], ": [] is not a dict"),
        ],
    ),
    (Colour, Colour.Blue, [(2, ": 2 is not a member of Colour"), ("Blue", ": 'Blue' is not a member of Colour")]),
    (
        Pair,
        Pair(1, "a"),
        [(Pair(256), ".left: 256 is not an int from 0 to 255"), ((1, "a"), ": (1, 'a') is not a Pair")],
    ),
    (dict[u8, list[Pair]], {}, [({1: [Pair(1), Pair(2, 3)]}, "[1][1].right: 3 is not a str")]),
]
WRONG = [(of, value, text) for of, _, wrong in KINDS for value, text in wrong]


def named(given):
    return re.sub(r"<.*?>", "", repr(given))[:40] if not isinstance(given, str) else given[:20]


def in_a_message(of, value):
    @message
    class Carrier:
        first: u8
        what: of

    @protocol
    class Keeper:
        @on(Spontaneously)
        def start(self, net: Net) -> None:
            net.send_to_all(Carrier(1, value))  # here

        @on(Carrier)
        def hear(self) -> None:
            pass

    return Keeper, "Carrier.what"


def in_an_alarm(of, value):
    @alarm
    class Carrier:
        what: of

    @protocol
    class Keeper:
        @on(Spontaneously)
        def start(self, net: Net) -> None:
            net.set_alarm(1, Carrier(value))  # here

        @when(Carrier)
        def ring(self) -> None:
            pass

    return Keeper, "Carrier.what"


def in_a_field(of, value):
    @protocol
    class Keeper:
        what: of = nodes.field(default_factory=lambda: next(good for kind, good, _ in KINDS if kind == of))

        @on(Spontaneously)
        def start(self) -> None:
            self.take()

        def take(self) -> None:
            self.what = value  # here

    return Keeper, "Keeper.what"


def in_a_field_at_first(of, value):
    @protocol
    class Keeper:
        what: of

        @init
        def begin(self) -> None:
            self.what = value  # here

        @on(Spontaneously)
        def start(self) -> None:
            pass

    return Keeper, "Keeper.what"


def in_a_state(of, value):
    class State(nodes.State):
        Idle = nodes.auto()
        Busy = nodes.auto("Has much to do.", first=u8, what=of)

    @protocol
    class Keeper:
        state: State = State.Idle

        @on(Spontaneously, in_=State.Idle)
        def start(self) -> None:
            self.state = State.Busy(1, value)

    return Keeper, "Busy.what"


def in_a_store(of, value):
    @protocol
    class Keeper:
        @on(Spontaneously)
        def start(self, net: Net) -> None:
            net.store(value)  # here

        @recover
        def back(self, saved: of) -> None:
            pass

    return Keeper, "net.store(..)"


PLACES = [in_a_message, in_an_alarm, in_a_field, in_a_field_at_first, in_a_state, in_a_store]


def simulated(cls):
    with pytest.raises(nodes.NodeFailed) as failed:
        nodes.simulate(cls, "path:2", seed=1)
    assert type(failed.value.__cause__) in (TypeError, ValueError)
    return str(failed.value)


def stepped(cls):
    with pytest.raises((TypeError, ValueError)) as raised:
        nodes.simulation(cls, "path:2").run()
    return str(raised.value)


def checked(cls):
    with pytest.raises(nodes.NodeFailed) as raised:
        nodes.check(cls, "path:2")
    assert raised.value.result.outcome == "violated"
    return f"{raised.value} {raised.value.__cause__}"


@pytest.mark.parametrize(("of", "value", "text"), WRONG, ids=named)
@pytest.mark.parametrize("place", PLACES)
def test_a_wrong_value_is_told(place, of, value, text):
    cls, where = place(of, value)
    for engine in (simulated, stepped, checked):
        if engine is checked and place is in_a_field_at_first:
            continue  # no run begins: see below
        said = engine(cls)
        assert where + text in said
        if engine is not stepped:
            line = line_of(place, "# here")
            assert line is None or re.search(rf"test_values\.py:{line} in Keeper\.(start|take|begin)", said), said


def line_of(place, mark):
    lines, first = inspect.getsourcelines(place)
    return next((first + number for number, line in enumerate(lines) if mark in line), None)


@pytest.mark.parametrize(("of", "value"), [(of, good) for of, good, _ in KINDS], ids=named)
@pytest.mark.parametrize("place", PLACES)
def test_a_right_value_is_taken(place, of, value):
    cls, _ = place(of, value)
    assert nodes.simulate(cls, "path:2", seed=1).outcome == "quiescent"
    assert nodes.check(cls, "path:2").holds
    nodes.simulation(cls, "path:2").run()


def test_a_node_that_cannot_begin():
    cls, _ = in_a_field_at_first(u8, 256)
    with pytest.raises(Exception, match=r"Keeper\.what: 256 is not an int from 0 to 255; set at") as raised:
        nodes.check(cls, "path:2")
    assert "in Keeper.begin" in str(raised.value)


def test_a_default_that_is_made():
    @protocol
    class Keeper:
        what: list[u8] = nodes.field(default_factory=lambda: [256])

        @on(Spontaneously)
        def start(self) -> None:
            pass

    with pytest.raises(nodes.NodeFailed, match=r"Keeper.what\[0\]: 256 is not an int from 0 to 255; its default"):
        nodes.simulate(Keeper, "path:2", seed=1)


@pytest.mark.parametrize("engine", [nodes.simulate, nodes.run])
@pytest.mark.parametrize("cls_name", ["InField", "InMessage"])
def test_processes_tell_it_too(engine, cls_name):
    cls = globals()[cls_name]
    with pytest.raises(nodes.NodeFailed) as failed:
        engine(cls, "path:2", seed=1)
    place = {"InField": "InField.count: 256", "InMessage": "Carried.count: 256"}[cls_name]
    assert f"raised ValueError: {place} is not an int from 0 to 255" in str(failed.value)
    assert re.search(rf"test_values\.py:\d+ in {cls_name}.start", str(failed.value))


@message
class Carried:
    count: u8


@protocol
class InField:
    count: u8 = 255

    @on(Spontaneously)
    def start(self) -> None:
        self.count += 1


@protocol
class InMessage:
    @on(Spontaneously)
    def start(self, net: Net) -> None:
        net.send_to_all(Carried(256))

    @on(Carried)
    def hear(self) -> None:
        pass


def test_where_a_field_was_set_in_several_places():
    @protocol
    class Keeper:
        count: u8 = 0

        @on(Spontaneously)
        def start(self, net: Net) -> None:
            self.count = 3
            if net.degree:
                self.count += 300

    (_, first) = inspect.getsourcelines(test_where_a_field_was_set_in_several_places)
    with pytest.raises(nodes.NodeFailed, match=rf"set at .*test_values.py:{first + 7} or {first + 9} in Keeper.start"):
        nodes.simulate(Keeper, "path:2", seed=1)


def test_a_field_that_is_set_where_it_cannot_be_seen():
    def change(node):
        node.count = 300

    @protocol
    class Keeper:
        count: u8 = 0

        @on(Spontaneously)
        def start(self) -> None:
            change(self)

    with pytest.raises(nodes.NodeFailed, match=r"Keeper\.count: 300 is not .*; set in Keeper\.start"):
        nodes.simulate(Keeper, "path:2", seed=1)


def test_a_long_list_is_looked_at_in_the_end():
    @protocol
    class Keeper:
        many: list[u8] = nodes.field(default_factory=lambda: [0] * 1000)

        @on(Spontaneously)
        def start(self) -> None:
            self.many.append(256)

    with pytest.raises(
        nodes.NodeFailed, match=r"Keeper.many\[1000\]: 256 is not an int from 0 to 255; set at .* in Keeper"
    ):
        nodes.simulate(Keeper, "path:2", seed=1)
    with pytest.raises(ValueError, match=r"Keeper.many\[1000\]: 256 is not an int from 0 to 255; set at .* in Keeper"):
        nodes.check(Keeper, "path:2")
