"""Leader election on a ring: all the way.

*Problem.* All nodes agree on one of them, the leader: here the one with the smallest id.

*Model.* A ring with a direction, n unknown; distinct ids; links are reliable and may reorder; any nodes start on their
own.

*Idea.* Every node's id goes all the way round, counting links.  When a node's own id is back, it knows n; when it has
seen n ids, it knows the smallest, and so do all the others: no message need say it.

*Cost.* n^2 messages, always.

*Source.* Le Lann, Distributed systems: towards a formal approach, IFIP Congress 1977; in the form of Santoro, Design
and Analysis of Distributed Algorithms, 2006, section 3.3.1.
"""

from __future__ import annotations

import distnodes as nodes
from distnodes import Id, Net, Spontaneously, World, always, auto, finally_, on, protocol, terminal, u64


@nodes.message
class Election:
    """An id on its way round the ring, `hops` links from its node."""

    id: Id
    hops: u64


class State(nodes.State):
    """What a node is."""

    Asleep = auto("Has not heard of the election.")
    Awake = auto("Collects ids.")
    Leader = terminal("Has seen all ids, its own the smallest.")
    Follower = terminal("Has seen all ids, a smaller one than its own among them.")


Asleep, Awake, Leader, Follower = State


@protocol(
    topology="DirectedRing",
    links="reliable",
    problem="leader election",
    cost="n^2 messages",
    source="Le Lann 1977; Santoro 2006, 3.3.1",
)
class AllTheWay:
    """Election on a ring where every id goes all the way round."""

    state: State = Asleep
    seen: u64 = 0
    """How many ids have come by."""
    size: u64 | None = None
    """n, once the own id is back."""
    leader: Id | None = None

    @on(Spontaneously, in_=Asleep)
    def start(self, net: Net) -> None:
        self.leader = net.id
        net.send(net.right, Election(net.id, hops=1))
        self.state = Awake

    @on(Election, in_=Asleep)
    def wake_up(self, msg: Election, net: Net) -> None:
        self.start(net)
        self.collect(msg, net)

    @on(Election, in_=Awake)
    def collect(self, msg: Election, net: Net) -> None:
        self.seen += 1
        self.leader = msg.id if self.leader is None else min(self.leader, msg.id)
        if msg.id == net.id:
            self.size = msg.hops
        else:
            net.send(net.right, Election(msg.id, msg.hops + 1))
        if self.size == self.seen:
            self.state = Leader if self.leader == net.id else Follower

    @always
    def at_most_one_leader(world: World) -> bool:
        """Never two leaders."""
        return world.count(Leader) <= 1

    @finally_
    def elected(world: World) -> bool:
        """When all is quiet, the node with the smallest id leads, and all know it, and n."""
        smallest = min(node.id for node in world.nodes)
        leaders = [node.id for node in world.in_state(Leader)]
        size = len(world.nodes)
        return leaders == [smallest] and all((node.leader, node.size) == (smallest, size) for node in world.nodes)
