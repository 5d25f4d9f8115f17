"""A rumour spreads: whoever hears it for the first time tells all its other neighbours."""

from __future__ import annotations

import distnodes as nodes
from distnodes import Net, Port, Spontaneously, World, auto, finally_, on, protocol, terminal, u32


@nodes.message
class Rumour:
    """What travels from node to node."""

    hops: u32


class State(nodes.State):
    """What a node can be."""

    Unaware = auto("Has not heard the rumour.")
    Aware = terminal("Has heard it, and told the others.")


Unaware, Aware = State


@protocol(initiators="one", problem="broadcast", cost="2m - n + 1 messages")
class First:
    """What a node remembers."""

    state: State = Unaware
    hops: u32 = 0

    @on(Spontaneously, in_=Unaware)
    def start(self, net: Net) -> None:
        """The initiator knows the rumour, and starts on its own."""
        net.send_to_all(Rumour(hops=1))
        self.state = Aware

    @on(Rumour, in_=Unaware)
    def hear(self, msg: Rumour, sender: Port, net: Net) -> None:
        """The first time, tell the others; a later rumour finds the node decided, and is dropped."""
        self.hops = msg.hops
        net.send_to_all_except(sender, Rumour(hops=msg.hops + 1))
        self.state = Aware

    @finally_
    def everybody_knows(world: World) -> bool:
        """Everybody knows, and only the initiator (0 hops) heard it from nobody."""
        return world.all_terminal and sum(node.hops == 0 for node in world.nodes) == 1
