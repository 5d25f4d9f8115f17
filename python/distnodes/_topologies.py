"""Classes of graphs of the user's own: what a protocol is declared for."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ._graphs import Graph


class Topology(NamedTuple):
    """A class of graphs, as `topology` makes one."""

    name: str
    usual: str
    accepts: Callable[[Graph], bool | str | None]


def topology(usual: str) -> Callable[[Callable[[Graph], bool | str | None]], Topology]:
    """A class of graphs that a protocol can be declared for, from a function that looks at one::

        @nodes.topology(usual="star:9")
        def Star(graph: nodes.Graph) -> bool | str:
            centre = graph.degrees[0]
            return centre == graph.nodes - 1 == len(graph.links) or f"node 0 has {centre} neighbours"


        @protocol(topology=Star)
        class Gather: ...

    Every engine holds it against the graph before any node is made.  The function is given the graph; `True` and `None`
    mean that it is of the class, `False` and a text, which says why, that it is none.

    Args:
        usual: The specification of a graph that is one, on which a run is made unless another is given.
    """
    return lambda accepts: Topology(accepts.__name__, usual, accepts)
