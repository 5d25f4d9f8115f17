"""Processes that compute what handlers ask for by `net.compute`.

`python -m distnodes._computer SOCKET MEMORY PARENT` speaks over that socket, each piece behind its length.  The first
piece says where modules are; a call is two, the function and its arguments, of which arrays stand in that memory.
"""

from __future__ import annotations

import json
import pickle
import sys
from typing import Any

from ._calls import called, seeded
from ._shared import from_arena, unpacked
from ._worker import _script, begun, receive, send


def main() -> None:
    """Computes, until nothing more is asked for."""
    descriptor, memory, parent = map(int, sys.argv[1:])
    begins = begun(descriptor, parent)
    if begins is None:
        return
    pipe, first = begins
    try:
        sys.path[:], sys.argv[:], script = json.loads(first)
        if script is not None:
            _script(script)
    except BaseException as wrong:
        send(pipe, f"{type(wrong).__name__}: {wrong}".encode())
        return
    send(pipe, b"")
    functions: dict[int, Any] = {}
    find: Any = None

    def array(reference: Any) -> Any:
        nonlocal find
        find = find or from_arena(memory)
        return find(reference)

    while (named := receive(pipe)) is not None and (content := receive(pipe)) is not None:

        def work(named: bytes = named, content: bytes = content) -> Any:
            number, name = pickle.loads(named)
            if name is not None:
                functions[number] = pickle.loads(name)
            seed, arguments, keywords = unpacked(content, array)
            with seeded(seed):
                return functions[number](*arguments, **keywords)

        send(pipe, called(work))


if __name__ == "__main__":
    main()
