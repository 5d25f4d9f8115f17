"""Nodes that leave and come back: a plan, drawn before the run."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import TypeAlias, TypedDict

from .._mistakes import did_you_mean, one_text_of
from .._times import Time, seconds_of, time_text


class Churn(TypedDict):
    """Options of `simulate` and `run`."""

    crash: list[str]
    recover: list[str]


Law: TypeAlias = Callable[[Random], float]


def churn(n: int, *, up: Time, down: Time, until: Time, nodes: list[int] | None = None, seed: int = 0) -> Churn:
    """When nodes leave and come back, as options of a run.

    It is written `simulate(.., **churn(50, up="exponential:10s", down="exponential:2s", until="60s"))`.

    Each node is there for a time, away for a time, and so on, independently of the others; all that are away at the end
    come back.  A node that comes back begins anew: with what it has stored by `net.store`, if it has `@recover`.

    Args:
        n: How many nodes there are.
        up: How long a node is there: `"exponential:10s"` (the mean), `"uniform:5s..15s"`, or always that time.
        down: How long it is away, likewise.
        until: From then on no node leaves.
        nodes: Which nodes leave; None: all.
        seed: What the plan follows from.

    Raises:
        ValueError: If a time is none, or a node is not there.
    """
    stays, leaves, end = _law("up", up), _law("down", down), seconds_of("churn: until", until)
    plan = Churn(crash=[], recover=[])
    for node in range(n) if nodes is None else nodes:
        if not 0 <= node < n:
            raise ValueError(f"churn: there is no node {node}: there are {n}, from 0 on")
        # Each node has its own stream, so that a plan for fewer nodes is a part of it.
        random = Random(f"churn {seed} {node}")
        now = stays(random)
        while now < end:
            back = now + leaves(random)
            plan["crash"].append(f"{node}@{time_text(now)}")
            plan["recover"].append(f"{node}@{time_text(back)}")
            now = back + stays(random)
    return plan


_LAWS = ("exponential", "uniform")


def _law(name: str, given: Time) -> Law:
    """A law of times."""
    word, colon, text = given.partition(":") if isinstance(given, str) else ("", "", "")
    if not colon:
        always = _positive(name, given)
        return lambda random: always
    if word == "exponential":
        mean = _positive(name, text)
        return lambda random: random.expovariate(1 / mean)
    if word == "uniform":
        least, dots, most = text.partition("..")
        low, high = _positive(name, least), _positive(name, most if dots else "-")
        if low > high:
            raise ValueError(f"churn: {name}: `{given}` is empty")
        return lambda random: random.uniform(low, high)
    forms = one_text_of(("exponential:10s", "uniform:5s..15s", "10s"))
    raise ValueError(f"churn: {name}: there is no law `{word}`{did_you_mean(word, _LAWS)}; write {forms}")


def _positive(name: str, time: Time) -> float:
    seconds = seconds_of(f"churn: {name}", time)
    if not seconds:
        raise ValueError(f"churn: {name}: a time above 0 is needed, and not `{time}`")
    return seconds
