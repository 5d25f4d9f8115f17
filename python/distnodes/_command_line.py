"""The command line, for the catalogue and for classes."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

from . import _native
from ._engines import known


def main(protocol: type, words: Sequence[str] | None = None) -> NoReturn:
    """Gives a script the whole command line, for its protocol::

        if __name__ == "__main__":
            nodes.main(Flooding)

    Then `python flooding.py` runs it, and `python flooding.py simulate --topology ring:6 --diagram`, `check`, `sweep`
    and the others do what they do for the catalogue; `python flooding.py help` shows them.

    Args:
        protocol: The class.
        words: What stands behind the name of the program; those of the command line unless given.

    Raises:
        SystemExit: Always, with the status of the command.
        TypeError: If the class is not at the level of a script or a module.
    """
    from ._engines import _place

    place, why = _place(protocol)
    if place is None:
        raise TypeError(f"{why}: put it at the level of the script")
    given = sys.argv[1:] if words is None else list(words)
    sys.exit(status_of(known(protocol), given, [_python(), sys.argv[0]], place))


def command(words: Sequence[str]) -> int:
    """Does what `python -m distnodes` is told; the exit status."""
    invocation = [_python(), "-m", "distnodes"]
    first, rest = (words[0], words[1:]) if words else ("", ())
    if ":" in first:
        module, _, name = first.rpartition(":")
        place = f"{os.path.abspath(module)}:{name}" if module.endswith(".py") else first
        return status_of(_class(first, place), rest, [*invocation, first], place)
    named = _native.Protocol.of_catalogue(first) if first else None
    if named is None:
        return status_of(None, words, invocation, "")
    return status_of(named, rest, invocation, named.name)


def status_of(protocol: _native.Protocol | None, words: Sequence[str], invocation: Sequence[str], place: str) -> int:
    """Does a command; the exit status.

    Args:
        protocol: Of which protocol; None for the whole catalogue.
        words: The command and its options.
        invocation: What to type to call this program.
        place: Where a process that is started as a node finds the protocol.
    """
    # Here, since most programs are no commands.
    import json
    import shlex

    nodes = [sys.executable, "-m", "distnodes"]
    if place:
        nodes = [sys.executable, "-u", "-m", "distnodes._node", place, json.dumps([sys.path, sys.argv])]
    with _interruptible():
        return _native.main(protocol, list(words), shlex.join(invocation), nodes)


@contextmanager
def _interruptible() -> Iterator[None]:
    """Leaves Ctrl-C to the command, which looks after it as that of Rust does."""
    import signal

    if threading.current_thread() is not threading.main_thread():  # another cannot say what it does
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _python() -> str:
    """What to type for this interpreter."""
    import shutil

    name = os.path.basename(sys.executable)
    found = shutil.which(name)
    return (
        name if found and os.path.samefile(os.path.dirname(found), os.path.dirname(sys.executable)) else sys.executable
    )


def _class(written: str, place: str) -> Any:
    from ._node import find

    module = place.rpartition(":")[0]
    if module.endswith(".py"):
        # As for a script: what stands beside it can be imported.
        sys.path.insert(0, os.path.dirname(module))
    try:
        return known(find(place))
    except (ImportError, AttributeError, KeyError, FileNotFoundError, TypeError) as wrong:
        sys.exit(f"{written}: {type(wrong).__name__}: {wrong}")
