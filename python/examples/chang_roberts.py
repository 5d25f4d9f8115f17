"""Leader election on a ring by chasing the smallest id.

*Problem.* All nodes agree on one of them, the leader: here the one with the smallest id.

*Model.* A ring with a direction, n unknown; distinct ids; links are reliable and may reorder; any nodes start on
their own.

*Idea.* An id goes to the right until it meets a smaller one.  A node that is woken by a smaller id than its own only
passes it on; one that is woken by a larger id swallows that and sends its own.  The smallest id comes all the way
round.

*Cost.* With one initiator, 2n messages and the distance from it to the smallest id, whatever the order of the
others; with all, n H(n) + n on average over random arrangements.

*Source.* Chang and Roberts, An improved algorithm for decentralized extrema-finding in circular configurations of
processes, CACM 22(5), 1979.
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
    Awake = auto("Has sent its id, or passed on a smaller one.")
    Leader = terminal("Has the smallest id.")
    Follower = terminal("Knows the leader.")


Asleep, Awake, Leader, Follower = State


@protocol(
    topology="DirectedRing",
    links="reliable",
    problem="leader election",
    cost="2n + d messages for one initiator d links before the smallest id",
    source="Chang & Roberts 1979",
)
@never(Notify, in_=Asleep)
class ChangRoberts:
    """Election on a ring where only those send their ids that have not seen a smaller one."""

    state: State = Asleep
    leader: Id | None = None

    @on(Spontaneously, in_=Asleep)
    def start(self, net: Net) -> None:
        net.send(net.right, Election(net.id))
        self.state = Awake

    @on(Election, in_=Asleep)
    def wake_up(self, msg: Election, net: Net) -> None:
        if msg.id < net.id:
            net.send(net.right, msg)
            self.state = Awake
        else:
            self.start(net)

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
