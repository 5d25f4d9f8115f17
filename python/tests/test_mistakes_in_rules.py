"""Mistakes in the table of rules, each with its text."""

import pytest
from conftest import mistake_in, mistakes_in
from words import Active, Asleep, Done, Edge, Ping, Plain, Pong, State, Timeout

import distnodes as nodes
from distnodes import ProtocolError, Spontaneously, auto, defer, ignore, never, on, protocol, when


def test_a_pair_is_not_covered():
    def define():
        @protocol
        class P:
            state: State = Asleep

            @on(Spontaneously, in_=Asleep)
            def start(self, net):
                net.send_to_all(Ping())
                self.state = Active

            @on(Ping, in_=Active, if_=lambda self, msg: msg.hops > 3)
            def end(self):
                self.state = Done

    assert mistake_in(define) == (
        "`P` has no rule for `Ping` in state Asleep | Active; handle it with `@on(Ping, in_=Asleep | Active)`, or put"
        " `@ignore(..)`, `@defer(..)` or `@never(Ping, in_=Asleep | Active)` on the class"
        " (a rule with `if_` does not count: its condition may fail)"
    )


def test_without_a_terminal_state_that_is_offered():
    class Two(nodes.State):
        Unaware = auto()
        Aware = auto()

    def define():
        @protocol
        class P:
            state: Two = Two.Unaware

            @on(Spontaneously)
            def start(self, net):
                net.send_to_all(Pong())

            @on(Pong, in_=Two.Unaware)
            def hear(self):
                self.state = Two.Aware

    text = mistake_in(define)
    assert text.startswith("`P` has no rule for `Pong` in state Aware;")
    assert text.endswith("; if a node has decided there, write the state as `terminal()`")


def test_nothing_is_said_of_terminal_states_and_of_what_is_not_mentioned_elsewhere():
    @protocol
    class P:
        state: State = Asleep

        @on(Spontaneously, in_=Asleep)
        def start(self, net):
            net.send_to_all(Ping())
            self.state = Active

        @on(Ping, in_=Asleep)
        def first(self):
            self.state = Done

        @on(Ping)
        def rest(self): ...

    rest = next(rule for rule in P.__nodes_plan__.rules if rule.handler == "rest")
    assert rest.states == (Active.index,)


def test_only_with_conditions_and_without_states():
    def define():
        @protocol
        class P:
            @on(Spontaneously)
            def start(self, net):
                net.send_to_all(Pong())

            @on(Pong, if_=lambda self, net: net.now > 1)
            def late(self): ...

    assert mistake_in(define) == "`P` has no rule for `Pong` when no `if_` holds; add one without `if_`"


def test_handled_twice():
    def define():
        @protocol
        class P:
            state: State = Asleep

            @on(Spontaneously, in_=Asleep)
            def start(self): ...

            @on(Ping, in_=Asleep | Active)
            def a(self):
                self.state = Active

            @on(Ping, in_=Active)
            def b(self):
                self.state = Done

    with pytest.raises(ProtocolError) as caught:
        define()
    (mistake,) = caught.value.mistakes
    first = define.__code__.co_firstlineno + 8
    assert mistake.text == (
        f"`Ping` is handled twice in state Active, by `a` already (line {first});"
        " leave it to one of them, or give one an `if_`"
    )
    assert (mistake.line, mistake.where) == (first + 4, "P.b")
    assert mistake.path == __file__


def test_handled_twice_in_every_state():
    def define():
        @protocol
        class P:
            @on(Spontaneously)
            def start(self): ...

            @on(Ping)
            def a(self): ...

            @on(Ping)
            def b(self): ...

    assert mistake_in(define).startswith("`Ping` is handled twice in every state, by `a` already")


def test_handled_and_declared_never():
    def define():
        @protocol
        @never(Ping, in_=Asleep)
        class P:
            state: State = Asleep

            @on(Spontaneously, in_=Asleep)
            def start(self):
                self.state = Active

            @on(Ping, in_=Asleep | Active)
            def a(self):
                self.state = Done

    assert mistake_in(define).startswith("`Ping` has two rules in state Asleep, of which the other calls `a` (line ")


def test_it_can_never_start():
    def define():
        @protocol
        class P:
            state: State = Asleep

            @on(Ping)
            def a(self):
                self.state = Active if self.state is Done else Done

    assert mistake_in(define) == (
        "`P` can never start: add `@on(Spontaneously, in_=Asleep)` above `def start(self, net)`"
    )


def test_an_alarm_that_is_set_at_the_beginning_starts_it():
    @protocol
    class P:
        @nodes.init
        def begin(self, net):
            net.set_alarm(1.0, Timeout())

        @when(Timeout)
        def ring(self): ...

    assert P.__nodes_plan__.init_takes == ("net",)


def test_deferred_for_ever():
    def define():
        @protocol
        @defer(Ping, in_=Asleep | Active | Done)
        class P:
            state: State = Asleep

            @on(Spontaneously, in_=Asleep)
            def start(self):
                self.state = Active

            @on(Spontaneously, in_=Active)
            def end(self):
                self.state = Done

    assert mistake_in(define) == (
        "`Ping` would wait for ever, since `Done` is terminal, and what is deferred is offered again when the state"
        " changes; write `@ignore(Ping, in_=Done)`"
    )


def test_deferred_in_a_terminal_state_until_a_condition_holds():
    @protocol
    @defer(Ping, in_=Asleep | Done)
    class P:
        state: State = Asleep
        ready: bool = False

        @on(Spontaneously, in_=Asleep)
        def start(self):
            self.state = Done

        @on(Ping, in_=Done, if_=lambda self: self.ready)
        def late(self): ...

        @on(Ping, in_=Active)
        def never_here(self):
            self.state = Active

    assert P.__nodes_plan__.rules


def test_a_rule_leaves_a_terminal_state():
    def define():
        @protocol
        class P:
            state: State = Asleep

            @on(Spontaneously, in_=Asleep)
            def start(self):
                self.state = Active

            @on(Ping)
            def a(self):
                self.state = Done

            @on(Ping, in_=Done)
            def again(self):
                self.state = Active

    assert mistake_in(define) == (
        "`Done` is terminal, so a node in it has decided and cannot become `Active`;"
        " stay in `Done`, or write it as `auto()`"
    )


def test_a_rule_of_several_states_leaves_the_terminal_one_only_if_it_always_assigns():
    @protocol
    class P:
        state: State = Asleep

        @on(Spontaneously, in_=Asleep)
        def start(self):
            self.state = Active

        @on(Ping, in_=Asleep | Active | Done)
        def a(self, msg):
            if msg.hops > 1:
                self.state = Active
            elif msg.hops > 3:
                self.state = Done

    assert P.__nodes_plan__.rules[-1].becomes == (Active.index, Done.index)


def test_what_is_no_message():
    def define():
        @protocol
        class P:
            @on(Spontaneously)
            def start(self): ...

            @on(Plain)
            def a(self): ...

            @on(Edge)
            def b(self): ...

            @on(Timeout)
            def c(self): ...

            @when(Ping)
            def d(self): ...

            @on(Ping())
            def e(self): ...

            @on("Ping")
            def f(self): ...

            @when(Spontaneously)
            def g(self): ...

            @on
            def h(self): ...

            @on(State.Asleep)
            def i(self): ...

    assert mistakes_in(define) == [
        "`Plain` is not a message: write `@nodes.message` above its class",
        "`Edge` is data, which does not travel by itself: write `@nodes.message` above its class",
        "`Timeout` is an alarm: write `@when(Timeout, ..)`",
        "`Ping` is a message: write `@on(Ping, ..)`",
        "a rule is for all messages of a class: write `@on(Ping, ..)`",
        "`'Ping'` is no event; write the class of a message: `@on(Forth, in_=Candidate)`",
        "the impulse is no alarm: write `@on(Spontaneously, in_=..)`",
        "which event, in which states? write `@on(Message, in_=State)`",
        "a rule begins with its event: write `@on(Message, in_=Asleep)`",
    ]


def test_what_is_no_state():
    class Other(nodes.State):
        Asleep = auto()

    def define():
        @protocol
        class P:
            state: State = Asleep

            @on(Spontaneously, in_=Asleep)
            def start(self):
                self.state = Active

            @on(Spontaneously, in_=Active)
            def end(self):
                self.state = Done

            @on(Ping, in_=(Asleep, Active))
            def a(self): ...

            @on(Ping, in_="Asleep")
            def b(self): ...

            @on(Ping, in_=State)
            def c(self): ...

            @on(Ping, in_=Other.Asleep)
            def d(self): ...

    own, other = State.__qualname__, Other.__qualname__
    assert mistakes_in(define) == [
        "states are joined by `|`: `in_=Asleep | Active`",
        "`in_='Asleep'` is no state; write the state itself: `in_=Asleep`",
        "without `in_` a rule is for every state that is not terminal; leave `in_` out",
        f"`Asleep` is a state of `{other}`, but the states of `P` are those of `{own}`",
    ]


def test_declarations_that_are_none():
    def define():
        @protocol
        @ignore(Spontaneously, in_=Asleep)
        @defer(Timeout, in_=Asleep)
        @on(Ping, in_=Asleep)
        class P:
            state: State = Asleep

            @on(Spontaneously, in_=Asleep)
            def start(self):
                self.state = Active if self.state is Asleep else Done

            @when(Timeout)
            def ring(self): ...

            @never(Ping, in_=Asleep)
            def a(self): ...

    assert mistakes_in(define) == [
        "an impulse that no rule answers does nothing: leave this out",
        "an alarm is not deferred; set it again: `net.set_alarm(..)`",
        "`@on` stands on a method",
        "`@never` has no handler: it stands on the class, below `@protocol`",
    ]


def test_a_declaration_above_the_protocol():
    def define():
        @ignore(Ping, in_=Asleep)
        @protocol
        class P:
            state: State = Asleep

            @on(Spontaneously, in_=Asleep)
            def start(self):
                self.state = Active if self.state is Asleep else Done

    assert mistake_in(define) == "`@ignore` stands below `@protocol`, directly above the class"


def test_a_state_that_no_rule_enters_is_a_warning():
    with pytest.warns(nodes.ProtocolWarning, match="`P`: no rule enters Active"):

        @protocol
        class P:
            state: State = Asleep

            @on(Spontaneously, in_=Asleep)
            def start(self):
                self.finish()

            def finish(self):
                self.state = Done
