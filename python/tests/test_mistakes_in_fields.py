"""Mistakes in fields, states, messages, configurations and options."""

import enum
import typing
from typing import Any, ClassVar

import pytest
from conftest import mistake_in, mistakes_in
from words import Active, Asleep, Done, Ping, Plain, State

import distnodes as nodes
from distnodes import Id, ProtocolError, Spontaneously, auto, init, on, plan_of, protocol, terminal, u32


def test_the_field_state_is_missing():
    def define():
        @protocol
        class P:
            @on(Spontaneously, in_=Asleep)
            def start(self): ...

    assert mistake_in(define) == "no field `state`: write `state: State = Asleep` in the class"


def test_the_field_state_has_no_default():
    def define():
        @protocol
        class P:
            state: State

            @on(Spontaneously, in_=Asleep)
            def start(self): ...

    assert mistake_in(define) == "in which state does a node begin? write `state: State = Asleep`"


def test_the_field_state_is_no_state():
    def define():
        @protocol
        class P:
            state: int = 0

            @on(Spontaneously)
            def start(self): ...

    assert mistake_in(define) == (
        "the field `state` is a `int`, not a set of states; write `class State(nodes.State)` with `Asleep = auto()` in"
        " it, and `state: State = Asleep`"
    )


def test_states_without_any():
    class Nothing(nodes.State):
        pass

    def define():
        @protocol
        class P:
            state: Nothing

            @on(Spontaneously)
            def start(self): ...

    assert mistake_in(define) == "`Nothing` has no states; a protocol has at least one: `Asleep = auto()`"


def test_names_of_states_in_another_order_hide_what_follows_from_it():
    class Order(nodes.State):
        Follower = auto()
        Waiting = auto()
        Leader = terminal()

    def define():
        # The names of the function around are those that are looked at.
        Leader, Waiting, Follower = Order

        @protocol
        class P:
            state: Order = Follower

            @on(Spontaneously, in_=Follower)
            def start(self):
                self.state = Waiting

            @on(Ping, in_=Waiting)
            def hear(self):
                self.state = Leader

    assert mistake_in(define) == (
        "the name `Follower` means the state `Leader`; write the names in the order of the states:"
        " `Follower, Waiting, Leader = Order`"
    )


def test_defaults():
    def define():
        @protocol
        class P:
            limit: u32
            queue: list[int] = []
            seen: dict[Id, list[u32]] = {1: [2]}

            @on(Spontaneously)
            def start(self): ...

    with pytest.raises(ProtocolError) as caught:
        define()
    assert [mistake.text for mistake in caught.value.mistakes] == [
        "the field `limit` has no default; write `limit: u32 = ..`, or set it in the method with `@init`",
        "all nodes would share the default of `queue`, which can be changed; write"
        " `queue: list[int] = nodes.field(default_factory=list)`",
        "all nodes would share the default of `seen`, which can be changed; write"
        " `seen: dict[Id, list[u32]] = nodes.field(default_factory=lambda: {1: [2]})`",
    ]
    first = define.__code__.co_firstlineno + 3
    assert [mistake.line for mistake in caught.value.mistakes] == [first, first + 1, first + 2]


def test_a_field_that_is_set_at_the_beginning_needs_no_default():
    @protocol
    class P:
        limit: u32

        @on(Spontaneously)
        def start(self): ...

        @init
        def begin(self):
            self.set_limit()

        def set_limit(self):
            self.limit = 3

    (field,) = plan_of(P).fields
    assert field.make is None


def test_types_without_a_codec():
    def define():
        @protocol
        class P:
            model: Plain = None
            either: int | str = 0
            items: list = nodes.field(default_factory=list)
            pair: tuple[int, ...] = ()
            anything: Any = None
            frozen: frozenset[int] = frozenset()
            unknown: "Idd" = 0
            state: State = Asleep

            @on(Spontaneously, in_=Asleep)
            def start(self):
                self.state = Active if self.state is Done else Done

    no_codec = "has no codec, so it cannot be carried, stored or shown"
    assert mistakes_in(define) == [
        f"the field `model`: `Plain` {no_codec}; if `Plain` is data, write `@nodes.data` above its class;"
        " or, if it is for this node alone, `model: Local[Plain]`",
        "the field `either`: `int | str` has no codec: a field has one type, or that type and `None`;"
        " or, if it is for this node alone, `either: Local[int | str]`",
        "the field `items`: `list` does not say what it holds; write `list[int]`;"
        " or, if it is for this node alone, `items: Local[list]`",
        "the field `pair`: a tuple has a fixed length; write `list[int]`;"
        " or, if it is for this node alone, `pair: Local[tuple[int, ...]]`",
        f"the field `anything`: `Any` {no_codec}; write the type of what it holds;"
        " or, if it is for this node alone, `anything: Local[Any]`",
        "the field `frozen`: `frozenset[int]` has no codec; write `set[int]`;"
        " or, if it is for this node alone, `frozen: Local[frozenset[int]]`",
        "the field `unknown`: `Idd` is not known here; import or define it above the class",
    ]


def test_a_local_field_may_have_any_type():
    @protocol
    class P:
        constant: ClassVar[int] = 3
        model: nodes.Local[Plain | None] = None
        fit: nodes.Local[typing.Callable[[int], int]] = lambda x: x

        @on(Spontaneously)
        def start(self):
            self.model = Plain()

    assert [(field.name, field.schema) for field in plan_of(P).fields] == [("model", None), ("fit", None)]
    assert P().fit(3) == plan_of(P).fields[1].make()(3) == 3


def test_a_field_that_is_assigned_but_not_declared():
    def define():
        @protocol
        class P:
            parent: u32 = 0

            @on(Spontaneously)
            def start(self):
                self.parnet = 1
                self.heard, self.parent = 1, 2

    assert mistakes_in(define) == [
        "the field `parnet` is not declared; did you mean `parent`?",
        "the field `heard` is not declared; write `heard: int = 0` in the class, with its type",
    ]


def test_messages_called_by_words_of_the_language():
    @nodes.message
    class Net:
        pass

    @nodes.alarm
    class Id:
        pass

    def define():
        @protocol
        class P:
            @on(Spontaneously)
            def start(self): ...

            @on(Net)
            def a(self): ...

            @nodes.when(Id)
            def b(self): ...

    assert mistakes_in(define) == [
        "`Net` is a word of the language; call the message otherwise: `NetMessage`",
        "`Id` is a word of the language; call the alarm otherwise: `IdAlarm`",
    ]


def test_a_field_of_a_message_without_a_codec():
    @nodes.data
    class Inner:
        plain: Plain

    @nodes.message
    class Outer:
        inner: Inner
        model: nodes.Local[int]

    def define():
        @protocol
        class P:
            @on(Spontaneously)
            def start(self): ...

            @on(Outer)
            def a(self): ...

    assert mistake_in(define) == (
        "the field `Outer.inner`: the field `Inner.plain`: `Plain` has no codec, so it cannot be carried, stored or"
        " shown; if `Plain` is data, write `@nodes.data` above its class"
    )


def test_options():
    def define():
        @protocol(
            linsk="fifo",
            topology="Rign",
            links="fast",
            initiators=None,
            knows=("size", "everything"),
            anonymous="yes",
            input=Plain,
            problem=3,
            max_message="45 MB",
            config=Plain,
        )
        class P:
            @on(Spontaneously)
            def start(self): ...

    assert mistakes_in(define) == [
        "there is no option `linsk`; did you mean `links`?",
        '`topology=\'Rign\'` is not known; write "Any", "Ring", "OrientedRing", "DirectedRing", "Complete",'
        ' "Tree", "Grid", "Torus" or "Hypercube"; did you mean `Ring`?',
        '`links=\'fast\'` is not known; write "fifo", "reliable" or "lossy"',
        '`initiators=None` is not known; write "any", "one" or "all"',
        'a node cannot know \'everything\'; write "size" or "neighbour_ids"',
        "`anonymous='yes'` is neither `True` nor `False`",
        "`input` is the type of what each node is given, such as `input=int`: `Plain` has no codec, so it cannot be"
        " carried, stored or shown; if `Plain` is data, write `@nodes.data` above its class",
        "`problem` is a text for people, and 3 is none",
        "`max_message='45 MB'` is not a size; write bytes, `1 << 20`, or a text with a unit, `\"45 MiB\"`",
        "`Plain` is not a configuration: write `@nodes.config` above its class",
    ]


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "no message fits into `max_message=0`: one byte tells its type; write more, such as `1 << 20`"),
        (
            (1 << 30) + 1,
            "`max_message=1073741825` is more than a message can have; write at most `1 << 30`, and send in parts",
        ),
        (True, '`max_message=True` is not a size; write bytes, `1 << 20`, or a text with a unit, `"45 MiB"`'),
        (
            "1.5 MiB",
            "`max_message='1.5 MiB'` is not a size; write bytes, `1 << 20`, or a text with a unit, `\"45 MiB\"`",
        ),
    ],
)
def test_sizes_of_messages(size, text):
    def define():
        @protocol(max_message=size)
        class P:
            @on(Spontaneously)
            def start(self): ...

    assert mistake_in(define) == text


def test_options_that_contradict_each_other():
    def define():
        @protocol(anonymous=True, knows="neighbour_ids")
        class P:
            @on(Spontaneously)
            def start(self): ...

    def define_both():
        @protocol(anonymous=True, knows=("NeighbourIds",))
        class P:
            @on(Spontaneously)
            def start(self): ...

    assert mistake_in(define) == "`knows` is a tuple: write `knows=('neighbour_ids',)`"
    assert mistake_in(define_both) == (
        "the nodes of an anonymous protocol have no ids:"
        ' it cannot be `anonymous=True` and say `knows=("neighbour_ids",)`'
    )


def test_flags_of_a_configuration():
    @nodes.config
    class Options:
        names: list[str] = ()
        requests: u32
        patience: nodes.Duration = "20ms"
        loud: bool | None = 1

    def define():
        @protocol(config=Options)
        class P:
            @on(Spontaneously)
            def start(self): ...

    assert mistakes_in(define) == [
        "the flag `Options.names`: `list[str]` cannot be a flag; numbers, `bool`, `str`, `Duration` and `Id` are flags,"
        " and each of them `| None`",
        "the flag `Options.requests` has no default; write `requests: u32 = ..`",
        "the flag `Options.patience` is a `Duration`, but its default is `'20ms'`",
        "the flag `Options.loud` is a `bool | None`, but its default is `1`",
    ]


def test_five_mistakes_in_one_error():
    @nodes.message
    class Lost:
        pass

    def define():
        @protocol(topology="ring", linsk="fifo")
        class Election:
            state: State = Asleep
            queue: list[int] = []

            @on(Spontaneously, in_=Asleep)
            def start(self, net):
                net.send_to_all(Lost())
                self.state = Active

            @on(Ping, in_=Asleep)
            async def hear(self, msg):
                self.state = Done

            @on(Ping, in_=Active | Done)
            def again(self, mesage): ...

    with pytest.raises(ProtocolError) as caught:
        define()
    first = define.__code__.co_firstlineno + 1
    assert str(caught.value) == "\n  ".join(
        [
            "`Election` has 5 mistakes:",
            f"{__file__}:{first}: Election: there is no option `linsk`; did you mean `links`?",
            f"{__file__}:{first + 3}: Election: all nodes would share the default of `queue`, which can be changed;"
            " write `queue: list[int] = nodes.field(default_factory=list)`",
            f"{__file__}:{first + 7}: Election.start: `Election` has no rule for message `Lost`: it is sent, but no"
            " `@on(Lost, ..)` receives it",
            f"{__file__}:{first + 10}: Election.hear: a handler is one atomic step: it cannot be `async`;"
            " to wait, `net.set_alarm(..)` and handle the alarm",
            f"{__file__}:{first + 14}: Election.again: a handler is not given `mesage`; expected"
            " `def again(self, msg, sender, net)`, any after `self` may be left out; did you mean `msg`?",
        ]
    )


def test_what_is_no_protocol():
    @protocol
    class Base:
        @on(Spontaneously)
        def start(self): ...

    class Derived(Base):
        pass

    with pytest.raises(TypeError, match=r"`Plain` is not a protocol: write `@protocol\(..\)` above its class"):
        plan_of(Plain)
    with pytest.raises(TypeError, match="`Derived` inherits from the protocol `Base`, but is not one itself"):
        plan_of(Derived)
    with pytest.raises(TypeError, match="is not a protocol: write the class itself"):
        plan_of(Base())
    with pytest.raises(TypeError, match="`@protocol` stands on a class, not on 3"):
        protocol(3)


def test_defaults_that_do_not_fit():
    def define():
        @protocol
        class P:
            leader: Id = None
            limit: u32 = -1
            small: nodes.i8 = 128
            loud: bool = 1
            ratio: float = True
            name: str | None = 3
            own: tuple[int, int] = [1, 2]
            fine: nodes.i8 = -128
            large: int = 1 << 126

            @on(Spontaneously)
            def start(self): ...

    assert mistakes_in(define) == [
        "the default of `leader` is `None`, which is no `Id`; write `leader: Id | None = None`",
        "the default of `limit` is `-1`, which is no `u32`",
        "the default of `small` is `128`, which is no `i8`",
        "the default of `loud` is `1`, which is no `bool`",
        "the default of `ratio` is `True`, which is no `float`",
        "the default of `name` is `3`, which is no `str | None`",
        "all nodes would share the default of `own`, which can be changed; write"
        " `own: tuple[int, int] = nodes.field(default_factory=lambda: [1, 2])`",
    ]


def test_an_option_that_cannot_be_read_allows_everything():
    def define():
        @protocol(topology="rings", knows=("sizes",))
        class P:
            @on(Spontaneously)
            def start(self, net):
                net.send_other_way(0, Ping(net.size))

            @on(Ping)
            def hear(self): ...

    texts = mistakes_in(define)
    assert [text.split(" ")[0] for text in texts] == ["`topology='rings'`", "a"]


def test_two_messages_of_one_name():
    def make():
        @nodes.message
        class Ping:
            pass

        return Ping

    def define():
        @protocol
        class P:
            @on(Spontaneously)
            @on(Ping)
            @on(make())
            def start(self): ...

    assert mistake_in(define) == "two events of `P` are called `Ping`; call one of them otherwise"


def test_what_is_no_record():
    class Answer(enum.Enum):
        Yes = 1

    def define_order():
        @nodes.message
        class Forth:
            limit: u32 = 1
            origin: Id

    text = "`@nodes.message` stands on a class with fields; an enum can be the type of one"
    assert mistake_in(lambda: nodes.message(Answer)) == text
    assert mistake_in(lambda: nodes.message(print)) == text
    assert mistake_in(define_order) == (
        "the field `origin` has no default and follows `limit`, which has one; put it first"
    )


def test_an_annotation_that_is_no_type():
    def define():
        @protocol
        class P:
            queue: [int] = None

            @on(Spontaneously)
            def start(self): ...

    assert mistake_in(define).startswith("the field `queue`: `[<class 'int'>]` is not a type; a list of numbers, say,")
