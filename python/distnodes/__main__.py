"""`python -m distnodes`: the command line, over the algorithms of the catalogue."""

from __future__ import annotations

import sys

from . import _native


def main() -> int:
    """Does what the command line says; the exit status.

    `python -m distnodes NAME` runs an algorithm of the catalogue as real processes, `python -m distnodes NAME simulate`
    gives it a command, and `python -m distnodes list` shows them all.
    """
    words = sys.argv[1:]
    command = [sys.executable, "-m", "distnodes"]
    named = _native.Protocol.of_catalogue(words[0]) if words else None
    if named is None:
        return _native.main(None, words, command)
    return _native.main(named, words[1:], [*command, words[0]])


if __name__ == "__main__":
    sys.exit(main())
