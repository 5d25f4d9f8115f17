"""Processes that compute: each has one core, and finds functions by their names."""

from __future__ import annotations

import json
import os
import pickle
import selectors
import signal
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from ._node import _THREADS
from ._shared import Arena, in_arena, packed
from ._worker import receive, send
from ._workers import _GUARD, _script

Function = Callable[..., Any]


class Task:
    """A call that is to be made, or has been."""

    def __init__(self, function: Function, content: bytes, holds: Any) -> None:
        self.function = function
        self.content = content
        """Seed and arguments, packed."""
        self.holds = holds
        """The arguments: their arrays are in memory as long as they are needed."""
        self.answer: Answer | None = None


class Answer(NamedTuple):
    """What came of a call."""

    result: Any
    wrong: BaseException | None
    seconds: float
    """Of the processor."""


class Pool:
    """At most `most` worker processes, each started when a call waits for one."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._arena: Arena | None = None
        self._waiting: deque[Task] = deque()
        self._busy: dict[socket.socket, Task | None] = {}  # None: it starts
        self._idle: list[socket.socket] = []
        self._processes: dict[socket.socket, subprocess.Popen[bytes]] = {}
        self._known: dict[socket.socket, set[int]] = {}
        self._selector = selectors.DefaultSelector()
        self._functions: dict[Function, tuple[int, bytes]] = {}
        self.shipped = 0
        """How many bytes of arguments went to workers, those of arrays that they share among them."""

    def submit(self, task: Task) -> None:
        """Has a call made as soon as a worker is free.

        Raises:
            RuntimeError: If a worker has ended.
            TypeError: If another process cannot have the function.
        """
        if task.function not in self._functions:
            self._functions[task.function] = len(self._functions), carried(task.function)
        self._waiting.append(task)
        self._go_on()

    def wait(self, task: Task) -> Answer:
        """What came of that call.

        Raises:
            RuntimeError: If a worker has ended.
        """
        while task.answer is None:
            self._go_on(None)
        return task.answer

    def pack(self, value: Any) -> bytes:
        """A value on its way to workers."""
        arena = self._arena
        if arena is None:
            arena = self._arena = Arena()
        before = arena.bytes
        content = packed(value, in_arena(arena))
        self.shipped += len(content) + arena.bytes - before
        return content

    def close(self) -> None:
        """Ends all workers, whatever they are at."""
        for process in self._processes.values():
            process.kill()
        for pipe, process in self._processes.items():
            pipe.close()
            process.wait()
        self._processes.clear()
        self._selector.close()
        if self._arena:
            self._arena.close()

    def _go_on(self, timeout: float | None = 0) -> None:
        """Hears what workers have done, and gives them more to do; with `None` it waits for something to hear."""
        self._give()
        if self._busy:
            for key, _ in self._selector.select(timeout):
                self._hear(key.fileobj)  # type: ignore[arg-type]
        self._give()

    def _give(self) -> None:
        while self._waiting and (self._idle or len(self._processes) < self._most):
            if not self._idle:
                starting = sum(task is None for task in self._busy.values())
                if starting < len(self._waiting):
                    self._start()
                    continue
                return
            pipe, task = self._idle.pop(), self._waiting.popleft()
            self._busy[pipe] = task
            number, function = self._functions[task.function]
            is_known = number in self._known[pipe]
            self._known[pipe].add(number)
            self._tell(pipe, pickle.dumps((number, None if is_known else function)), task.content)

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        arena = self._arena
        assert arena is not None, "a task has been packed"
        command = [
            sys.executable,
            "-m",
            "distnodes._computer",
            *map(str, (theirs.fileno(), arena.descriptor, os.getpid())),
        ]
        with theirs:
            self._processes[ours] = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno(), arena.descriptor],
                env={**os.environ, **dict.fromkeys(_THREADS, "1")},
                # Ctrl-C is for this process, which ends them.
                process_group=0,
            )
        self._known[ours] = set()
        self._busy[ours] = None
        self._selector.register(ours, selectors.EVENT_READ)
        self._tell(ours, json.dumps([sys.path, sys.argv, imported_script()]).encode())

    def _hear(self, pipe: socket.socket) -> None:
        answer = None
        with suppress(ConnectionError):
            answer = receive(pipe)
        if answer is None:
            raise self._ended(pipe)
        task = self._busy.pop(pipe)
        self._idle.append(pipe)
        if task is not None:
            task.answer = Answer(*pickle.loads(answer))
            task.holds = None
            task.content = b""
        elif answer:
            raise RuntimeError(f"a process that computes cannot start: {answer.decode()}")

    def _tell(self, pipe: socket.socket, *pieces: bytes) -> None:
        try:
            for piece in pieces:
                send(pipe, piece)
        except ConnectionError:
            raise self._ended(pipe) from None

    def _ended(self, pipe: socket.socket) -> RuntimeError:
        code = self._processes[pipe].wait()
        how = f"by {signal.Signals(-code).name}" if code < 0 else f"with status {code}"
        return RuntimeError(f"a process that computes has ended {how}")


def imported_script() -> str | None:
    """The script that this process runs, if others can import it: it makes its runs behind a guard."""
    script = _script()
    return script if script and _GUARD.search(Path(script).read_text(encoding="utf-8")) else None


def carried(function: Function) -> bytes:
    """A function on its way to a worker.

    Raises:
        TypeError: If another process cannot have it.
    """
    name = getattr(function, "__qualname__", repr(function))
    try:
        plain = pickle.dumps(function)
    except (pickle.PicklingError, AttributeError, TypeError):
        plain = b"__main__"
    if b"__main__" not in plain or (imported_script() and plain != b"__main__"):
        return plain
    try:
        from ._carried import carried as by_value
    except ImportError:
        raise TypeError(
            f"net.compute({name}, ..): other processes compute it, and import it by its name: put it at the level of a "
            "module, or install cloudpickle (`pip install cloudpickle`)"
        ) from None
    try:
        return by_value(function)
    except (pickle.PicklingError, AttributeError, TypeError) as wrong:
        raise TypeError(f"net.compute({name}, ..): another process cannot have it: {wrong}") from None
