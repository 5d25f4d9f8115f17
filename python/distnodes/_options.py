"""The options of `@protocol(..)`: what a protocol assumes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from ._mistakes import did_you_mean, one_of, one_text_of
from ._schema import NoSchema, Schema, schema_of
from ._topologies import Topology

TOPOLOGIES = ("Any", "Ring", "OrientedRing", "DirectedRing", "Complete", "Tree", "Grid", "Torus", "Hypercube")
LINKS = ("fifo", "reliable", "lossy")
INITIATORS = ("any", "one", "all")
KNOWLEDGE = ("size", "neighbour_ids")

DEFAULT_MAX_MESSAGE = 1 << 20
LARGEST_MAX_MESSAGE = 1 << 30
_UNITS = {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}


class Options(NamedTuple):
    """What is declared, checked."""

    topology: str | Topology = "Any"
    links: Any = "fifo"
    initiators: Any = "any"
    knows: tuple[str, ...] = ()
    anonymous: bool = False
    input: Schema | None = None
    config: type | None = None
    max_message: int = DEFAULT_MAX_MESSAGE
    problem: str = ""
    cost: str = ""
    source: str = ""


def read_options(given: dict[str, object], inherited: Options, problems: list[str]) -> tuple[Options, set[str]]:
    """Reads what was given; what is wrong is added to `problems`, and costs its own option only.

    Returns:
        The options, and the names of those that could not be read.
    """
    read: dict[str, Any] = {}
    broken = set()
    for name, value in given.items():
        reader = _READERS.get(name)
        if reader is None:
            hint = did_you_mean(name, Options._fields) or f"; write {one_of(Options._fields)}"
            problems.append(f"there is no option `{name}`{hint}")
            continue
        try:
            read[name] = reader(name, value)
        except WrongOption as wrong:
            problems.append(str(wrong))
            broken.add(name)
    options = inherited._replace(**read)
    if options.anonymous and "neighbour_ids" in options.knows:
        text = 'it cannot be `anonymous=True` and say `knows=("neighbour_ids",)`'
        problems.append(f"the nodes of an anonymous protocol have no ids: {text}")
    return options, broken


class WrongOption(Exception):
    """Why the value of an option is refused."""


def _plain(word: str) -> str:
    """A word, however it is written: `OrientedRing`, `oriented-ring`, `oriented_ring`."""
    return word.replace("-", "").replace("_", "").lower()


def _word(name: str, value: object, words: Iterable[str]) -> str:
    found = next((word for word in words if isinstance(value, str) and _plain(word) == _plain(value)), None)
    if found is None:
        hint = did_you_mean(value, words) if isinstance(value, str) else ""
        raise WrongOption(f"`{name}={value!r}` is not known; write {one_text_of(words)}{hint}")
    return found


def _knows(name: str, value: object) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise WrongOption(f"`knows` is a tuple: write `knows=({value!r},)`")
    known = []
    for word in value:
        found = next((one for one in KNOWLEDGE if isinstance(word, str) and _plain(one) == _plain(word)), None)
        if found is None:
            raise WrongOption(f"a node cannot know {word!r}; write {one_text_of(KNOWLEDGE)}")
        known.append(found)
    return tuple(known)


def _yes_or_no(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise WrongOption(f"`{name}={value!r}` is neither `True` nor `False`")
    return value


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise WrongOption(f"`{name}` is a text for people, and {value!r} is none")
    return value


def _input(name: str, value: object) -> Schema | None:
    if value is None:
        return None
    try:
        return schema_of(value)
    except NoSchema as problem:
        raise WrongOption(f"`input` is the type of what each node is given, such as `input=int`: {problem}") from None


def _config(name: str, value: object) -> type | None:
    if value is not None and not isinstance(value, type):
        raise WrongOption(f"`config` is a class with `@nodes.config`, and {value!r} is none")
    return value


def _size(name: str, value: object) -> int:
    size = value if isinstance(value, int) and not isinstance(value, bool) else _bytes(value)
    if size < 1:
        raise WrongOption(
            f"no message fits into `max_message={value!r}`: one byte tells its type; write more, such as `1 << 20`"
        )
    if size > LARGEST_MAX_MESSAGE:
        raise WrongOption(
            f"`max_message={value!r}` is more than a message can have; write at most `1 << 30`, and send in parts"
        )
    return size


def _bytes(value: object) -> int:
    text = value if isinstance(value, str) else ""
    number = text.rstrip("BKMGi ")
    unit = text[len(number) :].strip()
    if not number.isdigit() or unit not in _UNITS:
        raise WrongOption(
            f'`max_message={value!r}` is not a size; write bytes, `1 << 20`, or a text with a unit, `"45 MiB"`'
        )
    return int(number) * _UNITS[unit]


_READERS: dict[str, Any] = {
    "topology": lambda name, value: value if isinstance(value, Topology) else _word(name, value, TOPOLOGIES),
    "links": lambda name, value: _word(name, value, LINKS),
    "initiators": lambda name, value: _word(name, value, INITIATORS),
    "knows": _knows,
    "anonymous": _yes_or_no,
    "input": _input,
    "config": _config,
    "max_message": _size,
    "problem": _text,
    "cost": _text,
    "source": _text,
}
