"""Leader election on a ring: as far as it can.

*Problem.* All nodes agree on one of them, the leader: here the one with the smallest id.

*Model.* A ring with a direction, n unknown; distinct ids; links are reliable and in order; any nodes start on their
own.

*Idea.* Every node sends its id to the right.  A node passes on an id that is smaller than its own and swallows a
larger one, so an id goes as far as the next smaller one, and only the smallest comes all the way round.  Its node
then tells the others.

*Cost.* The sum over all nodes of the distance to the next smaller id, n for the smallest itself, and n to notify:
between 2n - 1 + n and n(n + 1)/2 + n messages, n H(n) + n on average over random arrangements.

*Source.* Chang and Roberts, An improved algorithm for decentralized extrema-finding in circular configurations of
processes, CACM 22(5), 1979; in the form of Santoro, Design and Analysis of Distributed Algorithms, 2006, section
3.3.2.
"""

from __future__ import annotations

import distnodes as nodes
from distnodes import Id, Net, Spontaneously, World, always, auto, finally_, never, on, protocol, terminal


@nodes.message
class Election:
    """An id on its way to the next smaller one."""

    id: Id


@nodes.message
class Notify:
    """The election is over."""

    leader: Id


class State(nodes.State):
    """What a node is."""

    Asleep = auto("Has not heard of the election.")
    Awake = auto("Has sent its id.")
    Leader = terminal("Has the smallest id.")
    Follower = terminal("Knows the leader.")


Asleep, Awake, Leader, Follower = State


@protocol(
    topology="DirectedRing",
    problem="leader election",
    cost="n H(n) + n messages on average, at most n(n + 1)/2 + n messages",
    source="Chang & Roberts 1979; Santoro 2006, 3.3.2",
)
@never(Notify, in_=Asleep)
class AsFar:
    """Election on a ring where an id travels until it meets a smaller one."""

    state: State = Asleep
    leader: Id | None = None

    @on(Spontaneously, in_=Asleep)
    def start(self, net: Net) -> None:
        net.send(net.right, Election(net.id))
        self.state = Awake

    @on(Election, in_=Asleep)
    def wake_up(self, msg: Election, net: Net) -> None:
        self.start(net)
        self.compare(msg, net)

    @on(Election, in_=Awake)
    def compare(self, msg: Election, net: Net) -> None:
        if msg.id < net.id:
            net.send(net.right, msg)
        elif msg.id == net.id:
            net.send(net.right, Notify(leader=net.id))
            self.leader = net.id
            self.state = Leader

    @on(Notify, in_=Awake)
    def follow(self, msg: Notify, net: Net) -> None:
        self.leader = msg.leader
        net.send(net.right, msg)
        self.state = Follower

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
