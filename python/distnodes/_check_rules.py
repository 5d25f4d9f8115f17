"""What can be wrong with the rules as a whole: a pair that has two or none, and what can never happen."""

from __future__ import annotations

import warnings
from typing import Any

from ._mistakes import ProtocolWarning
from ._model import Model, RuleOf
from ._rules import Spontaneously
from ._scan import Scans, becomes, function_of
from ._states import State, names


def check_rules(model: Model) -> None:
    """Says what is wrong with the table of rules."""
    _one_of_each(model)
    _overridden(model)
    _starts(model)
    if model.names_are_mixed or (model.states and model.initial is None):
        return  # what is wrong with the states comes first
    for event in (Spontaneously, *model.messages, *model.alarms):
        _twice(model, event)
    for message in model.messages:
        if message not in model.faulty and not model.otherwise_ignore:
            _covered(model, message)
    for rule in model.rules:
        if rule.action == "defer":
            _deferred_for_ever(model, rule)


def warn_of_states(model: Model, scans: Scans) -> None:
    """Warns of states that no rule enters, if the source of all methods can be had."""
    own = [method for method in model.methods.values() if function_of(method.value)]
    if model.state_class is None or any(method.name not in scans for method in own):
        return
    entered = {state for method in own for state in becomes(method.name, scans)}
    lost = [state for state in model.states if state not in entered and state is not model.initial]
    if lost:
        text = f"`{model.name}`: no rule enters {names(tuple(lost))}"
        warnings.warn_explicit(text, ProtocolWarning, model.place.path, model.place.line)


def _one_of_each(model: Model) -> None:
    for word, found in model.life.items():
        for method in found[1:]:
            text = f"a protocol has one `@{word}`; `{found[0].name}` is it already"
            model.at(method, text)


def _overridden(model: Model) -> None:
    for before, after in model.overridden:
        text = f"`{before.name}` has a decorator in `{before.owner.__name__}`, and what takes its place here has none"
        hint = "write the decorator here too, or call it otherwise"
        model.at(after, f"{text}; {hint}")


def _starts(model: Model) -> None:
    init = model.one_life("init")
    by_alarm = bool(init and model.alarms)
    if not by_alarm and not model.of_event(Spontaneously) and Spontaneously not in model.faulty:
        first = model.states[0].name if model.states else ""
        rule = f"`@on(Spontaneously, in_={first})`" if first else "`@on(Spontaneously)`"
        model.mistakes.add(f"`{model.name}` can never start: add {rule} above `def start(self, net)`")


def _name(event: Any) -> str:
    return "the impulse" if event is Spontaneously else f"`{event.__name__}`"


def _does(rule: RuleOf) -> str:
    return f"calls `{rule.name}`" if rule.method else f"is `@{rule.action}`"


def _twice(model: Model, event: Any) -> None:
    """No second rule without a condition for the same event in the same state; `None` stands for every state."""
    first_of: dict[State | None, RuleOf] = {}
    for rule in model.of_event(event):
        if rule.guard is not None:
            continue
        clashes: dict[int, tuple[RuleOf, list[State]]] = {}
        for state in (None,) if rule.states is None else rule.states:
            first = first_of.setdefault(state, rule)
            if first is not rule:
                clashes.setdefault(id(first), (first, []))[1].extend([state] if state else [])
        for first, states in clashes.values():
            place = f"in state {names(tuple(states))}" if states else "in every state"
            text = _twice_text(event, place, rule, first)
            model.mistakes.add(text, rule.clause.line, rule.name, rule.clause.path)


def _twice_text(event: Any, place: str, rule: RuleOf, first: RuleOf) -> str:
    where = f"line {first.clause.line}"
    again = "leave it to one of them, or give one an `if_`"
    if rule.method and first.method:
        if first.name == rule.name:
            return f"{_name(event)} is handled twice {place}, both times by `{rule.name}` ({where}); once is enough"
        return f"{_name(event)} is handled twice {place}, by `{first.name}` already ({where}); {again}"
    return f"{_name(event)} has two rules {place}, of which the other {_does(first)} ({where}); {again}"


def _covered(model: Model, message: type) -> None:
    rules = model.of_event(message)
    if any(rule.guard is None and rule.states is None for rule in rules):
        return
    conditional = any(rule.guard is not None for rule in rules)
    if not model.states:
        if conditional and all(rule.guard is not None for rule in rules):
            text = f"`{model.name}` has no rule for `{message.__name__}` when no `if_` holds; add one without `if_`"
            model.mistakes.add(text, rules[0].clause.line, path=rules[0].clause.path)
        return
    lacking = model.undecided_but(model.named(message))
    if not lacking:
        return
    pair = f"{message.__name__}, in_={names(lacking)}"
    text = (
        f"`{model.name}` has no rule for `{message.__name__}` in state {names(lacking)}; handle it with `@on({pair})`"
    )
    text += f", or put `@ignore(..)`, `@defer(..)` or `@never({pair})` on the class"
    if not any(state.is_terminal for state in model.states):
        text += "; if a node has decided there, write the state as `terminal()`"
    if conditional:
        text += " (a rule with `if_` does not count: its condition may fail)"
    model.mistakes.add(text, rules[0].clause.line, path=rules[0].clause.path)


def _deferred_for_ever(model: Model, rule: RuleOf) -> None:
    for state in rule.states or ():
        if state.is_terminal and not model.has_condition(rule.event, state):
            message = rule.event.__name__
            text = f"`{message}` would wait for ever, since `{state.name}` is terminal, and what is deferred is offered"
            text += f" again when the state changes; write `@ignore({message}, in_={state.name})`"
            model.mistakes.add(text, rule.clause.line, path=rule.clause.path)
            return
