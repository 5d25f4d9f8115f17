"""Processes that are nodes of a run; `distnodes.run` starts them.

`python -m distnodes._node PROTOCOL SURROUNDINGS` is one node, with that `sys.path` and `sys.argv`, as JSON.
`python -m distnodes._node fork` is a server that forks nodes: it imports the protocol once, and each node is a copy of
it.
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
import time
from collections.abc import Iterable
from types import ModuleType
from typing import Any, NoReturn, TextIO

from . import _engines, _native
from ._engines import IMPORTED_SCRIPT, known
from ._payloads import Watch, is_asked_for

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")


def find(place: str) -> Any:
    """The class that `module:Class` or `file.py:Class` names; a name of the catalogue stays what it is."""
    module, _, name = place.rpartition(":")
    if not module:
        return place
    _engines.no_runs = (
        f"`{module}` is imported for the nodes of a run, and makes a run as it is imported: put that behind "
        '`if __name__ == "__main__":`, or into a function'
    )
    found: Any = _script(module) if module.endswith(".py") else importlib.import_module(module)
    _engines.no_runs = ""
    for part in name.split("."):
        found = getattr(found, part)
    return found


def _script(path: str) -> ModuleType:
    """A script, imported as `multiprocessing` does: what stands behind `if __name__ == "__main__":` does not run."""
    module = ModuleType(IMPORTED_SCRIPT)
    vars(module).update(runpy.run_path(path, run_name=IMPORTED_SCRIPT))
    # What its classes say of themselves: pickle looks there.
    sys.modules[IMPORTED_SCRIPT] = module
    return module


class _Prefixed(io.TextIOBase):
    """Writes lines behind the node that prints them, each in one piece."""

    def __init__(self, out: TextIO, node: str) -> None:
        self._out, self._prefix, self._begun = out, f"node {node}: ", ""

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._out.encoding

    def write(self, text: str) -> int:
        *lines, self._begun = (self._begun + text).split("\n")
        if lines:
            self._out.write("".join(f"{self._prefix}{line}\n" for line in lines))
            self._out.flush()
        return len(text)

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._out.fileno()

    def flush(self) -> None:
        self._out.flush()

    def end(self) -> None:
        """Writes the line that has no end."""
        if self._begun:
            self.write("\n")


def live(protocol: _native.Protocol, node: str) -> NoReturn:
    """Lives the life of a node, for which this process was started."""
    _engines.no_runs = "a handler makes a run of real processes, and its node is one itself: simulate it there"
    streams = _Prefixed(sys.stdout, node), _Prefixed(sys.stderr, node)
    sys.stdout, sys.stderr = streams
    _native.watch_payloads(Watch() if is_asked_for() else None)
    status = _native.serve(protocol)
    for stream in streams:
        stream.end()
    # Nothing of what the interpreter would do at its end is the node's.
    os._exit(1 if status is None else status)


def threads() -> int:
    """How many threads there are beside this one, those of libraries that Python does not know of among them."""
    patience = 20
    while (started := len(os.listdir("/proc/self/task")) - 1) and patience:
        # One that has been joined may not be gone yet.
        time.sleep(0.01)
        patience -= 1
    return started


def serve_forks() -> None:
    """Forks a node for each request on standard input, until that ends: the protocol is that of `process/forks.rs`."""
    pipe = socket.socket(fileno=os.dup(0))
    os.close(0)
    os.open(os.devnull, os.O_RDONLY)
    (length,) = struct.unpack("<I", _read(pipe, 4))
    told = _read(pipe, length)
    try:
        _native.end_with_initializer()
        os.environ.update(dict.fromkeys(_THREADS, "1"))
        protocol = known(_load(told))
    except BaseException as wrong:
        _refuse(pipe, in_a_line(wrong))
        show(wrong)
        sys.exit(1)
    started = threads()
    if started > 0:
        count = "a thread" if started == 1 else f"{started} threads"
        _refuse(pipe, f"importing the protocol has started {count}, which a fork would lose", b"1")
        return
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
            _refuse(pipe, in_a_line(wrong))
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
    place, sys.path[:], sys.argv[:] = json.loads(where)
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


def in_a_line(wrong: BaseException) -> str:
    """An exception without its traceback."""
    return f"{type(wrong).__name__}: {wrong}"


def show(wrong: BaseException) -> None:
    """Prints an exception with its traceback, from what is imported on."""
    import traceback  # takes long to import

    here, trace = (__file__, importlib.__file__, "<frozen "), wrong.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename.startswith(here):
        trace = trace.tb_next
    # In one piece: others may print theirs.
    sys.stderr.write("".join(traceback.format_exception(wrong.with_traceback(trace))))


def _refuse(pipe: socket.socket, text: str, sign: bytes = b"!") -> None:
    why = text.encode()[:4000]
    pipe.sendall(sign + struct.pack("<I", len(why)) + why)


def main(words: Iterable[str]) -> None:
    """What the command line says."""
    what, *surroundings = words
    if what == "fork":
        serve_forks()
        return
    node = os.environ.get("NODES_NODE")
    if node is None:
        sys.exit("this command is for processes that are started as nodes of a run")
    try:
        sys.path[:], sys.argv[:] = json.loads(surroundings[0])
        for name in _THREADS:
            os.environ.setdefault(name, "1")
        protocol = known(find(what))
    except BaseException as wrong:
        # Its standard input is the socket that it shares with the process that makes the run, whose result says it.
        os.write(0, in_a_line(wrong).encode()[:4000])
        show(wrong)
        sys.exit(1)
    live(protocol, node)


if __name__ == "__main__":
    main(sys.argv[1:])
