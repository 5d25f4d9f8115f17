"""What comes of the weights of several models."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

Weights: TypeAlias = Mapping[str, Any]
"""The weights of a model: arrays of NumPy, or tensors of PyTorch, by name, as `parameters` gives them."""


def average(models: Iterable[tuple[Weights, float]]) -> dict[str, Any]:
    """The mean of models, each of which counts by a weight: `average([(w, 30), (v, 10)])`.

    It is computed in the type of each array, in the order in which the models are given; of whole numbers, it is
    rounded.

    Raises:
        ValueError: If there is none; if names or shapes differ; if a weight is negative, or all are 0.
    """
    given = list(models)
    names = _alike("average", [weights for weights, _ in given])
    counts = [float(count) for _, count in given]
    total = sum(counts)
    if min(counts) < 0 or not 0 < total < float("inf"):
        raise ValueError(f"average: the weights {counts} are not all at least 0, and one of them more")

    def mean(name: str) -> Any:
        first = given[0][0][name]
        mixed = _wide(first) * (counts[0] / total)
        for (weights, _), count in zip(given[1:], counts[1:], strict=True):
            mixed = mixed + _wide(weights[name]) * (count / total)
        return _as(mixed, first)

    return {name: mean(name) for name in names}


def consensus_distance(models: Iterable[Weights]) -> float:
    """How far models are from their mean: the mean of the squared distances, over all weights together.

    Raises:
        ValueError: If there is none, or names or shapes differ.
    """
    given = list(models)
    distance = 0.0
    for name in _alike("consensus_distance", given):
        stacked = np.stack([_array(weights[name]) for weights in given])
        distance += float(((stacked - stacked.mean(axis=0)) ** 2).sum())
    return distance / len(given)


def trimmed_mean(models: Iterable[Weights], trim: int) -> dict[str, Any]:
    """The mean of each weight without its `trim` least and its `trim` largest values [Yin et al. 2018].

    So many models that lie cannot move it beyond the values of the others.

    Raises:
        ValueError: If none would be left; if names or shapes differ.
    """
    given = list(models)
    if not 0 <= trim <= (len(given) - 1) // 2:
        raise ValueError(f"trimmed_mean: without {trim} at each end, none of {len(given)} models is left")
    return _over("trimmed_mean", given, lambda values: values[trim : len(values) - trim].mean(0))


def coordinate_median(models: Iterable[Weights]) -> dict[str, Any]:
    """The median of each weight; of an even number of models, the mean of the two in the middle [Yin et al. 2018].

    Raises:
        ValueError: If there is none, or names or shapes differ.
    """
    given = list(models)
    low, high = (len(given) - 1) // 2, len(given) // 2
    return _over("coordinate_median", given, lambda values: (values[low] + values[high]) / 2)


def _over(what: str, given: Sequence[Weights], of: Callable[[Any], Any]) -> dict[str, Any]:
    """What a function makes of the values of each weight, in ascending order."""
    names = _alike(what, given)
    return {name: _as(of(_ascending([_wide(weights[name]) for weights in given])), given[0][name]) for name in names}


def _ascending(values: list[Any]) -> Any:
    if _is_tensor(values[0]):
        return sys.modules["torch"].stack(values).sort(0).values
    return np.sort(np.stack(values), axis=0)


def _alike(what: str, given: Sequence[Weights]) -> list[str]:
    """The names of the weights, which all models have, in equal shapes."""
    if not given:
        raise ValueError(f"{what}: no model is given")
    for place, weights in enumerate(given):
        differ(f"{what}: model {place}", weights, "the first model", given[0])
    return list(given[0])


def differ(what: str, weights: Weights, other: str, known: Weights) -> None:
    """Refuses weights that are not of the names and shapes that are known.

    Raises:
        ValueError: If they are not.
    """
    missing, more = [name for name in known if name not in weights], [name for name in weights if name not in known]
    if missing or more:
        lacks = f"has no `{missing[0]}`" if missing else f"has `{more[0]}`"
        without = "" if missing else " does not"
        raise ValueError(f"{what} {lacks}, which {other}{' has' if missing else without}")
    for name, value in known.items():
        shape, have = tuple(np.shape(weights[name])), tuple(np.shape(value))
        if shape != have:
            raise ValueError(f"{what}: `{name}` has shape {shape}, and in {other} {have}")


def _is_tensor(value: Any) -> bool:
    torch: Any = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def _array(value: Any) -> Any:
    """As an array of doubles."""
    return np.asarray(value.detach().cpu().double() if _is_tensor(value) else value, dtype=np.float64)


def _wide(value: Any) -> Any:
    """In a type that has fractions."""
    if _is_tensor(value):
        value = value.detach()
        return value if value.is_floating_point() or value.is_complex() else value.double()
    array = np.asarray(value)
    return array if array.dtype.kind in "fc" else array.astype(np.float64)


def _as(mixed: Any, first: Any) -> Any:
    """In the type of the first."""
    if _is_tensor(first):
        return mixed if mixed.dtype == first.dtype else mixed.round().to(first.dtype)
    kind = np.asarray(first).dtype
    return mixed if mixed.dtype == kind else np.rint(mixed).astype(kind)
