"""Matrices by which neighbours average: how much each node weighs what it hears from each other."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from .. import _graphs, _native
from .._mistakes import did_you_mean, one_text_of

Matrix: TypeAlias = npt.NDArray[np.float64]

_WAYS = ("metropolis", "uniform")


def mixing(graph: Any, how: Literal["metropolis", "uniform"] = "metropolis", *, seed: int = 0) -> Matrix:
    """The matrix by which the nodes of a graph average with their neighbours.

    It is doubly stochastic (no entry is negative, and each row and column sums to 1), symmetric, and 0 where there is
    no link.  A protocol has the same numbers as weights of its links: with `simulate(.., weights="metropolis")` they
    are `net.weight(port)`, and a node weighs its own with what is left, `1 - sum(map(net.weight, net.ports))`.

    Args:
        graph: What `simulate` takes.
        how: What a link weighs: `"metropolis"`, 1 / (1 + the larger degree of its two ends) [Xiao, Boyd and Lall 2006];
            or `"uniform"`, 1 / (1 + the largest degree of all).  Where each node has d neighbours, both are 1 / (1 +
            d).
        seed: That of the run, for a graph that is drawn: `mixing("gnp:20,0.3", seed=7)` is of the same one as
            `simulate(.., "gnp:20,0.3", seed=7)`.

    Raises:
        ValueError: If links lead one way, or from a node to itself; if there is no such way to weigh.
        TypeError: If it is no graph.
    """
    if how not in _WAYS:
        raise ValueError(
            f"mixing: there is no way `{how}` to weigh links{did_you_mean(how, _WAYS)}; write {one_text_of(_WAYS)}"
        )
    nodes, links = _native.weighed(graph if isinstance(graph, str) else _graphs.read(graph), how, seed)
    matrix = np.zeros((nodes, nodes))
    for a, b, weight in links:
        matrix[a, b] = matrix[b, a] = weight
    np.fill_diagonal(matrix, 1 - matrix.sum(axis=1))
    return matrix


def spectral_gap(matrix: npt.ArrayLike) -> float:
    """1 less the second largest absolute value of an eigenvalue.

    In each step of averaging, the distance to the mean shrinks at least by that part of itself.
    It is 1 where one step gives the mean, and 0 where the graph falls apart or nodes only exchange what they have.

    Raises:
        ValueError: If the matrix is not symmetric, or its rows do not sum to 1.
    """
    given = np.asarray(matrix, dtype=np.float64)
    if given.ndim != 2 or given.shape[0] != given.shape[1] or not np.allclose(given, given.T):
        raise ValueError("spectral_gap: the matrix is not symmetric, as that of `mixing` is")
    if not np.allclose(given.sum(axis=1), 1):
        raise ValueError("spectral_gap: the rows of the matrix do not sum to 1, as those of `mixing` do")
    values = np.sort(np.abs(np.linalg.eigvalsh(given)))
    return float(1 - values[-2]) if len(values) > 1 else 1.0
