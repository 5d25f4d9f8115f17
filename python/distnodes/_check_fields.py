"""What can be wrong with the fields of a protocol, with its states, and with those of its messages."""

from __future__ import annotations

import enum

from ._fields import MISSING, Declared, Factory
from ._mistakes import did_you_mean
from ._model import Method, Model
from ._records import record_of
from ._rules import clauses_of
from ._scan import Scans, called
from ._schema import NoSchema, annotations_of, fits, is_array, type_text
from ._source import field_line, path_of
from ._states import State, carrying

WORDS = ("Spontaneously", "State", "Net", "Port", "Ports", "Id", "World", "Node")
"""Words of the language: a message of that name would hide what every handler names."""


def check_fields(model: Model, scans: Scans) -> None:
    """Says what is wrong with what a node keeps."""
    _names_of_states(model)
    _state(model)
    _carried(model)
    init = model.one_life("init")
    set_by_init = _assigned(init, scans)
    for field in model.declared:
        if field.name != "state":
            _field(model, field, set_by_init, bool(init and init.name not in scans))
    _undeclared(model, scans)


def check_records(model: Model) -> None:
    """Says what is wrong with messages and alarms."""
    named: dict[str, type] = {}
    for cls in (*model.messages, *model.alarms):
        record = record_of(cls)
        if record is None:
            continue
        if named.setdefault(cls.__name__, cls) is not cls:
            text = f"two events of `{model.name}` are called `{cls.__name__}`; call one of them otherwise"
            model.mistakes.add(text, record.place.line, path=record.place.path)
        if cls.__name__ in WORDS:
            more = record.kind.capitalize()
            text = (
                f"`{cls.__name__}` is a word of the language; call the {record.kind} otherwise: `{cls.__name__}{more}`"
            )
            model.mistakes.add(text, record.place.line, path=record.place.path)
        try:
            record.schemas()
        except NoSchema as problem:
            model.mistakes.add(str(problem), record.place.line, path=record.place.path)


def _state(model: Model) -> None:
    field = next((field for field in model.declared if field.name == "state"), None)
    used = next((state for rule in model.rules for state in rule.states or ()), None)
    if field:
        text = _wrong_state(model, field)
        if text:
            model.mistakes.add(text, field_line(field.owner, "state"), path=path_of(field.owner))
    elif used:
        model.mistakes.add(f"no field `state`: write `state: {type(used).__name__} = {used.name}` in the class")


def _wrong_state(model: Model, field: Declared) -> str | None:
    if model.state_class is None:
        if field.problem:
            return f"the field `state`: {field.problem}"
        kind, name = type_text(field.type), "State"
        if isinstance(field.type, enum.EnumType):
            kind, name = f"plain enum, `{kind}`", kind
        text = f"write `class {name}(nodes.State)` with `Asleep = auto()` in it, and `state: {name} = Asleep`"
        return f"the field `state` is a {kind if name != 'State' else f'`{kind}`'}, not a set of states; {text}"
    name = model.state_class.__name__
    if not model.states:
        return f"`{name}` has no states; a protocol has at least one: `Asleep = auto()`"
    if type(field.default) is model.state_class:
        return _wrong_beginning(model, field.default)
    is_what = "" if field.default is MISSING else f"; `{field.default!r}` is none of its states"
    return f"in which state does a node begin? write `state: {name} = {model.states[0].name}`{is_what}"


def _wrong_beginning(model: Model, begins: State) -> str | None:
    """What is wrong with the state in which nodes begin: what it carries."""
    name = type(begins).__name__
    if model.names_are_mixed:
        return None
    if begins.carries and begins.named is begins:
        return f"`{begins.name}` carries something; write `state: {name} = {carrying(begins)}`"
    try:
        carried = model.carried(begins)
    except NoSchema:
        return None  # which is said of the states
    for field, schema in carried:
        if not fits(getattr(begins, field), schema):
            of = type_text(begins.carries[field])
            return f"`{field}` of the state `{begins.name}` is `{getattr(begins, field)!r}`, which is no `{of}`"
    return None


def _carried(model: Model) -> None:
    """What states carry has a codec, and names of its own."""
    for state in model.states:
        taken = next((name for name in state.carries if name in dir(state) and name not in state.__dict__), None)
        if taken:
            text = f"a state has a `{taken}` already; call what `{state.name}` carries otherwise"
            model.mistakes.add(text, field_line(type(state), state.name), path=path_of(type(state)))
        try:
            model.carried(state)
        except NoSchema as problem:
            model.mistakes.add(str(problem), field_line(type(state), state.name), path=path_of(type(state)))


def _field(model: Model, field: Declared, set_by_init: set[str], init_is_hidden: bool) -> None:
    text = _wrong(field)
    if field.default is MISSING and not text and field.name not in set_by_init and not init_is_hidden:
        text = f"the field `{field.name}` has no default; write `{field.name}: {_shown(field)} = ..`"
        text += ", or set it in the method with `@init`"
    if text:
        model.mistakes.add(text, field_line(field.owner, field.name), path=path_of(field.owner))


def _wrong(field: Declared) -> str | None:
    name, shown, default = field.name, _shown(field), field.default
    if clauses_of(default):
        return f"`{name}` is the name of a field and of a method; call one of them otherwise"
    if type(default).__module__ == "dataclasses":
        return f"the default of `{name}` is made by `dataclasses.field`; write `nodes.field(..)`"
    if field.problem:
        local = (
            ""
            if field.type is MISSING or "not a type" in field.problem
            else f"; or, if it is for this node alone, `{name}: Local[{shown}]`"
        )
        return f"the field `{name}`: {field.problem}{local}"
    if default is MISSING or isinstance(default, Factory):
        return None
    if field.has_mutable_default:
        make = (
            "lambda: .." if is_array(type(default)) else f"lambda: {default!r}" if default else type(default).__name__
        )
        text = f"all nodes would share the default of `{name}`, which can be changed"
        return f"{text}; write `{name}: {shown} = nodes.field(default_factory={make})`"
    if field.schema and not fits(default, field.schema):
        instead = f"; write `{name}: {shown} | None = None`" if default is None else ""
        return f"the default of `{name}` is `{default!r}`, which is no `{shown}`{instead}"
    return None


def _shown(field: Declared) -> str:
    """The type of a field, as written."""
    return field.annotation if isinstance(field.annotation, str) else type_text(field.annotation)


def _assigned(method: Method | None, scans: Scans) -> set[str]:
    """The fields that a method, or one that it calls, assigns."""
    if method is None:
        return set()
    return {use.name for name in called(method.name, scans) for scan in scans[name] for use in scan.fields}


def _undeclared(model: Model, scans: Scans) -> None:
    known = {field.name for field in model.declared}
    known |= {name for owner in model.cls.__mro__ for name in annotations_of(owner)}
    fields = [field.name for field in model.declared]
    said = set()
    for name, found in scans.items():
        method = model.methods[name]
        for use in found[0].fields:
            bound = getattr(model.cls, use.name, None)
            if use.name in known or use.name in said or (hasattr(bound, "__set__") and not isinstance(bound, Factory)):
                continue
            said.add(use.name)
            hint = did_you_mean(use.name, fields) or f"; write `{use.name}: int = 0` in the class, with its type"
            model.at(method, f"the field `{use.name}` is not declared{hint}", use.line)


def _names_of_states(model: Model) -> None:
    """A name that is one state's, bound to another: `Leader, Asleep = State` in the wrong order."""
    if not model.state_class:
        return
    global_names, local_names = model.place.names_for(model.state_class)
    bound = {**global_names, **local_names}
    wrong = [
        (state, found)
        for state in model.states
        if isinstance(found := bound.get(state.name), State) and type(found) is type(state) and found is not state
    ]
    if wrong:
        model.names_are_mixed = True
        (state, found), names = wrong[0], ", ".join(state.name for state in model.states)
        text = f"the name `{state.name}` means the state `{found.name}`; "
        if len(wrong) > 1:
            text += f"write the names in the order of the states: `{names} = {model.state_class.__name__}`"
        else:
            text += f"it is bound a second time, `{state.name} = ..`: choose another name there"
        model.mistakes.add(text)
