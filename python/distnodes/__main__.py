"""`python -m distnodes`: the command line, over the algorithms of the catalogue."""

from __future__ import annotations

import sys

from . import _native

INSTEAD = {
    "check": "distnodes.check(..)",
    "sweep": "distnodes.sweep(..)",
    "--runs": "distnodes.Trial(..)",
    "--live": "distnodes.simulation(..)",
}
"""What several threads do, which would wait for each other in a class; and what is there instead."""


def main() -> int:
    """Does what the command line says; the exit status.

    `python -m distnodes NAME` runs an algorithm of the catalogue as real processes, `python -m distnodes NAME simulate`
    gives it a command, and `python -m distnodes list` shows them all.  `flooding.py:Flooding` and `flooding:Flooding`
    name a class, for the commands `describe`, `simulate` and `run`.
    """
    words = sys.argv[1:]
    command = [sys.executable, "-m", "distnodes"]
    is_class = bool(words) and ":" in words[0]
    if is_class:
        refused = next((word for word in map(_option, words) if word in INSTEAD), None)
        if refused:
            sys.exit(f"`{refused}` is for the algorithms of the catalogue; for a class, write `{INSTEAD[refused]}`")
    named = _class(words[0]) if is_class else _native.Protocol.of_catalogue(words[0]) if words else None
    if named is None:
        return _native.main(None, words, command)
    return _native.main(named, words[1:], [*command, words[0]])


def _option(word: str) -> str:
    return word.partition("=")[0]


def _class(place: str) -> _native.Protocol:
    from ._engines import known
    from ._node import find

    try:
        return known(find(place))
    except (ImportError, AttributeError, KeyError, FileNotFoundError, TypeError) as wrong:
        sys.exit(f"{place}: {type(wrong).__name__}: {wrong}")


if __name__ == "__main__":
    sys.exit(main())
