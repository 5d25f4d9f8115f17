"""Saturation: computing on a tree from its leaves.

*Problem.* All nodes of a tree learn a value of the whole: here the smallest id, how far the farthest node is (the
eccentricity), and whether they are a centre.

*Model.* A tree, n unknown; distinct ids; links are reliable and in order; any nodes start on their own.

*Idea.* The initiators wake the others.  A node that has heard from all neighbours but one tells that one, its
parent, what it knows of its side of the tree; leaves do so at once.  The wave ends at the two neighbours that chose
each other: they are saturated, know all, and send it back over the tree.

*Cost.* 3n + k - 4 messages for k initiators that start before any message arrives: n + k - 2 to wake, n to saturate,
n - 2 to notify.

*Source.* Santoro, Design and Analysis of Distributed Algorithms, 2006, section 2.6.
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
    ignore,
    never,
    on,
    protocol,
    terminal,
    u32,
)


@nodes.message
class Activate:
    """Wakes the neighbour."""


@nodes.message
class M:
    """What the sender knows of its side of the tree: the smallest id, and how far from it the farthest node is."""

    smallest: Id
    depth: u32


@nodes.message
class Notify:
    """The smallest id of all, and how far from the sender the farthest node is that is not on the receiver's side."""

    smallest: Id
    depth: u32


class State(nodes.State):
    """What a node is."""

    Available = auto("Has not been woken.")
    Active = auto("Waits to hear from all neighbours but one.")
    Processing = auto("Has told its parent.")
    Saturated = terminal("Has heard from all: one of two neighbours.")
    Done = terminal("Has been notified.")


Available, Active, Processing, Saturated, Done = State


@protocol(
    topology="Tree",
    problem="computing on a tree",
    cost="3n + k - 4 messages for k initiators",
    source="Santoro 2006, 2.6",
)
@never(M, in_=Available)
@never(Notify, in_=Available | Active)
@ignore(Activate, in_=Active | Processing)
class Saturation:
    """The smallest id, eccentricities and centres of a tree, from the leaves to a saturated pair and back."""

    state: State = Available
    parent: Port | None = None
    smallest: Id = 0
    distance: dict[Port, u32] = nodes.field(default_factory=dict)
    """Over each port: how far the farthest node is."""
    eccentricity: u32 = 0
    centre: bool = False

    @on(Spontaneously, in_=Available)
    def start(self, net: Net) -> None:
        net.send_to_all(Activate())
        self.begin(net)

    @on(Activate, in_=Available)
    def wake_up(self, sender: Port, net: Net) -> None:
        net.send_to_all_except(sender, Activate())
        self.begin(net)

    def begin(self, net: Net) -> None:
        self.smallest = net.id
        self.state = Active
        self.tell_parent(net)

    @on(M, in_=Active)
    def gather(self, msg: M, sender: Port, net: Net) -> None:
        self.hear(sender, msg.smallest, msg.depth)
        self.tell_parent(net)

    def tell_parent(self, net: Net) -> None:
        silent = [port for port in net.ports if port not in self.distance]
        if len(silent) == 1:
            self.parent = silent[0]
            net.send(self.parent, M(self.smallest, self.depth_without(self.parent)))
            self.state = Processing
        elif not silent:
            self.resolve(net)
            self.state = Saturated

    @on(M, in_=Processing)
    def saturate(self, msg: M, sender: Port, net: Net) -> None:
        self.hear(sender, msg.smallest, msg.depth)
        self.resolve(net)
        self.state = Saturated

    @on(Notify, in_=Processing)
    def learn(self, msg: Notify, sender: Port, net: Net) -> None:
        self.hear(sender, msg.smallest, msg.depth)
        self.resolve(net)
        self.state = Done

    def hear(self, sender: Port, smallest: Id, depth: u32) -> None:
        self.smallest = min(self.smallest, smallest)
        self.distance[sender] = depth + 1

    def resolve(self, net: Net) -> None:
        """All is known: what are eccentricity and centre, and who has yet to hear?"""
        for port in net.ports:
            if port != self.parent:
                net.send(port, Notify(self.smallest, self.depth_without(port)))
        farthest, second = sorted((0, 0, *self.distance.values()), reverse=True)[:2]
        self.eccentricity = farthest
        self.centre = farthest - second <= 1

    def depth_without(self, port: Port) -> u32:
        """How far the farthest node is that is not behind `port`."""
        return max((distance for other, distance in self.distance.items() if other != port), default=0)

    @always
    def at_most_two_saturated(world: World) -> bool:
        """No more than two nodes are ever saturated."""
        return world.count(Saturated) <= 2

    @finally_
    def saturated_pair(world: World) -> bool:
        """When all is quiet, two nodes are saturated, and each is the other's parent (one, if there is only one)."""
        pair = world.in_state(Saturated)
        parents = [
            world.nodes[world.graph.end(node.index, node.parent)[0]].id for node in pair if node.parent is not None
        ]
        if len(world.nodes) == 1:
            return len(pair) == 1 and not parents
        return len(pair) == 2 and parents == [pair[1].id, pair[0].id]

    @finally_
    def known_to_all(world: World) -> str | None:
        """When all is quiet, each node knows the smallest id, its eccentricity, and whether it is a centre."""
        # On a tree the farthest node is one of the two ends of any longest path.
        from_any = distances(world, 0)
        from_one = distances(world, from_any.index(max(from_any)))
        from_other = distances(world, from_one.index(max(from_one)))
        eccentricities = [max(one, other) for one, other in zip(from_one, from_other, strict=True)]
        smallest = min(node.id for node in world.nodes)
        for node, eccentricity in zip(world.nodes, eccentricities, strict=True):
            if (node.smallest, node.eccentricity) != (smallest, eccentricity):
                return f"node {node.index} knows {node.smallest} and {node.eccentricity}"
            if node.centre != (eccentricity == min(eccentricities)):
                return f"node {node.index} is mistaken in whether it is a centre"
        return None


def distances(world: World, start: int) -> list[int]:
    """How far each node is from one, for the properties."""
    found = {start: 0}
    ahead = [start]
    while ahead:
        node = ahead.pop()
        for neighbour in world.graph.neighbours(node):
            if neighbour not in found:
                found[neighbour] = found[node] + 1
                ahead.append(neighbour)
    return [found[node.index] for node in world.nodes]
