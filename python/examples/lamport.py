"""Mutual exclusion by logical time.

*Problem.* At most one node at a time is in its critical section, and requests are granted in their order.

*Model.* A complete graph whose nodes know their neighbours' ids; links are reliable and in order.  Without that
order the algorithm is wrong: a reply that overtakes a request lets two nodes in.

*Idea.* Every node keeps a queue of all requests, sorted by logical time and then id.  It enters when its own request
is first and each other node has sent it something later than this request: since links keep the order, no earlier
one can be under way.

*Cost.* 3(n - 1) messages per entry: each other node gets a request, replies, and gets a release.

*Source.* Lamport, Time, clocks, and the ordering of events in a distributed system, CACM 21(7), 1978.
"""

from __future__ import annotations

from itertools import pairwise
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
    finally_,
    init,
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
    """The sender has queued the request."""

    time: u64


@nodes.message
class Release:
    """The sender has left."""

    time: u64


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
    initiators="all",
    knows=("neighbour_ids",),
    config=Options,
    problem="mutual exclusion",
    cost="3(n - 1) messages per entry",
    source="Lamport 1978",
)
class Lamport:
    """Mutual exclusion by a replicated queue of requests in the order of logical time."""

    state: State = Idle
    requests: u32 = 0
    """How often it wants to enter."""
    clock: u64 = 0
    queue: set[tuple[u64, Id]] = nodes.field(default_factory=set)
    """All requests that have not been released, each as (time, id)."""
    latest: dict[Port, u64] = nodes.field(default_factory=dict)
    """The time of the last message from each neighbour."""
    entered: u64 = 0
    """When it entered last."""
    visits: list[tuple[u64, u64, u64]] = nodes.field(default_factory=list)
    """What it had of the critical section: when asked for, entered, left."""

    @init
    def new(self, config: Options) -> None:
        self.requests = config.requests

    @on(Spontaneously, in_=Idle)
    def pause(self, net: Net) -> None:
        if len(self.visits) < self.requests:
            net.set_alarm((0, 0.010), Ask())

    @when(Ask, in_=Idle)
    def ask(self, net: Net) -> None:
        self.clock += 1
        self.queue.add((self.clock, net.id))
        net.send_to_all(Request(self.clock))
        self.state = Waiting
        self.try_enter(net)

    @on(Request)
    def enqueue(self, msg: Request, sender: Port, net: Net) -> None:
        self.hear(sender, msg.time)
        self.queue.add((msg.time, net.id_of(sender)))
        net.send(sender, Reply(self.clock))
        self.try_enter(net)

    @on(Reply)
    def note(self, msg: Reply, sender: Port, net: Net) -> None:
        self.hear(sender, msg.time)
        self.try_enter(net)

    @on(Release)
    def dequeue(self, msg: Release, sender: Port, net: Net) -> None:
        self.hear(sender, msg.time)
        self.queue = {(time, id) for time, id in self.queue if id != net.id_of(sender)}
        self.try_enter(net)

    def hear(self, sender: Port, time: u64) -> None:
        self.clock = max(self.clock, time) + 1
        self.latest[sender] = time

    def try_enter(self, net: Net) -> None:
        if self.state is not Waiting:
            return
        time, first = min(self.queue)
        if first == net.id and all(self.latest.get(port, -1) > time for port in net.ports):
            self.entered = self.clock
            net.set_alarm(0.001, Leave())
            self.state = Critical

    @when(Leave, in_=Critical)
    def leave(self, net: Net) -> None:
        self.clock += 1
        own = min(self.queue)
        self.queue.remove(own)
        self.visits.append((own[0], self.entered, self.clock))
        net.send_to_all(Release(self.clock))
        self.state = Idle
        self.pause(net)

    @always
    def mutual_exclusion(world: World) -> bool:
        """Never two nodes in the critical section."""
        return world.count(Critical) <= 1

    @finally_
    def served_in_order(world: World) -> bool:
        """When all is quiet, every node has entered as often as it wanted, in the order of (time, id)."""
        visits = sorted((asked, node.id, *stay) for node in world.nodes for asked, *stay in node.visits)
        one_by_one = all(before[3] < after[2] for before, after in pairwise(visits))
        return one_by_one and all(not node.queue and len(node.visits) == node.requests for node in world.nodes)
