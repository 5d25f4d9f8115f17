"""Records that are made without a call of Python are what their `__init__` makes."""

import abc
import gc
import sys
import weakref

import pytest

from distnodes import Spontaneously, alarm, data, field, message, on, protocol, simulate, u32


@message
class Pair:
    left: u32
    right: str = "r"


@data
class Box:
    items: list[int]


@message
class Many:
    first: int
    rest: list[int] = field(default_factory=list)


@message
class Longer(Pair):
    more: int = 3


@message
class Empty:
    pass


@pytest.mark.parametrize(
    ("made", "values"),
    [
        (lambda: Pair(1, "x"), (1, "x")),
        (lambda: Pair(1), (1, "r")),
        (lambda: Pair(right="y", left=2), (2, "y")),
        (lambda: Pair(*(1, "x")), (1, "x")),
        (lambda: Pair(left=5), (5, "r")),
        (lambda: Longer(1, "x", 4), (1, "x", 4)),
        (lambda: Longer(1, more=5), (1, "r", 5)),
        (lambda: Box([1]), ([1],)),
        (lambda: Many(1), (1, [])),
        (lambda: Many(1, [2]), (1, [2])),
        (lambda: Empty(), ()),
        (lambda: next(map(Pair, [7], ["z"])), (7, "z")),
    ],
)
def test_calls(made, values):
    record = made()
    assert tuple(getattr(record, name) for name in record.__match_args__) == values
    assert record == made()


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        (lambda: Pair(), "missing 1 required positional argument: 'left'"),
        (lambda: Pair(1, "x", 3), "takes from 2 to 3 positional arguments but 4 were given"),
        (lambda: Pair(1, left=2), "multiple values for argument 'left'"),
        (lambda: Pair(1, middle=2), "unexpected keyword argument 'middle'"),
        (lambda: Empty(1), "takes 1 positional argument but 2 were given"),
    ],
)
def test_wrong_calls(wrong, text):
    with pytest.raises(TypeError, match=text):
        wrong()


def test_it_is_freed_with_what_it_holds():
    class Held:
        pass

    held = Held()
    alive = weakref.ref(held)
    before = sys.getrefcount(Pair)
    pairs = [Pair(held, "x") for _ in range(100)]
    assert gc.is_tracked(pairs[0])
    del pairs, held
    assert alive() is None
    assert sys.getrefcount(Pair) <= before + 1


def test_a_circle_is_collected():
    class Held:
        pass

    box = Box([])
    held = Held()
    alive = weakref.ref(held)
    box.items.extend([box, held])
    del box, held
    gc.collect()
    assert alive() is None


def test_an_init_of_the_users_is_called():
    @alarm
    class Own:
        count: u32

        def __init__(self, count):
            object.__setattr__(self, "count", count + 1)

    class Meta(abc.ABCMeta):
        def __call__(cls, *args):
            return super().__call__(*args[::-1])

    @message
    class Turned(metaclass=Meta):
        left: int
        right: int

    class Derived(Pair):
        def __init__(self, left):
            super().__init__(left, "derived")

    assert Own(1).count == 2
    assert (Turned(1, 2).left, Turned(1, 2).right) == (2, 1)
    assert (Derived(3).left, Derived(3).right) == (3, "derived")


def kept(cls, make, keep):
    """What a node that hears five messages keeps of them, and what it held."""

    @protocol(topology="Ring", initiators="one")
    class Keeps:
        heard: u32 = 0

        @on(Spontaneously)
        def start(self, net):
            net.send(0, make(0))

        @on(cls)
        def hear(self, msg, sender, net):
            keep(msg)
            if msg.left < 4:
                net.send(sender, make(msg.left + 1))

    simulate(Keeps, "ring:3", seed=1)


def test_a_message_that_somebody_has_stays_what_it_was():
    held = []
    kept(Pair, lambda left: Pair(left, f"text {left}"), held.append)
    assert held == [Pair(left, f"text {left}") for left in range(5)]
    assert len({id(pair) for pair in held}) == 5


def test_what_a_message_held_is_freed_when_it_was_handled():
    class Text(str):
        pass

    alive = weakref.WeakSet()

    def make(left):
        text = Text(left)
        alive.add(text)
        return Pair(left, text)

    kept(Pair, make, lambda msg: None)
    gc.collect()
    assert not alive


def test_what_walks_over_all_objects_may_keep_one():
    found = []
    kept(Pair, lambda left: Pair(left, "x"), lambda msg: found.append([o for o in gc.get_objects() if type(o) is Pair]))
    made = [Pair(left, "y") for left in range(5)]
    assert not {id(pair) for pair in made} & {id(pair) for pairs in found for pair in pairs}


def test_one_with_more_than_its_fields_is_not_made_again():
    class Mixin:
        pass

    @message
    class More(Mixin):
        left: u32

    marks = []

    def keep(msg):
        marks.append(msg.__dict__.get("mark"))
        msg.__dict__["mark"] = True

    kept(More, More, keep)
    assert marks == [None] * 5
