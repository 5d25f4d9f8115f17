"""Where a decorator stands: its line, and the names that can be used there."""

# See `_plan.py` for why annotations are not kept as texts here.

import sys
from typing import Any, NamedTuple


class Place(NamedTuple):
    """A line of a program."""

    path: str
    line: int
    module: str
    globals: dict[str, Any]
    locals: dict[str, Any]
    """The names of the function around it; none at the level of the module."""

    @classmethod
    def of_caller(cls, depth: int) -> "Place":
        """The line of the call `depth` calls above the one of this function."""
        frame = sys._getframe(depth + 1)
        names = {} if frame.f_locals is frame.f_globals else dict(frame.f_locals)
        module = frame.f_globals.get("__name__", "")
        return cls(frame.f_code.co_filename, frame.f_lineno, module, frame.f_globals, names)

    def __reduce__(self) -> tuple[Any, ...]:
        """Without the names: a class that goes to another process has been read, and a notebook's need not follow."""
        return (Place, (self.path, self.line, self.module, {}, {}))

    def names_for(self, owner: type) -> tuple[dict[str, Any], dict[str, Any]]:
        """The global and the local names that a class can use: these, unless it stands in another module."""
        if owner.__module__ == self.module:
            return self.globals, self.locals
        module = sys.modules.get(owner.__module__)
        return (vars(module) if module else {}), {}
