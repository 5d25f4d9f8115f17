"""What can be wrong with a method: its parameters, what it returns, what it sends, where it goes."""

from __future__ import annotations

from types import FunctionType
from typing import Any

from ._mistakes import did_you_mean, one_of
from ._model import Method, Model, RuleOf, function_of, takes
from ._records import is_kind, record_of
from ._rules import Spontaneously
from ._scan import UNKNOWN, Scan, Scans, Use
from ._schema import NoSchema, resolve, type_text
from ._states import State

# As `inspect` has them, which takes long to import.
CO_GENERATOR, CO_COROUTINE, CO_ASYNC_GENERATOR = 0x20, 0x80, 0x200

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


def check_methods(model: Model, scans: Scans) -> None:
    """Says what is wrong with the methods."""
    _handlers(model)
    _life(model)
    for _, method in model.properties:
        _property(model, method)
    for name, found in scans.items():
        _body(model, model.methods[name], found[0])
    for rule in model.rules:
        if rule.method and rule.name in scans:
            _leaves_terminal(model, rule, scans[rule.name][0])


def given_to(event: Any) -> tuple[str, ...]:
    """What a handler of that event can take after `self`."""
    if event is Spontaneously:
        return ("net",)
    return ("alarm", "net") if is_kind(event, "alarm") else ("msg", "sender", "net")


def _expected(name: str, given: tuple[str, ...]) -> str:
    return f"expected `def {name}({', '.join(('self', *given))})`, any after `self` may be left out"


def _handlers(model: Model) -> None:
    given: dict[str, tuple[Method, list[tuple[str, ...]]]] = {}
    for rule in model.rules:
        if rule.method and rule.name:
            given.setdefault(rule.name, (rule.method, []))[1].append(given_to(rule.event))
            _annotated(model, rule, rule.method)
        if rule.guard is not None:
            _guard(model, rule)
    for method, choices in given.values():
        common = tuple(name for name in choices[0] if all(name in choice for choice in choices))
        _signature(model, method, common, "a handler")


def _annotated(model: Model, rule: RuleOf, method: Method) -> None:
    """The message or alarm is annotated as what it is."""
    function, name = function_of(method.value), given_to(rule.event)[0]
    written = function.__annotations__.get(name) if function else None
    if written is None or rule.event is Spontaneously:
        return
    try:
        found = resolve(written, method.owner, model.place)
    except NoSchema:
        return  # for a type checker to tell
    if isinstance(found, type) and record_of(found) and not issubclass(rule.event, found):
        event = rule.event.__name__
        text = f"a handler for `{event}` is not given a `{found.__name__}`; write `{name}: {event}`"
        _at(model, method, text, rule.clause.line)


def _life(model: Model) -> None:
    for word, given in (("init", ("config", "net")), ("finish", ("net",)), ("recover", ("saved", "config", "net"))):
        method = model.one_life(word)
        if method is None:
            continue
        right = _signature(model, method, given, f"the method with `@{word}`")
        function = function_of(method.value)
        if right and function and word == "recover" and "saved" not in takes(function):
            text = f"it takes nothing that was stored, as `@init` does; {_expected(method.name, given)}"
            _at(model, method, text)
        if (
            right
            and function
            and "config" in takes(function)
            and not (model.options.config or "config" in model.broken)
        ):
            _at(
                model,
                method,
                f"`{model.name}` has no configuration; write `@protocol(config=..)`, or leave `config` out",
            )


def _signature(model: Model, method: Method, given: tuple[str, ...], what: str) -> bool:
    function = function_of(method.value)
    expected = _expected(method.name, given)
    if function is None or isinstance(method.value, staticmethod | classmethod):
        _at(model, method, f"{what} is a method of the node; {expected}")
        return False
    if not _is_plain(model, method, function, what):
        return False
    if function.__code__.co_argcount == 0:
        _at(model, method, f"it lacks `self`; {expected}")
        return False
    if function.__code__.co_varnames[0] in given:
        _at(model, method, f"it lacks `self` in front; {expected}")
        return False
    unknown = [name for name in takes(function) if name not in given] or _needs_more(function)
    if unknown:
        hint = did_you_mean(unknown[0], given)
        _at(model, method, f"{what} is not given {one_of(unknown)}; {expected}{hint}")
    return not unknown


def _needs_more(function: FunctionType) -> list[str]:
    """Parameters that are given by name only, and have no default."""
    code = function.__code__
    names = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    return [name for name in names if name not in (function.__kwdefaults__ or {})]


def _is_plain(model: Model, method: Method, function: FunctionType, what: str) -> bool:
    flags = function.__code__.co_flags
    if flags & (CO_COROUTINE | CO_ASYNC_GENERATOR):
        wait = "; to wait, `net.set_alarm(..)` and handle the alarm" if what == "a handler" else ""
        _at(model, method, f"{what} is one atomic step: it cannot be `async`{wait}")
        return False
    if flags & CO_GENERATOR:
        _at(
            model,
            method,
            f"{what} is one atomic step: it cannot `yield`; to wait, `net.set_alarm(..)` and handle the alarm",
        )
        return False
    return True


def _guard(model: Model, rule: RuleOf) -> None:
    given = given_to(rule.event)
    example = f"`if_=lambda {', '.join(('self', *given))}: ..`"
    text = None
    if not isinstance(rule.guard, FunctionType):
        text = f"`if_` is a condition, not `{rule.guard!r}`; write {example}, any after `self` may be left out"
    elif rule.guard.__code__.co_argcount == 0 or rule.guard.__code__.co_varnames[0] in given:
        text = f"the condition lacks `self` in front; write {example}"
    else:
        unknown = [name for name in takes(rule.guard) if name not in given]
        if unknown:
            text = f"the condition is not given {one_of(unknown)}; write {example}, any after `self` may be left out"
    if text:
        model.mistakes.add(text, rule.clause.line, rule.name, rule.clause.path)


def _property(model: Model, method: Method) -> None:
    name = method.name
    expected = f"expected `def {name}(world: World) -> bool`, or `def {name}(node: Node) -> bool`"
    function = function_of(method.value)
    if function is None:
        _at(model, method, f"a property is a function; {expected}")
    elif _is_plain(model, method, function, "a property"):
        code = function.__code__
        if code.co_varnames[: code.co_argcount] not in (("world",), ("node",)):
            _at(model, method, f"a property looks at the `world`, or at one `node`; {expected}")


def _body(model: Model, method: Method, scan: Scan) -> None:
    is_property = any(method.name == other.name for _, other in model.properties)
    for use in scan.compared:
        _at(model, method, f"`==` compares and changes nothing; write `self.state = {use.name}`", use.line)
    for use in scan.unknown_states:
        _unknown_state(model, method, use)
    for use in scan.sends:
        _sent(model, method, use)
    for use in scan.rings:
        _rung(model, method, use)
    for use in scan.net:
        _asked(model, method, use)
    if method.is_handler:
        for line in scan.returns:
            _at(
                model,
                method,
                "a handler returns nothing; change the state by `self.state = ..`, answer by `net.send(..)`",
                line,
            )
        _lacks(model, method, scan)
    if not is_property:
        for use in scan.ordered:
            _in_order(model, method, use)
        for use in scan.outside:
            what, instead = (
                ("reads the machine's clock", "net.now") if use.name == "clock" else ("is not", "net.random(0, n)")
            )
            _at(
                model, method, f"a run is a function of its seed, but `{use.value}` {what}; write `{instead}`", use.line
            )


def _in_order(model: Model, method: Method, use: Use) -> None:
    """The hashes of texts, and so the order of a set of them, differ between processes."""
    field = next((field for field in model.declared if field.name == use.name), None)
    if field and field.schema and field.schema[0] == "set" and _has_text(field.schema):
        text = (
            f"a run is a function of its seed, but the order of `self.{use.name}`, a `{type_text(field.type)}`, is not"
        )
        _at(model, method, f"{text}; write `sorted(self.{use.name})`", use.line)


def _has_text(schema: Any) -> bool:
    is_text = schema in (("str",), ("bytes",)) or schema[0] == "enum"
    return is_text or any(_has_text(part) for part in schema if isinstance(part, tuple) and part)


def _lacks(model: Model, method: Method, scan: Scan) -> None:
    rule = next(rule for rule in model.rules if rule.name == method.name) if _has_rule(model, method) else None
    if rule is None:
        return
    given = given_to(rule.event)
    lacking = {use.name: use.line for use in reversed(scan.loose) if use.name in given}
    if lacking:
        lacks = ", ".join(f"`{name}`" for name in given if name in lacking)
        text = f"it uses what it does not take: {lacks}; {_expected(method.name, given)}"
        _at(model, method, text, min(lacking.values()))


def _has_rule(model: Model, method: Method) -> bool:
    return any(rule.name == method.name for rule in model.rules)


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
    elif use.value is model.state_class:
        text = f"`{use.name}` is the set of states; write one of them: {one_of(known)}"
    else:
        return
    _at(model, method, text, use.line)


def _sent(model: Model, method: Method, use: Use) -> None:
    cls = use.value
    if cls in model.faulty:
        return  # what is wrong with it is said of its rule
    if use.is_class:
        if is_kind(cls, "message"):
            _at(model, method, f"`{cls.__name__}` is a class; send a message of it: `{cls.__name__}(..)`", use.line)
    elif is_kind(cls, "alarm"):
        _at(model, method, f"`{cls.__name__}` is an alarm, which a node sets for itself: `net.set_alarm(..)`", use.line)
    elif not is_kind(cls, "message"):
        _at(model, method, f"`{cls.__name__}` is not a message: write `@nodes.message` above its class", use.line)
    elif cls not in model.messages:
        text = f"`{model.name}` has no rule for message `{cls.__name__}`"
        text += f": it is sent, but no `@on({cls.__name__}, ..)` receives it"
        _at(model, method, text, use.line)


def _rung(model: Model, method: Method, use: Use) -> None:
    cls = use.value
    if cls in model.faulty:
        return
    if use.is_class and use.name != "cancel":
        if is_kind(cls, "alarm"):
            _at(model, method, f"`{cls.__name__}` is a class; set an alarm of it: `{cls.__name__}(..)`", use.line)
    elif not is_kind(cls, "alarm"):
        _at(model, method, f"`{cls.__name__}` is not an alarm: write `@nodes.alarm` above its class", use.line)
    elif cls not in model.alarms:
        text = f"`{model.name}` has no rule for alarm `{cls.__name__}`: no `@when({cls.__name__}, ..)` handles it"
        _at(model, method, text, use.line)


def _asked(model: Model, method: Method, use: Use) -> None:
    """What of the net only some protocols can have; an option that could not be read allows everything."""
    options, name = model.options, use.name
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
        _at(model, method, text, use.line)


def _leaves_terminal(model: Model, rule: RuleOf, scan: Scan) -> None:
    for assignment in scan.assignments:
        to = assignment.plain
        left = _left(rule, to, assignment.certain) if to else None
        if to and left and rule.method:
            text = f"`{left.name}` is terminal, so a node in it has decided and cannot become `{to.name}`"
            _at(model, rule.method, f"{text}; stay in `{left.name}`, or write it as `auto()`", assignment.line)


def _left(rule: RuleOf, to: State, certain: bool) -> State | None:
    """The terminal state that a rule leaves for certain, if it assigns that state."""
    left = None
    for state in rule.states or ():
        if state.is_terminal and state is not to:
            left = state
        elif not certain:
            return None
    return left


def _at(model: Model, method: Method, text: str, line: int | None = None) -> None:
    model.mistakes.add(text, line or method.line, method.name, method.path)
