"""Processes that are nodes of a run; `distnodes.run` starts them.

`python -m distnodes._node PROTOCOL PATH ..` is one node, with that `sys.path`.  `python -m distnodes._node fork` is a
server that forks nodes: it imports the protocol once, and each node is a copy of it.
"""

from __future__ import annotations

import gc
import importlib
import io
import json
import os
import runpy
import socket
import struct
import sys
from collections.abc import Iterable
from typing import Any, TextIO

from . import _native
from ._engines import IMPORTED_SCRIPT, known

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


def find(place: str) -> Any:
    """The class that `module:Class` or `file.py:Class` names; a name of the catalogue stays what it is."""
    module, _, name = place.rpartition(":")
    if not module:
        return place
    if module.endswith(".py"):
        # As `multiprocessing` does: what stands behind `if __name__ == "__main__":` does not run.
        found: Any = runpy.run_path(module, run_name=IMPORTED_SCRIPT)
        outer, *inner = name.split(".")
        found = found[outer]
    else:
        found, inner = importlib.import_module(module), name.split(".")
    for part in inner:
        found = getattr(found, part)
    return found


class _Prefixed(io.TextIOBase):
    """Writes lines behind the node that prints them, each in one piece."""

    def __init__(self, out: TextIO, node: str) -> None:
        self._out, self._prefix, self._begun = out, f"node {node}: ", ""

    def write(self, text: str) -> int:
        *lines, self._begun = (self._begun + text).split("\n")
        if lines:
            self._out.write("".join(f"{self._prefix}{line}\n" for line in lines))
            self._out.flush()
        return len(text)

    def writable(self) -> bool:
        return True

    def flush(self) -> None:
        self._out.flush()


def live(protocol: _native.Protocol, node: str) -> None:
    """Lives the life of a node; does not return if this process was started as one."""
    sys.stdout = _Prefixed(sys.stdout, node)
    _native.serve(protocol)


def threads() -> int:
    """How many threads this process has, those of libraries that Python does not know of among them."""
    return len(os.listdir("/proc/self/task"))


def serve_forks() -> None:
    """Forks a node for each request on standard input, until that ends: the protocol is that of `process/forks.rs`."""
    pipe = socket.socket(fileno=os.dup(0))
    os.close(0)
    os.open(os.devnull, os.O_RDONLY)
    (length,) = struct.unpack("<I", _read(pipe, 4))
    told = _read(pipe, length)
    try:
        for name in _THREADS:
            os.environ[name] = "1"
        protocol = known(_load(told))
        if threads() > 1:
            raise RuntimeError(
                f"importing the protocol has started {threads() - 1} threads, which a fork would lose: "
                'run it with `spawn="exec"`'
            )
    except BaseException as wrong:
        _refuse(pipe, wrong)
        raise
    gc.collect()
    gc.freeze()
    pipe.sendall(b".")
    while True:
        request, descriptors, _, _ = socket.recv_fds(pipe, 5, 1)
        if not request:
            return
        (node,) = struct.unpack("<I", request[1:])
        try:
            process = _fork(protocol, node, descriptors[0], pipe)
        except OSError as wrong:
            _refuse(pipe, wrong)
        else:
            pipe.sendall(b"." + struct.pack("<I", process))
        finally:
            for descriptor in descriptors:
                os.close(descriptor)


def _fork(protocol: _native.Protocol, node: int, standard_input: int, pipe: socket.socket) -> int:
    """Forks a node, which becomes a child of the initializer; its process."""
    reading, writing = os.pipe()
    between = os.fork()
    if between == 0:
        between = os.getpid()
        process = os.fork()
        if process != 0:
            os.write(writing, struct.pack("<I", process))
            os._exit(0)
        # The node: it goes on once it has its right parent.
        os.close(writing)
        os.close(reading)
        while os.getppid() == between:
            os.sched_yield()
        os.dup2(standard_input, 0)
        os.close(standard_input)
        pipe.close()
        os.setpgid(0, 0)
        os.environ["NODES_NODE_OF"] = protocol.type_name
        try:
            live(protocol, str(node))
        finally:
            os._exit(1)
    os.close(writing)
    try:
        os.waitpid(between, 0)
        told = os.read(reading, 4)
        if len(told) < 4:
            raise OSError("the process of the node could not be forked")
        return int(struct.unpack("<I", told)[0])
    finally:
        os.close(reading)


def _load(told: bytes) -> Any:
    """The class that was named, or that came as it is, by cloudpickle, from the process that makes the run."""
    where, _, content = told.partition(b"\n")
    place, path = json.loads(where)
    sys.path[:] = path
    if place is None:
        import pickle

        return pickle.loads(content)
    return find(place)


def _read(pipe: socket.socket, length: int) -> bytes:
    pieces: list[bytes] = []
    while (left := length - sum(map(len, pieces))) > 0:
        piece = pipe.recv(left)
        if not piece:
            sys.exit(1)
        pieces.append(piece)
    return b"".join(pieces)


def _refuse(pipe: socket.socket, wrong: BaseException) -> None:
    why = f"{type(wrong).__name__}: {wrong}".encode()[:4000]
    pipe.sendall(b"!" + struct.pack("<I", len(why)) + why)


def main(words: Iterable[str]) -> None:
    """What the command line says."""
    what, *path = words
    if what == "fork":
        serve_forks()
        return
    sys.path[:] = path
    live(known(find(what)), os.environ.get("NODES_NODE", "?"))
    sys.exit("this command is for processes that are started as nodes")


if __name__ == "__main__":
    main(sys.argv[1:])
