"""The engines, and what they show of a run to handlers and properties."""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from random import Random
from typing import Any, TypeVar, final
from typing import Protocol as _Interface

import numpy

from ._engines import Asked
from ._evaluation import Wanted
from ._graphs import Graph as _Graph
from ._plan import Plan
from ._states import State
from ._trial import Limits
from ._types import Duration, Id, Port

_T = TypeVar("_T")

SELF: Port
"""The port of a node to itself: `net.send(SELF, msg)` is `net.send_to_self(msg)`."""

@final
class Net:
    """A node's view of its surroundings, and the outbox of a step.

    A handler is given it for one step, and does not keep it.  What it sends, sets or reports is carried out when the
    handler has returned.
    """

    @property
    def id(self) -> Id:
        """The node's own id.

        Raises:
            TypeError: If the protocol is `anonymous`.
        """
    @property
    def degree(self) -> int:
        """How many ports it can send through."""
    @property
    def ports(self) -> Sequence[Port]:
        """The ports that it can send through, in order."""
    @property
    def in_ports(self) -> Sequence[Port]:
        """The ports that messages can arrive from; the same unless links lead one way."""
    @property
    def size(self) -> int:
        """How many nodes there are.

        Raises:
            TypeError: Unless the protocol declares `knows=("size",)`.
        """
    @property
    def now(self) -> Duration:
        """The time since the run began, in seconds."""
    @property
    def input(self) -> Any:
        """What the node was given: a value of the type that `@protocol(input=..)` declares."""
    @property
    def left(self) -> Port:
        """On an oriented ring, the port towards node i-1."""
    @property
    def right(self) -> Port:
        """On a directed or oriented ring, the port towards node i+1."""
    def dimension(self, d: int) -> Port:
        """On a hypercube, the port to the neighbour that differs in bit `d`.

        Raises:
            IndexError: If the hypercube has fewer dimensions.
        """
    def id_of(self, port: Port) -> Id:
        """The id of the neighbour at a port.

        Raises:
            TypeError: Unless the protocol declares `knows=("neighbour_ids",)`.
            IndexError: If the node has no such port.
        """
    def neighbour(self, id: Id) -> Port | None:
        """The first port to the neighbour of that id; None if there is none."""
    def weight(self, port: Port) -> float:
        """The weight of the link at a port; 1 unless the graph says otherwise."""
    def label(self, port: Port) -> str | None:
        """What the port is called on a labelled graph: `"left"`, `"right"`, `"dimension 2"`, .."""
    def random(self, low: int, high: int) -> int:
        """A random integer from `low` to `high`, each as likely; it follows from the seed.

        Raises:
            ValueError: If `low` is above `high`, or one of them has more than 64 bits.
        """
    @property
    def rng(self) -> Random:
        """The node's own stream of random numbers, with all that `random.Random` has: `net.rng.choice(net.ports)`.

        It follows from the seed, and is that of `random`.
        """
    def bits(self, count: int = 32) -> int:
        """That many random bits of the same stream, up to 64: a seed, as in `SGDClassifier(random_state=net.bits())`.

        Raises:
            ValueError: If it is not from 1 to 64.
        """
    def generator(self) -> numpy.random.Generator:
        """A new generator of NumPy, whose seed is drawn from the same stream.

        Raises:
            ImportError: If NumPy is not installed.
        """
    def leads_out(self, port: Port) -> bool:
        """Whether the node has that port, and can send through it."""
    def send(self, port: Port, msg: object) -> None:
        """Sends through one port.

        Raises:
            TypeError: If no rule of the protocol receives such a message.
            IndexError: If the node has no such port, or its link does not lead that way.
        """
    def send_to(self, ports: Iterable[Port], msg: object) -> None:
        """Sends through each of these ports, in their order."""
    def send_to_all(self, msg: object) -> None:
        """Sends through every port."""
    def send_to_all_except(self, ports: Port | Iterable[Port] | None, msg: object) -> None:
        """Sends through every port but one, or but some."""
    def send_random(self, msg: object) -> None:
        """Sends through a port drawn at random; does nothing at a node without ports."""
    def send_to_self(self, msg: object) -> None:
        """Sends to the node itself: arrives from `SELF`, and is not counted."""
    def send_other_way(self, sender: Port, msg: object) -> None:
        """On a ring, sends out of the port that `sender` is not."""
    def set_alarm(self, after: Duration | timedelta | tuple[Duration, Duration], alarm: object) -> None:
        """Sets an alarm, to ring after that time in seconds, or after one from the first to the second of a pair.

        What is drawn is a whole number of milliseconds if both are, else of microseconds, else of nanoseconds.
        """
    def restart(self, after: Duration | timedelta | tuple[Duration, Duration], alarm: object) -> None:
        """Takes back every alarm of that type, and sets this one."""
    def cancel(self, alarm: type[Any]) -> None:
        """Takes back every alarm of that type."""
    def compute(
        self,
        function: Callable[..., Any],
        /,
        *arguments: Any,
        then: object,
        takes: Duration | timedelta | str | None = None,
        work: float | None = None,
        **keywords: Any,
    ) -> None:
        """Has a function called, and sets an alarm that rings with what it gives.

        `function(*arguments, **keywords)` is called by another process, while the simulation goes on, with copies of
        the arguments as they are now; it may look at nothing else, and must change nothing.  It is at the level of a
        module.  Random numbers that it draws without a generator of its own follow from the run's seed.  What it raises
        is raised when the alarm rings.  In a node that is a process of its own, the handler waits for it.

        Args:
            then: The alarm: `Trained`, or `Trained(round=3)`, of which one field has the default `nodes.computed()` and
                gets the result.
            takes: How long that is in the run: seconds, or `"measured"` for as long as it takes here, on a node of
                speed 1, or `"measured:2.5"` for so many times that; such a run is not the same again.
            work: In place of `takes`: it takes `work / net.speed` seconds.

        Raises:
            TypeError: If no rule handles the alarm, or another process cannot have the function or an argument.
            ValueError: If a time is none.
        """
    @property
    def speed(self) -> float:
        """How much work the node does a second: what `simulate(.., speeds=..)` says, else 1."""
    def store(self, value: object) -> None:
        """Puts a value where a crash does not reach it; the method with `@recover` gets what was stored last."""
    def log(self, line: object) -> None:
        """Writes a line into the node's log."""
    def report(self, name: str, value: object) -> None:
        """A result of the node, shown at the end; a later value of the same name replaces an earlier."""

class Node(_Interface):
    """A node as a property or a result sees it: besides these, the fields of its protocol."""

    @property
    def index(self) -> int:
        """Where it stands in the graph."""
    @property
    def id(self) -> Id: ...
    @property
    def alive(self) -> bool:
        """Whether it has not crashed."""
    @property
    def state(self) -> Any:
        """The state that it is in; None if the protocol has no states."""
    @property
    def is_decided(self) -> bool:
        """Whether its state is terminal."""
    @property
    def protocol(self) -> Any:
        """The object of the protocol's class."""
    def __getattr__(self, name: str) -> Any: ...

@final
class Graph:
    """The graph of a run."""

    def __len__(self) -> int: ...
    @property
    def links(self) -> Sequence[tuple[int, int]]: ...
    def neighbours(self, node: int) -> Sequence[int]:
        """The neighbour at each port."""
    def end(self, node: int, port: Port) -> tuple[int, Port]:
        """The neighbour at a port, and the port there."""

class World(_Interface):
    """All nodes, and what has been sent: what properties look at."""

    @property
    def nodes(self) -> Sequence[Node]:
        """All nodes, in order, those that have crashed too."""
    @property
    def correct(self) -> Sequence[Node]:
        """The nodes that have not crashed."""
    @property
    def all_terminal(self) -> bool:
        """Whether every live node has decided."""
    @property
    def graph(self) -> Graph: ...
    def node(self, name: int | str) -> Node:
        """The node of that number, or that label."""
    def input(self, name: int | str) -> Any:
        """What a node was given."""
    def in_state(self, state: State) -> Sequence[Node]:
        """The live nodes in a state."""
    def count(self, state: State) -> int:
        """How many live nodes are in a state, in constant time."""
    def sent(self, message: type[Any] | None = None) -> int:
        """How many messages of a type have been sent; of all types if none is named."""
    def in_transit(self, message: type[Any] | None = None) -> int:
        """How many messages of a type are under way; of all types if none is named."""

@final
class Protocol:
    """A protocol, as engines know it."""

    @staticmethod
    def of_plan(plan: Plan) -> Protocol: ...
    @staticmethod
    def of_catalogue(name: str) -> Protocol | None: ...
    @property
    def name(self) -> str: ...
    @property
    def type_name(self) -> str: ...
    @property
    def usual_graph(self) -> str: ...
    def described(self, form: str) -> str: ...

@final
class Finished:
    """A run that has ended."""

    @property
    def document(self) -> str: ...
    @property
    def explanation(self) -> Sequence[str]: ...
    @property
    def notices(self) -> Sequence[str]: ...
    @property
    def unwritten(self) -> Sequence[str]: ...
    @property
    def nodes(self) -> Sequence[Node]: ...
    @property
    def trace(self) -> bytes | None: ...
    @property
    def raised(self) -> BaseException | None: ...
    @property
    def failed(self) -> tuple[int, str | None] | None: ...
    def drawing(self) -> Drawing | None: ...
    def svg(self, title: str, bold: Sequence[int]) -> str | None: ...
    def link(self, node: int, port: int) -> int | None: ...

@final
class Drawing:
    """The graph of a run on paper: lengths in pixels, y downwards."""

    @property
    def radius(self) -> float: ...
    @property
    def font(self) -> float: ...
    @property
    def directed(self) -> bool: ...
    @property
    def points(self) -> list[tuple[float, float]]: ...
    @property
    def links(self) -> list[list[tuple[float, float]]]: ...
    @property
    def names(self) -> list[tuple[str, tuple[float, float], bool]]: ...
    @property
    def states(self) -> list[tuple[str, bool, str, str, list[tuple[float, float]] | None]]: ...
    @property
    def nodes(self) -> list[int]: ...
    @property
    def crashed(self) -> list[bool]: ...

@final
class Page:
    """A page that is served on this machine."""

    @property
    def address(self) -> str: ...
    def close(self) -> None: ...

@final
class Failure:
    """A run that fails: as it was found, and made small."""

    @property
    def seed(self) -> int: ...
    @property
    def tried(self) -> int: ...
    @property
    def explanation(self) -> Sequence[str]: ...
    @property
    def replay(self) -> str | None: ...
    @property
    def small(self) -> Finished: ...
    @property
    def schedule(self) -> str: ...
    @property
    def events(self) -> int: ...
    @property
    def past(self) -> str | None: ...
    @property
    def inputs(self) -> list[Any] | None: ...

@final
class Stepping:
    """All nodes, and what is under way."""

    def __new__(cls, asked: Asked) -> Stepping: ...
    def enabled(self) -> list[tuple[str, int | None, str | None]]: ...
    def apply(self, choice: str) -> None: ...
    @property
    def nodes(self) -> Sequence[Node]: ...
    @property
    def is_quiet(self) -> bool: ...
    def look(self, function: Callable[[Any], _T]) -> _T: ...

def simulate(
    asked: Asked,
    properties: bool = True,
    max_in_transit: int | None = None,
    record: str | None = None,
    mixture: int | None = None,
    progress: Callable[[str, tuple[int, int] | None], None] | None = None,
    opened: Callable[[Page], None] | None = None,
    wanted: Wanted | None = None,
) -> Finished: ...
def run(
    asked: Asked,
    command: Sequence[str],
    forks: bytes | None = None,
    logs: str | None = None,
    record: str | None = None,
    progress: Callable[[str, tuple[int, int] | None], None] | None = None,
    opened: Callable[[Page], None] | None = None,
) -> Finished: ...
def check(
    asked: Asked, progress: Callable[[str, tuple[int, int] | None], None] | None = None
) -> tuple[str, BaseException | None]: ...
def simulate_each(
    asked: Asked,
    seeds: Sequence[int],
    threads: int,
    properties: bool = True,
    max_in_transit: int | None = None,
) -> list[Finished]: ...
def trial(
    asked: Sequence[Asked],
    first: int,
    seeds: int,
    limits: Limits,
) -> Failure | None: ...
def replay(
    protocol: Protocol,
    schedule: str,
    inputs: Sequence[Any] | None = None,
    properties: bool = True,
    record: str | None = None,
) -> Finished: ...
def serve(protocol: Protocol) -> int | None: ...
def end_with_initializer() -> None: ...
def give(array: _T) -> _T:
    """Hands an array or a tensor over, so that sending it makes no copy: `net.send(0, Model(nodes.give(w)))`.

    An array of NumPy's is read only from then on, and so is the one that comes back, which has the same memory.  A
    tensor has no such state: what comes back, detached, shares the memory of the one that was given, which is not to be
    changed any more; `simulate(.., check_payloads=True)` finds code that does.

    Raises:
        TypeError: If it is no array, or has elements that are neither numbers nor bools.
        ValueError: If it is a view, whose memory others can change, or does not lie in memory row by row.
    """

def array_hash(array: Any) -> int: ...
def array_encoded(array: Any) -> bytes: ...
def array_decoded(bytes: bytes) -> Any: ...
def watch_payloads(watch: Any) -> Any: ...
def made_quickly(cls: type, fields: Sequence[str]) -> None: ...
def main(protocol: Protocol | None, words: Sequence[str], invocation: str, command: Sequence[str]) -> int: ...
def export(trace: bytes, format: str) -> str: ...
def page(trace: bytes, title: str) -> str: ...
def weighed(graph: str | _Graph, weights: str, seed: int) -> tuple[int, list[tuple[int, int, float]]]: ...
def growth(
    names: Sequence[str], measured: Sequence[tuple[Sequence[float], float, float]]
) -> tuple[str, list[tuple[str, float, float, float, float]]]: ...
