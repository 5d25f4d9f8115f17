"""The plan of a protocol: all that the engines need to know of it, as plain data.

`@protocol` makes it once it has found nothing wrong, and keeps it as `__nodes_plan__`.
"""

# Annotations are not kept as texts here: each of a `NamedTuple` would be compiled when the package is imported.

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from ._schema import Schema
from ._topologies import Topology


class StateInfo(NamedTuple):
    """A state."""

    name: str
    terminal: bool
    doc: str
    member: Any
    """What `self.state` is, or what makes it; `None` for the only state of a protocol without the field."""
    carries: tuple[tuple[str, Schema], ...] = ()


class Field(NamedTuple):
    """A field of a node, other than its state."""

    name: str
    schema: Schema | None
    """`None` if it is local to its node."""
    make: Callable[[], object] | None
    """Makes the default; `None` if the method with `@init` gives the field its value."""


class Kind(NamedTuple):
    """A type of message or alarm; its tag is its place among them."""

    name: str
    doc: str
    cls: type
    fields: tuple[tuple[str, Schema], ...]
    schema_text: str
    """The fields as text: `{origin:Id,limit:u32}`."""


class Rule(NamedTuple):
    """STATE x EVENT -> ACTION."""

    trigger: tuple[Any, ...]
    """`("impulse",)`, `("message", tag)` or `("alarm", tag)`."""
    states: tuple[int, ...]
    """Where it applies, in ascending order."""
    guard: Callable[..., object] | None
    guard_text: str | None
    """The condition as written, if its source can be had."""
    guard_takes: tuple[str, ...]
    """What it takes after `self`, in order."""
    action: Literal["handle", "ignore", "defer", "never"]
    handler: str
    """The name of the method; empty if there is none."""
    takes: tuple[str, ...]
    """What the handler takes after `self`, in order."""
    becomes: tuple[int, ...]
    """The states that it may assign, in ascending order."""
    changes: tuple[int, ...]
    """The places of the fields that it may change."""
    doc: str
    waits_for_condition: bool
    """What it defers is offered again after each step of the node, in all of its states."""


class Property(NamedTuple):
    """What must hold."""

    name: str
    when: Literal["always", "finally"]
    doc: str
    call: Callable[[Any], object]
    of: Literal["world", "node"]


class Flag(NamedTuple):
    """A flag of the command line."""

    name: str
    """As one types it, without dashes in front: `longest-stay`."""
    help: str
    kind: str
    """The type's name in Rust: `u32`, `bool`, `String`, `f64`, `Duration`, `Option<u32>`."""
    field: str
    """The field of the configuration: `longest_stay`."""
    default: object
    range: tuple[int | float, int | float] | None
    """The least and the most that it may be."""
    shrinks: bool
    """Whether a smaller run that fails alike may have less of it."""


class ConfigPlan(NamedTuple):
    """A configuration."""

    cls: type
    flags: tuple[Flag, ...]
    schema: Schema
    default: Any
    """An instance with the default of each flag."""


class Plan(NamedTuple):
    """A protocol."""

    cls: type
    name: str
    doc: str
    problem: str
    cost: str
    source: str
    topology: str
    own_topology: Topology | None
    """If it is none that the engines know."""
    links: Literal["fifo", "reliable", "lossy"]
    initiators: Literal["any", "one", "all"]
    knows_size: bool
    knows_neighbour_ids: bool
    anonymous: bool
    input: Schema | None
    max_message: int
    """How long an encoded message may be, in bytes."""
    fields: tuple[Field, ...]
    state_field: bool
    """Whether it has a field `state`; without it there is one state, called `-`."""
    initial: int
    """The state in which a node begins."""
    begins: Any
    """That state, with what it carries."""
    states: tuple[StateInfo, ...]
    messages: tuple[Kind, ...]
    alarms: tuple[Kind, ...]
    rules: tuple[Rule, ...]
    """In the order in which they are tried."""
    otherwise_ignore: bool
    init: str | None
    init_takes: tuple[str, ...]
    finish: str | None
    finish_takes: tuple[str, ...]
    recover: str | None
    recover_takes: tuple[str, ...]
    stored: Schema | None
    """What `net.store` takes, and the method with `@recover` is given as `saved`."""
    properties: tuple[Property, ...]
    config: ConfigPlan | None
    schema_text: str
    """The fields as text: `limit: u32, returned: u8`."""
