"""What a handler raises in a node that is a process of its own, on its way to the process that makes the run.

Its type, its message and its traceback travel as text: the object itself may refer to anything there.
"""

from __future__ import annotations

_MOST_CHARACTERS = 5_000
"""Of a message, and at each end of a traceback."""
_MOST_BYTES = 60_000
"""What a node says is read up to 64 KiB."""


class Raised(Exception):
    """What a handler has raised in a node that is a process of its own: the cause of `NodeFailed`, with its traceback.

    Attributes:
        type: The name of its class, with the module unless it is built in: `"ZeroDivisionError"`, `"shop.SoldOut"`.
        message: What it says.
        traceback: Its traceback, as Python prints it.
        node: The node that has raised it.
    """

    __module__ = "distnodes"

    def __init__(self, type: str, message: str, traceback: str, node: int) -> None:
        super().__init__(type, message, traceback, node)
        self.type, self.message, self.traceback, self.node = type, message, traceback, node

    def __str__(self) -> str:
        return f"in node {self.node}\n{self.traceback.rstrip()}"


def told(raised: BaseException) -> str:
    """What a node says of what was raised in it."""
    # They take long to import.
    import json
    import traceback

    kind = type(raised)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    try:
        message = str(raised)
    except Exception as wrong:
        message = f"<no text: {type(wrong).__name__}>"
    text = "".join(traceback.format_exception(raised))
    most = _MOST_CHARACTERS
    # A character takes up to 12 bytes.
    while len(said := json.dumps([name[:most], message[:most], _both_ends(text, most)])) > _MOST_BYTES:
        most //= 2
    return said


def _both_ends(text: str, most: int) -> str:
    """A text without its middle if it is longer than twice so many characters."""
    return text if len(text) <= 2 * most else f"{text[:most]}\n  [..]\n{text[-most:]}"


def heard(report: str, node: int) -> Raised:
    """What a node has said so."""
    import json  # takes long to import

    try:
        name, message, text = json.loads(report)
    except ValueError:  # it could not be told in full
        name, message, text = "", "", report
    return Raised(name, message, text, node)
