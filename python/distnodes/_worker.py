"""Processes that make runs of a sweep; `distnodes.sweep` starts them.

`python -m distnodes._worker DESCRIPTOR PARENT` speaks over that socket: each piece behind its length.  First it is told
where the protocols are, then a run at a time.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import pickle
import runpy
import signal
import socket
import struct
import sys
from types import ModuleType
from typing import Any

from ._engines import IMPORTED_SCRIPT

_PR_SET_PDEATHSIG = 1


def send(pipe: socket.socket, piece: bytes) -> None:
    """Sends a piece."""
    pipe.sendall(struct.pack("<Q", len(piece)) + piece)


def receive(pipe: socket.socket) -> bytes | None:
    """The next piece; None if there will be none."""
    head = _exactly(pipe, 8)
    return None if head is None else _exactly(pipe, struct.unpack("<Q", head)[0])


def _exactly(pipe: socket.socket, length: int) -> bytes | None:
    pieces = []
    while length > 0:
        piece = pipe.recv(min(length, 1 << 20))
        if not piece:
            return None
        pieces.append(piece)
        length -= len(piece)
    return b"".join(pieces)


def _script(path: str) -> ModuleType:
    """Imports a script as `multiprocessing` does: what stands behind `if __name__ == "__main__":` does not run."""
    module = ModuleType(IMPORTED_SCRIPT)
    module.__dict__.update(runpy.run_path(path, run_name=IMPORTED_SCRIPT))
    sys.modules["__main__"] = sys.modules[IMPORTED_SCRIPT] = module
    return module


def _find(place: str) -> Any:
    module, _, name = place.rpartition(":")
    if not module:
        return place
    found: Any = sys.modules[IMPORTED_SCRIPT] if module.endswith(".py") else importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    return found


def _loaded(told: bytes) -> Any:
    """The protocols, functions and options that the runs have in common."""
    from ._sweeping import Common

    where, _, content = told.partition(b"\n")
    sys.path[:], sys.argv[:], script, places = json.loads(where)
    if script is not None:
        _script(script)
    protocols, measure, options = pickle.loads(content)
    named = [protocol if place is None else _find(place) for place, protocol in zip(places, protocols, strict=True)]
    return Common(named, measure, options)


def begun(descriptor: int, parent: int) -> tuple[socket.socket, bytes] | None:
    """The pipe of this process to its parent, with which it ends, and the first piece; None if the parent has ended."""
    # However the parent ends, also while this process is at work.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        return None
    pipe = socket.socket(fileno=descriptor)
    first = receive(pipe)
    return None if first is None else (pipe, first)


def main() -> None:
    """Makes runs, until no more are asked for."""
    begins = begun(*map(int, sys.argv[1:]))
    if begins is None:
        return
    pipe, told = begins
    try:
        common = _loaded(told)
    except BaseException as wrong:
        send(pipe, f"{type(wrong).__name__}: {wrong}".encode())
        return
    send(pipe, b"")
    while (task := receive(pipe)) is not None:
        try:
            answer = {"row": common.row(*pickle.loads(task))}
        except BaseException as wrong:
            answer = {"wrong": f"{type(wrong).__name__}: {wrong}"}
        send(pipe, json.dumps(answer).encode())


if __name__ == "__main__":
    main()
