"""Distributed algorithms as in the textbook: STATE x EVENT -> ACTION, checked, simulated, and run as real processes."""

from typing import TYPE_CHECKING

from ._config import Range, Shrink, config
from ._fields import field
from ._mistakes import Mistake, ProtocolError, ProtocolWarning
from ._plan import Plan
from ._protocol import plan_of, protocol
from ._records import alarm, data, message
from ._rules import (
    Spontaneously,
    always,
    defer,
    finally_,
    finish,
    ignore,
    init,
    never,
    on,
    otherwise_ignore,
    recover,
    when,
)
from ._states import State, States, auto, terminal
from ._types import Duration, Id, Local, Port, i8, i16, i32, i64, u8, u16, u32, u64

if TYPE_CHECKING:
    from ._native import Net, Node, World
else:
    Net = Node = World = object

__all__ = [
    "Duration",
    "Id",
    "Local",
    "Mistake",
    "Net",
    "Node",
    "Plan",
    "Port",
    "ProtocolError",
    "ProtocolWarning",
    "Range",
    "Shrink",
    "Spontaneously",
    "State",
    "States",
    "World",
    "alarm",
    "always",
    "auto",
    "config",
    "data",
    "defer",
    "field",
    "finally_",
    "finish",
    "i8",
    "i16",
    "i32",
    "i64",
    "ignore",
    "init",
    "message",
    "never",
    "on",
    "otherwise_ignore",
    "plan_of",
    "protocol",
    "recover",
    "terminal",
    "u8",
    "u16",
    "u32",
    "u64",
    "when",
]
