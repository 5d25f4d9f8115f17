"""Configurations: the flags of a protocol on the command line."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple, TypeVar, dataclass_transform, get_origin

from ._fields import MISSING, Factory
from ._place import Place
from ._plan import ConfigPlan, Flag
from ._records import Record, make_record, record_of
from ._schema import NoSchema, fits, schema_of, type_text

T = TypeVar("T")


class Range(NamedTuple):
    """The least and the most that a flag may be: `Annotated[u32, "how often", Range(0, 1000)]`."""

    least: int | float
    most: int | float


class Shrink:
    """Marks a number of which a smaller run that fails alike may have less: `Annotated[u32, "how often", Shrink()]`."""


@dataclass_transform(frozen_default=True, kw_only_default=True)
def config(cls: type[T]) -> type[T]:
    """Makes a class the configuration of a protocol: each field is a flag of the command line::

        @nodes.config
        class Options:
            requests: Annotated[u32, "How often each node enters."] = 2


        @protocol(config=Options)
        class Mutex: ...

    This gives `--requests`.  Numbers, `bool`, `str`, `Duration` (written `20ms`) and `Id` are flags, and each of them
    `| None`. Every field has a default.  Annotations may say more of a flag: a text (its help), a `Range`, `Shrink()`.
    """
    return make_record(cls, "config", Place.of_caller(1))


_KINDS = {"bool": "bool", "str": "String", "float": "f64", "int": "i128", "id": "Id"}
_FLAGS = "numbers, `bool`, `str`, `Duration` and `Id` are flags, and each of them `| None`"


def config_plan(cls: type, problems: list[str]) -> ConfigPlan | None:
    """The flags of a configuration; what is wrong with them is added to `problems`."""
    record = record_of(cls)
    if record is None or record.kind != "config":
        problems.append(f"`{cls.__name__}` is not a configuration: write `@nodes.config` above its class")
        return None
    flags = [flag for name in record.annotations if (flag := _flag(record, name, problems))]
    if len(flags) < len(record.annotations):
        return None
    return ConfigPlan(cls, tuple(flags), ("struct", cls, record.schemas()), cls())


def _flag(record: Record, name: str, problems: list[str]) -> Flag | None:
    field = f"the flag `{record.cls.__name__}.{name}`"
    try:
        resolved: Any = record.type_of(name)
        kind = _kind(resolved)
    except NoSchema as problem:
        problems.append(f"{field}: {problem}")
        return None
    default = record.defaults.get(name, MISSING)
    if default is MISSING or isinstance(default, Factory):
        problems.append(f"{field} has no default; write `{name}: {type_text(resolved)} = ..`")
        return None
    marks = resolved.__metadata__ if get_origin(resolved) is Annotated else ()
    if not fits(default, schema_of(resolved)):
        problems.append(f"{field} is a `{type_text(resolved)}`, but its default is `{default!r}`")
        return None
    help_text = " ".join(mark for mark in marks if isinstance(mark, str))
    span = next((mark for mark in marks if isinstance(mark, Range)), None)
    shrinks = any(isinstance(mark, Shrink) or mark is Shrink for mark in marks)
    return Flag(name.replace("_", "-"), help_text, kind, name, default, span, shrinks)


def _kind(resolved: Any) -> str:
    """The type of a flag, by its name in Rust."""
    schema = schema_of(resolved)
    if schema[0] == "option":
        some = [part for part in resolved.__args__ if part is not type(None)]
        return f"Option<{_kind(some[0])}>"
    if type_text(resolved) == "Duration":
        return "Duration"
    kind = _KINDS.get(schema[0], schema[0] if schema[0][:1] in "ui" and schema[0][1:].isdigit() else None)
    if kind is None:
        raise NoSchema(f"`{type_text(resolved)}` cannot be a flag; {_FLAGS}")
    return kind
