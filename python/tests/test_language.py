"""What can be written: states, messages, fields of all types, and protocols that inherit."""

from __future__ import annotations

import copy
import enum
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Optional

import pytest
from words import Active, Asleep, Done, Ping, Pong, State

import distnodes as nodes
from distnodes import (
    Id,
    Port,
    Spontaneously,
    always,
    auto,
    config,
    data,
    defer,
    field,
    finish,
    ignore,
    init,
    message,
    never,
    on,
    otherwise_ignore,
    plan_of,
    protocol,
    recover,
    u8,
    u32,
    u64,
    when,
)

HERE = Path(__file__).parent


class Colour(enum.Enum):
    Red = 1
    Green = 2


@data
class Edge:
    weight: u64
    rejected: bool = False


@message
class Everything:
    """One field of each type."""

    number: int
    small: u8
    ratio: float
    text: str
    raw: bytes
    node: Id
    port: Optional[Port]  # noqa: UP045
    later: Edge | None
    pairs: list[tuple[u32, Id]]
    by_port: dict[Port, set[int]]
    colour: Colour
    named: Annotated[u32, "with a text"] = 7


def test_schemas():
    @protocol
    class P:
        @on(Spontaneously)
        def start(self): ...

        @on(Everything)
        def hear(self): ...

    (kind,) = plan_of(P).messages
    edge = ("struct", Edge, (("weight", ("u64",)), ("rejected", ("bool",))))
    assert kind.fields == (
        ("number", ("int",)),
        ("small", ("u8",)),
        ("ratio", ("float",)),
        ("text", ("str",)),
        ("raw", ("bytes",)),
        ("node", ("id",)),
        ("port", ("option", ("port",))),
        ("later", ("option", edge)),
        ("pairs", ("list", ("tuple", (("u32",), ("id",))))),
        ("by_port", ("dict", ("port",), ("set", ("int",)))),
        ("colour", ("enum", Colour, (Colour.Red, Colour.Green))),
        ("named", ("u32",)),
    )
    assert kind.schema_text == (
        "{number:int,small:u8,ratio:float,text:str,raw:bytes,node:Id,port:Port | None,later:Edge | None,"
        "pairs:list[tuple[u32, Id]],by_port:dict[Port, set[int]],colour:Colour,named:u32}"
    )
    assert kind.doc == "One field of each type."


def test_a_message_is_a_value():
    one = Ping(3)
    assert one == Ping(hops=3) != Ping(4)
    assert one != Pong()
    assert hash(one) == hash(Ping(3))
    assert repr(one) == "Ping(hops=3)"
    assert Ping() == Ping(0)
    assert copy.deepcopy(one) == pickle.loads(pickle.dumps(one)) == one
    match one:
        case Ping(hops):
            assert hops == 3


def test_a_message_cannot_be_changed():
    with pytest.raises(AttributeError, match=r"a message cannot be changed, .* make a new one: `Ping\(..\)`"):
        Ping(3).hops = 4
    with pytest.raises(AttributeError, match="a message cannot be changed"):
        del Ping(3).hops
    with pytest.raises(AttributeError):
        Pong().more = 1
    with pytest.raises(TypeError, match="unexpected keyword argument 'hop'"):
        Ping(hop=1)


def test_data_can_be_changed():
    edge = Edge(3)
    edge.rejected = True
    assert edge == Edge(3, rejected=True)
    with pytest.raises(AttributeError):
        edge.wieght = 4
    with pytest.raises(TypeError, match="unhashable"):
        hash(edge)


def test_defaults_of_messages_are_made_for_each():
    @message
    class Many:
        first: u32
        rest: list[int] = field(default_factory=list)

    one, other = Many(1), Many(2)
    one.rest.append(3)
    assert (one.rest, other.rest) == ([3], [])


def test_messages_inherit_fields_and_have_methods():
    @message
    class Base:
        origin: Id

        def next(self):
            return type(self)(self.origin + 1)

    @message
    class Derived(Base):
        limit: u32 = 1

    assert Derived(1).next() == Derived(2, 1)
    assert repr(Derived(1)) == "Derived(origin=1, limit=1)"


def test_states():
    assert [state.index for state in State] == [0, 1, 2]
    assert [state.is_terminal for state in State] == [False, False, True]
    assert repr(Asleep | Done) == "Asleep | Done"
    assert tuple((Asleep | Done) | (Active | Done)) == (Asleep, Done, Active)
    assert pickle.loads(pickle.dumps(Active)) is Active
    assert str(Done) == "Done"

    class Plain(nodes.State):
        First = enum.auto()
        Second = auto("has a text")

    assert [(state.index, state.doc) for state in Plain] == [(0, ""), (1, "has a text")]


@config
class Options:
    requests: Annotated[u32, "times", "each node asks", nodes.Range(1, 9), nodes.Shrink] = 3
    longest_stay: nodes.Duration = 0.02
    loud: bool = False
    name: str | None = None
    weight: float = 1
    all_that: int = 1


def test_flags():
    @protocol(config=Options)
    class P:
        @on(Spontaneously)
        def start(self): ...

    plan = plan_of(P).config
    assert plan
    assert [(flag.name, flag.kind, flag.default) for flag in plan.flags] == [
        ("requests", "u32", 3),
        ("longest-stay", "Duration", 0.02),
        ("loud", "bool", False),
        ("name", "Option<String>", None),
        ("weight", "f64", 1),
        ("all-that", "i128", 1),
    ]
    assert plan.flags[0].help == "times each node asks"
    assert (plan.flags[0].range, plan.flags[0].shrinks) == ((1, 9), True)
    assert plan.default == Options() == pickle.loads(pickle.dumps(Options(loud=False)))
    with pytest.raises(AttributeError, match="a config cannot be changed"):
        plan.default.requests = 4


def test_a_node_has_its_defaults_without_an_engine():
    @protocol
    class P:
        count: u32 = 3
        queue: list[int] = field(default_factory=list)

        @on(Spontaneously)
        def start(self):
            self.queue.append(self.count)

    one, other = P(), P()
    one.start()
    assert (one.queue, other.queue) == ([3], [])
    assert [(made.name, made.make()) for made in plan_of(P).fields] == [("count", 3), ("queue", [])]


def test_the_order_of_rules():
    @protocol
    @never(Pong, in_=Asleep)
    @ignore(Ping, in_=Done)
    @defer(Ping, in_=Active, if_=lambda self, msg: msg.hops > self.limit)
    class P:
        state: State = Asleep
        limit: u32 = 0

        @on(Pong, in_=Active)
        @on(Ping)
        def a(self):
            self.state = Done

        @on(Spontaneously, in_=Asleep)
        def start(self):
            self.state = Active

        @on(Ping, in_=Active | Asleep, if_=lambda self: self.limit > 3)
        def b(self): ...

    rules = [(rule.trigger, rule.states, rule.handler or rule.action, bool(rule.guard)) for rule in plan_of(P).rules]
    assert [rule.waits_for_condition for rule in plan_of(P).rules if rule.action == "defer"] == [True]
    assert [kind.name for kind in plan_of(P).messages] == ["Pong", "Ping"]
    assert rules == [
        (("impulse",), (0,), "start", False),
        (("message", 0), (1,), "a", False),
        (("message", 0), (0,), "never", False),
        (("message", 1), (0, 1), "b", True),
        (("message", 1), (1,), "defer", True),
        (("message", 1), (2,), "ignore", False),
        (("message", 1), (0, 1), "a", False),
    ]


def test_otherwise_ignore():
    @protocol
    @otherwise_ignore
    class P:
        state: State = Asleep

        @on(Spontaneously, in_=Asleep)
        def start(self):
            self.state = Active

        @on(Ping, in_=Active)
        def a(self):
            self.state = Done

    plan = plan_of(P)
    assert plan.otherwise_ignore
    assert (plan.rules[-1].trigger, plan.rules[-1].states, plan.rules[-1].action) == (("message", 0), (0,), "ignore")


def test_a_protocol_without_states():
    @protocol(topology="oriented-ring", knows=("Size",), max_message="45 MiB", input=list[u8])
    class P:
        """What it is.

        And more.
        """

        left: u32 = 0

        @on(Spontaneously)
        @on(Ping)
        def start(self): ...

        @finish
        def end(self, net): ...

        @recover
        def back(self, saved: list[u64], net): ...

    plan = plan_of(P)
    assert [state.name for state in plan.states] == ["-"]
    assert not plan.state_field
    assert [rule.states for rule in plan.rules] == [(0,), (0,)]
    assert (plan.topology, plan.knows_size, plan.max_message) == ("OrientedRing", True, 45 << 20)
    assert plan.input == ("list", ("u8",))
    assert (plan.finish, plan.finish_takes) == ("end", ("net",))
    assert (plan.recover, plan.recover_takes, plan.stored) == ("back", ("saved", "net"), ("list", ("u64",)))
    assert plan.doc == "What it is.\n\nAnd more."
    assert plan.schema_text == "left: u32"


class Counting:
    """A mixin: a field, a helper and a primitive of its own."""

    sent: u32 = 0

    def send_and_count(self, net, msg):
        net.send_to_all(msg)
        self.sent += 1


class Begun(Counting):
    state: State = Asleep

    @on(Spontaneously, in_=Asleep)
    def start(self, net):
        self.send_and_count(net, Ping())
        self.state = Active

    @on(Ping, in_=Asleep | Active)
    def hear(self):
        self.state = Done

    @always
    def fine(world):
        return True


Base = protocol(topology="ring", links="lossy")(Begun)


def test_rules_are_inherited_and_overridden_by_name():
    @protocol(links="fifo")
    @ignore(Pong, in_=Asleep | Active)
    class Derived(Base):
        heard: u32 = 0

        @on(Ping, in_=Asleep | Active | Done)
        def hear(self):
            self.heard += 1
            super().hear()

        @on(Pong)
        def pong(self): ...

    plan = plan_of(Derived)
    assert [field.name for field in plan.fields] == ["sent", "heard"]
    assert [(rule.handler, rule.states, rule.becomes) for rule in plan.rules if rule.handler != "pong"][:2] == [
        ("start", (0,), (1,)),
        ("hear", (0, 1, 2), (2,)),
    ]
    assert (plan.topology, plan.links) == ("Ring", "fifo")
    assert [found.name for found in plan.properties] == ["fine"]
    assert plan_of(Base).rules[1].states == (0, 1)
    node = Derived()
    node.hear()
    assert (node.heard, node.state) == (1, Done)


def test_a_declaration_of_a_base_yields_to_a_rule_of_a_derived_class():
    @protocol
    @never(Pong, in_=Asleep | Active)
    class First(Begun):
        pass

    @protocol
    class Second(First):
        @on(Pong, in_=Active)
        def pong(self): ...

    rules = [(rule.action, rule.states) for rule in plan_of(Second).rules if rule.trigger == ("message", 1)]
    assert rules == [("handle", (1,)), ("never", (0,))]


@nodes.alarm
class Retry:
    attempt: u32


def test_alarms_have_tags_of_their_own():
    @protocol
    class P:
        @on(Spontaneously)
        @when(Retry, if_=lambda self, alarm: alarm.attempt < 3)
        def ask(self, net):
            net.set_alarm((0.1, 0.2), Retry(1))

        @init
        def begin(self, net): ...

    (kind,) = plan_of(P).alarms
    assert (kind.name, kind.schema_text) == ("Retry", "{attempt:u32}")
    guarded = plan_of(P).rules[1]
    assert (guarded.trigger, guarded.guard_takes, guarded.guard_text) == (("alarm", 0), ("alarm",), "alarm.attempt < 3")


def test_the_import_is_quick():
    """What takes long to import is needed only where a protocol is made."""
    slow = "{'dataclasses', 'inspect', 'ast', 'linecache', 'difflib', 'tokenize', 'json', 'datetime'}"
    program = f"import sys; before = {{*sys.modules}}; import distnodes; print(*{slow} & {{*sys.modules}} - before)"
    shown = subprocess.run(
        [sys.executable, "-S", "-c", program], capture_output=True, text=True, check=True, cwd=HERE.parent
    )
    assert shown.stdout.strip() == ""


def is_large(self, msg):
    return msg.hops > 5


def test_conditions_as_text():
    # fmt: off
    one, other = lambda self, msg: msg.hops > 1, lambda self, msg, net: msg.hops < net.degree
    # fmt: on

    @protocol
    class P:
        @on(Spontaneously)
        @on(Ping, if_=one)
        @on(Ping, if_=other)
        @on(Ping, if_=is_large)
        @on(Ping)
        def start(self): ...

    rules = plan_of(P).rules[1:]
    assert [rule.guard_text for rule in rules] == ["msg.hops > 1", "msg.hops < net.degree", "msg.hops > 5", None]
    assert [rule.guard_takes for rule in rules] == [("msg",), ("msg", "net"), ("msg",), ()]


def test_hashes_are_the_same_in_each_process():
    program = "import words; print(*(hash(x) for x in (words.Done, words.Ping(3))))"
    shown = {
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=True,
            cwd=HERE,
            env={"PYTHONPATH": str(HERE.parent), "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(shown) == 1
