"""Distributed algorithms as in the textbook: STATE x EVENT -> ACTION, checked, simulated, and run as real processes."""

from typing import TYPE_CHECKING, Any

from ._command_line import main
from ._compute import Computation, computed
from ._config import Range, Shrink, config
from ._describe import Description, describe
from ._engines import Options, check, replay, run, simulate
from ._fields import field
from ._graphs import Graph
from ._live import Live
from ._mistakes import Mistake, ProtocolError, ProtocolWarning
from ._native import SELF, Net, Node, World, give
from ._payloads import PayloadChanged
from ._plan import Plan
from ._protocol import plan_of, protocol
from ._raised import Raised
from ._records import alarm, data, message
from ._result import Checked, NodeFailed, Result
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
from ._stepping import Event, Stepping, simulation
from ._sweep import Fit, Growth, Sweep
from ._sweeping import sweep
from ._times import millis, secs
from ._topologies import Topology, topology
from ._trial import Failure, Trial
from ._types import Array, Duration, Id, Local, Port, i8, i16, i32, i64, u8, u16, u32, u64

if TYPE_CHECKING:
    from . import learn

__all__ = [
    "SELF",
    "Array",
    "Checked",
    "Computation",
    "Description",
    "Duration",
    "Event",
    "Failure",
    "Fit",
    "Graph",
    "Growth",
    "Id",
    "Live",
    "Local",
    "Mistake",
    "Net",
    "Node",
    "NodeFailed",
    "Options",
    "PayloadChanged",
    "Plan",
    "Port",
    "ProtocolError",
    "ProtocolWarning",
    "Raised",
    "Range",
    "Result",
    "Shrink",
    "Spontaneously",
    "State",
    "States",
    "Stepping",
    "Sweep",
    "Topology",
    "Trial",
    "World",
    "alarm",
    "always",
    "auto",
    "check",
    "computed",
    "config",
    "data",
    "defer",
    "describe",
    "field",
    "finally_",
    "finish",
    "give",
    "i8",
    "i16",
    "i32",
    "i64",
    "ignore",
    "init",
    "learn",
    "main",
    "message",
    "millis",
    "never",
    "on",
    "otherwise_ignore",
    "plan_of",
    "protocol",
    "recover",
    "replay",
    "run",
    "secs",
    "simulate",
    "simulation",
    "sweep",
    "terminal",
    "topology",
    "u8",
    "u16",
    "u32",
    "u64",
    "when",
]


def __getattr__(name: str) -> Any:
    if name == "learn":  # needs NumPy, which most programs do not
        from importlib import import_module

        return import_module(".learn", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
