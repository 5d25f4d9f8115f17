"""A spanning tree by shouting.

*Problem.* The nodes choose links that form a tree with all nodes on it; each knows which of its own links belong to
it.

*Model.* Any connected graph, n unknown; links are reliable and may reorder; one initiator.

*Idea.* Flood a question, "are you my neighbour in the tree?".  A node says yes to the first who asks, who becomes
its parent, asks its other neighbours, and says no to whoever asks later, even when it is itself done.  A node is
done when each neighbour has answered.

*Cost.* 4m - 2n + 2 messages: 2m - n + 1 questions, n - 1 yes, 2(m - n + 1) no.

*Source.* Santoro, Design and Analysis of Distributed Algorithms, 2006, section 2.5.
"""

from __future__ import annotations

import distnodes as nodes
from distnodes import Net, Node, Port, Spontaneously, World, always, auto, finally_, never, on, protocol, terminal, u64


@nodes.message
class Q:
    """ "Are you my neighbour in the tree?" """


@nodes.message
class Yes:
    """ "Yes, as your child." """


@nodes.message
class No:
    """ "No, I have a parent already." """


class State(nodes.State):
    """What a node is."""

    Idle = auto("Has not been asked.")
    Active = auto("Waits for answers.")
    Done = terminal("Knows all its links in the tree.")


Idle, Active, Done = State


@protocol(
    links="reliable",
    initiators="one",
    problem="spanning tree",
    cost="4m - 2n + 2 messages",
    source="Santoro 2006, 2.5",
)
@never(Yes, in_=Idle)
@never(No, in_=Idle)
class Shout:
    """A spanning tree by asking all neighbours and saying yes to the first who asks."""

    state: State = Idle
    parent: Port | None = None
    children: list[Port] = nodes.field(default_factory=list)
    answers: u64 = 0
    """How many neighbours' part is known."""

    @on(Spontaneously, in_=Idle)
    def start(self, net: Net) -> None:
        net.send_to_all(Q())
        self.check(net)

    @on(Q, in_=Idle)
    def join(self, sender: Port, net: Net) -> None:
        self.parent = sender
        self.answers = 1
        net.send(sender, Yes())
        net.send_to_all_except(sender, Q())
        self.check(net)

    @on(Q, in_=Active | Done)
    def refuse(self, sender: Port, net: Net) -> None:
        net.send(sender, No())

    @on(Yes, in_=Active)
    def adopt(self, sender: Port, net: Net) -> None:
        self.children.append(sender)
        self.count(net)

    @on(No, in_=Active)
    def count(self, net: Net) -> None:
        self.answers += 1
        self.check(net)

    def check(self, net: Net) -> None:
        self.state = Done if self.answers == net.degree else Active

    @always
    def no_short_cycle(node: Node) -> bool:
        """Nobody's parent is its child."""
        return node.parent is None or node.parent not in node.children

    @finally_
    def spanning_tree(world: World) -> str | None:
        """When all is quiet, each node is reached once from one root, over links that both ends know."""
        reached: set[int] = set()
        ahead = [node for node in world.nodes if node.parent is None]
        if len(ahead) != 1:
            return f"{len(ahead)} nodes have no parent"
        while ahead:
            node = ahead.pop()
            if node.index in reached:
                return f"node {node.index} is reached twice"
            reached.add(node.index)
            for port in node.children:
                neighbour, back = world.graph.end(node.index, port)
                child = world.nodes[neighbour]
                if child.parent != back:
                    return f"node {node.index} is not the parent of {child.index}"
                ahead.append(child)
        lost = [node.index for node in world.nodes if node.index not in reached]
        return f"node {lost[0]} is not on the root's tree" if lost else None
