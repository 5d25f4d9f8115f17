"""`python -m distnodes`: the command line, over the algorithms of the catalogue."""

from __future__ import annotations

import sys

from ._command_line import command


def main() -> int:
    """Does what the command line says; the exit status.

    `python -m distnodes NAME` runs an algorithm of the catalogue as real processes, `python -m distnodes NAME simulate`
    gives it a command, and `python -m distnodes list` shows them all.  `flooding.py:Flooding` and `flooding:Flooding`
    name a class.
    """
    return command(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
