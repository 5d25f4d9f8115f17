"""What can be wrong with the body of a method: what it returns, what it sends, which states and fields it assigns."""

from __future__ import annotations

from typing import Any

from ._check_methods import expected, given_to
from ._mistakes import did_you_mean, one_of
from ._model import Method, Model, RuleOf
from ._native import Net
from ._records import is_kind
from ._scan import UNKNOWN, Assignment, Scan, Scans, Use
from ._schema import type_text
from ._states import State, carrying

RINGS = ("Ring", "OrientedRing")
DIRECTED = ("DirectedRing", "OrientedRing")
PRIMITIVES = {
    "send_other_way": RINGS,
    "right": DIRECTED,
    "left": ("OrientedRing",),
    "dimension": ("Hypercube",),
}
"""The classes of topologies on which a node can do what not all can."""
ASKED_OF = {
    **dict.fromkeys(PRIMITIVES, "topology"),
    **dict.fromkeys(("size", "id_of", "neighbour"), "knows"),
    "id": "anonymous",
    "input": "input",
}
"""The option by which a node can do or know something."""


def check_bodies(model: Model, scans: Scans) -> None:
    """Says what is wrong with the bodies of methods, as far as their source can be had."""
    for name, found in scans.items():
        _body(model, model.methods[name], found[0])
    for rule in () if model.names_are_mixed else model.rules:
        if rule.method and rule.name in scans:
            _leaves_terminal(model, rule, scans[rule.name][0])


def _body(model: Model, method: Method, scan: Scan) -> None:
    is_property = any(method.name == other.name for _, other in model.properties)
    for use in scan.compared:
        model.at(method, f"`==` compares and changes nothing; write `self.state = {use.name}`", use.line)
    for use in scan.unknown_states:
        _unknown_state(model, method, use)
    for assignment in scan.assignments:
        _carries(model, method, assignment)
    for use in scan.carried:
        text = f"what a state carries is not changed; enter it again, with another `{use.name}`: `self.state = ..`"
        model.at(method, text, use.line)
    for use in scan.sends:
        _sent(model, method, use)
    for use in scan.rings:
        _rung(model, method, use)
    for use in scan.net:
        _asked(model, method, use)
    if method.is_handler:
        for line in scan.returns:
            text = "a handler returns nothing; change the state by `self.state = ..`, answer by `net.send(..)`"
            model.at(method, text, line)
        _lacks(model, method, scan)
    if not is_property:
        for use in scan.ordered:
            _in_order(model, method, use)
        for use in scan.outside:
            _outside(model, method, use)


def _outside(model: Model, method: Method, use: Use) -> None:
    what, instead = "is not", "net.random(0, n)"
    if use.name == "clock":
        what, instead = "reads the machine's clock", "net.now"
    elif use.name.startswith("rng"):
        instead = f"net.{use.name}"
    text = f"a run is a function of its seed, but `{use.value}` {what}; write `{instead}`"
    model.at(method, text, use.line)


def _in_order(model: Model, method: Method, use: Use) -> None:
    """The hashes of texts, and so the order of a set of them, differ between processes."""
    field = next((field for field in model.declared if field.name == use.name), None)
    if field and field.schema and field.schema[0] == "set" and _has_text(field.schema):
        text = (
            f"a run is a function of its seed, but the order of `self.{use.name}`, a `{type_text(field.type)}`, is not"
        )
        model.at(method, f"{text}; write `sorted(self.{use.name})`", use.line)


def _has_text(schema: Any) -> bool:
    is_text = schema in (("str",), ("bytes",)) or schema[0] == "enum"
    return is_text or any(_has_text(part) for part in schema if isinstance(part, tuple) and part)


def _lacks(model: Model, method: Method, scan: Scan) -> None:
    """What it uses by its usual name is among the parameters."""
    rule = next((rule for rule in model.rules if rule.name == method.name), None)
    given = given_to(rule.event) if rule else ()
    lacking = {use.name: use.line for use in reversed(scan.loose) if use.name in given}
    if lacking:
        lacks = ", ".join(f"`{name}`" for name in given if name in lacking)
        text = f"it uses what it does not take: {lacks}; {expected(method.name, given)}"
        model.at(method, text, min(lacking.values()))


def _unknown_state(model: Model, method: Method, use: Use) -> None:
    if not model.state_class:
        return
    states = model.state_class.__name__
    known = [state.name for state in model.states]
    if is_kind(use.value, "message") or is_kind(use.value, "alarm"):
        if use.name not in known:
            text = f"`{use.name}` is a {'message' if is_kind(use.value, 'message') else 'alarm'}, not a state"
        else:
            text = f"`{use.name}` is a message here; for the state, write `self.state = {states}.{use.name}`"
    elif use.value is UNKNOWN:
        text = (
            f"there is no state `{use.name}` in `{states}`{did_you_mean(use.name, known) or '; write ' + one_of(known)}"
        )
    elif isinstance(use.value, str | int | float | None):
        near = did_you_mean(str(use.value), known)
        text = f"`{use.name}` is no state{near or '; write one of them: ' + one_of(known)}"
    elif use.value is model.state_class:
        text = f"`{use.name}` is the set of states; write one of them: {one_of(known)}"
    else:
        return
    model.at(method, text, use.line)


def _carries(model: Model, method: Method, assignment: Assignment) -> None:
    """A state is given what it carries, all of it and nothing else."""
    state, given = assignment.plain, assignment.given
    if state is None or (given and "**" in given[1]):
        return
    written = f"write `self.state = {carrying(state)}`"
    if state.carries and given is None:
        text = f"`{state.name}` carries {', '.join(map('`{}`'.format, state.carries))}; {written}"
    elif given and not state.carries:
        text = f"`{state.name}` carries nothing; {written}"
    elif given and {*tuple(state.carries)[: given[0]], *given[1]} != state.carries.keys():
        text = f"what `{state.name}` carries does not fit; {written}"
    else:
        return
    model.at(method, text, assignment.line)


def _sent(model: Model, method: Method, use: Use) -> None:
    cls = use.value
    if cls in model.faulty:
        return  # what is wrong with it is said of its rule
    if use.is_class:
        if is_kind(cls, "message"):
            model.at(method, f"`{cls.__name__}` is a class; send a message of it: `{cls.__name__}(..)`", use.line)
    elif is_kind(cls, "alarm"):
        model.at(method, f"`{cls.__name__}` is an alarm, which a node sets for itself: `net.set_alarm(..)`", use.line)
    elif not is_kind(cls, "message"):
        model.at(method, f"`{cls.__name__}` is not a message: write `@nodes.message` above its class", use.line)
    elif cls not in model.messages:
        text = f"`{model.name}` has no rule for message `{cls.__name__}`"
        text += f": it is sent, but no `@on({cls.__name__}, ..)` receives it"
        model.at(method, text, use.line)


def _rung(model: Model, method: Method, use: Use) -> None:
    cls = use.value
    if cls in model.faulty:
        return
    if use.is_class and use.name not in ("cancel", "compute"):
        if is_kind(cls, "alarm"):
            model.at(method, f"`{cls.__name__}` is a class; set an alarm of it: `{cls.__name__}(..)`", use.line)
    elif not is_kind(cls, "alarm"):
        model.at(method, f"`{cls.__name__}` is not an alarm: write `@nodes.alarm` above its class", use.line)
    elif cls not in model.alarms:
        text = f"`{model.name}` has no rule for alarm `{cls.__name__}`: no `@when({cls.__name__}, ..)` handles it"
        model.at(method, text, use.line)


def _asked(model: Model, method: Method, use: Use) -> None:
    """What of the net only some protocols can have; an option that could not be read allows everything."""
    options, name = model.options, use.name
    if not hasattr(Net, name):
        known = [word for word in dir(Net) if not word.startswith("_")]
        model.at(method, f"there is no `net.{name}`{did_you_mean(name, known)}", use.line)
        return
    topologies = PRIMITIVES.get(name, ())
    text = None
    if name in ASKED_OF and ASKED_OF[name] in model.broken:
        return
    if topologies and options.topology not in topologies:
        text = f'`net.{name}` needs a `{topologies[0]}`: declare `topology="{topologies[0]}"`'
    elif name == "size" and "size" not in options.knows:
        text = 'the nodes do not know how many they are: declare `knows=("size",)`'
    elif name in ("id_of", "neighbour") and "neighbour_ids" not in options.knows:
        text = f'`net.{name}` needs the neighbours\' ids: declare `knows=("neighbour_ids",)`'
    elif name == "id" and options.anonymous:
        text = "the nodes have no ids: leave `anonymous=True` out"
    elif name == "input" and options.input is None:
        text = "the nodes are given no input: declare its type, such as `input=int`"
    elif name == "store" and not model.one_life("recover"):
        text = "what is stored is never read: add `@recover` above `def back(self, saved: .., net)`"
    if text:
        model.at(method, text, use.line)


def _leaves_terminal(model: Model, rule: RuleOf, scan: Scan) -> None:
    for assignment in scan.assignments:
        to = assignment.plain
        left = _left(rule, to, assignment.certain) if to else None
        if to and left and rule.method:
            text = f"`{left.name}` is terminal, so a node in it has decided and cannot become `{to.name}`"
            model.at(rule.method, f"{text}; stay in `{left.name}`, or write it as `auto()`", assignment.line)


def _left(rule: RuleOf, to: State, certain: bool) -> State | None:
    """The terminal state that a rule leaves for certain, if it assigns that state."""
    left = None
    for state in rule.states or ():
        if state.is_terminal and state is not to:
            left = state
        elif not certain:
            return None
    return left
