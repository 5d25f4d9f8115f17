"""Mutual exclusion by permission of all others.

*Problem.* At most one node at a time is in its critical section, and requests are granted in their order.

*Model.* A complete graph whose nodes know their neighbours' ids; links are reliable and may reorder.

*Idea.* Who wants to enter asks all others, with a logical time.  A node replies at once, unless it is inside, or
waits itself with an earlier request (by time, then id): then it keeps the question until it has left.  Who has all
replies enters.

*Cost.* 2(n - 1) messages per entry: each other node gets a request and replies.

*Source.* Ricart and Agrawala, An optimal algorithm for mutual exclusion in computer networks, CACM 24(1), 1981.
"""

from __future__ import annotations

from typing import Annotated

import distnodes as nodes
from distnodes import (
    Id,
    Net,
    Port,
    Range,
    Shrink,
    Spontaneously,
    World,
    always,
    auto,
    defer,
    finally_,
    init,
    never,
    on,
    protocol,
    u32,
    u64,
    when,
)


@nodes.message
class Request:
    """The sender wants to enter; made at `time`."""

    time: u64


@nodes.message
class Reply:
    """The sender does not mind."""


@nodes.alarm
class Ask:
    """Time to ask."""


@nodes.alarm
class Leave:
    """Time to leave."""


@nodes.config
class Options:
    """What every node is given at its start."""

    requests: Annotated[u32, "How often each node enters.", Range(0, 1_000_000), Shrink()] = 2


class State(nodes.State):
    """What a node does."""

    Idle = auto("Something else.")
    Waiting = auto("Waits to enter.")
    Critical = auto("Is in its critical section.")


Idle, Waiting, Critical = State


@protocol(
    topology="Complete",
    links="reliable",
    initiators="all",
    knows=("neighbour_ids",),
    config=Options,
    problem="mutual exclusion",
    cost="2(n - 1) messages per entry",
    source="Ricart & Agrawala 1981",
)
@defer(Request, in_=Waiting | Critical)
@never(Reply, in_=Idle | Critical)
class RicartAgrawala:
    """Mutual exclusion by asking all others, who reply late if their own request is earlier."""

    state: State = Idle
    wanted: u32 = 0
    """How often it still wants to enter."""
    clock: u64 = 0
    """The latest time that it has seen."""
    own: tuple[u64, Id] = (0, 0)
    """Its own request: when made, and by whom."""
    missing: u64 = 0
    """How many have not replied."""

    @init
    def new(self, config: Options) -> None:
        self.wanted = config.requests

    @on(Spontaneously, in_=Idle)
    def pause(self, net: Net) -> None:
        if self.wanted > 0:
            self.wanted -= 1
            net.set_alarm((0, 0.010), Ask())

    @when(Ask, in_=Idle)
    def ask(self, net: Net) -> None:
        self.clock += 1
        self.own = (self.clock, net.id)
        self.missing = net.degree
        net.send_to_all(Request(self.clock))
        self.state = Waiting
        self.try_enter(net)

    @on(Request, in_=Idle)
    @on(Request, in_=Waiting, if_=lambda self, msg, sender, net: (msg.time, net.id_of(sender)) < self.own)
    def permit(self, msg: Request, sender: Port, net: Net) -> None:
        self.clock = max(self.clock, msg.time)
        net.send(sender, Reply())

    @on(Reply, in_=Waiting)
    def permitted(self, net: Net) -> None:
        self.missing -= 1
        self.try_enter(net)

    def try_enter(self, net: Net) -> None:
        if self.missing == 0:
            net.set_alarm(0.001, Leave())
            self.state = Critical

    @when(Leave, in_=Critical)
    def leave(self, net: Net) -> None:
        self.state = Idle
        self.pause(net)

    @always
    def mutual_exclusion(world: World) -> bool:
        """Never two nodes in the critical section."""
        return world.count(Critical) <= 1

    @always
    def served_in_order(world: World) -> bool:
        """Who is inside asked before all who wait, in the order of (time, id)."""
        return all(
            inside.own < waiting.own for inside in world.in_state(Critical) for waiting in world.in_state(Waiting)
        )

    @finally_
    def all_served(world: World) -> bool:
        """When all is quiet, every node has entered as often as it wanted."""
        return all(node.state is Idle and node.wanted == 0 for node in world.nodes)
