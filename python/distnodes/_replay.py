"""What the engines say of a run, in the words of Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import re  # takes long to import

NAMES = {"until": "for", "graph": "topology"}
"""Arguments that are called otherwise on a command line."""
_SHOWN = {option: name for name, option in NAMES.items()}


_PANICKED = r"(node \d+(?:[^:]*:)?|`\w+` does not hold: it) panicked: "
"""How an engine begins to say so of a handler, or of a property.  What follows is the user's own text."""


def is_raised(text: str) -> bool:
    """Whether an engine says of a handler or a property that it has raised."""
    import re

    return re.match(_PANICKED, text) is not None


def in_words(text: str) -> str:
    """As it is written in Python: a handler raises, where one of Rust panics, and a rule is a decorator."""
    import re

    if raised := re.match(_PANICKED, text):
        return f"{raised[1]} raised {text[raised.end() :]}"
    text = re.sub(r"`--[^`]*`", lambda found: in_python(found[0]), text)
    return re.sub(r"#\[(\w+)\((\w+) in ([^)]+)\)\]", r"@\1(\2, in_=\3)", text)


def in_python(text: str) -> str:
    """`--most-states 10` as `most_states=10`."""
    import re

    def keyword(found: re.Match[str]) -> str:
        name = found["name"].replace("-", "_")
        value = found["value"]
        return _SHOWN.get(name, name) + ("" if value is None else f"={literal(value)}")

    text = re.sub(r"--(?P<name>[a-z][a-z-]*)(?:[ =](?P<value>[^\s`,;:][^\s`]*)(?=`))?", keyword, text)
    return re.sub(r"`help [a-z]+` shows what it has", "`help(distnodes.Options)` shows most", text)


def literal(value: str) -> str:
    """The value of an option, as Python writes it."""
    is_number = value.replace(".", "", 1).removeprefix("-").isdecimal() and value[-1] != "."
    return value if is_number else f'"{value}"'


def call_of(document: dict[str, Any], is_class: bool) -> str | None:
    """The call that makes a run again, from its document; None if its graph or its inputs have no text.

    Args:
        document: The result.
        is_class: Whether the protocol is a class, and not an algorithm of the catalogue.
    """
    import shlex  # takes long to import

    from ._engines import Options

    options = (*Options.__annotations__, "seed", "inputs")
    words = shlex.split(document["replay"] or "")
    if len(words) < 2 or any(word.startswith("(") for word in words):
        return None
    engine, name, *rest = words
    arguments = [document["protocol"] if is_class else literal(name)]
    config = []
    while rest:
        option, equals, value = rest.pop(0).removeprefix("--").partition("=")
        if not equals:
            value = rest.pop(0) if rest and not rest[0].startswith("--") else "true"
        keyword = _SHOWN.get(option, option.replace("-", "_"))
        shown = value.capitalize() if value in ("true", "false") else literal(value)
        if keyword == "graph":
            arguments.insert(1, shown)
        elif keyword in options:
            arguments.append(f"{keyword}={shown}")
        else:
            config.append(f'"{keyword}": {shown}')
    if config:
        arguments.append(f"config={{{', '.join(config)}}}")
    return f"nodes.{engine}({', '.join(arguments)})"
