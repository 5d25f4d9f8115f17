"""From a class to its plan: its rules are read and checked, and put into words for the engines."""

from __future__ import annotations

from types import FunctionType
from typing import Any

from ._changes import changes
from ._check_bodies import check_bodies
from ._check_calls import check_calls
from ._check_class import check_class
from ._check_fields import check_fields, check_records
from ._check_methods import check_methods
from ._check_rules import check_rules, warn_of_states
from ._config import config_plan
from ._fields import Factory
from ._mistakes import Mistakes
from ._model import Method, Model, RuleOf, in_order, takes
from ._options import Options, read_options
from ._place import Place
from ._plan import ConfigPlan, Field, Kind, Plan, Property, Rule, StateInfo
from ._records import record_of
from ._rules import Spontaneously
from ._scan import Scans, becomes, function_of
from ._schema import NoSchema, Schema, resolve, schema_of, type_text
from ._source import guard_text
from ._topologies import Topology

NO_STATE = StateInfo("-", False, "", None)
"""The only state of a protocol without the field `state`."""


def make_plan(cls: type, given: dict[str, object], place: Place) -> Plan:
    """The plan of a class.

    Args:
        cls: The class.
        given: The options, as they are written.
        place: Where `@protocol` stands.

    Raises:
        ProtocolError: With all that is wrong.
    """
    mistakes = Mistakes(cls, place.path, place.line)
    problems: list[str] = []
    options, broken = read_options(given, getattr(cls, "__nodes_options__", Options()), problems)
    config = config_plan(options.config, problems) if options.config else None
    for problem in problems:
        mistakes.add(problem)
    model = Model(cls, options, broken, place, mistakes)
    scans = model.scans()
    check_class(model)
    check_fields(model, scans)
    check_records(model)
    check_rules(model)
    check_methods(model)
    check_bodies(model, scans)
    check_calls(model, scans)
    stored = _stored(model)
    mistakes.raise_if_any()
    warn_of_states(model, scans)
    cls.__nodes_options__ = options  # type: ignore[attr-defined]
    _keep_functions(model)
    return _plan(model, scans, config, stored)


def _keep_functions(model: Model) -> None:
    """A function that is the default of a field is not to become a method of the node."""
    for field in model.declared:
        if isinstance(field.default, FunctionType) and field.make:
            factory = Factory(field.make)
            factory.__set_name__(model.cls, field.name)
            setattr(model.cls, field.name, factory)


def _stored(model: Model) -> Schema | None:
    """The schema of what the method with `@recover` is given."""
    method = model.one_life("recover")
    function = function_of(method.value) if method else None
    if method is None or function is None or "saved" not in takes_of(method):
        return None
    written = function.__annotations__.get("saved")
    problem = f"what is stored has no type; write `def {method.name}(self, saved: int, net: Net)`"
    if written is not None:
        try:
            return schema_of(resolve(written, method.owner, model.place))
        except NoSchema as wrong:
            problem = f"what is stored: {wrong}"
    model.at(method, problem)
    return None


def takes_of(method: Method | None) -> tuple[str, ...]:
    """What a method takes after `self`."""
    function = function_of(method.value) if method else None
    return takes(function) if function else ()


def _plan(model: Model, scans: Scans, config: ConfigPlan | None, stored: Schema | None) -> Plan:
    options = model.options
    init, finish, recover = (model.one_life(word) for word in ("init", "finish", "recover"))
    fields = [field for field in model.declared if field.name != "state"]
    states = tuple(
        StateInfo(state.name, state.is_terminal, state.doc, state, model.carried(state)) for state in model.states
    )
    return Plan(
        cls=model.cls,
        name=model.name,
        doc=doc_of(model.cls),
        problem=options.problem,
        cost=options.cost,
        source=options.source,
        topology=options.topology.name if isinstance(options.topology, Topology) else options.topology,
        own_topology=options.topology if isinstance(options.topology, Topology) else None,
        links=options.links,
        initiators=options.initiators,
        knows_size="size" in options.knows,
        knows_neighbour_ids="neighbour_ids" in options.knows,
        anonymous=options.anonymous,
        input=options.input,
        max_message=options.max_message,
        fields=tuple(Field(field.name, field.schema, field.make) for field in fields),
        state_field=bool(states),
        initial=model.initial.index if model.initial else 0,
        begins=model.begins,
        states=states or (NO_STATE,),
        messages=tuple(_kind(cls) for cls in model.messages),
        alarms=tuple(_kind(cls) for cls in model.alarms),
        rules=_rules(model, scans),
        otherwise_ignore=model.otherwise_ignore,
        init=init.name if init else None,
        init_takes=takes_of(init),
        finish=finish.name if finish else None,
        finish_takes=takes_of(finish),
        recover=recover.name if recover else None,
        recover_takes=takes_of(recover),
        stored=stored,
        properties=tuple(_property(word, method) for word, method in model.properties),
        config=config,
        schema_text=", ".join(f"{field.name}: {type_text(field.type)}" for field in fields),
    )


def doc_of(holder: Any) -> str:
    """The docstring of a class or function itself, without its indentation."""
    text = vars(holder).get("__doc__") if isinstance(holder, type) else holder.__doc__
    lines = (text or "").expandtabs().strip().splitlines()
    indents = [len(line) - len(line.lstrip()) for line in lines[1:] if line.strip()]
    return "\n".join([*lines[:1], *(line[min(indents) :].rstrip() if line.strip() else "" for line in lines[1:])])


def _kind(cls: type) -> Kind:
    record = record_of(cls)
    assert record, "an event is a record"
    return Kind(cls.__name__, doc_of(cls), cls, record.schemas(), record.text())


def _rules(model: Model, scans: Scans) -> tuple[Rule, ...]:
    rules = [_rule(model, rule, scans) for rule in in_order(model)]
    if model.otherwise_ignore:
        for tag, message in enumerate(model.messages):
            states = _indices(model, model.undecided_but(model.named(message)))
            if states:
                rules.append(Rule(("message", tag), states, None, None, (), "ignore", "", (), (), (), "", False))
    return tuple(rules)


def _rule(model: Model, rule: RuleOf, scans: Scans) -> Rule:
    if rule.event is Spontaneously:
        trigger: tuple[Any, ...] = ("impulse",)
    elif rule.event in model.messages:
        trigger = ("message", model.messages.index(rule.event))
    else:
        trigger = ("alarm", model.alarms.index(rule.event))
    method = rule.method
    entered = becomes(method.name, scans) if method else ()
    function = function_of(method.value) if method else None
    return Rule(
        trigger=trigger,
        states=_indices(model, model.applies_in(rule)),
        guard=rule.guard,
        guard_text=guard_text(rule.guard) if rule.guard else None,
        guard_takes=takes(rule.guard) if isinstance(rule.guard, FunctionType) else (),
        action=rule.action,
        handler=method.name if method else "",
        takes=takes_of(method),
        becomes=tuple(sorted(state.index for state in entered)),
        changes=_changes(model, method.name, scans) if method else (),
        doc=doc_of(function) if function else "",
        waits_for_condition=model.waits_for_condition(rule),
    )


def _changes(model: Model, method: str, scans: Scans) -> tuple[int, ...]:
    """The places of the fields that it may change, among those of the plan."""
    fields = [field for field in model.declared if field.name != "state"]
    changed = changes(method, {field.name: field.schema for field in fields if field.schema}, scans)
    return tuple(place for place, field in enumerate(fields) if field.name in changed)


def _indices(model: Model, states: tuple[Any, ...]) -> tuple[int, ...]:
    """Where these states stand; the only state of a protocol without the field stands at 0."""
    return tuple(state.index for state in states) if model.states else (0,)


def _property(word: str, method: Method) -> Property:
    function: Any = function_of(method.value)
    of: Any = function.__code__.co_varnames[0]
    return Property(method.name, "always" if word == "always" else "finally", doc_of(function), function, of)
