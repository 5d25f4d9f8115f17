"""A node's own stream of random numbers, with all that `random.Random` makes of one."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from ._native import Net

_UNIT = 1 << 53
_WORD = 64


class Rng(Random):
    """What `net.rng` is: every number is drawn from the stream of the node that makes the step.

    `random()`, `randrange`, `randint`, `choice` and `shuffle` draw what Rust's `unit`, `range` and `shuffle` draw from
    the same seed; so does everything else that is made of these.
    """

    def __new__(cls, net: Net) -> Rng:
        return super().__new__(cls)

    def __init__(self, net: Net) -> None:
        # Without the one of `Random`, which would draw a seed from the machine.
        self._net = net

    def random(self) -> float:
        """A number from 0.0 up to, but not including, 1.0."""
        return self._net.random(0, _UNIT - 1) / _UNIT

    def getrandbits(self, k: int, /) -> int:
        """An integer of `k` random bits."""
        if k < 0:
            raise ValueError("number of bits must be non-negative")
        bits = 0
        for place in range(0, k, _WORD):
            bits |= self._net.random(0, (1 << min(_WORD, k - place)) - 1) << place
        return bits

    def _randbelow(self, n: int) -> int:
        """What `randrange`, `choice`, `shuffle` and `sample` are made of."""
        if n <= 1 << _WORD:
            return self._net.random(0, n - 1) if n > 0 else 0
        bits = n.bit_length()
        while (drawn := self.getrandbits(bits)) >= n:
            pass
        return drawn

    def gauss(self, mu: float = 0.0, sigma: float = 1.0) -> float:
        """A number of the normal distribution; none is kept for the next call, which may be another node's."""
        return self.normalvariate(mu, sigma)

    def seed(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refused."""
        raise TypeError("`net.rng` has no seed of its own: it follows from that of the run, `simulate(.., seed=7)`")

    def getstate(self) -> NoReturn:
        """Refused."""
        raise TypeError("`net.rng` belongs to its node, and is neither stored nor copied")

    def setstate(self, state: Any) -> NoReturn:
        """Refused."""
        raise TypeError("`net.rng` belongs to its node, and is neither stored nor copied")

    def __reduce__(self) -> NoReturn:
        raise TypeError("`net.rng` belongs to its node, and is neither stored nor copied")
