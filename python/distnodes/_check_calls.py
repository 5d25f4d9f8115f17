"""What can be wrong with what a method calls and makes: `net` with other arguments, messages with other fields."""

from __future__ import annotations

import ast
from typing import Any

from ._mistakes import did_you_mean, one_of
from ._model import Method, Model
from ._native import Net
from ._records import Record, is_kind, is_made, record_of
from ._scan import RINGING, SENDING, Scan, Scans

PORT = "port"
TAKES = {
    "send": (PORT, "msg"),
    "send_to": ("ports", "msg"),
    "send_to_all": ("msg",),
    "send_to_all_except": (PORT, "msg"),
    "send_random": ("msg",),
    "send_to_self": ("msg",),
    "send_other_way": ("sender", "msg"),
    "set_alarm": ("after", "alarm"),
    "restart": ("after", "alarm"),
    "cancel": ("Alarm",),
    "random": ("low", "high"),
    "id_of": (PORT,),
    "neighbour": ("id",),
    "weight": (PORT,),
    "label": (PORT,),
    "leads_out": (PORT,),
    "dimension": ("d",),
    "store": ("value",),
    "log": ("line",),
    "report": ("name", "value"),
}
"""What each method of `net` takes."""


def check_calls(model: Model, scans: Scans) -> None:
    """Says what is wrong with calls, as far as the source of methods can be had."""
    for name, found in scans.items():
        method, scan = model.methods[name], found[0]
        for call in scan.made_calls:
            text = _of_net(scan, call) or _of_record(scan, call) or _waits(scan, call)
            if text:
                model.at(method, text, call.lineno)
        if method.is_handler:
            _what_came(model, method, scan)
            for use in scan.shared:
                text = f"nodes share nothing, and as processes each has a `{use.name}` of its own; keep it in a field"
                model.at(method, text, use.line)
    finish = model.one_life("finish")
    if finish and finish.name in scans:
        for use in scans[finish.name][0].net:
            if use.name in SENDING | RINGING | {"store"}:
                text = f"the run is over when `{finish.name}` is called: it may only `report` and `log`"
                model.at(finish, text, use.line)


def _is_spread(call: ast.Call) -> bool:
    """Whether it is not seen how much is given."""
    return any(isinstance(one, ast.Starred) for one in call.args) or any(one.arg is None for one in call.keywords)


def _of_net(scan: Scan, call: ast.Call) -> str | None:
    match call.func:
        case ast.Attribute(value=ast.Name(id="net"), attr=name):
            pass
        case _:
            return None
    if isinstance(getattr(Net, name, None), property) or type(getattr(Net, name, None)).__name__ == "getset_descriptor":
        return f"`net.{name}` is a value: leave the parentheses out"
    takes = TAKES.get(name)
    if takes is None or _is_spread(call):
        return None
    written = f"`net.{name}({', '.join(takes)})`"
    if len(call.args) + len(call.keywords) != len(takes):
        return f"`net.{name}` takes {one_of(takes).replace(' or ', ' and ')}; write {written}"
    if len(call.args) == 2 and _is_event(scan, call.args[0]) and not _is_event(scan, call.args[1]):
        return f"what is {'sent' if takes[1] == 'msg' else 'set'} stands last; write {written}"
    return None


def _is_event(scan: Scan, node: ast.expr) -> bool:
    found = scan.meaning(node.func if isinstance(node, ast.Call) else node)
    return is_kind(found, "message") or is_kind(found, "alarm")


def _of_record(scan: Scan, call: ast.Call) -> str | None:
    """A message is given its fields."""
    record = record_of(scan.meaning(call.func))
    if record is None or _is_spread(call) or not is_made("__init__", vars(record.cls).get("__init__")):
        return None
    fields = list(record.annotations)
    name = record.cls.__name__
    written = f"`{name}({', '.join(f'{field}=..' for field in fields)})`" if fields else f"`{name}()`"
    unknown = next((one.arg for one in call.keywords if one.arg not in fields), None)
    if unknown:
        hint = did_you_mean(unknown, fields) or f"; write {written}"
        return f"`{name}` has no field `{unknown}`{hint}"
    if len(call.args) > len(fields):
        return f"`{name}` has {_fields(record)}; write {written}"
    given = {*fields[: len(call.args)], *(one.arg for one in call.keywords)}
    missing = [field for field in fields if field not in given and field not in record.defaults]
    return f"`{name}` is not given {one_of(missing)}; write {written}" if missing else None


def _fields(record: Record) -> str:
    count = len(record.annotations)
    return "no field" if count == 0 else "1 field" if count == 1 else f"{count} fields"


def _waits(scan: Scan, call: ast.Call) -> str | None:
    """A handler is one step."""
    found: Any = scan.meaning(call.func)
    module, name = getattr(found, "__module__", None), getattr(found, "__name__", "")
    if (module, name) == ("time", "sleep") or (module, name) == ("builtins", "input"):
        return f"a node does not wait within a step, as `{name}` does; `net.set_alarm(..)` and handle the alarm"
    if module in ("threading", "multiprocessing", "asyncio", "concurrent.futures.thread"):
        return "a handler is one atomic step: it starts no threads"
    return None


def _what_came(model: Model, method: Method, scan: Scan) -> None:
    """What is asked of the message, or of the alarm, is one of its fields; and it is not changed."""
    events = [rule.event for rule in model.rules if rule.name == method.name and record_of(rule.event)]
    for use in scan.of_event:
        if not events or use.value in model.faulty:
            continue
        known = [name for event in events for name in record_of(event).annotations]  # type: ignore[union-attr]
        if use.is_class:
            text = f"what came cannot be changed, as others may have it too; make a new one: `{events[0].__name__}(..)`"
            model.at(method, text, use.line)
        elif use.name not in known and not any(hasattr(event, use.name) for event in events):
            hint = did_you_mean(use.name, known) or (f"; it has {one_of(known)}" if known else "")
            model.at(method, f"`{events[0].__name__}` has no field `{use.name}`{hint}", use.line)
