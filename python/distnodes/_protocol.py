"""`@protocol`: makes a class a protocol."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, TypeVar, overload

from ._place import Place
from ._plan import Plan
from ._topologies import Topology

C = TypeVar("C", bound=type)


@overload
def protocol(cls: C, /) -> C: ...
@overload
def protocol(
    *,
    topology: str | Topology = ...,
    links: Literal["fifo", "reliable", "lossy"] = ...,
    initiators: Literal["any", "one", "all"] = ...,
    knows: tuple[Literal["size", "neighbour_ids"], ...] = ...,
    anonymous: bool = ...,
    input: Any = ...,
    config: type | None = ...,
    max_message: int | str = ...,
    problem: str = ...,
    cost: str = ...,
    source: str = ...,
) -> Callable[[C], C]: ...
def protocol(cls: Any = None, /, **options: Any) -> Any:
    """Makes a class a protocol, and says what it assumes::

        @protocol(topology="Ring", links="reliable", problem="leader election")
        @never(Back, in_=Asleep)
        class ControlledDistance:
            state: State = Asleep
            limit: u32 = 0

            @on(Spontaneously, in_=Asleep)
            def start(self, net: Net) -> None: ...

    The class stays what it is: its methods call each other, and `super()` works.  A class that is derived from a
    protocol inherits rules, fields and options, has a method's own rules in place of those of the base, and needs
    `@protocol` itself.

    Args:
        topology: The graphs on which it runs: `"Any"` (connected, links both ways; the default), `"Ring"`,
            `"OrientedRing"`, `"DirectedRing"`, `"Complete"`, `"Tree"`, `"Grid"`, `"Torus"` or `"Hypercube"`; or what
            `@nodes.topology` makes.
        links: What the links promise: `"fifo"` (every message arrives, in order; the default), `"reliable"` (in any
            order) or `"lossy"` (or not at all).
        initiators: Who may start: `"any"` nodes (the default), `"one"`, or `"all"`.
        knows: What every node knows: the number of nodes, `"size"`; the ids of its neighbours, `"neighbour_ids"`.
        anonymous: A node does not know an id of its own.
        input: The type of what each node is given as `net.input`.
        config: A class with `@nodes.config`: the flags of the command line, given to the method with `@init`.
        max_message: How long an encoded message may be, in bytes or as a text (`"45 MiB"`); 1 MiB unless declared, and
            at most 1 GiB.
        problem: The problem that it solves, for people.
        cost: Its cost, as the literature states it.
        source: Where it is published.

    Raises:
        ProtocolError: With all that is wrong with the class, its rules, and their messages.
    """
    place = Place.of_caller(1)
    if cls is not None:
        return _make(cls, {}, place)
    return lambda cls: _make(cls, options, place)


def plan_of(cls: type) -> Plan:
    """The plan of a protocol.

    Raises:
        TypeError: If the class is no protocol.
    """
    if not isinstance(cls, type):
        raise TypeError(f"{cls!r} is not a protocol: write the class itself, with `@protocol(..)` above it")
    plan = vars(cls).get("__nodes_plan__")
    if isinstance(plan, Plan):
        return plan
    base = next((base for base in cls.__mro__ if "__nodes_plan__" in vars(base)), None)
    of = f"inherits from the protocol `{base.__name__}`, but is not one itself" if base else "is not a protocol"
    raise TypeError(f"`{cls.__name__}` {of}: write `@protocol(..)` above its class")


def _make(cls: Any, given: dict[str, object], place: Place) -> Any:
    # Here, since a program that only reads results has no need of what reads sources.
    from ._planning import make_plan

    if not isinstance(cls, type):
        raise TypeError(f"`@protocol` stands on a class, not on {cls!r}")
    cls.__nodes_plan__ = make_plan(cls, given, place)  # type: ignore[attr-defined]
    return cls
