"""Mistakes in methods: their parameters, what they send, which states they assign."""

import linecache
import random
import time
from random import randint

import pytest
from conftest import mistake_in, mistakes_in
from words import Active, Asleep, Done, Edge, Ping, Plain, Pong, State, Timeout

import distnodes as nodes
from distnodes import Spontaneously, always, finally_, finish, init, on, protocol, recover, when


def test_parameters_of_handlers():
    def define():
        @protocol
        class P:
            @on(Spontaneously)
            def start(self, sender): ...

            @on(Ping)
            def a(self, message, sender): ...

            @when(Timeout)
            def b(self, msg, net): ...

            @on(Pong)
            def c(net): ...

    ends = "any after `self` may be left out"
    assert mistakes_in(define) == [
        f"a handler is not given `sender`; expected `def start(self, net)`, {ends}",
        f"a handler is not given `message`; expected `def a(self, msg, sender, net)`, {ends}; did you mean `msg`?",
        f"a handler is not given `msg`; expected `def b(self, alarm, net)`, {ends}",
        f"it lacks `self` in front; expected `def c(self, msg, sender, net)`, {ends}",
    ]


def test_a_misspelt_parameter():
    def define():
        @protocol
        class P:
            @on(Spontaneously)
            def start(self): ...

            @on(Ping)
            def a(self, sendr): ...

    assert mistake_in(define).endswith("; did you mean `sender`?")


def test_parameters_with_defaults_are_for_those_that_call_the_method():
    @protocol
    class P:
        @on(Spontaneously)
        def start(self, net, again=True):
            if again:
                self.start(net, again=False)

    assert P.__nodes_plan__.rules[0].takes == ("net",)


def test_a_handler_is_one_step():
    def define():
        @protocol
        class P:
            @on(Spontaneously)
            async def start(self, net): ...

            @on(Ping)
            def a(self):
                yield 1

            @on(Pong)
            @staticmethod
            def b(net): ...

    assert mistakes_in(define) == [
        "a handler is one atomic step: it cannot be `async`; to wait, `net.set_alarm(..)` and handle the alarm",
        "a handler is one atomic step: it cannot `yield`; to wait, `net.set_alarm(..)` and handle the alarm",
        "a handler is a method of the node; expected `def b(self, msg, sender, net)`, any after `self` may be left out",
    ]


def test_a_handler_returns_a_value():
    def define():
        @protocol
        class P:
            count: int = 0

            @on(Spontaneously)
            def start(self, net):
                return self.again(net)

            @on(Ping)
            def again(self, net):
                if self.count:
                    return None
                return self.count + 1

    assert mistake_in(define) == (
        "a handler returns nothing; change the state by `self.state = ..`, answer by `net.send(..)`"
    )


def test_a_handler_uses_what_it_does_not_take():
    def define():
        @protocol
        class P:
            @on(Spontaneously)
            def start(self):
                net.send_to_all(Ping())

            @on(Ping)
            def a(self, net):
                net.send(sender, Ping(msg.hops + 1))

    assert mistakes_in(define) == [
        "it uses what it does not take: `net`; expected `def start(self, net)`, any after `self` may be left out",
        "it uses what it does not take: `msg`, `sender`; expected `def a(self, msg, sender, net)`,"
        " any after `self` may be left out",
    ]


def test_conditions():
    def define():
        @protocol
        class P:
            @on(Spontaneously)
            def start(self): ...

            @on(Ping, if_=True)
            @on(Ping, if_=lambda msg: msg.hops > 1)
            @on(Ping, if_=lambda self, message: message.hops > 1)
            @on(Ping)
            def a(self): ...

    example = "write `if_=lambda self, msg, sender, net: ..`"
    assert mistakes_in(define) == [
        f"`if_` is a condition, not `True`; {example}, any after `self` may be left out",
        f"the condition lacks `self` in front; {example}",
        f"the condition is not given `message`; {example}, any after `self` may be left out",
    ]


def test_what_is_sent_is_a_message_that_is_handled():
    def define():
        @protocol
        class P:
            @on(Spontaneously)
            def start(self, net):
                net.send_to_all(Pong())
                net.send(0, Plain())
                net.send_random(Edge())
                net.send_to([0], Timeout())
                net.send_to_all(Ping)

            @on(Ping)
            def a(self): ...

    assert mistakes_in(define) == [
        "`P` has no rule for message `Pong`: it is sent, but no `@on(Pong, ..)` receives it",
        "`Plain` is not a message: write `@nodes.message` above its class",
        "`Edge` is not a message: write `@nodes.message` above its class",
        "`Timeout` is an alarm, which a node sets for itself: `net.set_alarm(..)`",
        "`Ping` is a class; send a message of it: `Ping(..)`",
    ]


def test_what_is_set_is_an_alarm_that_is_handled():
    def define():
        @protocol
        class P:
            @on(Spontaneously)
            def start(self, net):
                net.set_alarm(1.0, Timeout())
                net.cancel(Timeout)
                net.restart(1.0, Ping())

    assert mistakes_in(define) == [
        "`P` has no rule for alarm `Timeout`: no `@when(Timeout, ..)` handles it",
        "`P` has no rule for alarm `Timeout`: no `@when(Timeout, ..)` handles it",
        "`Ping` is not an alarm: write `@nodes.alarm` above its class",
    ]


def test_states_that_are_assigned():
    def define():
        @protocol
        class P:
            state: State = Asleep

            @on(Spontaneously, in_=Asleep)
            def start(self):
                self.state = Actve
                self.state = State.Finished
                self.state = Pong
                self.state = State
                self.state == Done

            @on(Ping)
            def a(self):
                self.state = Active

    assert mistakes_in(define) == [
        "there is no state `Actve` in `State`; did you mean `Active`?",
        "there is no state `Finished` in `State`; write `Asleep`, `Active` or `Done`",
        "`Pong` is a message, not a state",
        "`State` is the set of states; write one of them: `Asleep`, `Active` or `Done`",
        "`==` compares and changes nothing; write `self.state = Done`",
    ]


def test_what_does_not_follow_from_the_seed():
    def define():
        @protocol
        class P:
            @on(Spontaneously)
            def start(self):
                random.random()
                randint(0, 3)
                random.Random()
                random.Random(3).random()
                self.helper()

            def helper(self):
                time.time()

    is_function = "a run is a function of its seed, but"
    assert mistakes_in(define) == [
        f"{is_function} `random.random` is not; write `net.rng.random(..)`",
        f"{is_function} `randint` is not; write `net.rng.randint(..)`",
        f"{is_function} `random.Random` is not; write `net.rng`",
        f"{is_function} `time.time` reads the machine's clock; write `net.now`",
    ]


def test_what_only_some_protocols_can():
    def define():
        @protocol(topology="Tree", anonymous=True)
        class P:
            @on(Spontaneously)
            def start(self, net):
                net.send_other_way(0, Ping())
                net.send(net.right, Ping())
                net.log(net.size)
                net.log(net.id_of(0))
                net.log(net.id)
                net.log(net.input)
                net.store(1)

            @on(Ping)
            def a(self): ...

    assert mistakes_in(define) == [
        '`net.send_other_way` needs a `Ring`: declare `topology="Ring"`',
        '`net.right` needs a `DirectedRing`: declare `topology="DirectedRing"`',
        'the nodes do not know how many they are: declare `knows=("size",)`',
        '`net.id_of` needs the neighbours\' ids: declare `knows=("neighbour_ids",)`',
        "the nodes have no ids: leave `anonymous=True` out",
        "the nodes are given no input: declare its type, such as `input=int`",
        "what is stored is never read: add `@recover` above `def back(self, saved: .., net)`",
    ]


def test_properties():
    def define():
        @protocol
        class P:
            @on(Spontaneously)
            def start(self): ...

            @always
            def a(self): ...

            @finally_
            def b(world, node): ...

            @always
            async def c(world): ...

    assert mistakes_in(define) == [
        "a property looks at the `world`, or at one `node`; expected `def a(world: World) -> bool`,"
        " or `def a(node: Node) -> bool`",
        "a property looks at the `world`, or at one `node`; expected `def b(world: World) -> bool`,"
        " or `def b(node: Node) -> bool`",
        "a property is one atomic step: it cannot be `async`",
    ]


def test_a_property_may_be_a_static_method():
    @protocol
    class P:
        @on(Spontaneously)
        def start(self): ...

        @always
        @staticmethod
        def a(world):
            return True

    (found,) = P.__nodes_plan__.properties
    assert found.call(None) is True
    assert found.of == "world"


def test_beginning_end_and_recovery():
    def define():
        @protocol
        class P:
            @on(Spontaneously)
            def start(self): ...

            @init
            def begin(self, config, network): ...

            @init
            def begin_again(self): ...

            @finish
            def end(self, msg): ...

            @recover
            def back(self, net): ...

    ends = "any after `self` may be left out"
    assert mistakes_in(define) == [
        f"the method with `@init` is not given `network`; expected `def begin(self, config, net)`, {ends};"
        " did you mean `net`?",
        "a protocol has one `@init`; `begin` is it already",
        f"the method with `@finish` is not given `msg`; expected `def end(self, net)`, {ends}",
        f"it takes nothing that was stored, as `@init` does; expected `def back(self, saved, config, net)`, {ends}",
    ]


def test_a_configuration_that_is_not_declared():
    def define():
        @protocol
        class P:
            @on(Spontaneously)
            def start(self): ...

            @init
            def begin(self, config): ...

    assert mistake_in(define) == ("`P` has no configuration; write `@protocol(config=..)`, or leave `config` out")


def test_what_is_stored_has_a_type():
    def define():
        @protocol
        class P:
            @on(Spontaneously)
            def start(self): ...

            @recover
            def back(self, saved): ...

    def define_of_no_codec():
        @protocol
        class P:
            @on(Spontaneously)
            def start(self): ...

            @recover
            def back(self, saved: Plain): ...

    assert mistake_in(define) == "what is stored has no type; write `def back(self, saved: int, net: Net)`"
    assert mistake_in(define_of_no_codec).startswith("what is stored: `Plain` has no codec")


def test_a_plain_method_in_the_place_of_a_handler():
    class Base:
        @on(Spontaneously)
        def start(self): ...

    def define():
        @protocol
        class P(Base):
            def start(self): ...

    assert mistake_in(define) == (
        "`start` has a decorator in `Base`, and what takes its place here has none; write the decorator here too,"
        " or call it otherwise"
    )


def test_without_source_only_the_bodies_are_not_looked_at():
    source = """
@nodes.protocol
class P:
    @on(Spontaneously)
    def start(self, net):
        net.send_to_all(Pong())
        return 1

    @on(Ping)
    def a(self, mesage): ...
"""
    names = {"nodes": nodes, "on": on, "Spontaneously": Spontaneously, "Ping": Ping, "Pong": Pong}
    assert mistake_in(lambda: exec(source, names)).startswith("a handler is not given `mesage`")


def test_an_annotation_of_another_message():
    def define():
        @protocol
        class P:
            @on(Spontaneously)
            def start(self): ...

            @on(Ping)
            @on(Pong)
            def hear(self, msg: "Pong"): ...

            @on(Edge)
            def edge(self, msg: Edge, net):
                net.send(0, msg=Edge())

    assert mistakes_in(define) == [
        "a handler for `Ping` is not given a `Pong`; write `msg: Ping`",
        "`Edge` is data, which does not travel by itself: write `@nodes.message` above its class",
    ]


def test_in_a_notebook_bodies_are_looked_at():
    """A notebook keeps the source of its cells where `linecache` finds it."""
    source = """
@nodes.protocol
class P:
    @on(Spontaneously)
    def start(self, net):
        net.send_to_all(msg=Pong())

    @on(Ping, if_=lambda self, msg: msg.hops > 1)
    def a(self):
        return 1
"""
    name = "<ipython-input-1-abc>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    names = {"nodes": nodes, "on": on, "Spontaneously": Spontaneously, "Ping": Ping, "Pong": Pong}
    with pytest.raises(nodes.ProtocolError) as caught:
        exec(compile(source, name, "exec"), names)
    assert [(mistake.path, mistake.line, mistake.text.split(";")[0]) for mistake in caught.value.mistakes] == [
        (name, 6, "`P` has no rule for message `Pong`: it is sent, but no `@on(Pong, ..)` receives it"),
        (name, 8, "`P` has no rule for `Ping` when no `if_` holds"),
        (name, 10, "a handler returns nothing"),
    ]


def test_the_order_of_a_set_of_texts():
    def define():
        @protocol
        class P:
            names: set[str] = nodes.field(default_factory=set)
            pairs: set[tuple[int, bytes]] = nodes.field(default_factory=set)
            ports: set[nodes.Port] = nodes.field(default_factory=set)

            @on(Spontaneously)
            def start(self, net):
                for name in self.names:
                    net.log(name)
                for name in sorted(self.names):
                    net.log(name)
                for port in self.ports:
                    net.log(port)
                self.names = {name for name in self.names if name}
                net.log(list(self.names))
                net.log([pair for pair in self.pairs])  # noqa: C416
                net.log(self.names.pop())

    line = "a run is a function of its seed, but the order of `self.{0}`, a `{1}`, is not; write `sorted(self.{0})`"
    names, pairs = line.format("names", "set[str]"), line.format("pairs", "set[tuple[int, bytes]]")
    assert mistakes_in(define) == [names, names, pairs, names]
