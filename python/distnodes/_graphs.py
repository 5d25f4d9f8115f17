"""Graphs, from wherever they come."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple


class Graph(NamedTuple):
    """A graph as the engines take it: nodes are numbers from 0 on."""

    nodes: int
    links: list[tuple[int, int, float]]
    """Each with its weight."""
    directed: bool = False
    """Whether each link leads one way."""
    names: list[str] | None = None
    """What the nodes are called."""
    labels: dict[Any, int] | None = None
    """The nodes by their labels in the program's graph; `None` if those are the numbers themselves."""

    @property
    def degrees(self) -> list[int]:
        """How many links end at each node; a link from a node to itself ends there twice."""
        found = [0] * self.nodes
        for a, b, _ in self.links:
            found[a] += 1
            found[b] += 1
        return found


def read(given: Any) -> Graph:
    """What a run's `graph` stands for.

    Args:
        given: A NetworkX graph; a square SciPy sparse matrix or NumPy array of
            weights (symmetric: both ways); a pair `(nodes, links)`; or an (m, 2) array or list of links.

    Raises:
        TypeError: If it is nothing of these.
        ValueError: If a link leads to a node that is not there.
    """
    if isinstance(given, Graph):
        return given
    if hasattr(given, "nodes") and hasattr(given, "edges") and callable(getattr(given, "is_directed", None)):
        return _of_networkx(given)
    if hasattr(given, "tocoo"):
        matrix = given.tocoo()
        return _of_entries(
            matrix.shape, zip(matrix.row.tolist(), matrix.col.tolist(), matrix.data.tolist(), strict=True)
        )
    if hasattr(given, "shape") and hasattr(given, "tolist"):
        return _of_array(given)
    if isinstance(given, tuple) and len(given) == 2 and isinstance(given[0], int):
        return Graph(given[0], [_link(link) for link in given[1]])
    if isinstance(given, Iterable):
        links = [_link(link) for link in given]
        return Graph(1 + max((max(a, b) for a, b, _ in links), default=0), links)
    raise TypeError(
        f"{given!r} is not a graph: give a specification such as 'ring:8', a NetworkX graph, a SciPy matrix, "
        "a pair (nodes, links), or a list of links"
    )


def _link(link: Any) -> tuple[int, int, float]:
    ends = list(link)
    if len(ends) == 2:
        return int(ends[0]), int(ends[1]), 1.0
    if len(ends) == 3:
        return int(ends[0]), int(ends[1]), float(ends[2])
    raise ValueError(f"{link!r} is not a link: write (a, b), or (a, b, weight)")


def _of_networkx(graph: Any) -> Graph:
    numbers = set(range(len(graph.nodes)))
    # As in files: labels that are the numbers of the nodes are just that, in whatever order they stand.
    plain = all(type(node) is int for node in graph.nodes) and set(graph.nodes) == numbers
    place = {node: node if plain else index for index, node in enumerate(graph.nodes)}
    links = [(place[a], place[b], float(data.get("weight", 1.0))) for a, b, data in graph.edges(data=True)]
    if plain:
        return Graph(len(place), links, graph.is_directed())
    return Graph(len(place), links, graph.is_directed(), [str(node) for node in place], place)


def _of_array(array: Any) -> Graph:
    if len(array.shape) == 2 and array.shape[1] in (2, 3) and array.shape[0] != array.shape[1]:
        return read(array.tolist())
    if len(array.shape) == 2 and array.shape[0] == array.shape[1]:
        rows = array.tolist()
        entries = ((a, b, value) for a, row in enumerate(rows) for b, value in enumerate(row) if value)
        return _of_entries(array.shape, entries)
    raise ValueError(f"an array of shape {tuple(array.shape)} is not a graph: (n, n) holds weights, (m, 2) links")


def _of_entries(shape: tuple[int, int], entries: Iterable[tuple[int, int, Any]]) -> Graph:
    if shape[0] != shape[1]:
        raise ValueError(f"a matrix of shape {tuple(shape)} is not a graph: it must be square")
    weights = {(a, b): float(weight) for a, b, weight in entries}
    if all(weights.get((b, a)) == weight for (a, b), weight in weights.items()):
        links = [(a, b, weight) for (a, b), weight in weights.items() if a <= b]
        return Graph(shape[0], links)
    return Graph(shape[0], [(a, b, weight) for (a, b), weight in weights.items()], directed=True)
