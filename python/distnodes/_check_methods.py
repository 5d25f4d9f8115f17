"""What can be wrong with the signature of a method, and with a condition."""

from __future__ import annotations

from types import FunctionType
from typing import Any

from ._mistakes import did_you_mean, one_of
from ._model import Method, Model, RuleOf, takes
from ._records import is_kind, record_of
from ._rules import Spontaneously
from ._scan import function_of
from ._schema import NoSchema, resolve

# As `inspect` has them, which takes long to import.
CO_GENERATOR, CO_COROUTINE, CO_ASYNC_GENERATOR = 0x20, 0x80, 0x200


def check_methods(model: Model) -> None:
    """Says what is wrong with the signatures of methods."""
    _handlers(model)
    _life(model)
    for _, method in model.properties:
        _property(model, method)


def given_to(event: Any) -> tuple[str, ...]:
    """What a handler of that event can take after `self`."""
    if event is Spontaneously:
        return ("net",)
    return ("alarm", "net") if is_kind(event, "alarm") else ("msg", "sender", "net")


def expected(name: str, given: tuple[str, ...]) -> str:
    """What a signature could be, as part of a sentence."""
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
        model.at(method, text, rule.clause.line)


def _life(model: Model) -> None:
    for word, given in (("init", ("config", "net")), ("finish", ("net",)), ("recover", ("saved", "config", "net"))):
        method = model.one_life(word)
        if method is None:
            continue
        function = function_of(method.value)
        if not _signature(model, method, given, f"the method with `@{word}`") or function is None:
            continue
        if word == "recover" and "saved" not in takes(function):
            model.at(method, f"it takes nothing that was stored, as `@init` does; {expected(method.name, given)}")
        if "config" in takes(function) and not (model.options.config or "config" in model.broken):
            text = f"`{model.name}` has no configuration; write `@protocol(config=..)`, or leave `config` out"
            model.at(method, text)


def _signature(model: Model, method: Method, given: tuple[str, ...], what: str) -> bool:
    function = function_of(method.value)
    usual = expected(method.name, given)
    if function is None or isinstance(method.value, staticmethod | classmethod):
        model.at(method, f"{what} is a method of the node; {usual}")
        return False
    if function.__name__ == "<lambda>":
        model.at(method, f"{what} is a method with a name; write it with `def`, {usual}")
        return False
    if not _is_plain(model, method, function, what):
        return False
    if function.__code__.co_argcount == 0:
        model.at(method, f"it lacks `self`; {usual}")
        return False
    if function.__code__.co_varnames[0] in given:
        model.at(method, f"it lacks `self` in front; {usual}")
        return False
    unknown = [name for name in takes(function) if name not in given] or _needs_more(function)
    if unknown:
        hint = did_you_mean(unknown[0], given)
        model.at(method, f"{what} is not given {one_of(unknown)}; {usual}{hint}")
    return not unknown


def _needs_more(function: FunctionType) -> list[str]:
    """Parameters that are given by name only, and have no default."""
    code = function.__code__
    names = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    return [name for name in names if name not in (function.__kwdefaults__ or {})]


def _is_plain(model: Model, method: Method, function: FunctionType, what: str) -> bool:
    flags = function.__code__.co_flags
    if not flags & (CO_COROUTINE | CO_ASYNC_GENERATOR | CO_GENERATOR):
        return True
    cannot = "cannot `yield`" if flags & CO_GENERATOR else "cannot be `async`"
    wait = "; to wait, `net.set_alarm(..)` and handle the alarm" if what == "a handler" else ""
    model.at(method, f"{what} is one atomic step: it {cannot}{wait}")
    return False


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
    usual = f"expected `def {name}(world: World) -> bool`, or `def {name}(node: Node) -> bool`"
    function = function_of(method.value)
    if function is None:
        model.at(method, f"a property is a function; {usual}")
    elif _is_plain(model, method, function, "a property"):
        code = function.__code__
        if code.co_varnames[: code.co_argcount] not in (("world",), ("node",)):
            model.at(method, f"a property looks at the `world`, or at one `node`; {usual}")
