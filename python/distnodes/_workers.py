"""Worker processes: each an interpreter of its own, started afresh."""

from __future__ import annotations

import json
import os
import pickle
import re
import selectors
import signal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

from ._engines import IMPORTED_SCRIPT, _place
from ._node import _THREADS
from ._worker import receive, send

_GUARD = re.compile(r"^if\s+__name__\s*==", re.MULTILINE)


class NotCarriedError(TypeError):
    """Another process cannot have something of this one."""


def told(protocols: Sequence[type | str], measure: Any, options: Any) -> bytes:
    """What workers are told first: where the protocols are, or the protocols themselves.

    Raises:
        NotCarriedError: If another process cannot have them.
    """
    places = []
    for protocol in protocols:
        place, why = _place(protocol)
        if place is None and "<locals>" in getattr(protocol, "__qualname__", ""):
            raise NotCarriedError(f"{why}: put it at the level of a module")
        places.append(place)
    content: Any = [None if place else protocol for place, protocol in zip(places, protocols, strict=True)]
    content = (content, measure, options)
    script = _script()
    of_script = any(place and script and place.startswith(f"{script}:") for place in places)
    can_be_imported = script is not None and _GUARD.search(Path(script).read_text(encoding="utf-8")) is not None
    is_imported = any(getattr(protocol, "__module__", "") == IMPORTED_SCRIPT for protocol in protocols)
    if is_imported or (of_script and not can_be_imported):
        raise NotCarriedError(
            "a script that has its protocol in itself is imported by the processes that make the runs: put the sweep "
            'behind `if __name__ == "__main__":`'
        )
    plain = _plain(content)
    imports = can_be_imported and (of_script or plain is None or b"__main__" in plain)
    if plain is None or (b"__main__" in plain and not imports):
        plain = _by_value(content, imports)
    return json.dumps([sys.path, sys.argv, script if imports else None, places]).encode() + b"\n" + plain


def _script() -> str | None:
    """The file that this process runs; None in a notebook or a terminal."""
    path = getattr(sys.modules["__main__"], "__file__", None)
    return os.path.abspath(path) if path and os.path.exists(path) else None


def _plain(content: Any) -> bytes | None:
    """As `pickle` has it, by the names of functions and classes; None if some cannot be found by a name."""
    try:
        return pickle.dumps(content)
    except (pickle.PicklingError, AttributeError, TypeError):
        return None


def _by_value(content: Any, imports: bool) -> bytes:
    """As cloudpickle has it; classes of the script stay names, if it is imported."""
    try:
        from ._carried import carried
    except ImportError:
        raise NotCarriedError(
            "what was made in a notebook, and a `lambda`, is carried to other processes by cloudpickle: install it "
            "(`pip install cloudpickle`), or put it into a module"
        ) from None
    try:
        return carried(content, imports)
    except (pickle.PicklingError, AttributeError, TypeError) as wrong:
        raise NotCarriedError(f"another process cannot have what the sweep is given: {wrong}") from None


class Workers:
    """Worker processes, which end with this block, whatever happens in it."""

    def __init__(self, first: bytes, count: int) -> None:
        self._first = first
        self._count = count
        self._processes: list[subprocess.Popen[bytes]] = []
        self._pipes: list[socket.socket] = []

    def __enter__(self) -> Workers:
        try:
            for _ in range(self._count):
                self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        # First of all: one that is in a run would write to a pipe that is closed, and say so.
        for process in self._processes:
            process.kill()
        for pipe in self._pipes:
            pipe.close()
        for process in self._processes:
            process.wait()

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        self._pipes.append(ours)
        command = [sys.executable, "-m", "distnodes._worker", str(theirs.fileno()), str(os.getpid())]
        with theirs:
            self._processes.append(
                subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    pass_fds=[theirs.fileno()],
                    # Each has one core; and Ctrl-C is for this process, which ends them.
                    env={**os.environ, **dict.fromkeys(_THREADS, "1")},
                    process_group=0,
                )
            )
        self._tell(ours, self._first)

    def answers(self, tasks: Sequence[Any]) -> Iterator[dict[str, Any]]:
        """What came of each task, in their order.

        Raises:
            RuntimeError: If a worker ends, or cannot be told what it needs.
        """
        waiting = deque(enumerate(tasks))
        busy: dict[socket.socket, int | None] = dict.fromkeys(self._pipes)  # None: it loads what it was told
        early: dict[int, dict[str, Any]] = {}
        following = 0
        with selectors.DefaultSelector() as selector:
            for pipe in busy:
                selector.register(pipe, selectors.EVENT_READ)
            while following < len(tasks):
                for key, _ in selector.select():
                    pipe = cast(socket.socket, key.fileobj)
                    number = busy.pop(pipe)
                    answer = self._answer(pipe)
                    if number is not None:
                        early[number] = json.loads(answer)
                    elif answer:
                        raise RuntimeError(f"a worker process cannot have the protocols: {answer.decode()}")
                    if waiting:
                        busy[pipe], task = waiting.popleft()
                        self._tell(pipe, pickle.dumps(task))
                    else:
                        selector.unregister(pipe)
                while following in early:
                    yield early.pop(following)
                    following += 1

    def _tell(self, pipe: socket.socket, piece: bytes) -> None:
        try:
            send(pipe, piece)
        except ConnectionError:
            raise self._ended(pipe) from None

    def _answer(self, pipe: socket.socket) -> bytes:
        with suppress(ConnectionError):
            answer = receive(pipe)
            if answer is not None:
                return answer
        raise self._ended(pipe)

    def _ended(self, pipe: socket.socket) -> RuntimeError:
        """What is to be said of the worker that this pipe led to."""
        code = self._processes[self._pipes.index(pipe)].wait()
        how = f"by {signal.Signals(-code).name}" if code < 0 else f"with status {code}"
        return RuntimeError(f"a worker process has ended {how}")
