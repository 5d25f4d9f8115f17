"""Broadcast with feedback: the echo algorithm.

*Problem.* A wave reaches all nodes, and its initiator hears when it has, together with what all of them know: here
how many they are, and their smallest id.

*Model.* Any connected graph, n unknown; links are reliable and may reorder; one initiator.

*Idea.* The wave goes out by flooding; the neighbour that brings it first is a node's parent.  A node that has heard
from all neighbours sends feedback, with what its part of the tree knows, to its parent.  When the initiator has
heard from all of its own neighbours, the wave has been everywhere.

*Cost.* 2m messages: one each way over every link.

*Source.* Chang, Echo algorithms: depth parallel operations on general graphs, IEEE TSE 8(4), 1982; Segall,
Distributed network protocols, IEEE Transactions on Information Theory 29(1), 1983.
"""

from __future__ import annotations

import distnodes as nodes
from distnodes import Id, Net, Port, Spontaneously, World, always, auto, finally_, never, on, protocol, terminal, u64


@nodes.message
class Wave:
    """The wave on its way out."""


@nodes.message
class Feedback:
    """The wave on its way back: the size and the smallest id of the sender's part of the tree."""

    size: u64
    smallest: Id


class State(nodes.State):
    """What a node is."""

    Idle = auto("Has not seen the wave.")
    Active = auto("Waits to hear from all neighbours.")
    Done = terminal("Has sent its feedback.")
    Decided = terminal("Began the wave, and knows that it has been everywhere.")


Idle, Active, Done, Decided = State


@protocol(
    links="reliable",
    initiators="one",
    problem="broadcast with feedback",
    cost="2m messages",
    source="Chang 1982; Segall 1983",
)
@never(Feedback, in_=Idle)
class Echo:
    """A wave that goes out to all nodes, and comes back with what they know."""

    state: State = Idle
    parent: Port | None = None
    heard: u64 = 0
    size: u64 = 0
    """Of this node's part of the tree, as far as it has answered."""
    smallest: Id = 0

    @on(Spontaneously, in_=Idle)
    def start(self, net: Net) -> None:
        self.join(None, net)

    @on(Wave, in_=Idle)
    def reached(self, sender: Port, net: Net) -> None:
        self.heard = 1
        self.join(sender, net)

    @on(Wave, in_=Active)
    def crossed(self, net: Net) -> None:
        self.heard += 1
        self.check(net)

    @on(Feedback, in_=Active)
    def gather(self, msg: Feedback, net: Net) -> None:
        self.heard += 1
        self.size += msg.size
        self.smallest = min(self.smallest, msg.smallest)
        self.check(net)

    def join(self, parent: Port | None, net: Net) -> None:
        self.parent = parent
        self.size = 1
        self.smallest = net.id
        net.send_to_all_except(parent, Wave())
        self.state = Active
        self.check(net)

    def check(self, net: Net) -> None:
        if self.heard < net.degree:
            return
        if self.parent is not None:
            net.send(self.parent, Feedback(self.size, self.smallest))
            self.state = Done
        else:
            self.state = Decided

    @always
    def decided_last(world: World) -> bool:
        """The initiator decides after all others are done."""
        return world.count(Decided) == 0 or world.all_terminal

    @finally_
    def knows_all(world: World) -> bool:
        """When all is quiet, the initiator knows how many nodes there are, and the smallest id."""
        smallest = min(node.id for node in world.nodes)
        knowing = [(node.size, node.smallest) for node in world.in_state(Decided)]
        return knowing == [(len(world.nodes), smallest)]
