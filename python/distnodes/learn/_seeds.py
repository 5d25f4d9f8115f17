"""Generators of random numbers of other libraries, on a node's own stream."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from .._native import Net


def torch_generator(net: Net, device: str = "cpu") -> Any:
    """A generator of PyTorch, with a seed from the node's stream: `torch.randn(3, generator=torch_generator(net))`.

    Raises:
        ImportError: If PyTorch is not installed.
    """
    import torch  # is no part of what this package needs

    return torch.Generator(device=device).manual_seed(net.bits(64))


@contextmanager
def seeded(net: Net) -> Iterator[None]:
    """For what takes no generator, such as layers of PyTorch: `with nodes.learn.seeded(net): model = Linear(64, 10)`.

    Within, the generators that `random`, `numpy.random` and `torch` share among all begin at a seed from the node's
    stream; afterwards they are where they were.
    """
    torch: Any = sys.modules.get("torch")
    seed = net.bits(64)
    before = random.getstate(), np.random.get_state(), torch and torch.get_rng_state()
    random.seed(seed)
    np.random.seed([seed & 0xFFFF_FFFF, seed >> 32])
    if torch:
        torch.manual_seed(seed)
    try:
        yield
    finally:
        random.setstate(before[0])
        np.random.set_state(before[1])
        if torch:
            torch.set_rng_state(before[2])
