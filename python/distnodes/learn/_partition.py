"""Which samples each node has: from one data set, parts that differ as those of real nodes do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from .._mistakes import did_you_mean, one_text_of

Indices: TypeAlias = npt.NDArray[np.intp]


def partition(y: npt.ArrayLike, n: int, how: str = "iid", *, seed: int = 0) -> list[Indices]:
    """Divides samples among nodes: for each of `n` nodes the places of its samples in `y`, in ascending order.

    The parts are disjoint, cover everything, and none is empty.  They are a function of the arguments, on every machine
    with the same NumPy, and no other generator of random numbers moves.

    Args:
        y: What is learned of each sample: its class, for parts that differ in it.
        n: How many nodes.
        how: How the parts differ:

            - `"iid"`: not at all; sizes differ by one at most.
            - `"dirichlet:0.5"`: in their classes.  The samples of each class are divided by shares from a symmetric
              Dirichlet distribution over the nodes, of that concentration: the lower, the fewer classes a node has.
              Nodes with more samples than the average get none of the classes that follow [Li et al. 2022].  A part
              that comes out empty takes one sample from the largest.
            - `"shards:2"`: in their classes.  Sorted by class, the samples are cut into `2 n` shards of about equal
              size, of which each node is dealt 2: it has about 2 classes [McMahan et al. 2017].
            - `"quantity:0.5"`: in their sizes only.  Each node has one sample, and the rest is divided by shares from
              such a Dirichlet distribution.
        seed: What the parts follow from.

    Raises:
        ValueError: If there are more nodes than samples, or more shards; if `how` is none of these.
    """
    labels = np.asarray(y)
    if labels.ndim != 1:
        raise ValueError(f"partition: `y` has shape {labels.shape}; give one class for each sample, in one dimension")
    if n < 1:
        raise ValueError(f"partition: {n} nodes: there must be one at least")
    if n > len(labels):
        raise ValueError(f"partition: {n} nodes, and only {len(labels)} samples: some node would have none")
    deal, value = _read(how)
    parts = deal(labels, n, value, np.random.default_rng(seed))
    return [np.sort(part) for part in parts]


Deal: TypeAlias = Callable[[Any, int, float, np.random.Generator], list[Indices]]


def _read(how: str) -> tuple[Deal, float]:
    """How samples are dealt, and the number that says more of it."""
    word, colon, text = how.partition(":")
    if word not in _WAYS:
        raise ValueError(
            f"partition: there is no way `{how}` to divide samples{did_you_mean(word, _WAYS)}; write {_ALL}"
        )
    deal, example = _WAYS[word]
    if example is None:
        if colon:
            raise ValueError(f"partition: `{how}`: `{word}` stands alone")
        return deal, 0.0
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value < float("inf") or (word == "shards" and not value.is_integer()):
        kind = "a whole number" if word == "shards" else "a number"
        raise ValueError(f'partition: `{how}`: behind `{word}:` stands {kind} above 0, such as "{example}"')
    return deal, value


def _iid(labels: Any, n: int, _: float, random: np.random.Generator) -> list[Indices]:
    return np.array_split(random.permutation(len(labels)), n)


def _dirichlet(labels: Any, n: int, concentration: float, random: np.random.Generator) -> list[Indices]:
    parts: list[list[Indices]] = [[] for _ in range(n)]
    sizes = np.zeros(n, dtype=np.intp)
    for one in np.unique(labels):
        places = random.permutation(np.flatnonzero(labels == one))
        drawn = random.dirichlet(np.full(n, concentration))
        shares = drawn * (sizes * n < len(labels))
        # Of a very low concentration, all shares but that of a large node may be too small for a float.
        shares = shares if shares.sum() else drawn
        for node, part in enumerate(np.split(places, _cuts(shares, len(places)))):
            parts[node].append(part)
            sizes[node] += len(part)
    return _without_empty([np.concatenate(part) for part in parts], random)


def _without_empty(parts: list[Indices], random: np.random.Generator) -> list[Indices]:
    """Each empty part takes a sample from the one that has most."""
    for node, part in enumerate(parts):
        if not len(part):
            richest = max(range(len(parts)), key=lambda other: len(parts[other]))
            mixed = random.permutation(parts[richest])
            parts[node], parts[richest] = mixed[:1], mixed[1:]
    return parts


def _cuts(shares: Any, count: int) -> Any:
    """Where so many samples are cut, for parts of these shares."""
    return (np.cumsum(shares / shares.sum())[:-1] * count).astype(np.intp)


def _shards(labels: Any, n: int, each: float, random: np.random.Generator) -> list[Indices]:
    count = n * int(each)
    if count > len(labels):
        raise ValueError(f"partition: {n} nodes with {int(each)} shards each, and only {len(labels)} samples")
    # Which samples of a class share a shard is drawn; so is who gets it.
    mixed = random.permutation(len(labels))
    shards = np.array_split(mixed[np.argsort(labels[mixed], kind="stable")], count)
    dealt = random.permutation(count).reshape(n, int(each))
    return [np.concatenate([shards[shard] for shard in own]) for own in dealt]


def _quantity(labels: Any, n: int, concentration: float, random: np.random.Generator) -> list[Indices]:
    # One sample for each node, and the rest by shares.
    cuts = np.arange(1, n) + _cuts(random.dirichlet(np.full(n, concentration)), len(labels) - n)
    return np.split(random.permutation(len(labels)), cuts)


_WAYS: dict[str, tuple[Deal, str | None]] = {
    "iid": (_iid, None),
    "dirichlet": (_dirichlet, "dirichlet:0.5"),
    "shards": (_shards, "shards:2"),
    "quantity": (_quantity, "quantity:0.5"),
}
_ALL = one_text_of(example or word for word, (_, example) in _WAYS.items())
