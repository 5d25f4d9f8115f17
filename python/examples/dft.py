"""Depth-first traversal.

*Problem.* A token visits all nodes, one after the other.

*Model.* Any connected graph, n unknown; links are reliable and may reorder; one initiator.

*Idea.* The token goes to a neighbour over a link that has not been used.  A node that has it for the first time does
the same; one that has been visited sends it back at once over what is now known as a back edge.  When no unused link
is left, the token returns to where it first came from.

*Cost.* 2m messages, one after the other: m times the token, n - 1 returns, m - n + 1 back edges.

*Source.* Santoro, Design and Analysis of Distributed Algorithms, 2006, section 2.3.1.
"""

from __future__ import annotations

import distnodes as nodes
from distnodes import Net, Node, Port, Spontaneously, World, always, auto, finally_, never, on, protocol, terminal


@nodes.message
class Token:
    """The token, forward."""


@nodes.message
class Return:
    """The token, back from a node that has finished."""


@nodes.message
class BackEdge:
    """The token, back from a node that had been visited."""


class State(nodes.State):
    """What a node is."""

    Idle = auto("Has not been visited.")
    Visited = auto("Has been visited; the token is with it or behind it.")
    Done = terminal("The token has returned from here.")


Idle, Visited, Done = State


@protocol(
    links="reliable",
    initiators="one",
    problem="traversal",
    cost="2m messages, time 2m",
    source="Santoro 2006, 2.3.1",
)
@never(Return, in_=Idle)
@never(BackEdge, in_=Idle)
class Dft:
    """A token that visits all nodes in depth-first order."""

    state: State = Idle
    root: bool = False
    parent: Port | None = None
    unused: set[Port] = nodes.field(default_factory=set)
    """The links that have not been used."""

    @on(Spontaneously, in_=Idle)
    def start(self, net: Net) -> None:
        self.root = True
        self.unused = set(net.ports)
        self.go_on(net)

    @on(Token, in_=Idle)
    def visit(self, sender: Port, net: Net) -> None:
        self.parent = sender
        self.unused = set(net.ports) - {sender}
        self.go_on(net)

    @on(Token, in_=Visited)
    def refuse(self, sender: Port, net: Net) -> None:
        self.unused.discard(sender)
        net.send(sender, BackEdge())

    @on(Return, in_=Visited)
    @on(BackEdge, in_=Visited)
    def go_on(self, net: Net) -> None:
        self.state = Visited
        if self.unused:
            following = min(self.unused)
            self.unused.remove(following)
            net.send(following, Token())
        else:
            if self.parent is not None:
                net.send(self.parent, Return())
            self.state = Done

    @always
    def visited_from_somewhere(node: Node) -> bool:
        """Whoever has been visited knows who brought the token, unless it began."""
        return (node.state is Idle) == (not node.root and node.parent is None)

    @finally_
    def depth_first_tree(world: World) -> str | None:
        """When all is quiet, parents form a depth-first tree: every link joins a node and one of its ancestors."""
        children: list[list[int]] = [[] for _ in world.nodes]
        for node in world.nodes:
            if node.parent is not None:
                parent, _ = world.graph.end(node.index, node.parent)
                children[parent].append(node.index)
        # When each node is first and last seen on a walk around the tree: a node's interval lies in its ancestors'.
        first: dict[int, int] = {}
        last: dict[int, int] = {}
        walk = [(node.index, False) for node in world.nodes if node.root]
        time = 0
        while walk:
            index, leaving = walk.pop()
            time += 1
            if leaving:
                last[index] = time
            else:
                first[index] = time
                walk.append((index, True))
                walk += [(child, False) for child in children[index]]
        lost = [node.index for node in world.nodes if node.index not in first]
        if lost:
            return f"node {lost[0]} is not on the root's tree"
        for a, b in world.graph.links:
            if last[a] < first[b] or last[b] < first[a]:
                return f"neither of {a} and {b} is the other's ancestor"
        return None
