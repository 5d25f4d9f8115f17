"""Leader election on a ring by controlled distance.

*Problem.* All nodes agree on one of them, the leader: here the one with the smallest id.

*Model.* A ring whose nodes do not agree on left and right and do not know n; distinct ids; links are reliable and
may reorder; any nodes start on their own.

*Idea.* A candidate asks its neighbourhood, both ways and ever farther: 1, 2, 4, .. links.  A `Forth` dies at a
candidate of a smaller id, and defeats all others that it meets; at its limit it is answered by a `Back`.  A
candidate that both answers reach goes on to twice the distance, so few nodes can afford to go far: two that survive
limit d are more than d apart.  A candidate that meets its own `Forth` has defeated the whole ring.

*Cost.* O(n log n) messages: at most 8n(1 + ceil(log2 n)), and n to notify.

*Source.* Hirschberg and Sinclair, Decentralized extrema-finding in circular configurations of processors, CACM
23(11), 1980; in the form of Santoro, Design and Analysis of Distributed Algorithms, 2006, section 3.3.3.
"""

from __future__ import annotations

import distnodes as nodes
from distnodes import (
    Id,
    Net,
    Port,
    Spontaneously,
    World,
    always,
    auto,
    finally_,
    never,
    on,
    protocol,
    terminal,
    u8,
    u32,
)


@nodes.message
class Forth:
    """Asks whether `origin` is the smallest id within `limit` more links."""

    origin: Id
    limit: u32


@nodes.message
class Back:
    """It is."""

    origin: Id


@nodes.message
class Notify:
    """The election is over."""

    leader: Id


class State(nodes.State):
    """What a node is."""

    Asleep = auto("Has not heard of the election.")
    Candidate = auto("May become the leader.")
    Defeated = auto("Has seen a smaller id, and waits to hear which is the smallest.")
    Leader = terminal("Has the smallest id.")
    Follower = terminal("Knows the leader.")


Asleep, Candidate, Defeated, Leader, Follower = State


@protocol(
    topology="Ring",
    links="reliable",
    problem="leader election",
    cost="O(n log n): at most 8n(1 + ceil(log2 n)) + n messages",
    source="Hirschberg & Sinclair 1980; Santoro 2006, 3.3.3",
)
@never(Back, in_=Asleep)
@never(Notify, in_=Asleep | Candidate)
class ControlledDistance:
    """Election on a ring by asking neighbourhoods of doubling size."""

    state: State = Asleep
    limit: u32 = 0
    returned: u8 = 0
    leader: Id | None = None

    @on(Spontaneously, in_=Asleep)
    def start(self, net: Net) -> None:
        self.limit = 1
        self.ask(net)
        self.state = Candidate

    @on(Forth, in_=Asleep)
    def wake_up(self, msg: Forth, sender: Port, net: Net) -> None:
        if msg.origin < net.id:
            self.relay_or_answer(msg, sender, net)
        else:
            self.start(net)

    @on(Forth, in_=Candidate, if_=lambda self, msg, net: msg.origin < net.id)
    @on(Forth, in_=Defeated)
    def relay_or_answer(self, msg: Forth, sender: Port, net: Net) -> None:
        if msg.limit > 1:
            net.send_other_way(sender, Forth(msg.origin, msg.limit - 1))
        else:
            net.send(sender, Back(msg.origin))
        self.state = Defeated

    @on(Forth, in_=Follower, if_=lambda self, msg: self.leader == msg.origin and msg.limit > 1)
    def relay_the_last(self, msg: Forth, sender: Port, net: Net) -> None:
        """The leader's Forth that went the other way.

        Whoever has decided before it came still relays it, so that the count of messages does not depend on which of
        the two was faster.
        """
        net.send_other_way(sender, Forth(msg.origin, msg.limit - 1))

    @on(Forth, in_=Candidate)
    def own_or_larger(self, msg: Forth, sender: Port, net: Net) -> None:
        if msg.origin == net.id:
            net.send_other_way(sender, Notify(leader=net.id))
            self.leader = net.id
            self.state = Leader

    @on(Back, in_=Candidate)
    def survive(self, net: Net) -> None:
        self.returned += 1
        if self.returned == 2:
            self.limit *= 2
            self.ask(net)

    @on(Back, in_=Defeated)
    def relay(self, msg: Back, sender: Port, net: Net) -> None:
        if msg.origin != net.id:
            net.send_other_way(sender, msg)

    @on(Notify, in_=Defeated)
    def follow(self, msg: Notify, sender: Port, net: Net) -> None:
        self.leader = msg.leader
        net.send_other_way(sender, msg)
        self.state = Follower

    def ask(self, net: Net) -> None:
        self.returned = 0
        net.send_to_all(Forth(origin=net.id, limit=self.limit))

    @always
    def at_most_one_leader(world: World) -> bool:
        """Never two leaders."""
        return world.count(Leader) <= 1

    @finally_
    def elected(world: World) -> bool:
        """When all is quiet, the node with the smallest id leads, and all know it."""
        smallest = min(node.id for node in world.nodes)
        leaders = [node.id for node in world.in_state(Leader)]
        return leaders == [smallest] and all(node.leader == smallest for node in world.nodes)
