"""Where code comes from: what a run depends on besides its arguments, as hashes."""

from __future__ import annotations

import ast
import importlib.util
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from enum import Enum
from functools import cache
from hashlib import blake2b
from pathlib import Path
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any

from ._place import Place

_PACKAGE = Path(__file__).parent


def hash_of(*texts: str | bytes) -> str:
    """A short hash of these."""
    hashed = blake2b(digest_size=12)
    for text in texts:
        content = text.encode() if isinstance(text, str) else text
        hashed.update(b"%d:" % len(content))
        hashed.update(content)
    return hashed.hexdigest()


@cache
def package() -> str:
    """A hash of this package, the engines among it, and of the interpreter's version."""
    files = sorted(path for path in _PACKAGE.rglob("*") if path.suffix in (".py", ".so"))
    return hash_of(sys.version, *(path.read_bytes() for path in files))


def files_of(things: Iterable[Any]) -> dict[str, str]:
    """What the user's files hold from which these classes and functions come: their modules, and all that those import.

    Of an installed package it is the version.
    """
    found: dict[str, str] = {}
    for thing in things:
        for one in getattr(thing, "__mro__", (thing,)):
            _follow(one.__module__, found)
    return found


def _follow(name: str, found: dict[str, str]) -> None:
    top = name.partition(".")[0]
    if top in sys.stdlib_module_names and top != "__main__":
        return
    path = _file(name)
    if path is None or str(path) in found:
        return
    if not _is_the_users(path):
        if top != _PACKAGE.name:
            found[top] = str(getattr(sys.modules.get(top), "__version__", ""))
        return
    source = path.read_bytes()
    found[str(path)] = hash_of(source)
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for imported in sorted(set(_imports(source, package))):
        parts = imported.split(".")
        for length in range(1, len(parts) + 1):
            _follow(".".join(parts[:length]), found)


def _file(name: str) -> Path | None:
    """The file of a module; None if there is none, or no such module."""
    module = sys.modules.get(name)
    place = getattr(module, "__file__", None)
    if module is None:
        try:
            spec = importlib.util.find_spec(name)
        except (ImportError, ValueError):  # also where what stands before the last dot is no package
            return None
        place = spec.origin if spec else None
    return Path(place).resolve() if place and Path(place).suffix == ".py" and Path(place).exists() else None


def _is_the_users(path: Path) -> bool:
    if _PACKAGE in path.parents or {"site-packages", "dist-packages"} & set(path.parts):
        return False
    standard = {Path(sysconfig.get_path(kind)).resolve() for kind in ("stdlib", "platstdlib")}
    return not standard & set(path.parents)


def _imports(source: bytes, package: str) -> Iterator[str]:
    """What a module imports, also inside functions; some of it are no modules but names in one."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, *([base] if base else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def code_of(things: Iterable[Any]) -> str:
    """A hash of these classes and functions as this process has them, and of all of the user's that they use."""
    walk = _Walk()
    for thing in things:
        walk.add(thing)
    return hash_of(*walk.parts)


class _Walk:
    """Goes through code objects, and what the names in them mean."""

    def __init__(self) -> None:
        self.parts: list[str | bytes] = []
        self._seen: dict[int, Any] = {}

    def add(self, value: Any) -> None:
        if value is None or isinstance(value, bool | int | float | complex | str | bytes):
            self.parts.append(repr(value))
            return
        if id(value) in self._seen or isinstance(value, Place):
            return
        self._seen[id(value)] = value  # kept, so that no other gets its number
        self.parts.append(type(value).__qualname__)
        if isinstance(value, FunctionType):
            self._function(value)
        elif isinstance(value, CodeType):
            self._code(value)
        elif isinstance(value, staticmethod | classmethod | MethodType):
            self.add(value.__func__)
        elif isinstance(value, property):
            self._all((value.fget, value.fset))
        elif isinstance(value, Enum):
            self.parts.append(str(value))
            self.add(type(value))
        elif isinstance(value, type):
            self._class(value)
        elif isinstance(value, ModuleType):
            self.parts.extend(f"{name} {content}" for name, content in _of_module(value).items())
        elif isinstance(value, tuple) and (names := getattr(value, "_fields", ())):
            # Where it stands does not matter.
            self._all(getattr(value, name) for name in names if name not in ("line", "path", "place"))
        elif isinstance(value, tuple | list):
            self._all(value)
        elif isinstance(value, dict):
            self._all(part for key in sorted(value, key=repr) for part in (key, value[key]))
        elif isinstance(value, set | frozenset):
            self._all(sorted(value, key=repr))

    def _all(self, values: Iterable[Any]) -> None:
        for value in values:
            self.add(value)

    def _function(self, function: FunctionType) -> None:
        self._code(function.__code__)
        self._all((function.__defaults__, function.__kwdefaults__))
        for cell in function.__closure__ or ():
            try:
                self.add(cell.cell_contents)
            except ValueError:  # not there yet
                continue
        for name in _names(function.__code__):
            if name in function.__globals__:
                self.add(function.__globals__[name])

    def _code(self, code: CodeType) -> None:
        self.parts += [code.co_code, *code.co_names, *code.co_varnames]
        self._all(code.co_consts)

    def _class(self, cls: type) -> None:
        self.parts.append(cls.__qualname__)
        module = sys.modules.get(cls.__module__)
        path = getattr(module, "__file__", None)
        if cls.__module__ in sys.stdlib_module_names - {"__main__"} or (
            path and not _is_the_users(Path(path).resolve())
        ):
            return
        self._all(cls.__bases__)
        for name, value in vars(cls).items():
            if not name.startswith("__nodes_p") and name not in ("__dict__", "__weakref__", "__doc__", "__module__"):
                self.parts.append(name)
                self.add(value)


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for const in code.co_consts:
        if isinstance(const, CodeType):
            yield from _names(const)


def _of_module(module: ModuleType) -> dict[str, str]:
    found: dict[str, str] = {}
    _follow(module.__name__, found)
    return found
