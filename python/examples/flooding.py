"""Broadcast by flooding.

*Problem.* What one node (or several) knows at first, all know in the end.

*Model.* Any connected graph, n unknown; links are reliable and may reorder; any nodes start on their own, each with
its input as the information.

*Idea.* Whoever is informed tells all neighbours, but not the one that told it, once.

*Cost.* 2m - n + k messages for k initiators that start before any message arrives.

*Source.* Folklore; Santoro, Design and Analysis of Distributed Algorithms, 2006, section 2.1.
"""

from __future__ import annotations

import distnodes as nodes
from distnodes import Net, Node, Port, Spontaneously, World, always, auto, finally_, on, protocol, terminal, u64


@nodes.message
class Info:
    """The information."""

    value: u64


class State(nodes.State):
    """What a node is."""

    Idle = auto("Knows nothing.")
    Done = terminal("Has the information.")


Idle, Done = State


@protocol(
    links="reliable",
    input=u64,
    problem="broadcast",
    cost="2m - n + k messages for k initiators",
    source="Santoro 2006, 2.1",
)
class Flooding:
    """Broadcast: whoever is informed tells all its other neighbours."""

    state: State = Idle
    source: bool = False
    value: u64 | None = None

    @on(Spontaneously, in_=Idle)
    def start(self, net: Net) -> None:
        self.source = True
        self.value = net.input
        net.send_to_all(Info(net.input))
        self.state = Done

    @on(Info, in_=Idle)
    def pass_on(self, msg: Info, sender: Port, net: Net) -> None:
        self.value = msg.value
        net.send_to_all_except(sender, msg)
        self.state = Done

    @always
    def done_is_informed(node: Node) -> bool:
        """Only a node that is done has the information."""
        return (node.state is Done) == (node.value is not None)

    @finally_
    def informed(world: World) -> bool:
        """When all is quiet, each node that lives has the information of an initiator."""
        sources = [node.value for node in world.nodes if node.source]
        return all(node.value is not None and node.value in sources for node in world.correct)
